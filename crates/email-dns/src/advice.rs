//! Advice on a record, before it becomes part of a report.

use crate::report::AdviceAction;

/// Advice on the SPF or DMARC record of a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Advice {
    pub(super) action: AdviceAction,
    /// The text to publish.
    pub(super) value: Option<String>,
    /// The texts that are published.
    pub(super) found: Vec<String>,
    pub(super) message: String,
}

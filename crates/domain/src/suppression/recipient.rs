//! Suppressed recipients of an email.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::SuppressionReason;
#[cfg(feature = "schemars")]
use crate::schema::Timestamp;

/// A recipient that was removed from an email because it is suppressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SuppressedRecipient {
    /// The recipient's place in the request, such as `to[1]`.
    pub field: String,
    /// The address, as in the request.
    pub address: String,
    /// The reason.
    pub reason: SuppressionReason,
    /// Time of the suppression.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schemars", schemars(with = "Timestamp"))]
    pub since: OffsetDateTime,
}

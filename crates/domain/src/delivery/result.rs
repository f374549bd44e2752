//! What is written to the database about an email.

use aws_sans_io::Error;
use serde::{Deserialize, Serialize};

use super::{EmailStatus, History};

/// Why an email was not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EmailError {
    /// AWS's error code, or Kraiter's.
    pub code: String,
    /// What went wrong.
    pub message: String,
}

impl From<&Error> for EmailError {
    fn from(error: &Error) -> Self {
        let (code, message) = match error {
            Error::Service { code, message, .. } => (code.as_str(), message.clone()),
            Error::InvalidResponse(_) => ("aws_unreadable", error.to_string()),
            Error::Unreachable(_) => ("aws_unreachable", error.to_string()),
        };
        Self { code: code.to_owned(), message }
    }
}

/// What is written to the database about an email after an attempt or a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryResult {
    pub status: EmailStatus,
    /// SES's ID of the email.
    pub ses_message_id: Option<String>,
    /// Why the email was not sent, or why that is unknown.
    pub error: Option<EmailError>,
    #[serde(default)]
    pub history: History,
}

impl DeliveryResult {
    /// Creates a result without an SES message ID and an error.
    #[must_use]
    pub const fn new(status: EmailStatus, history: History) -> Self {
        Self { status, ses_message_id: None, error: None, history }
    }
}

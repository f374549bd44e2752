//! Results of delivery, as they are written to the database.

use aws_sans_io::Error;
use serde::{Deserialize, Serialize};

use super::{EmailStatus, History};

/// The reason why an email was not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EmailError {
    /// AWS's error code, or Kraiter's.
    pub code: String,
    /// Description of the error.
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

/// The result of an attempt or a decision, as it is written to the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryResult {
    pub status: EmailStatus,
    /// SES's ID of the email.
    pub ses_message_id: Option<String>,
    /// The error if the email was not sent, or if that is unknown.
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

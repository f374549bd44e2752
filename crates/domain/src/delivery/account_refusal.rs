//! Refusals that concern an account, not one email.

use aws_sans_io::Error;
use time::OffsetDateTime;

use crate::rate_limit::{Hold, ThrottleReason};

/// A refusal that every email from the account and region would get. Emails are held until the cause is fixed, instead of failing one by
/// one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountRefusal {
    /// AWS has paused or suspended sending.
    SendingPaused,
    /// AWS rejects the session's credentials or signatures.
    CredentialsRejected,
    /// The configuration set was deleted.
    ConfigurationSetMissing,
    /// The role may not send with the configuration set, which all emails from the region use.
    ConfigurationSetDenied,
}

impl AccountRefusal {
    /// Interprets the error of a send attempt.
    #[must_use]
    pub fn from_error(error: &Error) -> Option<Self> {
        if error.is_sending_paused() {
            Some(Self::SendingPaused)
        } else if error.rejects_credentials() {
            Some(Self::CredentialsRejected)
        } else if error.is_configuration_set_missing() {
            Some(Self::ConfigurationSetMissing)
        } else {
            let resource = error.access_denial().and_then(|denial| denial.resource)?;
            resource.contains(":configuration-set/").then_some(Self::ConfigurationSetDenied)
        }
    }

    /// Returns the hold of the region's other emails.
    #[must_use]
    pub fn hold(self, now: OffsetDateTime) -> Hold {
        let reason = match self {
            Self::SendingPaused => ThrottleReason::SendingPaused,
            Self::CredentialsRejected | Self::ConfigurationSetMissing => ThrottleReason::Connection,
            Self::ConfigurationSetDenied => ThrottleReason::PermissionMissing,
        };
        Hold::until_next_attempt(reason, now)
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn refusal(code: &str, message: &str) -> Option<AccountRefusal> {
        let error = Error::service(StatusCode::BAD_REQUEST, Some(code.into()), Some(message.into()), None);
        AccountRefusal::from_error(&error)
    }

    #[test]
    fn a_refusal_of_the_account_is_distinguished_from_one_of_an_email() {
        let cases = [
            ("MessageRejected", "Sending paused for this account.", Some(AccountRefusal::SendingPaused)),
            ("AccountSuspendedException", "", Some(AccountRefusal::SendingPaused)),
            ("ExpiredTokenException", "", Some(AccountRefusal::CredentialsRejected)),
            ("InvalidSignatureException", "Signature expired", Some(AccountRefusal::CredentialsRejected)),
            (
                "NotFoundException",
                "Configuration set a does not exist.",
                Some(AccountRefusal::ConfigurationSetMissing),
            ),
            ("MessageRejected", "Email address is not verified.", None),
            (
                "AccessDeniedException",
                "User `a' is not authorized to perform `ses:SendEmail' on resource `arn:aws:ses:eu-west-1:1:configuration-set/b'",
                Some(AccountRefusal::ConfigurationSetDenied),
            ),
            (
                "AccessDeniedException",
                "User `a' is not authorized to perform `ses:SendEmail' on resource `arn:aws:ses:eu-west-1:1:identity/example.com'",
                None,
            ),
            ("BadRequestException", "Invalid header", None),
        ];
        for (code, message, expected) in cases {
            assert_eq!(refusal(code, message), expected, "{code}: {message}");
        }
    }
}

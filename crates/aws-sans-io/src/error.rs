//! What AWS answered when it didn't do what it was asked.

use http::StatusCode;
use thiserror::Error;

/// The HTTP status of an answer.
pub type Status = StatusCode;

/// Whether asking again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The same request gets the same answer.
    Never,
    /// Later, with growing pauses: AWS asks for a lower rate.
    Slower,
    /// Soon: a passing fault on the way or at AWS.
    Soon,
}

/// An operation that failed. AWS's code, message and request id are kept word for word.
///
/// <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// AWS answered with an error.
    #[error("{code}: {message}")]
    Service {
        /// The HTTP status.
        status: StatusCode,
        /// AWS's code, such as `AccessDenied`; the status where the answer held none.
        code: String,
        /// AWS's sentence.
        message: String,
        /// What AWS's support asks for.
        request_id: Option<String>,
    },
    /// AWS's answer isn't what its documentation says; the operation may have been done.
    #[error("AWS's answer could not be read: {0}")]
    Unreadable(String),
    /// No answer came: a time-out or a broken connection; the operation may have been done.
    #[error("AWS could not be reached: {0}")]
    Unreachable(String),
}

impl Error {
    /// An error answer; the status stands in for a code or message that isn't there.
    #[must_use]
    pub fn service(
        status: StatusCode,
        code: Option<String>,
        message: Option<String>,
        request_id: Option<String>,
    ) -> Self {
        Self::Service {
            status,
            code: code.filter(|code| !code.is_empty()).unwrap_or_else(|| status.as_str().to_owned()),
            message: message.unwrap_or_else(|| status.canonical_reason().unwrap_or("no message").to_owned()),
            request_id,
        }
    }

    /// AWS's code, where it gave one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Service { code, .. } => Some(code),
            Self::Unreadable(_) | Self::Unreachable(_) => None,
        }
    }

    /// The same with another sentence, such as one without a secret of the request's.
    #[must_use]
    pub fn with_message(mut self, change: impl FnOnce(&str) -> String) -> Self {
        if let Self::Service { message, .. } = &mut self {
            *message = change(message);
        }
        self
    }

    /// AWS's request id, where it gave one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Service { request_id, .. } => request_id.as_deref(),
            Self::Unreadable(_) | Self::Unreachable(_) => None,
        }
    }

    /// Whether AWS refused for lack of permission, by any of the words its services use.
    #[must_use]
    pub fn is_access_denied(&self) -> bool {
        matches!(self.code(), Some("AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation"))
    }

    /// Whether AWS doesn't take the long-term keys that the request was signed with: they are inactive, deleted, or not known yet. Such a
    /// request was not carried out.
    #[must_use]
    pub fn rejects_own_keys(&self) -> bool {
        matches!(
            self.code(),
            Some(
                "InvalidClientTokenId"
                    | "InvalidAccessKeyId"
                    | "UnrecognizedClientException"
                    | "SignatureDoesNotMatch"
            )
        )
    }

    /// Whether AWS no longer takes the credentials that the request was signed with, so that new ones can help. Such a request was
    /// not carried out.
    #[must_use]
    pub fn rejects_credentials(&self) -> bool {
        matches!(
            self.code(),
            Some(
                "ExpiredToken"
                    | "ExpiredTokenException"
                    | "InvalidClientTokenId"
                    | "InvalidToken"
                    | "UnrecognizedClientException"
            )
        )
    }

    /// Whether SES took nothing because the account's recipients of 24 hours are used up.
    ///
    /// <https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html>
    #[must_use]
    pub fn says_that_the_day_is_full(&self) -> bool {
        matches!(self, Self::Service { message, .. } if message.contains("Daily message quota exceeded"))
    }

    /// Whether the answer leaves open if the operation was done: no answer, an unreadable one, or a fault at AWS.
    #[must_use]
    pub fn leaves_outcome_open(&self) -> bool {
        match self {
            Self::Service { status, .. } => status.is_server_error() && self.retry() != Retry::Slower,
            Self::Unreadable(_) | Self::Unreachable(_) => true,
        }
    }

    /// Whether asking again can help.
    ///
    /// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Unreachable(_) => Retry::Soon,
            Self::Unreadable(_) => Retry::Never,
            Self::Service { status, code, message, .. } => match code.as_str() {
                // The daily quota comes back with the moving window of 24 hours, not with a retry.
                _ if self.says_that_the_day_is_full() => Retry::Never,
                "Throttling"
                | "ThrottlingException"
                | "ThrottledException"
                | "TooManyRequestsException"
                | "RequestLimitExceeded"
                | "RequestThrottled"
                | "RequestThrottledException"
                | "BandwidthLimitExceeded"
                | "SlowDown" => Retry::Slower,
                // The same code stands for a rate and for a number of things that the account may have.
                "LimitExceededException" if message.to_ascii_lowercase().contains("rate exceeded") => {
                    Retry::Slower
                }
                _ if *status == StatusCode::TOO_MANY_REQUESTS => Retry::Slower,
                "RequestTimeout"
                | "RequestTimeoutException"
                | "InternalFailure"
                | "InternalError"
                | "ServiceUnavailable" => Retry::Soon,
                _ if status.is_server_error() => Retry::Soon,
                _ => Retry::Never,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, code: &str, message: &str) -> Error {
        Error::service(StatusCode::from_u16(status).unwrap(), Some(code.into()), Some(message.into()), None)
    }

    #[test]
    fn a_retry_is_advised_where_it_can_help() {
        let cases = [
            (answer(429, "TooManyRequestsException", "Maximum sending rate exceeded."), Retry::Slower),
            (answer(400, "Throttling", "Rate exceeded"), Retry::Slower),
            (answer(429, "TooManyRequestsException", "Daily message quota exceeded."), Retry::Never),
            (answer(400, "LimitExceededException", "too many identities, generate fewer"), Retry::Never),
            (answer(400, "LimitExceededException", "Maximum sending rate exceeded."), Retry::Slower),
            (answer(503, "SlowDown", "Please reduce your request rate."), Retry::Slower),
            (answer(503, "ServiceUnavailable", ""), Retry::Soon),
            (answer(500, "", ""), Retry::Soon),
            (answer(403, "AccessDenied", ""), Retry::Never),
            (answer(400, "MessageRejected", "Email address is not verified."), Retry::Never),
            (Error::Unreachable("time-out".into()), Retry::Soon),
        ];
        for (error, advice) in cases {
            assert_eq!(error.retry(), advice, "{error}");
        }
    }

    #[test]
    fn only_a_clear_refusal_settles_that_nothing_was_done() {
        assert!(!answer(400, "MessageRejected", "").leaves_outcome_open());
        assert!(
            !answer(429, "TooManyRequestsException", "Maximum sending rate exceeded.").leaves_outcome_open()
        );
        assert!(answer(500, "InternalFailure", "").leaves_outcome_open());
        assert!(Error::Unreachable("reset".into()).leaves_outcome_open());
        assert!(Error::Unreadable("cut".into()).leaves_outcome_open());
    }
}

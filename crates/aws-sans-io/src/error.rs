//! Errors of AWS operations.

use http::StatusCode;
use thiserror::Error;

/// Whether a failed request is worth retrying.
///
/// See [`Error::retry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The same request fails again.
    Never,
    /// Retry with increasing delays, because AWS throttles.
    Slower,
    /// Retry soon, because the fault is transient.
    Soon,
}

/// The error of a failed operation.
///
/// It keeps the error code, message and request ID of AWS unchanged. The enum is exhaustive on purpose: a failure is one of these
/// three, so a `match` needs no fallback arm.
///
/// ```
/// use aws_sans_io::{Error, Retry};
/// use http::StatusCode;
///
/// let code = Some("TooManyRequestsException".to_owned());
/// let error = Error::service(StatusCode::TOO_MANY_REQUESTS, code, Some("Maximum sending rate exceeded.".to_owned()), None);
/// assert_eq!(error.to_string(), "TooManyRequestsException: Maximum sending rate exceeded.");
/// assert_eq!(error.retry(), Retry::Slower);
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html)
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// AWS responded with an error.
    #[error("{code}: {message}")]
    Service {
        /// The HTTP status.
        status: StatusCode,
        /// The error code, such as `AccessDenied`. If the response has none, the HTTP status.
        code: String,
        /// The error message.
        message: String,
        /// The request ID that AWS Support asks for.
        request_id: Option<String>,
    },
    /// The response doesn't match the AWS documentation. The operation may have succeeded.
    #[error("AWS sent an invalid response: {0}")]
    InvalidResponse(String),
    /// No response arrived because of a timeout or a connection error. The operation may have succeeded.
    #[error("AWS could not be reached: {0}")]
    Unreachable(String),
}

/// The most characters of a message of AWS, or of what is wrong with a response. AWS's own messages are shorter.
const MAX_MESSAGE: usize = 1_000;

/// The most characters of an error code or a request ID.
pub(crate) const MAX_IDENTIFIER: usize = 100;

/// Returns the first `max` characters.
pub(crate) fn cut(mut text: String, max: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(max) {
        text.truncate(end);
    }
    text
}

impl Error {
    /// Creates the error for a response that doesn't match the documentation. `reason` may quote the response, so it is cut.
    pub(crate) fn invalid_response(reason: impl Into<String>) -> Self {
        Self::InvalidResponse(cut(reason.into(), MAX_MESSAGE))
    }

    /// Creates an error from the parts of an error response. The status replaces a missing code or message. Long parts are cut.
    #[must_use]
    pub fn service(
        status: StatusCode,
        code: Option<String>,
        message: Option<String>,
        request_id: Option<String>,
    ) -> Self {
        let code = code.filter(|code| !code.is_empty()).unwrap_or_else(|| status.as_str().to_owned());
        let message = message.unwrap_or_else(|| status.canonical_reason().unwrap_or("no message").to_owned());
        Self::Service {
            status,
            code: cut(code, MAX_IDENTIFIER),
            message: cut(message, MAX_MESSAGE),
            request_id: request_id.map(|id| cut(id, MAX_IDENTIFIER)),
        }
    }

    /// Returns the error code of AWS, if AWS responded.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Service { code, .. } => Some(code),
            Self::InvalidResponse(_) | Self::Unreachable(_) => None,
        }
    }

    /// Replaces the message of AWS, for example to remove a secret that it quotes.
    #[must_use]
    pub fn map_message(mut self, map: impl FnOnce(&str) -> String) -> Self {
        if let Self::Service { message, .. } = &mut self {
            *message = map(message);
        }
        self
    }

    /// Returns the request ID, if AWS sent one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Service { request_id, .. } => request_id.as_deref(),
            Self::InvalidResponse(_) | Self::Unreachable(_) => None,
        }
    }

    /// Returns whether a permission is missing. AWS services use different codes for this.
    #[must_use]
    pub fn is_access_denied(&self) -> bool {
        matches!(self.code(), Some("AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation"))
    }

    /// Returns whether AWS rejected the long-term access key that signed the request: it is inactive, deleted or not yet known.
    /// The operation was not carried out.
    #[must_use]
    pub fn rejects_access_key(&self) -> bool {
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

    /// Returns whether AWS rejected the temporary credentials or the signature of the request, so that new ones can help. A
    /// signature expires after five minutes. The operation was not carried out.
    #[must_use]
    pub fn rejects_credentials(&self) -> bool {
        matches!(
            self.code(),
            Some(
                "ExpiredToken"
                    | "ExpiredTokenException"
                    | "InvalidClientTokenId"
                    | "InvalidSignatureException"
                    | "InvalidToken"
                    | "RequestExpired"
                    | "RequestTimeTooSkewed"
                    | "SignatureDoesNotMatch"
                    | "UnrecognizedClientException"
            )
        )
    }

    /// Returns whether SES rejected an email because it doesn't support `ConfigurationOverrides`, which are new. The email was not sent.
    #[must_use]
    pub fn rejects_configuration_overrides(&self) -> bool {
        let Self::Service { status, code, message, .. } = self else { return false };
        let names_them = ["configurationoverrides", "trackingenabled"]
            .iter()
            .any(|name| message.to_ascii_lowercase().contains(name));
        *status == StatusCode::BAD_REQUEST && (names_them || code == "SerializationException")
    }

    /// Returns whether SES rejected an email because the account reached its
    /// [24-hour sending quota](https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html).
    #[must_use]
    pub fn is_daily_quota_exceeded(&self) -> bool {
        let message = self.lowercase_message();
        message.contains("daily") && message.contains("quota exceeded")
    }

    /// Returns whether SES doesn't accept email because AWS has paused or suspended sending, for the account or the configuration
    /// set. SES reports it with several codes.
    ///
    /// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors)
    #[must_use]
    pub fn is_sending_paused(&self) -> bool {
        let code = self.code().unwrap_or_default();
        code.ends_with("SendingPausedException")
            || code == "AccountSuspendedException"
            || self.lowercase_message().starts_with("sending paused")
    }

    /// Returns whether SES doesn't accept an email because its configuration set was deleted.
    #[must_use]
    pub fn is_configuration_set_missing(&self) -> bool {
        let message = self.lowercase_message();
        self.code().is_some_and(|code| code.starts_with("ConfigurationSetDoesNotExist"))
            || (message.starts_with("configuration set") && message.contains("does not exist"))
    }

    /// Returns the name of the configuration set that SES doesn't find, if the message contains it.
    #[must_use]
    pub fn missing_configuration_set(&self) -> Option<&str> {
        match self {
            Self::Service { message, .. } if self.is_configuration_set_missing() => {
                let name = message.get("configuration set".len()..)?;
                name.split(|character: char| character.is_whitespace() || "<>'`\"".contains(character))
                    .find(|word| !word.is_empty())
            }
            _ => None,
        }
    }

    fn lowercase_message(&self) -> String {
        match self {
            Self::Service { message, .. } => message.to_ascii_lowercase(),
            Self::InvalidResponse(_) | Self::Unreachable(_) => String::new(),
        }
    }

    /// Returns whether the operation may have succeeded: there was no response, an invalid one, or a server error.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        match self {
            Self::Service { status, .. } => status.is_server_error() && self.retry() != Retry::Slower,
            Self::InvalidResponse(_) | Self::Unreachable(_) => true,
        }
    }

    /// Returns whether to retry the request.
    ///
    /// [AWS documentation](https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html)
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Unreachable(_) => Retry::Soon,
            Self::InvalidResponse(_) => Retry::Never,
            Self::Service { status, code, message, .. } => match code.as_str() {
                // The daily quota is a rolling window of 24 hours, so a retry doesn't help soon.
                _ if self.is_daily_quota_exceeded() => Retry::Never,
                "Throttling"
                | "ThrottlingException"
                | "ThrottledException"
                | "TooManyRequestsException"
                | "RequestLimitExceeded"
                | "RequestThrottled"
                | "RequestThrottledException"
                | "BandwidthLimitExceeded"
                | "SlowDown" => Retry::Slower,
                // SES uses the same code for request rates and for the number of resources in an account.
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

    fn response(status: u16, code: &str, message: &str) -> Error {
        Error::service(StatusCode::from_u16(status).unwrap(), Some(code.into()), Some(message.into()), None)
    }

    #[test]
    fn throttling_and_transient_errors_are_retried() {
        let cases = [
            (response(429, "TooManyRequestsException", "Maximum sending rate exceeded."), Retry::Slower),
            (response(400, "Throttling", "Rate exceeded"), Retry::Slower),
            (response(429, "TooManyRequestsException", "Daily message quota exceeded."), Retry::Never),
            (response(429, "TooManyRequestsException", "Daily sending quota exceeded."), Retry::Never),
            (response(400, "LimitExceededException", "too many identities, generate fewer"), Retry::Never),
            (response(400, "LimitExceededException", "Maximum sending rate exceeded."), Retry::Slower),
            (response(503, "SlowDown", "Please reduce your request rate."), Retry::Slower),
            (response(503, "ServiceUnavailable", ""), Retry::Soon),
            (response(500, "", ""), Retry::Soon),
            (response(403, "AccessDenied", ""), Retry::Never),
            (response(400, "MessageRejected", "Email address is not verified."), Retry::Never),
            (Error::Unreachable("timeout".into()), Retry::Soon),
        ];
        for (error, retry) in cases {
            assert_eq!(error.retry(), retry, "{error}");
        }
    }

    #[test]
    fn an_unknown_member_is_distinguished_from_other_bad_requests() {
        for (status, code, message, expected) in [
            (400, "BadRequestException", "Unknown field ConfigurationOverrides", true),
            (400, "ValidationException", "1 validation error: 'openTrackingEnabled' is not supported", true),
            (400, "SerializationException", "", true),
            (400, "BadRequestException", "Configuration set <a> does not exist.", false),
            (403, "AccessDeniedException", "not authorized to use ConfigurationOverrides", false),
        ] {
            let error = response(status, code, message);
            assert_eq!(error.rejects_configuration_overrides(), expected, "{error}");
        }
    }

    #[test]
    fn long_texts_of_aws_are_cut_between_characters() {
        let long = "é".repeat(2_000);
        let status = StatusCode::BAD_REQUEST;
        let error = Error::service(status, Some(long.clone()), Some(long.clone()), Some(long.clone()));
        let expected = Error::Service {
            status,
            code: "é".repeat(100),
            message: "é".repeat(1_000),
            request_id: Some("é".repeat(100)),
        };
        assert_eq!(error, expected);
        assert_eq!(Error::invalid_response(&long), Error::InvalidResponse("é".repeat(1_000)));
        assert_eq!(response(400, "Code", "Text").to_string(), "Code: Text");
    }

    #[test]
    fn only_an_error_response_has_a_code_and_a_request_id() {
        let id = Some("7f1c".to_owned());
        let error = Error::service(StatusCode::BAD_REQUEST, Some("MessageRejected".into()), None, id);
        assert_eq!((error.code(), error.request_id()), (Some("MessageRejected"), Some("7f1c")));
        assert_eq!(response(400, "MessageRejected", "").request_id(), None);
        let error = Error::Unreachable("timeout".into());
        assert_eq!((error.code(), error.request_id()), (None, None));
    }

    #[test]
    fn only_an_error_response_proves_that_an_operation_was_not_carried_out() {
        assert!(!response(400, "MessageRejected", "").is_ambiguous());
        assert!(!response(429, "TooManyRequestsException", "Maximum sending rate exceeded.").is_ambiguous());
        assert!(response(500, "InternalFailure", "").is_ambiguous());
        assert!(Error::Unreachable("connection reset".into()).is_ambiguous());
        assert!(Error::InvalidResponse("truncated".into()).is_ambiguous());
    }

    #[test]
    fn a_pause_is_recognised_by_its_code_or_its_sentence() {
        for error in [
            response(
                400,
                "MessageRejected",
                "Sending paused for this account. For more information, please check the inbox.",
            ),
            response(400, "SendingPausedException", ""),
            response(400, "AccountSendingPausedException", ""),
            response(400, "AccountSuspendedException", ""),
        ] {
            assert!(error.is_sending_paused(), "{error}");
        }
        assert!(!response(400, "MessageRejected", "Email address is not verified.").is_sending_paused());
    }

    #[test]
    fn a_deleted_configuration_set_is_recognised_with_every_code() {
        for code in ["NotFoundException", "BadRequestException", "ConfigurationSetDoesNotExist"] {
            let error = response(400, code, "Configuration set <kraiter> does not exist.");
            assert!(error.is_configuration_set_missing(), "{error}");
            assert_eq!(error.missing_configuration_set(), Some("kraiter"));
        }
        let plain = response(404, "NotFoundException", "Configuration set kraiter does not exist.");
        assert_eq!(plain.missing_configuration_set(), Some("kraiter"));
        let identity = response(404, "NotFoundException", "Email identity example.com does not exist.");
        assert_eq!(identity.missing_configuration_set(), None);
    }

    #[test]
    fn a_rejected_signature_is_made_again() {
        let expired = "Signature expired: 20261124T120000Z is now earlier than 20261124T120500Z";
        assert!(response(403, "InvalidSignatureException", expired).rejects_credentials());
        assert!(!response(403, "AccessDeniedException", "").rejects_credentials());
    }
}

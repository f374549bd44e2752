//! The error of a request that failed.

use api_contract::FieldError;
use serde::Serialize;

/// The fields of a `KraiterError`, which the package throws.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Error {
    /// The stable code: one of the API's, or one of the four that are defined here.
    pub code: String,
    /// What went wrong.
    pub message: String,
    /// The invalid field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The HTTP status, if there was a response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Kraiter's id of the request, if there was a response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How to fix it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// AWS's own error code, if AWS refused the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_code: Option<String>,
    /// The seconds of the response's `Retry-After`.
    #[serde(skip)]
    pub retry_after: Option<u32>,
}

const NETWORK: &str = "network_error";
const TIMEOUT: &str = "timeout";
const UNEXPECTED: &str = "unexpected_response";

impl Error {
    fn new(code: &str, message: impl Into<String>, help: &str) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            field: None,
            status: None,
            request_id: None,
            help: (!help.is_empty()).then(|| help.to_owned()),
            aws_code: None,
            retry_after: None,
        }
    }

    /// The connection failed.
    #[must_use]
    pub fn network() -> Self {
        Self::new(NETWORK, "Kraiter could not be reached.", "Check the network connection.")
    }

    /// No response arrived in time.
    #[must_use]
    pub fn timeout(milliseconds: u32) -> Self {
        let message = format!("Kraiter didn't respond within {milliseconds} milliseconds.");
        Self::new(TIMEOUT, message, "The request may have succeeded. Check before you repeat it.")
    }

    /// The caller's signal aborted the request.
    #[must_use]
    pub fn aborted() -> Self {
        Self::new("aborted", "The request was aborted.", "")
    }

    /// The body can't be converted to JSON, for example because it contains itself.
    #[must_use]
    pub fn malformed_json(detail: &str) -> Self {
        Self::new("malformed_json", format!("The request body can't be converted to JSON: {detail}"), "")
    }

    /// A response that isn't Kraiter's.
    #[must_use]
    pub fn unexpected(status: u16, request_id: Option<String>) -> Self {
        let message = format!("The response with status {status} is not one of Kraiter's.");
        let help = "Check that \"baseUrl\" is Kraiter's address and that this version of the package is not outdated.";
        Self { status: Some(status), request_id, ..Self::new(UNEXPECTED, message, help) }
    }

    /// Reads a problem document (`api_contract::Problem`). `text` returns a field of the body if it is a string: a proxy may
    /// have responded with anything. `request_id` is the response's header.
    #[must_use]
    pub fn from_problem(
        status: u16,
        request_id: Option<String>,
        text: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let (Some(code), Some(message)) = (text("code"), text("detail")) else {
            return Self::unexpected(status, request_id);
        };
        Self {
            code,
            message,
            field: text("field"),
            status: Some(status),
            request_id: text("requestId").or(request_id),
            help: text("help"),
            aws_code: text("awsCode"),
            retry_after: None,
        }
    }

    /// Whether no response arrived.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        self.code == NETWORK || self.code == TIMEOUT
    }

    /// Whether the connection failed.
    #[must_use]
    pub fn is_network(&self) -> bool {
        self.code == NETWORK
    }

    /// Whether the same request may succeed later without a change.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.is_unreachable()
            || self.code == UNEXPECTED
            || matches!(self.status, Some(408 | 409 | 425 | 429 | 500..))
    }
}

/// The error of a request that the API would refuse, with the API's code and message. It isn't converted through `ApiError`, which would
/// add the texts of all its variants to the package.
impl From<FieldError> for Error {
    fn from(error: FieldError) -> Self {
        let fields = Self::new(error.code, error.sentence(), error.help);
        Self { field: Some(error.field), ..fields }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use api_contract::ApiError;

    use super::*;

    fn from_problem(status: u16, body: &str) -> Error {
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        let text = |name: &str| body.get(name)?.as_str().map(str::to_owned);
        Error::from_problem(status, Some("req_header".into()), &text)
    }

    #[test]
    fn every_field_of_a_problem_document_is_read() {
        let problem = ApiError::Aws {
            code: "MessageRejected".into(),
            message: "Email address is not verified".into(),
            request_id: Some("aws".into()),
            unverified_sender: None,
        }
        .problem("req_body");
        let error = from_problem(400, &serde_json::to_string(&problem).unwrap());
        assert_eq!((&*error.code, error.status), ("aws_refused", Some(400)));
        assert_eq!(error.message, problem.detail);
        assert_eq!(error.aws_code.as_deref(), Some("MessageRejected"));
        assert_eq!(error.request_id.as_deref(), Some("req_body"));
    }

    #[test]
    fn a_body_that_is_not_a_problem_document_is_unexpected() {
        for body in ["{}", r#"{"error":"bad gateway"}"#, r#"{"code":"x"}"#] {
            let error = from_problem(502, body);
            assert_eq!((&*error.code, error.status), ("unexpected_response", Some(502)), "{body}");
            assert_eq!(error.request_id.as_deref(), Some("req_header"));
        }
    }

    #[test]
    fn an_error_found_before_sending_has_the_texts_of_the_api() {
        let with_help = FieldError { help: "Verify it.", ..FieldError::new("to[1]", "invalid", "wrong") };
        for error in [with_help, FieldError::missing("roleArn")] {
            let problem = ApiError::from(error.clone()).problem("");
            let error = Error::from(error);
            assert_eq!((error.code, error.message), (problem.code, problem.detail));
            assert_eq!((error.field, error.help), (problem.field, problem.help));
            assert_eq!(error.status, None);
        }
    }

    #[test]
    fn only_errors_that_can_pass_without_a_change_are_temporary() {
        for temporary in [Error::network(), Error::timeout(30), Error::unexpected(200, None)] {
            assert!(temporary.is_temporary(), "{temporary:?}");
        }
        let problem = r#"{"code":"c","detail":"d"}"#;
        for (status, is_temporary) in
            [(400, false), (401, false), (409, true), (422, false), (429, true), (503, true)]
        {
            assert_eq!(from_problem(status, problem).is_temporary(), is_temporary, "{status}");
        }
        assert!(!Error::from(FieldError::missing("region")).is_temporary());
        assert!(!Error::aborted().is_temporary());
    }
}

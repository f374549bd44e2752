//! Why something that was asked for didn't come: what a `KraiterError` is made of.

use kraiter_core::api::{ApiError, FieldError};
/// What is known of a failure. The package throws it as a `KraiterError` with the same fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The stable code: the API's own, or one of the four that are made here.
    pub code: String,
    /// What happened.
    pub message: String,
    /// The field that is wrong.
    pub field: Option<String>,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The request's id at Kraiter, where there was an answer.
    pub request_id: Option<String>,
    /// How to mend it.
    pub help: Option<String>,
    /// AWS's own code, where AWS answered.
    pub aws_code: Option<String>,
    /// After how many seconds to ask again, where the answer said so.
    pub retry_after: Option<u32>,
}

const NETWORK: &str = "network_error";
const TIMEOUT: &str = "timeout";
const UNEXPECTED: &str = "unexpected_answer";

impl Failure {
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

    /// No answer came.
    #[must_use]
    pub fn network() -> Self {
        Self::new(NETWORK, "Kraiter could not be reached.", "Check the network connection.")
    }

    /// No answer came in time.
    #[must_use]
    pub fn timeout(seconds: u32) -> Self {
        let message = format!("Kraiter did not answer within {seconds} seconds.");
        Self::new(TIMEOUT, message, "Look before you try again: what was asked for may have been done.")
    }

    /// The caller's signal said so.
    #[must_use]
    pub fn aborted() -> Self {
        Self::new("aborted", "The request was aborted.", "")
    }

    /// An answer that isn't Kraiter's.
    #[must_use]
    pub fn unexpected(status: u16, request_id: Option<String>) -> Self {
        let message = format!("The answer with status {status} can't be read as one of Kraiter's.");
        let help =
            "See that `baseUrl` is Kraiter's address and that this version of the package is not too old.";
        Self { status: Some(status), request_id, ..Self::new(UNEXPECTED, message, help) }
    }

    /// A problem document (`kraiter_core::api::Problem`) that was answered. `text` gives a field of it, where that is a text: a
    /// proxy in between may answer with anything. `request_id` is what the header said.
    #[must_use]
    pub fn answered(status: u16, request_id: Option<String>, text: &dyn Fn(&str) -> Option<String>) -> Self {
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

    /// Whether Kraiter wasn't reached at all.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        self.code == NETWORK || self.code == TIMEOUT
    }

    /// Whether no answer came, and not for want of time.
    #[must_use]
    pub fn is_network(&self) -> bool {
        self.code == NETWORK
    }

    /// Whether asking once more may help, without anything being mended first.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        self.is_unreachable()
            || self.code == UNEXPECTED
            || matches!(self.status, Some(408 | 409 | 425 | 429 | 500..))
    }
}

/// What the browser finds wrong before anything is sent, in the words in which the API would have answered.
impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self {
            field: error.field().map(str::to_owned),
            ..Self::new(error.code(), error.detail(), error.help().unwrap_or_default())
        }
    }
}

impl From<FieldError> for Failure {
    fn from(error: FieldError) -> Self {
        ApiError::from(error).into()
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    fn answered(status: u16, body: &str) -> Failure {
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        let text = |name: &str| body.get(name)?.as_str().map(str::to_owned);
        Failure::answered(status, Some("req_header".into()), &text)
    }

    #[test]
    fn a_problem_document_keeps_every_field() {
        let problem = ApiError::Aws {
            code: "MessageRejected".into(),
            message: "Email address is not verified".into(),
            request_id: Some("aws".into()),
        }
        .problem("req_body");
        let failure = answered(400, &serde_json::to_string(&problem).unwrap());
        assert_eq!((&*failure.code, failure.status), ("aws_refused", Some(400)));
        assert_eq!(failure.message, problem.detail);
        assert_eq!(failure.aws_code.as_deref(), Some("MessageRejected"));
        assert_eq!(failure.request_id.as_deref(), Some("req_body"));
    }

    #[test]
    fn an_answer_of_something_else_is_told_from_kraiters() {
        for body in ["{}", r#"{"error":"bad gateway"}"#, r#"{"code":"x"}"#] {
            let failure = answered(502, body);
            assert_eq!((&*failure.code, failure.status), ("unexpected_answer", Some(502)), "{body}");
            assert_eq!(failure.request_id.as_deref(), Some("req_header"));
        }
    }

    #[test]
    fn what_is_checked_here_is_worded_as_the_api_words_it() {
        for error in [ApiError::AccountMismatch, ApiError::Field(FieldError::missing("roleArn"))] {
            let problem = error.problem("");
            let failure = Failure::from(error);
            assert_eq!((failure.code, failure.message), (problem.code, problem.detail));
            assert_eq!((failure.field, failure.help), (problem.field, problem.help));
            assert_eq!(failure.status, None);
        }
    }

    #[test]
    fn only_what_can_change_by_itself_may_pass() {
        for passing in [Failure::network(), Failure::timeout(30), Failure::unexpected(200, None)] {
            assert!(passing.may_pass(), "{passing:?}");
        }
        let problem = r#"{"code":"c","detail":"d"}"#;
        for (status, passes) in
            [(400, false), (401, false), (409, true), (422, false), (429, true), (503, true)]
        {
            assert_eq!(answered(status, problem).may_pass(), passes, "{status}");
        }
        assert!(!Failure::from(FieldError::missing("region")).may_pass());
        assert!(!Failure::aborted().may_pass());
    }
}

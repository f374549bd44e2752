//! Why a request isn't answered as it wished.

use kraiter_core::{
    api::{ApiError, FieldError, Problem},
    settings::SettingError,
};

use crate::exchange::Reply;

/// An error on its way to the answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// One that the contract names.
    Api(ApiError),
    /// The problem that a Durable Object has answered already.
    Problem(Box<Problem>),
    /// A fault of ours or of the platform's; the text is for the log and holds no value of a customer's.
    Internal(String),
}

impl Failure {
    /// A fault of ours, by what is logged of it.
    pub(crate) fn internal(text: impl Into<String>) -> Self {
        Self::Internal(text.into())
    }

    /// The problem document that is answered.
    pub(crate) fn problem(&self, request_id: &str) -> Problem {
        match self {
            Self::Api(error) => error.problem(request_id),
            Self::Problem(problem) => (**problem).clone(),
            Self::Internal(_) => ApiError::Internal.problem(request_id),
        }
    }

    /// The answer.
    pub(crate) fn reply(&self, request_id: &str) -> Reply {
        let problem = self.problem(request_id);
        let mut reply = Reply::problem(&problem);
        if let Self::Api(error) = self
            && let Some(seconds) = error.retry_after()
        {
            reply = reply.with_header("retry-after", seconds.to_string());
        }
        match self {
            Self::Api(ApiError::MethodNotAllowed { allow }) => reply.with_header("allow", allow.clone()),
            Self::Api(ApiError::Unauthorized) => reply.with_header("www-authenticate", "Bearer"),
            _ => reply,
        }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<FieldError> for Failure {
    fn from(error: FieldError) -> Self {
        Self::Api(error.into())
    }
}

impl From<SettingError> for Failure {
    fn from(error: SettingError) -> Self {
        Self::Api(error.into())
    }
}

impl From<kraiter_core::sns::Rejection> for Failure {
    fn from(rejection: kraiter_core::sns::Rejection) -> Self {
        Self::Api(rejection.into())
    }
}

impl From<&kraiter_core::aws::Error> for Failure {
    fn from(error: &kraiter_core::aws::Error) -> Self {
        Self::Api(error.into())
    }
}

impl From<worker::Error> for Failure {
    fn from(error: worker::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("JSON: {error}"))
    }
}

//! The error type of request handlers.

use api_contract::{ApiError, FieldError, Problem};
use aws_sans_io::json;
use domain::{Quota, connection::ConnectionError, settings::SettingError};

use super::ApiResponse;

/// The reason a request failed.
#[derive(Debug)]
pub(crate) enum Error {
    /// An error of the API contract.
    Api(ApiError),
    /// A problem document returned by a Durable Object.
    Problem(Box<Problem>),
    /// A bug in Kraiter or a failure of the platform. The text is logged, never sent, and contains no customer data.
    Internal(String),
}

impl Error {
    /// Returns an [`Error::Internal`] with the text to log.
    pub(crate) fn internal(text: impl Into<String>) -> Self {
        Self::Internal(text.into())
    }

    /// Returns the problem document for this error.
    pub(crate) fn problem(&self, request_id: &str) -> Problem {
        match self {
            Self::Api(error) => error.problem(request_id),
            Self::Problem(problem) => (**problem).clone(),
            Self::Internal(_) => ApiError::Internal.problem(request_id),
        }
    }

    /// Returns the status of the response.
    pub(crate) fn status(&self) -> u16 {
        self.problem("").status
    }

    /// Returns the response for this error: a problem document with the headers that belong to it.
    pub(crate) fn to_response(&self, request_id: &str) -> ApiResponse {
        let mut response = ApiResponse::problem(self.problem(request_id));
        if let Self::Api(error) = self
            && let Some(seconds) = error.retry_after()
        {
            response = response.with_header("retry-after", seconds.to_string());
        }
        if let Self::Api(ApiError::RateLimited(class)) = self
            && let Some(limit) = class.limit()
        {
            for (name, value) in limit.header_fields() {
                response = response.with_header(name, value);
            }
        }
        match self {
            Self::Api(ApiError::MethodNotAllowed { allow }) => response.with_header("allow", allow.clone()),
            Self::Api(ApiError::Unauthorized | ApiError::ApiKeyExpired) => {
                response.with_header("www-authenticate", "Bearer")
            }
            // An object's response for the caller's token.
            Self::Problem(problem) if problem.status == 401 => {
                response.with_header("www-authenticate", "Bearer")
            }
            _ => response,
        }
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<FieldError> for Error {
    fn from(error: FieldError) -> Self {
        Self::Api(error.into())
    }
}

impl From<ConnectionError> for Error {
    fn from(error: ConnectionError) -> Self {
        Self::Api(error.into())
    }
}

impl From<Quota> for Error {
    fn from(quota: Quota) -> Self {
        Self::Api(quota.into())
    }
}

impl From<SettingError> for Error {
    fn from(error: SettingError) -> Self {
        Self::Api(error.into())
    }
}

impl From<sns_verify::Rejection> for Error {
    fn from(rejection: sns_verify::Rejection) -> Self {
        Self::Api(rejection.into())
    }
}

impl From<&aws_sans_io::Error> for Error {
    fn from(error: &aws_sans_io::Error) -> Self {
        Self::Api(error.into())
    }
}

impl From<worker::Error> for Error {
    fn from(error: worker::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<json::Error> for Error {
    fn from(error: json::Error) -> Self {
        Self::Internal(format!("JSON: {error}"))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("JSON: {error}"))
    }
}

//! Problem documents.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "openapi")]
use crate::schema::ApiErrorCode;
#[cfg(feature = "openapi")]
use domain::RequestId;

/// A problem document (RFC 9457): the body of every error response.
///
/// <https://www.rfc-editor.org/rfc/rfc9457>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// `urn:kraiter:problem:<code>`.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schemars(regex(pattern = "^urn:kraiter:problem:[a-z0-9_]+$")))]
    pub kind: String,
    /// The name of the HTTP status.
    pub title: String,
    /// The HTTP status.
    #[cfg_attr(feature = "openapi", schemars(range(min = 400, max = 599)))]
    pub status: u16,
    /// Description of the error.
    pub detail: String,
    /// The stable code, for programs.
    #[cfg_attr(feature = "openapi", schemars(with = "ApiErrorCode"))]
    pub code: String,
    /// The invalid field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Advice on how to fix it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// AWS's own error code, if AWS responded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aws_code: Option<String>,
    /// AWS's request id, if AWS responded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aws_request_id: Option<String>,
    /// The request's id, as in the `x-request-id` header.
    #[cfg_attr(feature = "openapi", schemars(with = "RequestId"))]
    pub request_id: String,
}

impl ApiError {
    /// Returns the problem document of the response.
    #[must_use]
    pub fn problem(&self, request_id: &str) -> Problem {
        let (aws_code, aws_request_id) = match self {
            Self::Aws { code, request_id, .. } => (Some(code.clone()), request_id.clone()),
            Self::AwsThrottled { code, .. } => (Some(code.clone()), None),
            _ => (None, None),
        };
        Problem {
            kind: format!("urn:kraiter:problem:{}", self.code()),
            title: self.status().canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status().as_u16(),
            detail: self.detail(),
            code: self.code().to_owned(),
            field: self.field().map(str::to_owned),
            help: self.help().map(Cow::into_owned),
            aws_code,
            aws_request_id,
            request_id: request_id.to_owned(),
        }
    }
}

//! Problem documents.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::ApiError;
use crate::field::cut_name;
#[cfg(feature = "openapi")]
use crate::schema::ApiErrorCode;
#[cfg(feature = "openapi")]
use domain::RequestId;

/// The path of the documentation's page about errors.
const ERRORS_PAGE: &str = "/docs/errors";

/// A problem document (RFC 9457): the body of every error response.
///
/// <https://www.rfc-editor.org/rfc/rfc9457>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The page of the documentation that explains the code. A relative URL if the Worker's public address isn't known.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schemars(regex(pattern = "^(https?://[^/]+)?/docs/errors#[a-z0-9_]+$")))]
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
            kind: format!("{ERRORS_PAGE}#{}", self.code()),
            title: self.status().canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status().as_u16(),
            detail: self.detail(),
            code: self.code().to_owned(),
            field: self.field().map(cut_name),
            help: self.help().map(Cow::into_owned),
            aws_code,
            aws_request_id,
            request_id: request_id.to_owned(),
        }
    }
}

/// Fields with members that the caller names.
const MAPS: [&str; 3] = ["headers", "tags", "variables"];

impl Problem {
    /// Makes a relative `type` absolute.
    #[must_use]
    pub fn at_origin(mut self, origin: &str) -> Self {
        if self.kind.starts_with('/') {
            self.kind.insert_str(0, origin);
        }
        self
    }

    /// Returns the invalid field as far as its name is ours: a name that the caller made up may be a secret in the wrong place.
    #[must_use]
    pub fn loggable_field(&self) -> Option<&str> {
        let field = self.field.as_deref().filter(|_| self.code != "unknown_field")?;
        let mut end = 0;
        for name in field.split('.') {
            end += name.len();
            if MAPS.contains(&name) {
                break;
            }
            end += 1;
        }
        Some(&field[..end.min(field.len())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FieldError;

    fn problem(field: &str, code: &'static str) -> Problem {
        let message = format!("\"{field}\" is wrong");
        ApiError::from(FieldError::new(field, code, message)).problem("req_1")
    }

    #[test]
    fn a_long_name_of_a_field_is_cut() {
        let long = "é".repeat(900_000);
        let problem = problem(&long, "invalid_type");
        assert_eq!(problem.field.unwrap(), "é".repeat(100));
        assert!(problem.detail.chars().count() < 1_010);
    }

    #[test]
    fn the_type_is_the_address_of_the_codes_explanation() {
        let problem = problem("to", "missing_field");
        assert_eq!(problem.kind, "/docs/errors#missing_field");
        let absolute = problem.at_origin("https://kraiter.example.com");
        assert_eq!(absolute.kind, "https://kraiter.example.com/docs/errors#missing_field");
        // A Durable Object has made it absolute already.
        assert_eq!(absolute.clone().at_origin("https://other.example"), absolute);
    }

    #[test]
    fn only_names_of_our_own_are_logged() {
        for (field, code, logged) in [
            ("to[1]", "invalid_email_address", Some("to[1]")),
            ("roleArn", "invalid_role_arn", Some("roleArn")),
            ("template.id", "unknown_template", Some("template.id")),
            ("kr_live_secret", "unknown_field", None),
            ("list[0].kr_live_secret", "unknown_field", None),
            ("headers.kr_live_secret", "invalid_type", Some("headers")),
            ("emails[2].tags.kr_live_secret", "invalid_tag", Some("emails[2].tags")),
            ("template.variables.a.kr_live_secret", "duplicate_field", Some("template.variables")),
        ] {
            assert_eq!(problem(field, code).loggable_field(), logged, "{field}");
        }
        assert_eq!(ApiError::Internal.problem("req_1").loggable_field(), None);
    }
}

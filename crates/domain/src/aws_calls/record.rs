//! A recorded call.

use aws_sans_io::{Error, Region, parse_error, request_id};
use bytes::Bytes;
use http::Response;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// The operation that sends an email.
pub const SEND_EMAIL: &str = "SendEmail";

/// How long calls are stored, except those that send emails: these are stored with the email.
pub const CALL_RETENTION: Duration = Duration::days(30);

/// The maximum number of stored calls of an organisation.
pub const MAX_CALLS: u32 = 20_000;

/// The number of calls that are deleted at once if there are too many, oldest first.
pub const TRIMMED_CALLS: u32 = 1_000;

/// The result of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AwsCallResult {
    /// AWS carried the call out.
    Succeeded,
    /// AWS responded with an error.
    Failed,
    /// No response arrived. AWS may have carried the call out.
    Lost,
}

impl AwsCallResult {
    pub const ALL: [Self; 3] = [Self::Succeeded, Self::Failed, Self::Lost];

    /// Returns the name in JSON and CSV.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Lost => "lost",
        }
    }

    /// Returns the number in storage.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Succeeded => 0,
            Self::Failed => 1,
            Self::Lost => 2,
        }
    }

    /// Returns the result with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|result| result.number() == number)
    }
}

/// A call as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwsCallRecord {
    /// When the request was sent.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub at: OffsetDateTime,
    /// The name of the operation.
    pub action: String,
    /// The region that the request was sent to.
    pub region: Region,
    pub result: AwsCallResult,
    /// AWS's error code.
    pub code: Option<String>,
    pub aws_request_id: Option<String>,
}

impl AwsCallRecord {
    /// Creates the record of a call that has no response yet.
    #[must_use]
    pub fn lost(at: OffsetDateTime, action: &'static str, region: Region) -> Self {
        let action = action.to_owned();
        Self { at, action, region, result: AwsCallResult::Lost, code: None, aws_request_id: None }
    }

    /// Adds the response. Only an error's code and the request ID are taken from it.
    #[must_use]
    pub fn with_response(self, response: &Result<Response<Bytes>, Error>) -> Self {
        match response {
            Ok(response) if response.status().is_success() => {
                Self { result: AwsCallResult::Succeeded, aws_request_id: request_id(response), ..self }
            }
            Ok(response) => self.with_error(&parse_error(response)),
            Err(error) => self.with_error(error),
        }
    }

    /// Adds the error that the call ended with.
    #[must_use]
    pub fn with_error(self, error: &Error) -> Self {
        match error {
            Error::Service { code, request_id, .. } => Self {
                result: AwsCallResult::Failed,
                code: Some(code.clone()),
                aws_request_id: request_id.clone(),
                ..self
            },
            // A response that can't be read shows nothing.
            Error::InvalidResponse(_) | Error::Unreachable(_) => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn recorded(
        response: &Result<Response<Bytes>, Error>,
    ) -> (AwsCallResult, Option<String>, Option<String>) {
        let at = datetime!(2026-11-28 12:00 UTC);
        let record = AwsCallRecord::lost(at, "AssumeRole", "eu-west-1".parse().unwrap());
        let record = record.with_response(response);
        (record.result, record.code, record.aws_request_id)
    }

    fn response(status: u16, body: &'static str) -> Response<Bytes> {
        let response = Response::builder().status(status).header("x-amzn-requestid", "0f1e");
        response.body(Bytes::from(body)).unwrap()
    }

    #[test]
    fn a_record_has_the_request_id_and_the_code_but_nothing_else_of_a_response() {
        let id = || Some("0f1e".to_owned());
        let body = "<SessionToken>secret</SessionToken>";
        assert_eq!(recorded(&Ok(response(200, body))), (AwsCallResult::Succeeded, None, id()));
        let body = r#"{"code":"AccessDenied","message":"secret"}"#;
        let failed = (AwsCallResult::Failed, Some("AccessDenied".to_owned()), id());
        assert_eq!(recorded(&Ok(response(403, body))), failed);
    }

    #[test]
    fn a_call_without_a_response_is_recorded_as_lost() {
        assert_eq!(recorded(&Err(Error::Unreachable("time-out".into()))), (AwsCallResult::Lost, None, None));
    }

    #[test]
    fn every_result_is_restored_from_its_number() {
        for result in AwsCallResult::ALL {
            assert_eq!(AwsCallResult::from_number(result.number()), Some(result));
            assert_eq!(serde_json::to_value(result).unwrap(), result.name());
        }
        assert_eq!(AwsCallResult::from_number(3), None);
    }
}

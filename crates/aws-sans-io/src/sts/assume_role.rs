//! `AssumeRole`.

use std::fmt;

use bytes::Bytes;
use http::Request;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{RoleSessionName, SessionDuration, query};
use crate::{BuildError, Credentials, Error, Operation, RoleArn, Service};

/// Requests temporary credentials for a role.
///
/// STS responds `AccessDenied` if the role doesn't exist, if its trust policy doesn't include the caller, or if the external ID
/// is wrong.
///
/// ```
/// use aws_sans_io::{Credentials, Endpoint, signed_request};
/// use aws_sans_io::sts::{AssumeRole, SessionDuration};
/// use time::macros::datetime;
///
/// let assume_role = AssumeRole {
///     role_arn: "arn:aws:iam::123456789012:role/ExampleRole".parse()?,
///     role_session_name: "example-session".parse()?,
///     external_id: Some("example-external-id".into()),
///     policy: None,
///     duration: SessionDuration::HOUR,
/// };
/// let credentials = Credentials::long_term("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
/// let request =
///     signed_request(&assume_role, &Endpoint::aws(), "eu-west-1".parse()?, &credentials, datetime!(2026-01-01 0:00 UTC))?;
/// assert_eq!(request.uri(), "https://sts.eu-west-1.amazonaws.com/");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumeRole {
    /// The role.
    pub role_arn: RoleArn,
    /// The session name, which AWS CloudTrail records.
    pub role_session_name: RoleSessionName,
    /// The external ID that the role's trust policy requires, if any.
    pub external_id: Option<String>,
    /// An inline session policy. The session is allowed what both this policy and the role's policies allow.
    pub policy: Option<String>,
    /// The lifetime of the credentials.
    pub duration: SessionDuration,
}

/// The temporary credentials of an assumed role.
#[derive(Clone, PartialEq, Eq)]
pub struct AssumedRole {
    /// The credentials, including when they expire.
    pub credentials: Credentials,
    /// The ARN of the session: `arn:aws:sts::<account>:assumed-role/<role>/<session name>`.
    pub arn: String,
}

impl fmt::Debug for AssumedRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssumedRole").field("arn", &self.arn).field("credentials", &self.credentials).finish()
    }
}

impl Operation for AssumeRole {
    type Output = AssumedRole;

    const SERVICE: Service = Service::Sts;

    fn name(&self) -> &'static str {
        "AssumeRole"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        let duration = self.duration.to_string();
        let mut parameters = vec![
            ("RoleArn", self.role_arn.as_str()),
            ("RoleSessionName", self.role_session_name.as_str()),
            ("DurationSeconds", duration.as_str()),
        ];
        parameters.extend(self.external_id.as_deref().map(|id| ("ExternalId", id)));
        parameters.extend(self.policy.as_deref().map(|policy| ("Policy", policy)));
        query::request("AssumeRole", &parameters)
    }

    fn parse_body(&self, body: &[u8]) -> Result<AssumedRole, Error> {
        let [access_key_id, secret_access_key, session_token, expiration, arn] =
            query::texts(body, ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "Arn"])?;
        let expires_at = OffsetDateTime::parse(&expiration, &Rfc3339)
            .map_err(|error| Error::invalid_response(format!("Expiration: {error}")))?;
        let credentials = Credentials::temporary(access_key_id, secret_access_key, session_token, expires_at);
        Ok(AssumedRole { credentials, arn })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const RESPONSE: &[u8] = br#"<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <AssumedRoleUser>
      <AssumedRoleId>AROA3XFRBF535PLBIFPI4:example-01JD</AssumedRoleId>
      <Arn>arn:aws:sts::123456789012:assumed-role/ExampleRole/example-01JD</Arn>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>
      <SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY</SecretAccessKey>
      <SessionToken>AQoDYXdzEPT//////////wEXAMPLEtc764==</SessionToken>
      <Expiration>2026-11-24T15:30:00Z</Expiration>
    </Credentials>
    <PackedPolicySize>6</PackedPolicySize>
  </AssumeRoleResult>
  <ResponseMetadata><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ResponseMetadata>
</AssumeRoleResponse>"#;

    fn assume_role() -> AssumeRole {
        AssumeRole {
            role_arn: "arn:aws:iam::123456789012:role/ExampleRole".parse().unwrap(),
            role_session_name: "example-01JD".parse().unwrap(),
            external_id: Some("external-id".into()),
            policy: Some(r#"{"a":"b c&d"}"#.into()),
            duration: SessionDuration::MIN,
        }
    }

    fn fields(operation: &AssumeRole) -> Vec<(String, String)> {
        let request = operation.request().unwrap();
        assert_eq!(request.method(), http::Method::POST);
        form_urlencoded::parse(request.body()).into_owned().collect()
    }

    #[test]
    fn the_request_contains_every_parameter() {
        let expected = [
            ("Action", "AssumeRole"),
            ("Version", "2011-06-15"),
            ("RoleArn", "arn:aws:iam::123456789012:role/ExampleRole"),
            ("RoleSessionName", "example-01JD"),
            ("DurationSeconds", "900"),
            ("ExternalId", "external-id"),
            ("Policy", r#"{"a":"b c&d"}"#),
        ];
        assert_eq!(fields(&assume_role()), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn a_missing_external_id_and_policy_are_omitted() {
        let names: Vec<_> = fields(&AssumeRole { external_id: None, policy: None, ..assume_role() })
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["Action", "Version", "RoleArn", "RoleSessionName", "DurationSeconds"]);
    }

    #[test]
    fn the_response_contains_credentials_and_their_expiration() {
        let role = assume_role().parse_body(RESPONSE).unwrap();
        assert_eq!(role.arn, "arn:aws:sts::123456789012:assumed-role/ExampleRole/example-01JD");
        let expected = Credentials::temporary(
            "ASIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY",
            "AQoDYXdzEPT//////////wEXAMPLEtc764==",
            datetime!(2026-11-24 15:30 UTC),
        );
        assert!(role.credentials == expected, "{role:?}");
    }

    #[test]
    fn a_truncated_response_is_invalid_and_its_error_contains_no_secret() {
        let end_of_credentials = RESPONSE.windows(13).position(|window| window == b"</Expiration>").unwrap();
        for end in 0..end_of_credentials {
            let error = assume_role().parse_body(&RESPONSE[..end]).unwrap_err();
            assert!(matches!(&error, Error::InvalidResponse(_)), "{error}");
            let printed = format!("{error} {error:?}");
            assert!(!printed.contains("wJalr") && !printed.contains("AQoDY"), "{printed}");
        }
    }

    #[test]
    fn debug_output_of_an_assumed_role_contains_no_secrets() {
        let printed = format!("{:?}", assume_role().parse_body(RESPONSE).unwrap());
        assert!(
            printed.contains("assumed-role") && !printed.contains("wJalr") && !printed.contains("AQoDY"),
            "{printed}"
        );
    }
}

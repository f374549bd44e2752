//! `AssumeRole`: the customer's role for keys that last an hour.

use std::fmt;

use bytes::Bytes;
use http::Request;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{RoleSessionName, SessionDuration, query};
use crate::{BuildError, Credentials, Error, Operation, RoleArn, Service};

/// Asks for temporary credentials of a role.
///
/// A missing role, a trust policy that doesn't name us and a wrong external ID all get the same `AccessDenied`.
///
/// ```
/// use aws_sans_io::{Credentials, Endpoint, signed_request};
/// use aws_sans_io::sts::{AssumeRole, RoleSessionName, SessionDuration};
/// use time::macros::datetime;
///
/// let ask = AssumeRole {
///     role_arn: "arn:aws:iam::123456789012:role/KraiterSESRole".parse()?,
///     role_session_name: RoleSessionName::of_organisation("01JD3Y9ZV8Q6W3K7F2M5X4T1RB"),
///     external_id: Some("mxk7-your-external-id".into()),
///     policy: None,
///     duration: SessionDuration::HOUR,
/// };
/// let keys = Credentials::long_term("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
/// let request =
///     signed_request(&ask, &Endpoint::aws(), "eu-west-1".parse()?, &keys, datetime!(2026-01-01 0:00 UTC))?;
/// assert_eq!(request.uri(), "https://sts.eu-west-1.amazonaws.com/");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumeRole {
    /// The role.
    pub role_arn: RoleArn,
    /// Who shows in the customer's `CloudTrail`.
    pub role_session_name: RoleSessionName,
    /// The external ID that the role's trust policy asks for; `None` to see that the role refuses those who don't know it.
    pub external_id: Option<String>,
    /// An inline session policy: the session may do what both it and the role's own policies allow.
    pub policy: Option<String>,
    /// How long the credentials last.
    pub duration: SessionDuration,
}

/// A role, assumed.
#[derive(Clone, PartialEq, Eq)]
pub struct AssumedRole {
    /// The temporary keys; they know when they end.
    pub credentials: Credentials,
    /// `arn:aws:sts::<account>:assumed-role/<role>/<session name>`.
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

    fn output(&self, body: &[u8]) -> Result<AssumedRole, Error> {
        let [access_key_id, secret_access_key, session_token, expiration, arn] =
            query::texts(body, ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "Arn"])?;
        let expires_at = OffsetDateTime::parse(&expiration, &Rfc3339)
            .map_err(|error| Error::Unreadable(format!("Expiration: {error}")))?;
        let credentials = Credentials::temporary(access_key_id, secret_access_key, session_token, expires_at);
        Ok(AssumedRole { credentials, arn })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const ANSWER: &[u8] = br#"<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <AssumedRoleUser>
      <AssumedRoleId>AROA3XFRBF535PLBIFPI4:kraiter-01JD</AssumedRoleId>
      <Arn>arn:aws:sts::123456789012:assumed-role/KraiterSESRole/kraiter-01JD</Arn>
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

    fn ask() -> AssumeRole {
        AssumeRole {
            role_arn: "arn:aws:iam::123456789012:role/KraiterSESRole".parse().unwrap(),
            role_session_name: RoleSessionName::of_organisation("01JD"),
            external_id: Some("mxk7-abc".into()),
            policy: Some(r#"{"a":"b c&d"}"#.into()),
            duration: SessionDuration::MIN,
        }
    }

    fn fields(ask: &AssumeRole) -> Vec<(String, String)> {
        let request = ask.request().unwrap();
        assert_eq!(request.method(), http::Method::POST);
        form_urlencoded::parse(request.body()).into_owned().collect()
    }

    #[test]
    fn the_request_says_all_that_was_asked() {
        let expected = [
            ("Action", "AssumeRole"),
            ("Version", "2011-06-15"),
            ("RoleArn", "arn:aws:iam::123456789012:role/KraiterSESRole"),
            ("RoleSessionName", "kraiter-01JD"),
            ("DurationSeconds", "900"),
            ("ExternalId", "mxk7-abc"),
            ("Policy", r#"{"a":"b c&d"}"#),
        ];
        assert_eq!(fields(&ask()), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn without_an_external_id_none_is_sent_not_an_empty_one() {
        let names: Vec<_> = fields(&AssumeRole { external_id: None, policy: None, ..ask() })
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["Action", "Version", "RoleArn", "RoleSessionName", "DurationSeconds"]);
    }

    #[test]
    fn the_answer_becomes_keys_that_know_their_end() {
        let role = ask().output(ANSWER).unwrap();
        assert_eq!(role.arn, "arn:aws:sts::123456789012:assumed-role/KraiterSESRole/kraiter-01JD");
        let expected = Credentials::temporary(
            "ASIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY",
            "AQoDYXdzEPT//////////wEXAMPLEtc764==",
            datetime!(2026-11-24 15:30 UTC),
        );
        assert!(role.credentials == expected, "{role:?}");
    }

    #[test]
    fn an_answer_cut_anywhere_before_the_last_key_is_unreadable_and_tells_no_secret() {
        let whole = ANSWER.windows(13).position(|window| window == b"</Expiration>").unwrap();
        for end in 0..whole {
            let error = ask().output(&ANSWER[..end]).unwrap_err();
            assert!(matches!(&error, Error::Unreadable(_)), "{error}");
            let said = format!("{error} {error:?}");
            assert!(!said.contains("wJalr") && !said.contains("AQoDY"), "{said}");
        }
    }

    #[test]
    fn an_assumed_role_prints_without_its_keys() {
        let said = format!("{:?}", ask().output(ANSWER).unwrap());
        assert!(
            said.contains("assumed-role") && !said.contains("wJalr") && !said.contains("AQoDY"),
            "{said}"
        );
    }
}

//! `GetEmailIdentity`.

use bytes::Bytes;
use http::Request;
use serde::Deserialize;

use super::{DkimAttributes, IdentityType, VerificationStatus, json};
use crate::{BuildError, Error, Operation, Service, encode};

/// Requests the status of an identity.
///
/// ```
/// use aws_sans_io::{Operation, ses::GetEmailIdentity};
///
/// let request = GetEmailIdentity { email_identity: "info@example.com".into() }.request()?;
/// assert_eq!(request.uri(), "/v2/email/identities/info%40example.com");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetEmailIdentity.html)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetEmailIdentity {
    /// The domain or email address.
    pub email_identity: String,
}

/// The status of an identity.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EmailIdentity {
    /// The type of the identity.
    #[serde(default)]
    pub identity_type: IdentityType,
    /// The verification status.
    #[serde(default)]
    pub verification_status: VerificationStatus,
    /// Whether it can send email.
    #[serde(default)]
    pub verified_for_sending_status: bool,
    /// DKIM status and records.
    #[serde(default)]
    pub dkim_attributes: DkimAttributes,
    /// The default configuration set.
    #[serde(default)]
    pub configuration_set_name: Option<String>,
}

impl Operation for GetEmailIdentity {
    type Output = EmailIdentity;

    const SERVICE: Service = Service::Ses;

    fn name(&self) -> &'static str {
        "GetEmailIdentity"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        json::get(&format!("/v2/email/identities/{}", encode::path_segment(self.email_identity.as_str())))
    }

    fn parse_body(&self, body: &[u8]) -> Result<EmailIdentity, Error> {
        json::parse(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(identity: &str) -> GetEmailIdentity {
        GetEmailIdentity { email_identity: identity.into() }
    }

    #[test]
    fn an_address_is_encoded_as_one_path_segment() {
        for (identity, path) in [
            ("a+b/c?d#e%f@example.com", "/v2/email/identities/a%2Bb%2Fc%3Fd%23e%25f%40example.com"),
            ("xn--bcher-kva.example", "/v2/email/identities/xn--bcher-kva.example"),
        ] {
            assert_eq!(get(identity).request().unwrap().uri(), path);
        }
    }

    #[test]
    fn the_response_contains_the_verification_status() {
        let identity = get("example.com")
            .parse_body(
                br#"{"ConfigurationSetName":"example","DkimAttributes":{"SigningAttributesOrigin":"AWS_SES","SigningEnabled":true,
                "Status":"SUCCESS","Tokens":["one"]},"FeedbackForwardingStatus":true,"IdentityType":"DOMAIN",
                "MailFromAttributes":{"BehaviorOnMxFailure":"USE_DEFAULT_VALUE"},"Policies":{},"Tags":[],
                "VerificationInfo":{"LastCheckedTimestamp":1.7E9},"VerificationStatus":"SUCCESS","VerifiedForSendingStatus":true}"#,
            )
            .unwrap();
        assert_eq!(identity.verification_status, VerificationStatus::Success);
        assert!(identity.verified_for_sending_status);
        assert_eq!(identity.dkim_attributes.status, VerificationStatus::Success);
        assert_eq!(identity.configuration_set_name.as_deref(), Some("example"));
    }

    #[test]
    fn unknown_values_do_not_fail_the_response() {
        let response =
            br#"{"IdentityType":"GROUP","VerificationStatus":"NEW_STATUS","VerifiedForSendingStatus":true}"#;
        let identity = get("example.com").parse_body(response).unwrap();
        assert_eq!(identity.identity_type, IdentityType::Unknown);
        assert_eq!(identity.verification_status, VerificationStatus::Unknown);
    }
}

//! `GetEmailIdentity`: how far the proof of a domain or an address is.

use bytes::Bytes;
use http::Request;
use serde::Deserialize;

use super::{DkimAttributes, IdentityType, VerificationStatus, json};
use crate::{BuildError, Error, Operation, Service, encode};

/// Asks how far an identity is.
///
/// ```
/// use aws_sans_io::{Operation, ses::GetEmailIdentity};
///
/// let request = GetEmailIdentity { email_identity: "info@example.com".into() }.request()?;
/// assert_eq!(request.uri(), "/v2/email/identities/info%40example.com");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetEmailIdentity.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetEmailIdentity {
    /// The domain or address.
    pub email_identity: String,
}

/// A sender identity.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EmailIdentity {
    /// Domain or address.
    pub identity_type: IdentityType,
    /// How far the proof is.
    #[serde(default)]
    pub verification_status: VerificationStatus,
    /// Whether it may send.
    pub verified_for_sending_status: bool,
    /// DKIM: how far, and what to publish.
    #[serde(default)]
    pub dkim_attributes: DkimAttributes,
    /// The configuration set that is used where a send names none.
    #[serde(default)]
    pub configuration_set_name: Option<String>,
}

impl Operation for GetEmailIdentity {
    type Output = EmailIdentity;

    const SERVICE: Service = Service::Ses;

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        json::get(&format!("/v2/email/identities/{}", encode::path_segment(self.email_identity.as_str())))
    }

    fn output(&self, body: &[u8]) -> Result<EmailIdentity, Error> {
        json::read(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(identity: &str) -> GetEmailIdentity {
        GetEmailIdentity { email_identity: identity.into() }
    }

    #[test]
    fn an_address_stays_one_segment_of_the_path() {
        for (identity, path) in [
            ("a+b/c?d#e%f@example.com", "/v2/email/identities/a%2Bb%2Fc%3Fd%23e%25f%40example.com"),
            ("xn--bcher-kva.example", "/v2/email/identities/xn--bcher-kva.example"),
        ] {
            assert_eq!(ask(identity).request().unwrap().uri(), path);
        }
    }

    #[test]
    fn the_answer_says_how_far_the_proof_is() {
        let identity = ask("example.com")
            .output(
                br#"{"ConfigurationSetName":"kraiter","DkimAttributes":{"SigningAttributesOrigin":"AWS_SES","SigningEnabled":true,
                "Status":"SUCCESS","Tokens":["one"]},"FeedbackForwardingStatus":true,"IdentityType":"DOMAIN",
                "MailFromAttributes":{"BehaviorOnMxFailure":"USE_DEFAULT_VALUE"},"Policies":{},"Tags":[],
                "VerificationInfo":{"LastCheckedTimestamp":1.7E9},"VerificationStatus":"SUCCESS","VerifiedForSendingStatus":true}"#,
            )
            .unwrap();
        assert_eq!(identity.verification_status, VerificationStatus::Success);
        assert!(identity.verified_for_sending_status);
        assert_eq!(identity.dkim_attributes.status, VerificationStatus::Success);
        assert_eq!(identity.configuration_set_name.as_deref(), Some("kraiter"));
    }

    #[test]
    fn words_that_are_new_to_us_do_not_hide_the_rest() {
        let answer =
            br#"{"IdentityType":"GROUP","VerificationStatus":"DREAMING","VerifiedForSendingStatus":true}"#;
        let identity = ask("example.com").output(answer).unwrap();
        assert_eq!(identity.identity_type, IdentityType::Unknown);
        assert_eq!(identity.verification_status, VerificationStatus::Unknown);
    }
}

//! `CreateEmailIdentity`: begin the proof of a domain or an address.

use bytes::Bytes;
use http::Request;
use serde::Deserialize;
use serde_json::json;

use super::{DkimAttributes, IdentityType, dkim_attributes, json as protocol};
use crate::{BuildError, Error, Operation, Service, dkim::Signing};

/// Begins the verification of a domain, by DKIM records, or of one address, by a mail with a link.
///
/// ```
/// use aws_sans_io::{Operation, ses::CreateEmailIdentity};
///
/// let request = CreateEmailIdentity { email_identity: "example.com".into(), signing: None }.request()?;
/// assert_eq!(request.uri(), "/v2/email/identities");
/// assert_eq!(&request.body()[..], br#"{"EmailIdentity":"example.com"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateEmailIdentity.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateEmailIdentity {
    /// The domain or address.
    pub email_identity: String,
    /// How a domain's mail is to be signed: by a key that SES makes, unless told.
    pub signing: Option<Signing>,
}

/// The identity, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreatedEmailIdentity {
    /// Domain or address.
    pub identity_type: IdentityType,
    /// Whether it may send already.
    pub verified_for_sending_status: bool,
    /// What to publish for DKIM.
    #[serde(default)]
    pub dkim_attributes: DkimAttributes,
}

impl Operation for CreateEmailIdentity {
    type Output = CreatedEmailIdentity;

    const SERVICE: Service = Service::Ses;

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        let mut body = json!({ "EmailIdentity": self.email_identity.as_str() });
        if let Some(attributes) =
            self.signing.as_ref().and_then(|signing| dkim_attributes::written(signing).1)
        {
            body["DkimSigningAttributes"] = attributes;
        }
        protocol::post("/v2/email/identities", &body)
    }

    fn output(&self, body: &[u8]) -> Result<CreatedEmailIdentity, Error> {
        protocol::read(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ses::VerificationStatus;

    fn read(answer: &str) -> Result<CreatedEmailIdentity, Error> {
        CreateEmailIdentity { email_identity: "example.com".into(), signing: None }.output(answer.as_bytes())
    }

    #[test]
    fn a_domains_answer_says_what_to_publish() {
        let created = read(
            r#"{"DkimAttributes":{"CurrentSigningKeyLength":"RSA_2048_BIT","NextSigningKeyLength":"RSA_2048_BIT",
                "SigningAttributesOrigin":"AWS_SES","SigningEnabled":true,"SigningHostedZone":"dkim.amazonses.com",
                "Status":"NOT_STARTED","Tokens":["one","two","three"]},
                "IdentityType":"DOMAIN","VerifiedForSendingStatus":false}"#,
        )
        .unwrap();
        assert_eq!(created.identity_type, IdentityType::Domain);
        assert!(!created.verified_for_sending_status);
        assert_eq!(created.dkim_attributes.tokens, ["one", "two", "three"]);
        assert_eq!(created.dkim_attributes.status, VerificationStatus::NotStarted);
    }

    #[test]
    fn an_addresss_answer_has_nothing_to_publish() {
        let created = read(r#"{"IdentityType":"EMAIL_ADDRESS","VerifiedForSendingStatus":false}"#).unwrap();
        assert_eq!(created.identity_type, IdentityType::EmailAddress);
        assert!(created.dkim_attributes.tokens.is_empty());
    }
}

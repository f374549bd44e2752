//! `CreateEmailIdentity`.

use bytes::Bytes;
use http::Request;
use serde::Deserialize;
use serde_json::json;

use super::{DkimAttributes, IdentityType, dkim_attributes, json as protocol};
use crate::{BuildError, Error, Operation, Service, dkim::Signing};

/// Starts the verification of a domain, with DKIM records, or of an address, with an email that contains a link.
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
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateEmailIdentity.html)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateEmailIdentity {
    /// The domain or email address.
    pub email_identity: String,
    /// The key that signs the domain's email. Defaults to an Easy DKIM key.
    pub signing: Option<Signing>,
}

/// The created identity.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreatedEmailIdentity {
    /// The type of the identity.
    #[serde(default)]
    pub identity_type: IdentityType,
    /// Whether it can send email.
    #[serde(default)]
    pub verified_for_sending_status: bool,
    /// DKIM status and records.
    #[serde(default)]
    pub dkim_attributes: DkimAttributes,
}

impl Operation for CreateEmailIdentity {
    type Output = CreatedEmailIdentity;

    const SERVICE: Service = Service::Ses;

    fn name(&self) -> &'static str {
        "CreateEmailIdentity"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        let mut body = json!({ "EmailIdentity": self.email_identity.as_str() });
        if let Some(attributes) =
            self.signing.as_ref().and_then(|signing| dkim_attributes::signing_attributes(signing).1)
        {
            body["DkimSigningAttributes"] = attributes;
        }
        protocol::post("/v2/email/identities", &body)
    }

    fn parse_body(&self, body: &[u8]) -> Result<CreatedEmailIdentity, Error> {
        protocol::parse(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ses::VerificationStatus;

    fn parse(response: &str) -> Result<CreatedEmailIdentity, Error> {
        CreateEmailIdentity { email_identity: "example.com".into(), signing: None }
            .parse_body(response.as_bytes())
    }

    #[test]
    fn the_response_for_a_domain_contains_dkim_tokens() {
        let created = parse(
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
    fn the_response_for_an_address_contains_no_dkim_tokens() {
        let created = parse(r#"{"IdentityType":"EMAIL_ADDRESS","VerifiedForSendingStatus":false}"#).unwrap();
        assert_eq!(created.identity_type, IdentityType::EmailAddress);
        assert!(created.dkim_attributes.tokens.is_empty());
    }
}

//! `PutEmailIdentityDkimSigningAttributes`.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use super::{dkim_attributes, json as protocol};
use crate::{BuildError, Error, Operation, Service, dkim::Signing, encode};

/// Changes the key that signs a domain's email: the length of the Easy DKIM key, or a switch between Easy DKIM and BYODKIM.
///
/// [`GetEmailIdentity`](super::GetEmailIdentity) returns the records to publish afterwards.
///
/// ```
/// use aws_sans_io::{Operation, dkim::{KeyLength, Signing}, ses::PutEmailIdentityDkimSigningAttributes};
///
/// let change = PutEmailIdentityDkimSigningAttributes {
///     email_identity: "example.com".into(),
///     signing: Signing::EasyDkim { key_length: Some(KeyLength::Rsa1024) },
/// };
/// let request = change.request()?;
/// assert_eq!(request.uri(), "/v2/email/identities/example.com/dkim/signing");
/// assert_eq!(
///     &request.body()[..],
///     br#"{"SigningAttributesOrigin":"AWS_SES","SigningAttributes":{"NextSigningKeyLength":"RSA_1024_BIT"}}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutEmailIdentityDkimSigningAttributes.html)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutEmailIdentityDkimSigningAttributes {
    /// The domain.
    pub email_identity: String,
    /// The key that signs its email.
    pub signing: Signing,
}

impl Operation for PutEmailIdentityDkimSigningAttributes {
    type Output = ();

    const SERVICE: Service = Service::Ses;

    fn name(&self) -> &'static str {
        "PutEmailIdentityDkimSigningAttributes"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        let identity = encode::path_segment(self.email_identity.as_str());
        let (origin, attributes) = dkim_attributes::signing_attributes(&self.signing);
        let mut body = json!({ "SigningAttributesOrigin": origin });
        if let Some(attributes) = attributes {
            body["SigningAttributes"] = attributes;
        }
        protocol::put(&format!("/v2/email/identities/{identity}/dkim/signing"), &body)
    }

    fn parse_body(&self, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}

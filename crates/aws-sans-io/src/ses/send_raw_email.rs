//! `SendEmail` with `Raw` content: a streamed MIME message of up to 40 MB.

use std::iter;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{Method, Request, Response, header};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{NameValue, SentEmail, TrackingOverrides};
use crate::{
    BuildError, Error, Service,
    ses::send_email::{Destination, PATH},
};

/// End of the request body, after the message.
const SUFFIX: &str = r#""}}}"#;

/// Sends a MIME message. SES delivers it to the recipients given here, regardless of the message's headers.
///
/// It doesn't implement [`Operation`](crate::Operation), so that the message never has to be in memory as a whole. The body of the
/// request is the concatenation of [`RawBody::parts`]. Sign its [`digest`](RawBody::digest) with [`signed_head`](crate::signed_head).
///
/// ```
/// use aws_sans_io::{Credentials, Endpoint, signed_head};
/// use aws_sans_io::ses::{RawBody, SendRawEmail};
/// use time::macros::datetime;
///
/// let send = SendRawEmail {
///     from_email_address: "info@example.com".into(),
///     to_addresses: vec!["success@simulator.amazonses.com".into()],
///     ..SendRawEmail::default()
/// };
/// let chunks = || [b"Subject: Hello\r\n\r\n", &b"Hello!\r\n"[..]].map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).into_iter();
/// let body = send.body()?;
/// let digest = body.digest(chunks())?;
///
/// let credentials = Credentials::long_term("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
/// let (region, now) = ("eu-west-1".parse()?, datetime!(2026-01-01 0:00 UTC));
/// let head = signed_head(
///     SendRawEmail::SERVICE,
///     send.head()?,
///     digest.sha256,
///     &Endpoint::aws(),
///     region,
///     &credentials,
///     now,
/// )?;
///
/// // Send `head` with `digest.length` as the content length, then the parts.
/// let parts: Vec<Vec<u8>> = body.parts(chunks()).collect::<Result<_, _>>()?;
/// assert_eq!(parts.concat().len() as u64, digest.length);
/// # assert!(head.headers().contains_key("authorization"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_RawMessage.html)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendRawEmail {
    /// The sender: an address of a verified identity, with an optional display name.
    pub from_email_address: String,
    /// The To recipients.
    pub to_addresses: Vec<String>,
    /// The Cc recipients.
    pub cc_addresses: Vec<String>,
    /// The Bcc recipients.
    pub bcc_addresses: Vec<String>,
    /// Tags that SES includes in every event about the email.
    pub email_tags: Vec<NameValue>,
    /// The configuration set, which defines the event destinations.
    pub configuration_set_name: Option<String>,
    /// Whether SES tracks opens and clicks. If `None`, the configuration set and the account decide.
    pub tracking_overrides: Option<TrackingOverrides>,
}

/// The parts of the request body around the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawBody {
    prefix: String,
}

/// The hash and length of a request body, which are sent before the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyDigest {
    /// The SHA-256 hash.
    pub sha256: [u8; 32],
    /// The length in bytes.
    pub length: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    from_email_address: &'a str,
    destination: Destination<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    email_tags: &'a [NameValue],
    #[serde(skip_serializing_if = "Option::is_none")]
    configuration_set_name: Option<&'a str>,
    #[serde(rename = "ConfigurationOverrides", skip_serializing_if = "Option::is_none")]
    tracking_overrides: Option<TrackingOverrides>,
    /// Last, so that only [`SUFFIX`] follows the message.
    content: Content,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    raw: Raw,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Raw {
    data: &'static str,
}

impl SendRawEmail {
    /// The service that the operation belongs to.
    pub const SERVICE: Service = Service::Ses;

    /// Returns the request without host, signature and body.
    ///
    /// # Errors
    /// [`BuildError`] if a value can't be part of an HTTP request.
    pub fn head(&self) -> Result<Request<()>, BuildError> {
        Ok(Request::builder()
            .method(Method::POST)
            .uri(PATH)
            .header(header::CONTENT_TYPE, "application/json")
            .body(())?)
    }

    /// Returns the parts of the request body around the message.
    ///
    /// # Errors
    /// [`BuildError`] if they can't be serialised.
    pub fn body(&self) -> Result<RawBody, BuildError> {
        let mut prefix = serde_json::to_string(&Body {
            from_email_address: &self.from_email_address,
            destination: Destination {
                to: &self.to_addresses,
                cc: &self.cc_addresses,
                bcc: &self.bcc_addresses,
            },
            email_tags: &self.email_tags,
            configuration_set_name: self.configuration_set_name.as_deref(),
            tracking_overrides: self.tracking_overrides,
            content: Content { raw: Raw { data: "" } },
        })?;
        prefix.truncate(prefix.len() - SUFFIX.len());
        Ok(RawBody { prefix })
    }

    /// Parses a response of any status.
    ///
    /// # Errors
    /// [`Error::Service`] for an error response, or [`Error::InvalidResponse`].
    pub fn parse_response(&self, response: &Response<Bytes>) -> Result<SentEmail, Error> {
        SentEmail::from_response(response)
    }
}

impl RawBody {
    /// Returns the parts of the body. The length of each chunk of the message must be a multiple of three, except that of the last.
    pub fn parts<E, I>(&self, chunks: I) -> impl Iterator<Item = Result<Vec<u8>, E>> + use<E, I>
    where
        I: Iterator<Item = Result<Vec<u8>, E>>,
    {
        let encoded = chunks.map(|chunk| Ok(STANDARD.encode(chunk?).into_bytes()));
        iter::once(Ok(self.prefix.clone().into_bytes()))
            .chain(encoded)
            .chain(iter::once_with(|| Ok(SUFFIX.into())))
    }

    /// Computes the digest of the body from the chunks of the message.
    ///
    /// # Errors
    /// The first error of `chunks`.
    pub fn digest<E>(&self, chunks: impl Iterator<Item = Result<Vec<u8>, E>>) -> Result<BodyDigest, E> {
        let mut hash = Sha256::new();
        let mut length = 0;
        for part in self.parts(chunks) {
            let part = part?;
            hash.update(&part);
            length += part.len() as u64;
        }
        Ok(BodyDigest { sha256: hash.finalize().into(), length })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use time::macros::datetime;

    use super::*;
    use crate::{Credentials, Endpoint, sign, signed_head};

    const CHUNK_BYTES: usize = 3 * 512 * 1024;

    fn send() -> SendRawEmail {
        let pair = |name: &str, value: &str| NameValue { name: name.into(), value: value.into() };
        SendRawEmail {
            from_email_address: "Info \"x\" <info@example.com>".into(),
            to_addresses: vec!["to@example.com".into()],
            cc_addresses: vec!["cc@example.com".into()],
            bcc_addresses: vec!["bcc@example.com".into()],
            email_tags: vec![pair("campaign", "spring")],
            configuration_set_name: Some("example".into()),
            tracking_overrides: Some(TrackingOverrides { opens: false, clicks: true }),
        }
    }

    fn full_body(send: &SendRawEmail, chunks: &[&[u8]]) -> String {
        let chunks = chunks.iter().map(|chunk| Ok::<_, ()>(chunk.to_vec()));
        let parts: Vec<_> = send.body().unwrap().parts(chunks).map(Result::unwrap).collect();
        String::from_utf8(parts.concat()).unwrap()
    }

    #[test]
    fn chunks_form_one_message() {
        let first = vec![0xff; CHUNK_BYTES];
        let body: Value = serde_json::from_str(&full_body(&send(), &[&first, b"end"])).unwrap();
        let data = body["Content"]["Raw"]["Data"].as_str().unwrap();
        assert_eq!(STANDARD.decode(data).unwrap(), [&first[..], b"end"].concat());
        let mut others = body.clone();
        others.as_object_mut().unwrap().remove("Content");
        assert_eq!(
            others,
            json!({
                "FromEmailAddress": "Info \"x\" <info@example.com>",
                "Destination": {
                    "ToAddresses": ["to@example.com"],
                    "CcAddresses": ["cc@example.com"],
                    "BccAddresses": ["bcc@example.com"],
                },
                "EmailTags": [{"Name": "campaign", "Value": "spring"}],
                "ConfigurationSetName": "example",
                "ConfigurationOverrides": {"Tracking": {
                    "OpenTrackingEnabled": "DISABLED",
                    "ClickTrackingEnabled": "ENABLED",
                }},
            })
        );
        let minimal: Value = serde_json::from_str(&full_body(&SendRawEmail::default(), &[])).unwrap();
        assert_eq!(
            minimal,
            json!({"FromEmailAddress": "", "Destination": {}, "Content": {"Raw": {"Data": ""}}})
        );
    }

    #[test]
    fn a_hash_is_signed_like_the_body() {
        let send = send();
        let body = full_body(&send, &[b"From: me"]);
        let credentials = Credentials::temporary("AKIA", "secret", "token", datetime!(2026-11-24 13:00 UTC));
        let (region, now) = ("eu-west-1".parse().unwrap(), datetime!(2026-11-24 12:00 UTC));
        let chunks = [Ok::<_, ()>(b"From: me".to_vec())];
        let BodyDigest { sha256: hash, length } = send.body().unwrap().digest(chunks.into_iter()).unwrap();
        assert_eq!(length, body.len() as u64);
        let head = signed_head(
            Service::Ses,
            send.head().unwrap(),
            hash,
            &Endpoint::aws(),
            region,
            &credentials,
            now,
        )
        .unwrap();
        let mut request = Request::post(head.uri()).body(Bytes::from(body)).unwrap();
        for name in ["content-type", "host"] {
            request.headers_mut().insert(name, head.headers()[name].clone());
        }
        let signed = sign::sign(request, &credentials, Service::Ses, region, now).unwrap();
        assert_eq!(head.headers(), signed.headers());
        assert_eq!(head.uri(), "https://email.eu-west-1.amazonaws.com/v2/email/outbound-emails");
    }
}

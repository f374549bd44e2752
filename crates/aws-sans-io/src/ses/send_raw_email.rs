//! `SendEmail` with `Raw` content: a MIME message of up to 40 MB, which is never held as a whole.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use data_encoding::HEXLOWER;
use http::{Method, Request, Response, header};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{NameValue, SentEmail, json};
use crate::{
    BuildError, Error, Service, read_error,
    ses::send_email::{Destination, PATH},
};

/// What the body ends with, behind the message.
const TAIL: &str = r#""}}}"#;

/// Sends a MIME message. The envelope says who gets it, whatever the message's headers say.
///
/// The request's body is [`RawBody::head`], the base64 of each of the message's pieces ([`RawBody::piece`]), and [`RawBody::tail`]: so it
/// can be hashed and sent piece by piece.
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_RawMessage.html>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendRawEmail {
    /// From: a verified identity, with a display name or without.
    pub from_email_address: String,
    /// To.
    pub to_addresses: Vec<String>,
    /// Cc.
    pub cc_addresses: Vec<String>,
    /// Bcc.
    pub bcc_addresses: Vec<String>,
    /// What SES repeats in every event about the message.
    pub email_tags: Vec<NameValue>,
    /// Whose event destinations hear of the message.
    pub configuration_set_name: Option<String>,
}

/// What of a request's body isn't the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawBody {
    head: String,
}

/// What has to be known of a body before its first byte is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyDigest {
    /// Its hash, in small hexadecimal digits: what is signed.
    pub sha256: String,
    /// How many bytes it has.
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
    /// The last, so that nothing of what is written follows it.
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
    /// The service that is asked.
    pub const SERVICE: Service = Service::Ses;

    /// The request without host, signature and body.
    ///
    /// # Errors
    /// [`BuildError`] where a value doesn't fit into a request.
    pub fn head(&self) -> Result<Request<()>, BuildError> {
        Ok(Request::builder()
            .method(Method::POST)
            .uri(PATH)
            .header(header::CONTENT_TYPE, "application/json")
            .body(())?)
    }

    /// The body around the message.
    ///
    /// # Errors
    /// [`BuildError`] where it can't be written.
    pub fn body(&self) -> Result<RawBody, BuildError> {
        let mut head = serde_json::to_string(&Body {
            from_email_address: &self.from_email_address,
            destination: Destination {
                to: &self.to_addresses,
                cc: &self.cc_addresses,
                bcc: &self.bcc_addresses,
            },
            email_tags: &self.email_tags,
            configuration_set_name: self.configuration_set_name.as_deref(),
            content: Content { raw: Raw { data: "" } },
        })?;
        head.truncate(head.len() - TAIL.len());
        Ok(RawBody { head })
    }

    /// Reads any answer.
    ///
    /// # Errors
    /// [`Error`] with AWS's own code, message and request id.
    pub fn response(&self, response: &Response<Bytes>) -> Result<SentEmail, Error> {
        if response.status().is_success() { json::read(response.body()) } else { Err(read_error(response)) }
    }
}

impl RawBody {
    /// What stands before the message.
    #[must_use]
    pub fn head(&self) -> &str {
        &self.head
    }

    /// A piece of the message, whose length is a multiple of three unless it is the last.
    #[must_use]
    pub fn piece(piece: &[u8]) -> String {
        STANDARD.encode(piece)
    }

    /// What stands behind the message.
    #[must_use]
    pub const fn tail() -> &'static str {
        TAIL
    }

    /// Reads the message once, for the digest of the whole body.
    ///
    /// # Errors
    /// That of the first piece that can't be read.
    pub fn digest<E>(&self, pieces: impl Iterator<Item = Result<Vec<u8>, E>>) -> Result<BodyDigest, E> {
        let mut hash = Sha256::new_with_prefix(&self.head);
        let mut length = self.head.len() + TAIL.len();
        for piece in pieces {
            let piece = Self::piece(&piece?);
            hash.update(&piece);
            length += piece.len();
        }
        hash.update(TAIL);
        Ok(BodyDigest { sha256: HEXLOWER.encode(&hash.finalize()), length: length as u64 })
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
            configuration_set_name: Some("kraiter".into()),
        }
    }

    fn whole(send: &SendRawEmail, pieces: &[&[u8]]) -> String {
        let body = send.body().unwrap();
        let data: String = pieces.iter().map(|piece| RawBody::piece(piece)).collect();
        [body.head(), &data, RawBody::tail()].concat()
    }

    #[test]
    fn pieces_make_one_message_in_one_body() {
        let first = vec![0xff; CHUNK_BYTES];
        let body: Value = serde_json::from_str(&whole(&send(), &[&first, b"end"])).unwrap();
        let data = body["Content"]["Raw"]["Data"].as_str().unwrap();
        assert_eq!(STANDARD.decode(data).unwrap(), [&first[..], b"end"].concat());
        let mut rest = body.clone();
        rest.as_object_mut().unwrap().remove("Content");
        assert_eq!(
            rest,
            json!({
                "FromEmailAddress": "Info \"x\" <info@example.com>",
                "Destination": {
                    "ToAddresses": ["to@example.com"],
                    "CcAddresses": ["cc@example.com"],
                    "BccAddresses": ["bcc@example.com"],
                },
                "EmailTags": [{"Name": "campaign", "Value": "spring"}],
                "ConfigurationSetName": "kraiter",
            })
        );
        let bare: Value = serde_json::from_str(&whole(&SendRawEmail::default(), &[])).unwrap();
        assert_eq!(
            bare,
            json!({"FromEmailAddress": "", "Destination": {}, "Content": {"Raw": {"Data": ""}}})
        );
    }

    #[test]
    fn a_hash_is_signed_as_the_body_itself_is() {
        let send = send();
        let body = whole(&send, &[b"From: me"]);
        let credentials = Credentials::temporary("AKIA", "secret", "token", datetime!(2026-11-24 13:00 UTC));
        let (region, now) = ("eu-west-1".parse().unwrap(), datetime!(2026-11-24 12:00 UTC));
        let pieces = [Ok::<_, ()>(b"From: me".to_vec())];
        let BodyDigest { sha256: hash, length } = send.body().unwrap().digest(pieces.into_iter()).unwrap();
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

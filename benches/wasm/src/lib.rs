//! Signing and verifying as the Worker does, compiled to WebAssembly for the benchmark.
#![allow(missing_docs, reason = "the crate isn't published")]

use std::cell::RefCell;

use aws_sans_io::{Credentials, Endpoint, Region, Service, TopicArn, sign::sign_with};
use bytes::Bytes;
use http::{Request, header::AUTHORIZATION};
use sns_verify::{Certificate, Expected, Message, Rejection, Signature};
use time::OffsetDateTime;
use wasm_bindgen::prelude::*;
use web_crypto::PublicKey;

/// As in the Worker: the length of bodies from which the runtime hashes, in bytes.
const MIN_HASHED_BY_RUNTIME: usize = 4 * 1024;

/// Signs a body in memory again and again.
#[wasm_bindgen]
pub struct Signer {
    body: Bytes,
    credentials: Credentials,
    region: Region,
}

#[wasm_bindgen]
impl Signer {
    /// # Errors
    /// An error if `region` isn't one.
    #[wasm_bindgen(constructor)]
    pub fn new(body: Vec<u8>, region: &str) -> Result<Self, JsError> {
        let credentials =
            Credentials::long_term("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        Ok(Self { body: body.into(), credentials, region: region.parse()? })
    }

    /// Returns the value of `authorization`. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// An error if the request can't be signed.
    pub async fn sign(&self, now: i32) -> Result<String, JsError> {
        let request = Request::post("https://email.eu-west-1.amazonaws.com/v2/email/outbound-emails")
            .header("content-type", "application/json")
            .body(self.body.clone())?;
        let now = OffsetDateTime::from_unix_timestamp(now.into())?;
        let sha256 = async |body: &[u8]| match body.len() {
            ..MIN_HASHED_BY_RUNTIME => None,
            _ => web_crypto::sha256(body).await.ok(),
        };
        let signed = sign_with(request, &self.credentials, Service::Ses, self.region, now, sha256).await?;
        Ok(signed.headers()[AUTHORIZATION].to_str()?.to_owned())
    }
}

/// Verifies messages of one topic. Its certificate and key are cached.
#[wasm_bindgen]
pub struct Verifier {
    topic: TopicArn,
    certificate: Certificate,
    key: RefCell<Option<PublicKey>>,
    now: OffsetDateTime,
}

#[wasm_bindgen]
impl Verifier {
    /// `message` is any message of the topic and `pem` its certificate. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// An error if the message, the topic or the certificate is invalid.
    #[wasm_bindgen(constructor)]
    pub fn new(message: &str, topic: &str, pem: &str, now: i32) -> Result<Self, JsError> {
        let now = OffsetDateTime::from_unix_timestamp(now.into())?;
        let topic: TopicArn = topic.parse()?;
        let checked =
            Message::parse(message.as_bytes())?.check(Expected::Topic(&topic), &Endpoint::aws(), now)?;
        let certificate = Certificate::from_pem(checked.certificate_url(), pem.as_bytes())?;
        Ok(Self { topic, certificate, key: RefCell::default(), now })
    }

    /// Returns the ID of a message.
    ///
    /// # Errors
    /// An error if the message isn't signed by the certificate's key.
    pub async fn verify(&self, message: &str) -> Result<String, JsError> {
        let message = Message::parse(message.as_bytes())?;
        let checked = message.check(Expected::Topic(&self.topic), &Endpoint::aws(), self.now)?;
        let verify = async |signature: Signature<'_>| self.is_valid(signature).await;
        Ok(checked.verify_with(&self.certificate, self.now, verify).await?.id.to_string())
    }
}

impl Verifier {
    async fn is_valid(&self, signature: Signature<'_>) -> Result<bool, Rejection> {
        let known = self.key.borrow().clone();
        let key = match known {
            Some(key) => key,
            None => PublicKey::import(&signature).await.map_err(|_| Rejection::CertificateUnreadable)?,
        };
        self.key.replace(Some(key.clone()));
        key.is_valid(&signature).await.map_err(|_| Rejection::CertificateUnreadable)
    }
}

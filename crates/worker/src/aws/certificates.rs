//! Verification of SNS messages, with a cache of the signing certificates, one per isolate.

use std::{cell::RefCell, rc::Rc};

use bytes::Bytes;
use domain::OrganisationId;
use http::Request;
use serde_json::json;
use sns_verify::{
    Certificate, CertificateCache, CertificateUrl, Checked, Message, Rejection, Signature, SignatureVersion,
    Verified,
};
use wasm_bindgen::JsValue;
use web_crypto::PublicKey;

use crate::{clock, fetch, log};

/// Time limit of a download, in milliseconds.
const TIMEOUT_MS: u32 = 5_000;

/// A certificate and its keys, one for each version of signatures. A key is imported when it is first used.
struct Signer {
    certificate: Certificate,
    keys: RefCell<[Option<PublicKey>; 2]>,
}

impl Signer {
    async fn is_valid(&self, signature: Signature<'_>) -> Result<bool, Rejection> {
        let index = match signature.version {
            SignatureVersion::One => 0,
            SignatureVersion::Two => 1,
        };
        let cached = self.keys.borrow()[index].clone();
        let key = match cached {
            Some(key) => key,
            None => PublicKey::import(&signature).await.map_err(|error| failed(&error))?,
        };
        let is_valid = key.is_valid(&signature).await.map_err(|error| failed(&error))?;
        self.keys.borrow_mut()[index] = Some(key);
        Ok(is_valid)
    }
}

fn failed(error: &JsValue) -> Rejection {
    log::error("web_crypto_failed", json!({ "error": format!("{error:?}") }));
    Rejection::CertificateUnreadable
}

thread_local! {
    static CACHE: RefCell<CertificateCache<Rc<Signer>, OrganisationId>> = RefCell::default();
}

/// Verifies the signature of a message that was posted to a webhook of `organisation`.
///
/// # Errors
/// [`Rejection`] if the certificate can't be downloaded or isn't one of SNS, or if the signature doesn't match.
pub(crate) async fn verify(
    message: Checked,
    organisation: OrganisationId,
) -> Result<Verified<Message>, Rejection> {
    let signer = find(message.certificate_url(), organisation).await?;
    let verify = async |signature: Signature<'_>| signer.is_valid(signature).await;
    message.verify_with(&signer.certificate, clock::now(), verify).await
}

async fn find(url: &CertificateUrl, organisation: OrganisationId) -> Result<Rc<Signer>, Rejection> {
    if let Some(signer) = CACHE.with_borrow_mut(|cache| cache.find(url, organisation, clock::now()))? {
        return Ok(signer);
    }
    let result = download(url).await;
    let result = result.map(|certificate| Rc::new(Signer { certificate, keys: RefCell::default() }));
    CACHE.with_borrow_mut(|cache| cache.insert(url, &organisation, result.clone()));
    result
}

async fn download(url: &CertificateUrl) -> Result<Certificate, Rejection> {
    let request =
        Request::get(url.as_str()).body(Bytes::new()).map_err(|_| Rejection::CertificateUrlRefused)?;
    let response = fetch::fetch(request, TIMEOUT_MS).await.map_err(|_| Rejection::CertificateUnavailable)?;
    if response.status() != http::StatusCode::OK {
        return Err(Rejection::CertificateUnavailable);
    }
    let certificate = Certificate::from_pem(url, response.body())?;
    if certificate.is_valid_at(clock::now()) {
        Ok(certificate)
    } else {
        Err(Rejection::CertificateNotValidNow)
    }
}

//! Verification of SNS messages, with a cache of the signing certificates, one per isolate.

use std::{
    cell::RefCell,
    collections::{HashMap, hash_map::Entry},
    rc::Rc,
};

use bytes::Bytes;
use http::Request;
use serde_json::json;
use sns_verify::{
    Certificate, CertificateUrl, Checked, Message, Rejection, Signature, SignatureVersion, Verified,
};
use time::{Duration, OffsetDateTime};
use wasm_bindgen::JsValue;
use web_crypto::PublicKey;

use crate::{clock, fetch, log};

/// Largest number of cached URLs. SNS has one certificate per region and replaces it about once a year.
const MAX_ENTRIES: usize = 64;

/// Time limit of a download, in milliseconds.
const TIMEOUT_MS: u32 = 5_000;

/// How long a failed URL isn't retried, so that forged messages can't cause a download each.
const RETRY_AFTER: Duration = Duration::seconds(10);

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

enum Cached {
    Signer(Rc<Signer>),
    Failed { rejection: Rejection, until: OffsetDateTime },
}

thread_local! {
    static CACHE: RefCell<HashMap<CertificateUrl, Cached>> = RefCell::default();
}

/// Verifies the signature of a message.
///
/// # Errors
/// [`Rejection`] if the certificate can't be downloaded or isn't one of SNS, or if the signature doesn't match.
pub(crate) async fn verify(message: Checked) -> Result<Verified<Message>, Rejection> {
    let signer = find(message.certificate_url()).await?;
    let verify = async |signature: Signature<'_>| signer.is_valid(signature).await;
    message.verify_with(&signer.certificate, clock::now(), verify).await
}

async fn find(url: &CertificateUrl) -> Result<Rc<Signer>, Rejection> {
    if let Some(cached) = look_up(url, clock::now()) {
        return cached;
    }
    let result = download(url).await;
    let result = result.map(|certificate| Rc::new(Signer { certificate, keys: RefCell::default() }));
    let cached = match &result {
        Ok(signer) => Cached::Signer(Rc::clone(signer)),
        Err(rejection) => Cached::Failed { rejection: *rejection, until: clock::now() + RETRY_AFTER },
    };
    CACHE.with_borrow_mut(|cache| {
        if cache.len() >= MAX_ENTRIES {
            cache.clear();
        }
        cache.insert(url.clone(), cached);
    });
    result
}

fn look_up(url: &CertificateUrl, now: OffsetDateTime) -> Option<Result<Rc<Signer>, Rejection>> {
    CACHE.with_borrow_mut(|cache| match cache.entry(url.clone()) {
        Entry::Vacant(_) => None,
        Entry::Occupied(entry) => match entry.get() {
            Cached::Signer(signer) => Some(Ok(Rc::clone(signer))),
            Cached::Failed { rejection, until } if *until > now => Some(Err(*rejection)),
            Cached::Failed { .. } => {
                entry.remove();
                None
            }
        },
    })
}

async fn download(url: &CertificateUrl) -> Result<Certificate, Rejection> {
    let request =
        Request::get(url.as_str()).body(Bytes::new()).map_err(|_| Rejection::CertificateUrlRefused)?;
    let response = fetch::fetch(request, TIMEOUT_MS).await.map_err(|_| Rejection::CertificateUnavailable)?;
    if response.status() == http::StatusCode::OK {
        Certificate::from_pem(url, response.body())
    } else {
        Err(Rejection::CertificateUnavailable)
    }
}

//! Cache of the certificates that SNS signs with, one per isolate.

use std::{
    cell::RefCell,
    collections::{HashMap, hash_map::Entry},
};

use bytes::Bytes;
use http::Request;
use sns_verify::{Certificate, CertificateUrl, Rejection};
use time::{Duration, OffsetDateTime};

use crate::{clock, fetch};

/// Largest number of cached URLs. SNS has one certificate per region and replaces it about once a year.
const MAX_ENTRIES: usize = 64;

/// Time limit of a download, in milliseconds.
const TIMEOUT_MS: u32 = 5_000;

/// How long a failed URL isn't retried, so that forged messages can't cause a download each.
const RETRY_AFTER: Duration = Duration::seconds(10);

enum Cached {
    Certificate(Box<Certificate>),
    Failed { rejection: Rejection, until: OffsetDateTime },
}

thread_local! {
    static CACHE: RefCell<HashMap<CertificateUrl, Cached>> = RefCell::default();
}

/// Returns the certificate at `url`.
///
/// # Errors
/// [`Rejection`] if it can't be downloaded or isn't a certificate of SNS.
pub(crate) async fn get(url: &CertificateUrl) -> Result<Certificate, Rejection> {
    if let Some(cached) = look_up(url, clock::now()) {
        return cached;
    }
    let result = download(url).await;
    let cached = match &result {
        Ok(certificate) => Cached::Certificate(Box::new(certificate.clone())),
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

fn look_up(url: &CertificateUrl, now: OffsetDateTime) -> Option<Result<Certificate, Rejection>> {
    CACHE.with_borrow_mut(|cache| match cache.entry(url.clone()) {
        Entry::Vacant(_) => None,
        Entry::Occupied(entry) => match entry.get() {
            Cached::Certificate(certificate) => Some(Ok((**certificate).clone())),
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

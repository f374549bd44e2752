//! The certificates that SNS signs with, fetched once an isolate.

use std::{
    cell::RefCell,
    collections::{HashMap, hash_map::Entry},
};

use bytes::Bytes;
use http::Request;
use kraiter_core::sns::{Certificate, CertificateUrl, Rejection};
use time::{Duration, OffsetDateTime};

use crate::{clock, fetch};

/// SNS has one certificate a region and changes it about once a year.
const MOST: usize = 64;

/// How long SNS may take, in milliseconds.
const PATIENCE: u32 = 5_000;

/// How long an address that gave no certificate isn't asked again: whoever makes up addresses on SNS's host can't make us ask for
/// each message.
const PAUSE: Duration = Duration::seconds(10);

enum Known {
    Certificate(Box<Certificate>),
    Failed { rejection: Rejection, until: OffsetDateTime },
}

thread_local! {
    static CACHE: RefCell<HashMap<CertificateUrl, Known>> = RefCell::default();
}

/// The certificate at an address that core has built.
///
/// # Errors
/// [`Rejection`] where it can't be fetched, or isn't SNS's.
pub(crate) async fn get(url: &CertificateUrl) -> Result<Certificate, Rejection> {
    if let Some(known) = look_up(url, clock::now()) {
        return known;
    }
    let fetched = fetch(url).await;
    let known = match &fetched {
        Ok(certificate) => Known::Certificate(Box::new(certificate.clone())),
        Err(rejection) => Known::Failed { rejection: *rejection, until: clock::now() + PAUSE },
    };
    CACHE.with_borrow_mut(|cache| {
        if cache.len() >= MOST {
            cache.clear();
        }
        cache.insert(url.clone(), known);
    });
    fetched
}

fn look_up(url: &CertificateUrl, now: OffsetDateTime) -> Option<Result<Certificate, Rejection>> {
    CACHE.with_borrow_mut(|cache| match cache.entry(url.clone()) {
        Entry::Vacant(_) => None,
        Entry::Occupied(entry) => match entry.get() {
            Known::Certificate(certificate) => Some(Ok((**certificate).clone())),
            Known::Failed { rejection, until } if *until > now => Some(Err(*rejection)),
            Known::Failed { .. } => {
                entry.remove();
                None
            }
        },
    })
}

async fn fetch(url: &CertificateUrl) -> Result<Certificate, Rejection> {
    let request =
        Request::get(url.as_str()).body(Bytes::new()).map_err(|_| Rejection::CertificateUrlRefused)?;
    let answer = fetch::fetch(request, PATIENCE).await.map_err(|_| Rejection::CertificateUnavailable)?;
    if answer.status() == http::StatusCode::OK {
        Certificate::from_pem(url, answer.body())
    } else {
        Err(Rejection::CertificateUnavailable)
    }
}

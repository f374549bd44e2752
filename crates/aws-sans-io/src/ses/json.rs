//! REST-JSON protocol of SES v2.

use bytes::Bytes;
use http::{Method, Request, header};
use serde::{Serialize, de::DeserializeOwned};

use crate::{BuildError, Error};

pub(super) fn get(path: &str) -> Result<Request<Bytes>, BuildError> {
    Ok(Request::builder().method(Method::GET).uri(path).body(Bytes::new())?)
}

pub(super) fn delete(path: &str) -> Result<Request<Bytes>, BuildError> {
    Ok(Request::builder().method(Method::DELETE).uri(path).body(Bytes::new())?)
}

pub(super) fn post(path: &str, body: &impl Serialize) -> Result<Request<Bytes>, BuildError> {
    with_body(Method::POST, path, body)
}

pub(super) fn put(path: &str, body: &impl Serialize) -> Result<Request<Bytes>, BuildError> {
    with_body(Method::PUT, path, body)
}

fn with_body(method: Method, path: &str, body: &impl Serialize) -> Result<Request<Bytes>, BuildError> {
    Ok(Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .body(serde_json::to_vec(body)?.into())?)
}

/// Parses a response body. Errors name the path of the invalid value.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    crate::json::parse(body).map_err(|error| Error::InvalidResponse(error.to_string()))
}

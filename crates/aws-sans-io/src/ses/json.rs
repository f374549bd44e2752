//! The REST-JSON protocol of SES v2.

use bytes::Bytes;
use http::{Method, Request, header};
use serde::{Serialize, de::DeserializeOwned};

use crate::{BuildError, Error};

/// A GET, which has no body.
pub(super) fn get(path: &str) -> Result<Request<Bytes>, BuildError> {
    Ok(Request::builder().method(Method::GET).uri(path).body(Bytes::new())?)
}

/// A DELETE, which has no body either.
pub(super) fn delete(path: &str) -> Result<Request<Bytes>, BuildError> {
    Ok(Request::builder().method(Method::DELETE).uri(path).body(Bytes::new())?)
}

/// A POST with a JSON body.
pub(super) fn post(path: &str, body: &impl Serialize) -> Result<Request<Bytes>, BuildError> {
    with_body(Method::POST, path, body)
}

/// A PUT with a JSON body.
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

/// Reads an answer's body.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let reader = &mut serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(reader).map_err(|error| Error::Unreadable(error.to_string()))
}

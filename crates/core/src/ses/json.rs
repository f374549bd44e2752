//! The REST-JSON protocol of SES v2.

use bytes::Bytes;
use http::{Method, Request, header};
use serde::{Serialize, de::DeserializeOwned};

use crate::aws::{BuildError, Error};

/// A request without a body.
pub(super) fn get(path: &str) -> Result<Request<Bytes>, BuildError> {
    Ok(Request::builder().method(Method::GET).uri(path).body(Bytes::new())?)
}

/// A request with a JSON body.
pub(super) fn post(path: &str, body: &impl Serialize) -> Result<Request<Bytes>, BuildError> {
    Ok(Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .body(serde_json::to_vec(body)?.into())?)
}

/// Reads an answer's body.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let reader = &mut serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(reader).map_err(|error| Error::Unreadable(error.to_string()))
}

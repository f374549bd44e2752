//! The AWS Query protocol: form-encoded requests and XML responses.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/programming.html>

use bytes::Bytes;
use http::{Method, Request, header};

use crate::{BuildError, Error, encode, xml};

const VERSION: &str = "2011-06-15";

/// Builds a POST request with `Action`, `Version` and the `parameters`.
pub(super) fn request(action: &str, parameters: &[(&str, &str)]) -> Result<Request<Bytes>, BuildError> {
    let fields = [("Action", action), ("Version", VERSION)];
    let body = encode::form(fields.into_iter().chain(parameters.iter().copied()));
    Ok(Request::builder()
        .method(Method::POST)
        .uri("/")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")
        .body(body.into())?)
}

/// Returns the texts of required elements.
pub(super) fn texts<const N: usize>(document: &[u8], names: [&str; N]) -> Result<[String; N], Error> {
    let mut texts = xml::texts(document, &names)?.into_iter();
    let mut missing = None;
    let found = names.map(|name| {
        let text = texts.next().flatten().filter(|text| !text.is_empty());
        text.unwrap_or_else(|| {
            missing.get_or_insert(name);
            String::new()
        })
    });
    match missing {
        Some(name) => Err(Error::InvalidResponse(format!("{name} is missing"))),
        None => Ok(found),
    }
}

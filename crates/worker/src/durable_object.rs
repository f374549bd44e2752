//! Calls Durable Objects: JSON in; JSON or a problem document out.

use api_contract::Problem;
use aws_sans_io::json;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;
use worker::{Method, Request, RequestInit, Response, Stub};

use crate::http::Error;

/// Posts `request` as JSON to an object and parses its response.
///
/// # Errors
/// [`Error::Problem`] if the object responds with a problem document, [`Error::Internal`] if the call fails.
pub(crate) async fn call<T: DeserializeOwned>(
    stub: &Stub,
    path: &str,
    request: &impl Serialize,
) -> Result<T, Error> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(JsValue::from_str(&serde_json::to_string(request)?)));
    // The host name is a placeholder: a stub always reaches its own object.
    let request = Request::new_with_init(&format!("https://object.internal{path}"), &init)?;
    parse(stub.fetch_with_request(request).await?).await
}

/// Parses an object's response.
///
/// # Errors
/// As [`call`].
pub(crate) async fn parse<T: DeserializeOwned>(mut response: Response) -> Result<T, Error> {
    let text = response.text().await?;
    if response.status_code() == 200 {
        Ok(json::parse(text.as_bytes())?)
    } else {
        Err(Error::Problem(Box::new(json::parse::<Problem>(text.as_bytes())?)))
    }
}

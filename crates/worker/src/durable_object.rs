//! Calls Durable Objects: JSON in; JSON or a problem document out.

use api_contract::Problem;
use aws_sans_io::json;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;
use worker::{Headers, Response, Stub, web_sys};

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
    let body = JsValue::from_str(&serde_json::to_string(request)?);
    parse(post(stub, path, &Headers::new(), &body).await?).await
}

/// Posts to an object.
///
/// # Errors
/// Fails if the call fails.
pub(crate) async fn post(
    stub: &Stub,
    path: &str,
    headers: &Headers,
    body: &JsValue,
) -> worker::Result<Response> {
    // `worker::RequestInit` would make the module larger by all options of Cloudflare's `fetch`.
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_headers(headers.as_ref());
    init.set_body(body);
    // The host name is a placeholder: a stub always reaches its own object.
    let request = web_sys::Request::new_with_str_and_init(&format!("https://object.internal{path}"), &init)?;
    stub.fetch_with_request(request.into()).await
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

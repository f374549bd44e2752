//! Questions to Durable Objects: JSON there; JSON back, or a problem.

use kraiter_core::api::Problem;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;
use worker::{Method, Request, RequestInit, Stub};

use crate::failure::Failure;

/// Asks an object.
///
/// # Errors
/// [`Failure::Problem`] with what it answered, or a fault.
pub(crate) async fn ask<T: DeserializeOwned>(
    stub: &Stub,
    path: &str,
    question: &impl Serialize,
) -> Result<T, Failure> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(JsValue::from_str(&serde_json::to_string(question)?)));
    exchange(stub, path, &init).await
}

/// The same with a request that is made already.
///
/// # Errors
/// As [`ask`].
pub(crate) async fn exchange<T: DeserializeOwned>(
    stub: &Stub,
    path: &str,
    init: &RequestInit,
) -> Result<T, Failure> {
    // The address is nobody's: a stub leads to its object only.
    let request = Request::new_with_init(&format!("https://object.internal{path}"), init)?;
    let mut answer = stub.fetch_with_request(request).await?;
    let text = answer.text().await?;
    if answer.status_code() == 200 {
        Ok(serde_json::from_str(&text)?)
    } else {
        Err(Failure::Problem(Box::new(serde_json::from_str::<Problem>(&text)?)))
    }
}

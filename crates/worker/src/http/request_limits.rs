//! Counts requests with Cloudflare's rate-limiting bindings. `api_contract::RateClass` defines the limits.

use std::fmt::Display;

use api_contract::{ApiError, ClientAddress, RateClass};
use js_sys::{Object, Promise, Reflect};
use serde_json::json;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use worker::{Env, Headers};

use super::Error;
use crate::log;

#[wasm_bindgen]
extern "C" {
    /// <https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/>
    type RateLimitBinding;
    #[wasm_bindgen(method, catch)]
    fn limit(this: &RateLimitBinding, options: &Object) -> Result<Promise, JsValue>;
}

/// Counts a request of `subject`: an organisation or a client address.
///
/// # Errors
/// [`ApiError::RateLimited`] if the class has a limit and it is exceeded, or [`ApiError::Misconfigured`] without the binding.
pub(crate) async fn count(env: &Env, class: RateClass, subject: impl Display) -> Result<(), Error> {
    let Some(limit) = class.limit() else { return Ok(()) };
    let binding = Reflect::get(env, &limit.binding.into()).unwrap_or(JsValue::UNDEFINED);
    if !binding.is_object() {
        let message = "it must be a rate-limiting binding in wrangler.toml".to_owned();
        return Err(ApiError::Misconfigured { setting: limit.binding, message }.into());
    }
    match is_within(binding.unchecked_ref(), &subject.to_string()).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(ApiError::RateLimited(class).into()),
        // A failure of the binding must not stop everyone.
        Err(error) => {
            log::error("request_limit_failed", json!({ "limit": limit.name, "error": format!("{error:?}") }));
            Ok(())
        }
    }
}

/// Counts a request of the client that sent `headers`.
///
/// # Errors
/// As [`count`], and if the headers can't be read.
pub(crate) async fn count_client(env: &Env, class: RateClass, headers: &Headers) -> Result<(), Error> {
    count(env, class, ClientAddress::parse(headers.get("cf-connecting-ip")?.as_deref())).await
}

async fn is_within(binding: &RateLimitBinding, key: &str) -> Result<bool, JsValue> {
    let options = Object::new();
    Reflect::set(&options, &"key".into(), &key.into())?;
    let outcome = JsFuture::from(binding.limit(&options)?).await?;
    Ok(Reflect::get(&outcome, &"success".into())?.is_truthy())
}

/// Counts a request that failed with `error` if it was refused for its credentials. Returns the error to respond with.
pub(crate) async fn count_refusal(env: &Env, headers: &Headers, error: Error) -> Error {
    match &error {
        Error::Api(refusal) if refusal.is_refusal() => {}
        Error::Problem(problem) if problem.status == 401 => {}
        _ => return error,
    }
    count_client(env, RateClass::Refusals, headers).await.err().unwrap_or(error)
}

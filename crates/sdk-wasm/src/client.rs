//! The client as JavaScript sees it.

use std::rc::Rc;

use api_contract::{IdempotencyKey, Retry};
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

use crate::{
    error::Error,
    retry,
    route::Route,
    runner::Flow,
    web::{Endpoint, PreparedRequest, RequestError, ResponseBody, random_bytes, send, sleep},
};

/// A client of one organisation's API.
#[wasm_bindgen]
pub struct Client(Rc<Endpoint>);

#[wasm_bindgen]
impl Client {
    /// Creates a client of the API at `base_url` that authenticates with `api_key`, or with the session cookie if there is none.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(base_url: String, api_key: Option<String>, max_retries: u32) -> Self {
        Self(Rc::new(Endpoint { base_url, api_key, max_retries }))
    }

    /// Calls a route by its name, such as `SendEmail`, and resolves to the response's body. Rejects with the error's fields and its cause.
    ///
    /// `parameter` is the variable part of the path and `query` the query string; both are empty if the route has none. `body` is the
    /// request's body or `undefined`.
    ///
    /// # Errors
    /// Fails if there is no such route.
    pub fn call(
        &self,
        route: &str,
        parameter: String,
        query: String,
        body: JsValue,
        idempotency_key: Option<String>,
        signal: Option<AbortSignal>,
    ) -> Result<Promise, JsError> {
        let endpoint = Rc::clone(&self.0);
        let route = Route::find(route).ok_or_else(|| JsError::new("no such route"))?;
        Ok(future_to_promise(async move {
            let request = PreparedRequest::new(route, &parameter, &query, &body);
            send_with_retries(&endpoint, request, idempotency_key, signal.as_ref())
                .await
                .map(|body| body.value)
                .map_err(|error| error.to_js())
        }))
    }

    /// Starts a flow that calls `listener` with each new state.
    #[must_use]
    pub fn flow(&self, listener: Function) -> Flow {
        Flow::start(Rc::clone(&self.0), listener)
    }
}

async fn send_with_retries(
    endpoint: &Endpoint,
    request: Result<PreparedRequest, RequestError>,
    idempotency_key: Option<String>,
    signal: Option<&AbortSignal>,
) -> Result<ResponseBody, RequestError> {
    let mut request = request?;
    let route = request.route();
    if route.retry() == Retry::WithIdempotencyKey {
        let key = idempotency_key.unwrap_or_else(random_key);
        request = request.with_idempotency_key(IdempotencyKey::parse(&key).map_err(Error::from)?);
    }
    let mut retries = 0;
    loop {
        let failed = match send(endpoint, &request, signal).await {
            Ok(body) => return Ok(body),
            Err(failed) => failed,
        };
        let random = u32::from_le_bytes(random_bytes());
        match retry::delay(route, &failed.error, retries, endpoint.max_retries, random) {
            Some(milliseconds) => sleep(milliseconds, signal).await,
            None => return Err(failed),
        }
        retries += 1;
    }
}

fn random_key() -> String {
    format!("sdk-{:032x}", u128::from_le_bytes(random_bytes()))
}

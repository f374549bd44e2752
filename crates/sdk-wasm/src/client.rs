//! The client as JavaScript sees it.

use std::rc::Rc;

use api_contract::{IdempotencyKey, Retry};
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::{AbortSignal, Headers};

use crate::{
    error::Error,
    retry,
    route::Route,
    runner::Flow,
    web::{Endpoint, PreparedRequest, RequestError, Success, random_bytes, send, sleep, to_js},
};

/// A client of one organisation's API.
#[wasm_bindgen]
pub struct Client(Rc<Endpoint>);

#[wasm_bindgen]
impl Client {
    /// Creates a client of the API at `base_url` that authenticates with `api_key`, or with the session cookie if there is none.
    ///
    /// `timeout` is in milliseconds. `headers` are those of every request. `fetch` replaces the platform's; it takes a `Request`, and must
    /// always resolve to a `Response` (`pkg/lib/fetch.js`).
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(
        base_url: String,
        api_key: Option<String>,
        max_retries: u32,
        timeout: Option<u32>,
        headers: Headers,
        fetch: Option<Function>,
    ) -> Self {
        Self(Rc::new(Endpoint { base_url, api_key, max_retries, timeout, headers, fetch }))
    }

    /// Calls a route by its name, such as `SendEmail`, and resolves to the response: its body as `value`, its status and its request ID.
    /// Rejects with the error's fields and its cause.
    ///
    /// `parameter` is the variable part of the path and `query` the query string; both are empty if the route has none. `body` is the
    /// request's body or `undefined`. `timeout` replaces the client's.
    ///
    /// # Errors
    /// Fails if there is no such route.
    #[expect(clippy::too_many_arguments, reason = "an object would be read property by property")]
    pub fn call(
        &self,
        route: &str,
        parameter: String,
        query: String,
        body: JsValue,
        idempotency_key: Option<String>,
        signal: Option<AbortSignal>,
        timeout: Option<u32>,
    ) -> Result<Promise, JsError> {
        let endpoint = Rc::clone(&self.0);
        let route = Route::find(route).ok_or_else(|| JsError::new("no such route"))?;
        Ok(future_to_promise(async move {
            let request = PreparedRequest::new(route, &parameter, &query, &body)
                .map(|request| request.with_timeout(timeout.or(endpoint.timeout)));
            send_with_retries(&endpoint, request, idempotency_key, signal.as_ref())
                .await
                .map(|response| to_js(&response))
                .map_err(|error| to_js(&error))
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
) -> Result<Success, RequestError> {
    let mut request = request?;
    let route = request.route();
    if route.retry() == Retry::WithIdempotencyKey {
        let key = idempotency_key.unwrap_or_else(random_key);
        request = request.with_idempotency_key(IdempotencyKey::parse(&key).map_err(Error::from)?);
    }
    let mut retries = 0;
    loop {
        let failed = match send(endpoint, &request, signal).await {
            Ok(response) => return Ok(response),
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

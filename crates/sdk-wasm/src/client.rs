//! The client as JavaScript sees it.

use std::rc::Rc;

use api_contract::IdempotencyKey;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

use crate::{
    error::Error,
    retry,
    route::{Retry, Route},
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

    /// Requests `route` and resolves to the response's body. Rejects with the error's fields and its cause.
    ///
    /// `argument` is the id or the query, as [`Route::path`] expects it. `body` is the request's body or `undefined`.
    pub fn call(
        &self,
        route: Route,
        argument: String,
        body: JsValue,
        idempotency_key: Option<String>,
        signal: Option<AbortSignal>,
    ) -> Promise {
        let endpoint = Rc::clone(&self.0);
        future_to_promise(async move {
            send_with_retries(&endpoint, route, &argument, &body, idempotency_key, signal.as_ref())
                .await
                .map(|body| body.value)
                .map_err(|error| error.to_js())
        })
    }

    /// Starts a flow that calls `listener` with each new state.
    #[must_use]
    pub fn flow(&self, listener: Function) -> Flow {
        Flow::start(Rc::clone(&self.0), listener)
    }
}

async fn send_with_retries(
    endpoint: &Endpoint,
    route: Route,
    argument: &str,
    body: &JsValue,
    idempotency_key: Option<String>,
    signal: Option<&AbortSignal>,
) -> Result<ResponseBody, RequestError> {
    let idempotency_key = match route.retry() {
        Retry::WithIdempotencyKey => {
            let key = idempotency_key.unwrap_or_else(random_key);
            Some(IdempotencyKey::parse(&key).map_err(Error::from)?)
        }
        Retry::Safe | Retry::Never => None,
    };
    let request = PreparedRequest::new(route, argument, body, idempotency_key)?;
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

//! What JavaScript sees of the client.

use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

use kraiter_core::api::IdempotencyKey;

use crate::{
    failure::Failure,
    repeat,
    route::{Repeats, Route},
    running::Flow,
    web::{Answer, Asked, Target, Thrown, exchange, object, random_bytes, sleep},
};

/// A client of one organisation's Kraiter.
#[wasm_bindgen]
pub struct Client(Rc<Target>);

#[wasm_bindgen]
impl Client {
    /// A client that asks the API at `base_url`, with a key or else by the session's cookie. What fails and may pass is asked again,
    /// `retries` times at most.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(base_url: String, api_key: Option<String>, retries: u32) -> Self {
        Self(Rc::new(Target { base_url, api_key, retries }))
    }

    /// Asks `route` and promises what it answers; rejects with the fields of a `KraiterError`. `argument` is the id or the query,
    /// `body` what is sent as JSON, or `undefined`, `key` the caller's idempotency key.
    pub fn call(
        &self,
        route: Route,
        argument: String,
        body: JsValue,
        key: Option<String>,
        signal: Option<AbortSignal>,
    ) -> Promise {
        let target = Rc::clone(&self.0);
        future_to_promise(async move {
            ask(&target, route, &argument, &body, key, signal.as_ref())
                .await
                .map(|answer| answer.value)
                .map_err(|thrown| thrown.to_js())
        })
    }

    /// Starts a flow that tells `listener` each state it comes to.
    #[must_use]
    pub fn flow(&self, listener: Function) -> Flow {
        Flow::start(Rc::clone(&self.0), listener)
    }
}

/// Asks until there is an answer that stands.
async fn ask(
    target: &Target,
    route: Route,
    argument: &str,
    body: &JsValue,
    key: Option<String>,
    signal: Option<&AbortSignal>,
) -> Result<Answer, Thrown> {
    let key = match route.repeats() {
        Repeats::UnderKey => {
            Some(IdempotencyKey::parse(&key.unwrap_or_else(new_key)).map_err(Failure::from)?)
        }
        Repeats::Freely | Repeats::Never => None,
    };
    let asked = Asked::new(route, argument, body, key)?;
    let mut done = 0;
    loop {
        let thrown = match exchange(target, &asked, signal).await {
            Ok(answer) => return Ok(answer),
            Err(thrown) => thrown,
        };
        let chance = u32::from_le_bytes(random_bytes());
        match repeat::pause(route, &thrown.failure, done, target.retries, chance) {
            Some(milliseconds) => sleep(milliseconds, signal).await,
            None => return Err(thrown),
        }
        done += 1;
    }
}

fn new_key() -> String {
    format!("sdk-{:032x}", u128::from_le_bytes(random_bytes()))
}

impl Thrown {
    fn to_js(&self) -> JsValue {
        object([("failure", self.failure.to_js()), ("cause", self.cause.clone())])
    }
}

impl Failure {
    /// The fields of a `KraiterError`; `undefined` where there is nothing to say.
    pub(crate) fn to_js(&self) -> JsValue {
        object([
            ("code", self.code.as_str().into()),
            ("message", self.message.as_str().into()),
            ("field", self.field.as_deref().into()),
            ("status", self.status.into()),
            ("requestId", self.request_id.as_deref().into()),
            ("help", self.help.as_deref().into()),
            ("awsCode", self.aws_code.as_deref().into()),
        ])
    }
}

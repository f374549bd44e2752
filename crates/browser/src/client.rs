//! What JavaScript sees of the client.

use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

use crate::{
    failure::Failure,
    route::Route,
    running::Flow,
    web::{Target, Thrown, exchange, object},
};

/// A client of one organisation's Kraiter.
#[wasm_bindgen]
pub struct Client(Rc<Target>);

#[wasm_bindgen]
impl Client {
    /// A client that asks the API at `base_url`, with a key or else by the session's cookie.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(base_url: String, api_key: Option<String>) -> Self {
        Self(Rc::new(Target { base_url, api_key }))
    }

    /// Asks `route` and promises what it answers; rejects with the fields of a `KraiterError`. `argument` is the id or the query,
    /// `body` what is sent as JSON, or `undefined`.
    pub fn call(
        &self,
        route: Route,
        argument: String,
        body: JsValue,
        signal: Option<AbortSignal>,
    ) -> Promise {
        let target = Rc::clone(&self.0);
        future_to_promise(async move {
            exchange(&target, route, &argument, &body, signal.as_ref())
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

//! The scripted platform of `harness.js`.

use js_sys::{Promise, Reflect};
use sdk_wasm::client::Client;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Headers;

#[wasm_bindgen(module = "/tests/browser/harness.js")]
extern "C" {
    #[wasm_bindgen(js_name = Harness)]
    type Script;
    #[wasm_bindgen(constructor, js_class = Harness)]
    fn new() -> Script;
    #[wasm_bindgen(method)]
    fn restore(this: &Script);
    #[wasm_bindgen(method)]
    fn respond(this: &Script, status: u16, body: &str, headers: JsValue);
    #[wasm_bindgen(method)]
    fn reject(this: &Script, value: JsValue);
    #[wasm_bindgen(method, js_name = takeRequests)]
    fn take_requests(this: &Script) -> String;
    #[wasm_bindgen(method)]
    fn header(this: &Script, name: &str) -> Option<String>;
    #[wasm_bindgen(method)]
    fn body(this: &Script) -> Option<String>;
    #[wasm_bindgen(method)]
    fn aborted(this: &Script) -> bool;
    #[wasm_bindgen(method)]
    fn advance(this: &Script, milliseconds: u32) -> Promise;
    #[wasm_bindgen(method, js_name = setHidden)]
    fn set_hidden(this: &Script, hidden: bool);
    #[wasm_bindgen(method)]
    fn dispatch(this: &Script, event: &str);
    #[wasm_bindgen(method, js_name = inUse)]
    fn in_use(this: &Script) -> String;
    #[wasm_bindgen(method)]
    fn cyclic(this: &Script) -> JsValue;
}

/// What an idle client uses of the platform.
pub(crate) const NOTHING: &str = "0 timers, 0 listeners, 0 requests";

/// A platform whose responses, clock and page the test controls. Dropping it restores the real one.
pub(crate) struct Harness(Script);

impl Harness {
    pub(crate) fn new() -> Self {
        Self(Script::new())
    }

    /// Responds to the pending request, or else to the next one.
    pub(crate) fn respond(&self, status: u16, body: &str) {
        self.0.respond(status, body, JsValue::UNDEFINED);
    }

    pub(crate) fn respond_with_headers(&self, status: u16, body: &str, headers: &str) {
        self.0.respond(status, body, parse(headers));
    }

    pub(crate) fn respond_with_id(&self, status: u16, body: &str, request_id: &str) {
        self.respond_with_headers(status, body, &format!(r#"{{"x-request-id":"{request_id}"}}"#));
    }

    pub(crate) fn respond_with_type(&self, status: u16, body: &str, content_type: &str) {
        self.respond_with_headers(status, body, &format!(r#"{{"content-type":"{content_type}"}}"#));
    }

    /// Makes `fetch` reject the next request.
    pub(crate) fn reject_fetch(&self, value: impl Into<JsValue>) {
        self.0.reject(value.into());
    }

    /// Returns the requests since the last call.
    pub(crate) fn take_requests(&self) -> String {
        self.0.take_requests()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.0.header(name)
    }

    pub(crate) fn body(&self) -> Option<String> {
        self.0.body()
    }

    pub(crate) fn was_aborted(&self) -> bool {
        self.0.aborted()
    }

    pub(crate) async fn advance_seconds(&self, seconds: u32) {
        self.advance_milliseconds(seconds * 1_000).await;
    }

    pub(crate) async fn advance_milliseconds(&self, milliseconds: u32) {
        JsFuture::from(self.0.advance(milliseconds)).await.unwrap();
    }

    /// Waits until nothing is left to do at the present time.
    pub(crate) async fn wait_until_idle(&self) {
        self.advance_milliseconds(0).await;
    }

    pub(crate) async fn hide_page(&self) {
        self.0.set_hidden(true);
        self.wait_until_idle().await;
    }

    pub(crate) async fn show_page(&self) {
        self.0.set_hidden(false);
        self.wait_until_idle().await;
    }

    pub(crate) async fn dispatch(&self, event: &str) {
        self.0.dispatch(event);
        self.wait_until_idle().await;
    }

    pub(crate) fn in_use(&self) -> String {
        self.0.in_use()
    }

    pub(crate) fn cyclic(&self) -> JsValue {
        self.0.cyclic()
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        self.0.restore();
    }
}

/// A client of the API at `base_url`.
pub(crate) fn client(base_url: &str, api_key: Option<&str>, max_retries: u32) -> Client {
    let headers = Headers::new().unwrap();
    Client::new(base_url.into(), api_key.map(str::to_owned), max_retries, None, headers, None)
}

/// Returns the body of a response.
pub(crate) fn value(response: &JsValue) -> JsValue {
    Reflect::get(response, &"value".into()).unwrap()
}

pub(crate) fn parse(json: &str) -> JsValue {
    js_sys::JSON::parse(json).unwrap()
}

pub(crate) fn json(value: &JsValue) -> String {
    js_sys::JSON::stringify(value).map(String::from).unwrap_or_default()
}

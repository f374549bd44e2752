//! The scripted platform of `world.js`.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/tests/browser/world.js")]
extern "C" {
    #[wasm_bindgen(js_name = World)]
    type Script;
    #[wasm_bindgen(constructor, js_class = World)]
    fn new() -> Script;
    #[wasm_bindgen(method)]
    fn end(this: &Script);
    #[wasm_bindgen(method)]
    fn answer(this: &Script, status: u16, body: &str, headers: JsValue);
    #[wasm_bindgen(method)]
    fn fail(this: &Script, value: JsValue);
    #[wasm_bindgen(method)]
    fn asked(this: &Script) -> String;
    #[wasm_bindgen(method)]
    fn header(this: &Script, name: &str) -> Option<String>;
    #[wasm_bindgen(method)]
    fn body(this: &Script) -> Option<String>;
    #[wasm_bindgen(method)]
    fn aborted(this: &Script) -> bool;
    #[wasm_bindgen(method)]
    fn pass(this: &Script, milliseconds: u32) -> Promise;
    #[wasm_bindgen(method)]
    fn hide(this: &Script, hidden: bool);
    #[wasm_bindgen(method)]
    fn happens(this: &Script, event: &str);
    #[wasm_bindgen(method)]
    fn left(this: &Script) -> String;
    #[wasm_bindgen(method)]
    fn cyclic(this: &Script) -> JsValue;
}

/// What is left of a client that has nothing to do.
pub(crate) const NOTHING: &str = "0 timers, 0 listeners, 0 requests";

/// A platform whose answers, clock and page a test decides; the real one comes back when this is dropped.
pub(crate) struct World(Script);

impl World {
    pub(crate) fn new() -> Self {
        Self(Script::new())
    }

    /// The request that waits, or else the next one, is answered so.
    pub(crate) fn answer(&self, status: u16, body: &str) {
        self.0.answer(status, body, JsValue::UNDEFINED);
    }

    pub(crate) fn answer_with(&self, status: u16, body: &str, headers: &str) {
        self.0.answer(status, body, parse(headers));
    }

    pub(crate) fn answer_with_id(&self, status: u16, body: &str, request_id: &str) {
        self.0.answer(status, body, parse(&format!(r#"{{"x-request-id":"{request_id}"}}"#)));
    }

    pub(crate) fn answer_as(&self, status: u16, body: &str, content_type: &str) {
        self.0.answer(status, body, parse(&format!(r#"{{"content-type":"{content_type}"}}"#)));
    }

    /// `fetch` rejects the next request with this.
    pub(crate) fn fail(&self, value: impl Into<JsValue>) {
        self.0.fail(value.into());
    }

    /// What was asked since the last time.
    pub(crate) fn asked(&self) -> String {
        self.0.asked()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.0.header(name)
    }

    pub(crate) fn body(&self) -> Option<String> {
        self.0.body()
    }

    pub(crate) fn was_given_up(&self) -> bool {
        self.0.aborted()
    }

    /// Lets so many seconds pass.
    pub(crate) async fn seconds(&self, seconds: u32) {
        self.milliseconds(seconds * 1_000).await;
    }

    pub(crate) async fn milliseconds(&self, milliseconds: u32) {
        JsFuture::from(self.0.pass(milliseconds)).await.unwrap();
    }

    /// Lets everything happen that needs no time.
    pub(crate) async fn settle(&self) {
        self.milliseconds(0).await;
    }

    pub(crate) async fn hide(&self) {
        self.0.hide(true);
        self.settle().await;
    }

    pub(crate) async fn show(&self) {
        self.0.hide(false);
        self.settle().await;
    }

    pub(crate) async fn happens(&self, event: &str) {
        self.0.happens(event);
        self.settle().await;
    }

    pub(crate) fn left(&self) -> String {
        self.0.left()
    }

    pub(crate) fn cyclic(&self) -> JsValue {
        self.0.cyclic()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.0.end();
    }
}

pub(crate) fn parse(json: &str) -> JsValue {
    js_sys::JSON::parse(json).unwrap()
}

pub(crate) fn json(value: &JsValue) -> String {
    js_sys::JSON::stringify(value).map(String::from).unwrap_or_default()
}

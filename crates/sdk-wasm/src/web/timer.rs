//! `setTimeout`.

use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    // The id is a number in browsers and an object in Node.js.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, milliseconds: u32) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
}

/// A timer. Dropping it cancels it.
pub(crate) struct Timer {
    id: JsValue,
    _callback: Closure<dyn Fn()>,
}

impl Timer {
    /// Calls `callback` once after `milliseconds`.
    pub(crate) fn new(milliseconds: u32, callback: impl Fn() + 'static) -> Self {
        let callback = Closure::<dyn Fn()>::new(callback);
        Self { id: set_timeout(callback.as_ref().unchecked_ref(), milliseconds), _callback: callback }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.id);
    }
}

//! Conversions between Rust and JavaScript values.

use js_sys::Reflect;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// Returns a property of a value, or `undefined`.
pub(crate) fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &JsValue::from_str(name)).unwrap_or_default()
}

/// Returns a property of a value if it is a string.
pub(crate) fn text(value: &JsValue, name: &str) -> Option<String> {
    get(value, name).as_string()
}

/// Converts a Rust value to a JavaScript one, with `null` for `None`.
pub(crate) fn to_js(value: &impl Serialize) -> JsValue {
    // Only a map with other keys than strings fails, and none is converted here.
    value.serialize(&Serializer::new().serialize_missing_as_null(true)).unwrap_or_default()
}

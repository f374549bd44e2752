//! Reading and making JavaScript's objects.
//!
//! By hand, and not by serde: see what that weighs at the crate's root.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

/// A property of a value; `undefined` where there is none.
pub(crate) fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &JsValue::from_str(name)).unwrap_or_default()
}

/// A property of a value, where that is a text.
pub(crate) fn text(value: &JsValue, name: &str) -> Option<String> {
    get(value, name).as_string()
}

/// An object with these properties.
pub(crate) fn object<'a>(properties: impl IntoIterator<Item = (&'a str, JsValue)>) -> JsValue {
    let object = Object::new();
    for (name, value) in properties {
        // A new object takes any property.
        let _ = Reflect::set(&object, &JsValue::from_str(name), &value);
    }
    object.into()
}

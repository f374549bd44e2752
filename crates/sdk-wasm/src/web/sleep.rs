//! A pause that a signal ends.

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use super::{Timer, listener::Listener};

/// Waits so many milliseconds, or until the signal says so.
pub(crate) async fn sleep(milliseconds: u32, signal: Option<&AbortSignal>) {
    let (mut timer, mut listener) = (None, None);
    let over = Promise::new(&mut |resolve: Function, _reject| {
        let wake = move || {
            // A promise's own function throws nothing.
            let _ = resolve.call0(&JsValue::UNDEFINED);
        };
        listener = signal.map(|signal| Listener::new(signal, "abort", wake.clone()));
        timer = Some(Timer::new(milliseconds, wake));
    });
    // It is never rejected.
    let _ = JsFuture::from(over).await;
}

//! A delay that a signal can end.

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use super::{Timer, listener::Listener};

/// Waits until the time has passed or the signal aborts.
pub(crate) async fn sleep(milliseconds: u32, signal: Option<&AbortSignal>) {
    let (mut timer, mut listener) = (None, None);
    let over = Promise::new(&mut |resolve: Function, _reject| {
        let wake = move || {
            // A promise's `resolve` never throws.
            let _ = resolve.call0(&JsValue::UNDEFINED);
        };
        listener = signal.map(|signal| Listener::new(signal, "abort", wake.clone()));
        timer = Some(Timer::new(milliseconds, wake));
    });
    // The promise is never rejected.
    let _ = JsFuture::from(over).await;
}

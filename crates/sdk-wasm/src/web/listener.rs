//! `addEventListener`.

use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

/// An event listener. Dropping it removes it.
pub(super) struct Listener {
    target: EventTarget,
    event: &'static str,
    callback: Closure<dyn Fn()>,
}

impl Listener {
    /// Calls `callback` for every `event` of `target`.
    pub(super) fn new(target: &EventTarget, event: &'static str, callback: impl Fn() + 'static) -> Self {
        let callback = Closure::<dyn Fn()>::new(callback);
        // This throws only if `target` isn't an EventTarget.
        let _ = target.add_event_listener_with_callback(event, callback.as_ref().unchecked_ref());
        Self { target: target.clone(), event, callback }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self
            .target
            .remove_event_listener_with_callback(self.event, self.callback.as_ref().unchecked_ref());
    }
}

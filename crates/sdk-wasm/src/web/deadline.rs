//! The end of a request that gets no response.

use std::{cell::Cell, rc::Rc};

use wasm_bindgen::JsValue;
use web_sys::{AbortController, AbortSignal};

use super::{RequestError, Timer, listener::Listener};
use crate::error::Error;

/// Aborts a request after a timeout, or when the caller's signal aborts.
pub(super) struct Deadline {
    controller: AbortController,
    caller: Option<AbortSignal>,
    milliseconds: u32,
    is_over: Rc<Cell<bool>>,
    _timer: Timer,
    _listener: Option<Listener>,
}

impl Deadline {
    /// Starts the timer. Fails if the caller's signal has aborted.
    pub(super) fn new(caller: Option<&AbortSignal>, milliseconds: u32) -> Result<Self, RequestError> {
        let controller =
            AbortController::new().map_err(|cause| RequestError { error: Error::network(), cause })?;
        if let Some(caller) = caller.filter(|caller| caller.aborted()) {
            return Err(RequestError { error: Error::aborted(), cause: caller.reason() });
        }
        let is_over = Rc::new(Cell::new(false));
        let timer = Timer::new(milliseconds, {
            let (is_over, controller) = (Rc::clone(&is_over), controller.clone());
            move || {
                is_over.set(true);
                controller.abort();
            }
        });
        let listener = caller.map(|caller| {
            let controller = controller.clone();
            Listener::new(caller, "abort", move || controller.abort())
        });
        let caller = caller.cloned();
        Ok(Self { controller, caller, milliseconds, is_over, _timer: timer, _listener: listener })
    }

    /// The signal for `fetch`.
    pub(super) fn signal(&self) -> AbortSignal {
        self.controller.signal()
    }

    /// The error of a request that failed with `cause`: aborted, timed out, or a network error.
    pub(super) fn error(&self, cause: JsValue) -> RequestError {
        match self.caller.as_ref().filter(|caller| caller.aborted()) {
            Some(caller) => RequestError { error: Error::aborted(), cause: caller.reason() },
            None if self.is_over.get() => RequestError { error: Error::timeout(self.milliseconds), cause },
            None => RequestError { error: Error::network(), cause },
        }
    }
}

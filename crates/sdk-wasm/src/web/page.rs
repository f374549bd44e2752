//! Whether somebody looks at the page. Outside of one (Node.js, a Worker) nothing is watched.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Document, EventTarget};

use super::listener::Listener;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = document)]
    static DOCUMENT: Option<Document>;
}

/// What happened to the page.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sight {
    /// It was hidden.
    Hidden,
    /// Somebody came back to it.
    Returned,
    /// The network is back.
    Online,
}

/// The watch over a page; it ends when this is dropped.
pub(crate) struct Page(#[allow(dead_code, reason = "held to be dropped")] [Listener; 3]);

impl Page {
    /// Whether there is a page and it is hidden.
    pub(crate) fn is_hidden() -> bool {
        DOCUMENT.with(|document| document.as_ref().is_some_and(Document::hidden))
    }

    /// Watches the page, if there is one.
    pub(crate) fn watch(report: impl Fn(Sight) + 'static) -> Option<Self> {
        let document: EventTarget = DOCUMENT.with(Clone::clone)?.into();
        let window: EventTarget = js_sys::global().unchecked_into();
        let report = Rc::new(report);
        let (shown, focused, online) = (Rc::clone(&report), Rc::clone(&report), report);
        Some(Self([
            Listener::new(&document, "visibilitychange", move || {
                shown(if Self::is_hidden() { Sight::Hidden } else { Sight::Returned });
            }),
            // A window beside another one is never hidden; focus tells that somebody came back to it.
            Listener::new(&window, "focus", move || focused(Sight::Returned)),
            Listener::new(&window, "online", move || online(Sight::Online)),
        ]))
    }
}

//! The page's visibility and network. Node.js and Workers have no page, so nothing is observed there.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Document, EventTarget};

use super::listener::Listener;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = document)]
    static DOCUMENT: Option<Document>;
}

/// A change of the page.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PageEvent {
    /// The page was hidden.
    Hidden,
    /// The page became visible or got the focus.
    Visible,
    /// The network is back.
    Online,
}

/// Reports a page's events until it is dropped.
pub(crate) struct PageObserver(#[allow(dead_code, reason = "held to be dropped")] [Listener; 3]);

impl PageObserver {
    /// Whether there is a page and it is hidden.
    pub(crate) fn is_page_hidden() -> bool {
        DOCUMENT.with(|document| document.as_ref().is_some_and(Document::hidden))
    }

    /// Observes the page, if there is one.
    pub(crate) fn new(report: impl Fn(PageEvent) + 'static) -> Option<Self> {
        let document: EventTarget = DOCUMENT.with(Clone::clone)?.into();
        let window: EventTarget = js_sys::global().unchecked_into();
        let report = Rc::new(report);
        let (on_visibility, on_focus, on_online) = (Rc::clone(&report), Rc::clone(&report), report);
        Some(Self([
            Listener::new(&document, "visibilitychange", move || {
                on_visibility(if Self::is_page_hidden() { PageEvent::Hidden } else { PageEvent::Visible });
            }),
            // A window next to another one is never hidden, so its focus counts too.
            Listener::new(&window, "focus", move || on_focus(PageEvent::Visible)),
            Listener::new(&window, "online", move || on_online(PageEvent::Online)),
        ]))
    }
}

//! One request and its answer, by `fetch`.

use std::{cell::Cell, rc::Rc};

use js_sys::{Array, JSON, JsString, Object, Promise};
use kraiter_core::api::{ApiError, IDEMPOTENCY_KEY, IdempotencyKey};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, RequestInit, Response};

use super::{Timer, listener::Listener, text};
use crate::{
    failure::Failure,
    route::{Route, patience},
};

#[wasm_bindgen]
extern "C" {
    // The global one: what web_sys binds are methods of a window or of a worker, and Node.js has neither.
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &RequestInit) -> Result<Promise, JsValue>;

    // js_sys takes a &str, which would carry the text into the module and out again.
    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    fn parse_json(text: &JsValue) -> Result<JsValue, JsValue>;
}

/// Whom to ask, and as whom.
pub(crate) struct Target {
    /// The API's address, without a slash at its end; empty for the page's own origin.
    pub(crate) base_url: String,
    /// The organisation's key; without one, the session's cookie is shown.
    pub(crate) api_key: Option<String>,
    /// How often a request that failed is made again.
    pub(crate) retries: u32,
}

/// What was answered.
#[derive(Clone)]
pub(crate) struct Answer {
    /// The body as it came.
    pub(crate) text: JsValue,
    /// The same, read.
    pub(crate) value: JsValue,
}

/// A failure, and what the platform threw for it.
pub(crate) struct Thrown {
    pub(crate) failure: Failure,
    pub(crate) cause: JsValue,
}

impl From<Failure> for Thrown {
    fn from(failure: Failure) -> Self {
        Self { failure, cause: JsValue::UNDEFINED }
    }
}

/// What is asked for; it can be asked more than once.
pub(crate) struct Asked {
    route: Route,
    path: String,
    body: Option<JsString>,
    key: Option<IdempotencyKey>,
}

impl Asked {
    /// `argument` is the id or the query, as [`Route::path`] takes it. The body is written once, so that it stays the same however the
    /// caller changes it meanwhile.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn new(
        route: Route,
        argument: &str,
        body: &JsValue,
        key: Option<IdempotencyKey>,
    ) -> Result<Self, Thrown> {
        route.check(argument, &|name| text(body, name))?;
        Ok(Self { route, path: route.path(argument), body: written(route, body)?, key })
    }
}

/// Asks, once.
///
/// # Errors
/// What the API answered, or why there was no answer.
pub(crate) async fn exchange(
    target: &Target,
    asked: &Asked,
    signal: Option<&AbortSignal>,
) -> Result<Answer, Thrown> {
    let limit = Limit::new(signal, patience(asked.body.as_ref().map_or(0, JsString::length)))?;
    let init = init(target, asked, &limit.controller.signal());
    let url = format!("{}{}", target.base_url, asked.path);
    let failed = |cause: JsValue| limit.failure(signal, cause);
    let response = JsFuture::from(fetch(&url, &init).map_err(failed)?).await.map_err(failed)?;
    let response: Response = response.unchecked_into();
    let body = JsFuture::from(response.text().map_err(failed)?).await.map_err(failed)?;
    read(asked.route, &response, body).map_err(Thrown::from)
}

/// The body as JSON, or as it is where that isn't what is sent; `None` where there is none.
fn written(route: Route, body: &JsValue) -> Result<Option<JsString>, Thrown> {
    if body.is_undefined() {
        return Ok(None);
    }
    if route.takes() != "application/json" {
        return Ok(Some(body.clone().unchecked_into()));
    }
    JSON::stringify(body).map(Some).map_err(|cause| {
        let detail = text(&cause, "message").unwrap_or_default();
        Thrown { failure: ApiError::MalformedJson { detail }.into(), cause }
    })
}

fn init(target: &Target, asked: &Asked, signal: &AbortSignal) -> RequestInit {
    let headers = Array::new();
    let header = |name: &str, value: &str| headers.push(&Array::of2(&name.into(), &value.into()));
    if let Some(key) = &target.api_key {
        header("authorization", &format!("Bearer {key}"));
    } else if asked.route.method() != "GET" {
        // A form on another page can't set it, so the cookie alone changes nothing.
        header("x-kraiter-csrf", "1");
    }
    let init: RequestInit = Object::new().unchecked_into();
    init.set_method(asked.route.method());
    if let Some(key) = &asked.key {
        header(IDEMPOTENCY_KEY, key.as_str());
    }
    if let Some(body) = &asked.body {
        header("content-type", asked.route.takes());
        init.set_body(body);
    }
    init.set_headers(&headers);
    init.set_signal(Some(signal));
    init
}

fn read(route: Route, response: &Response, body: JsValue) -> Result<Answer, Failure> {
    let status = response.status();
    if status == 204 {
        return Ok(Answer { text: body, value: JsValue::UNDEFINED });
    }
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let request_id = || header("x-request-id");
    if let Some(kind) = route.answers_text().filter(|_| response.ok()) {
        // Any page is a text, such as the one that signs in to a hotel's network.
        let is_text = header("content-type").is_some_and(|is| is.starts_with(kind));
        return if is_text {
            Ok(Answer { text: body.clone(), value: body })
        } else {
            Err(Failure::unexpected(status, request_id()))
        };
    }
    let failure = match parse_json(&body) {
        Ok(value) if response.ok() && value.is_object() => return Ok(Answer { text: body, value }),
        Ok(value) => Failure::answered(status, request_id(), &|name| text(&value, name)),
        Err(_) => Failure::unexpected(status, request_id()),
    };
    // A date, as HTTP allows it too, is left aside.
    let retry_after = header("retry-after").and_then(|seconds| seconds.parse().ok());
    Err(Failure { retry_after, ..failure })
}

/// What ends a request before its answer: the time, or the caller's signal.
struct Limit {
    controller: AbortController,
    seconds: u32,
    is_over: Rc<Cell<bool>>,
    _timer: Timer,
    _listener: Option<Listener>,
}

impl Limit {
    fn new(signal: Option<&AbortSignal>, seconds: u32) -> Result<Self, Thrown> {
        let controller =
            AbortController::new().map_err(|cause| Thrown { failure: Failure::network(), cause })?;
        if let Some(signal) = signal.filter(|signal| signal.aborted()) {
            return Err(Thrown { failure: Failure::aborted(), cause: signal.reason() });
        }
        let is_over = Rc::new(Cell::new(false));
        let timer = Timer::new(seconds * 1_000, {
            let (is_over, controller) = (Rc::clone(&is_over), controller.clone());
            move || {
                is_over.set(true);
                controller.abort();
            }
        });
        let listener = signal.map(|signal| {
            let controller = controller.clone();
            Listener::new(signal, "abort", move || controller.abort())
        });
        Ok(Self { controller, seconds, is_over, _timer: timer, _listener: listener })
    }

    /// Which of both it was, or neither.
    fn failure(&self, signal: Option<&AbortSignal>, cause: JsValue) -> Thrown {
        match signal.filter(|signal| signal.aborted()) {
            Some(signal) => Thrown { failure: Failure::aborted(), cause: signal.reason() },
            None if self.is_over.get() => Thrown { failure: Failure::timeout(self.seconds), cause },
            None => Thrown { failure: Failure::network(), cause },
        }
    }
}

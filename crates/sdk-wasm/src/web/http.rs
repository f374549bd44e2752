//! One request and its response, with `fetch`.

use api_contract::{IDEMPOTENCY_KEY, IdempotencyKey};
use gloo_net::http::{Headers, Request, RequestBuilder, Response};
use http::Method;
use js_sys::{Array, Function, JSON, JsString, Promise, RegExp};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use super::{deadline::Deadline, get, text};
use crate::{
    error::Error,
    route::{Route, default_timeout},
};

#[wasm_bindgen]
extern "C" {
    // The one of js_sys takes a &str, which would copy the text into the module and out again.
    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    fn parse_json(text: &JsValue) -> Result<JsValue, JsValue>;
}

/// The API to call, and how to authenticate.
pub(crate) struct Endpoint {
    /// The API's address without a trailing slash. Empty for the page's own origin.
    pub(crate) base_url: String,
    /// The organisation's API key. Without one, the browser sends the session cookie.
    pub(crate) api_key: Option<String>,
    pub(crate) max_retries: u32,
    /// The milliseconds after which an attempt times out, instead of [`default_timeout`].
    pub(crate) timeout: Option<u32>,
    /// Headers of every request.
    pub(crate) headers: web_sys::Headers,
    /// Replaces the platform's `fetch`.
    pub(crate) fetch: Option<Function>,
}

/// A successful response.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Success {
    #[serde(rename = "value")]
    pub(crate) body: ResponseBody,
    status: u16,
    request_id: Option<String>,
}

/// The body of a successful response. Two are equal if their texts are.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub(crate) struct ResponseBody {
    #[serde(skip)]
    text: JsValue,
    /// The parsed JSON; the text itself for a route that responds with text; `undefined` for an empty response.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    pub(crate) value: JsValue,
}

impl PartialEq for ResponseBody {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// The error of a request, and the value that the platform threw.
#[derive(Serialize)]
pub(crate) struct RequestError {
    pub(crate) error: Error,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    pub(crate) cause: JsValue,
}

impl From<Error> for RequestError {
    fn from(error: Error) -> Self {
        Self { error, cause: JsValue::UNDEFINED }
    }
}

/// A request that can be sent more than once.
pub(crate) struct PreparedRequest {
    route: Route,
    path: String,
    body: Option<JsString>,
    idempotency_key: Option<IdempotencyKey>,
    timeout: u32,
}

impl PreparedRequest {
    /// Checks and serializes a request. Retries send the same bytes, even if the caller changes the object meanwhile.
    pub(crate) fn new(
        route: Route,
        parameter: &str,
        query: &str,
        body: &JsValue,
    ) -> Result<Self, RequestError> {
        route.check(query, &|name| text(body, name))?;
        let path = route.path(parameter, query);
        let body = serialize(route, body)?;
        let timeout = default_timeout(body.as_ref().map_or(0, JsString::length));
        Ok(Self { route, path, body, idempotency_key: None, timeout })
    }

    /// Replaces the timeout, in milliseconds.
    pub(crate) fn with_timeout(self, timeout: Option<u32>) -> Self {
        Self { timeout: timeout.unwrap_or(self.timeout), ..self }
    }

    /// Adds an idempotency key.
    pub(crate) fn with_idempotency_key(self, key: IdempotencyKey) -> Self {
        Self { idempotency_key: Some(key), ..self }
    }

    /// Returns the route.
    pub(crate) const fn route(&self) -> Route {
        self.route
    }

    fn build(&self, endpoint: &Endpoint, signal: &AbortSignal) -> Result<Request, JsValue> {
        let method = self.route.method();
        // gloo-net's own setter panics on a value that HTTP doesn't allow, such as an API key with a line break.
        let headers = web_sys::Headers::new_with_headers(&endpoint.headers)?;
        if let Some(key) = &endpoint.api_key {
            headers.set("authorization", &format!("Bearer {key}"))?;
        } else if method != Method::GET {
            // A form on another site can't set this header, so a forged request with the cookie alone fails.
            headers.set("x-kraiter-csrf", "1")?;
        }
        if let Some(key) = &self.idempotency_key {
            headers.set(IDEMPOTENCY_KEY, key.as_str())?;
        }
        if self.body.is_some() {
            headers.set("content-type", self.route.content_type())?;
        }
        let request = RequestBuilder::new(&format!("{}{}", endpoint.base_url, self.path))
            .method(method)
            .headers(Headers::from_raw(headers))
            .abort_signal(Some(signal));
        let request = match &self.body {
            Some(body) => request.body(body.clone()),
            None => request.build(),
        };
        request.map_err(|error| to_cause(&error))
    }
}

/// Sends a request once.
pub(crate) async fn send(
    endpoint: &Endpoint,
    request: &PreparedRequest,
    signal: Option<&AbortSignal>,
) -> Result<Success, RequestError> {
    let deadline = Deadline::new(signal, request.timeout)?;
    let failed = |cause: JsValue| deadline.error(cause);
    let built = request.build(endpoint, &deadline.signal()).map_err(failed)?;
    let response: web_sys::Response = match &endpoint.fetch {
        None => built.send().await.map_err(|error| failed(to_cause(&error)))?.into(),
        Some(fetch) => {
            let promise = fetch.call1(&JsValue::UNDEFINED, web_sys::Request::from(built).as_ref());
            let promise: Promise = promise.map_err(failed)?.unchecked_into();
            JsFuture::from(promise).await.map_err(failed)?.unchecked_into()
        }
    };
    // `pkg/lib/fetch.js` returns a response with this property if there is none.
    if let Ok(failures) = get(&response, "failed").dyn_into::<Array>() {
        return Err(failed(failures.get(0)));
    }
    // Not with gloo-net's `text`, which would copy the text into the module and out again.
    let body = JsFuture::from(response.text().map_err(failed)?).await.map_err(failed)?;
    parse(request.route, &response.into(), body).map_err(RequestError::from)
}

/// The error of gloo-net as a value that JavaScript can throw.
fn to_cause(error: &gloo_net::Error) -> JsValue {
    js_sys::Error::new(&error.to_string()).into()
}

/// Returns the body as JSON, or unchanged if the route expects another type.
fn serialize(route: Route, body: &JsValue) -> Result<Option<JsString>, RequestError> {
    if body.is_undefined() {
        return Ok(None);
    }
    if route.content_type() != "application/json" {
        return Ok(Some(body.clone().unchecked_into()));
    }
    JSON::stringify(body).map(|json| Some(well_formed(json))).map_err(|cause| {
        let detail = text(&cause, "message").unwrap_or_default();
        RequestError { error: Error::malformed_json(&detail), cause }
    })
}

/// Replaces each half of a surrogate pair, such as what `slice` leaves of an emoji. `JSON.stringify` writes it as an escape that the API
/// refuses, and whole pairs without escapes.
fn well_formed(json: JsString) -> JsString {
    if !json.includes(r"\ud", 0) {
        return json;
    }
    // Without escaped backslashes, each escape starts at a backslash.
    let json = json.replace_by_pattern(&RegExp::new(r"\\\\", "g"), r"\u005c");
    json.replace_by_pattern(&RegExp::new(r"\\ud[89a-f][0-9a-f]{2}", "g"), "\u{fffd}")
}

fn parse(route: Route, response: &Response, body: JsValue) -> Result<Success, Error> {
    let status = response.status();
    let header = |name: &str| response.headers().get(name);
    let request_id = || header("x-request-id");
    let success =
        |text, value| Ok(Success { body: ResponseBody { text, value }, status, request_id: request_id() });
    if status == 204 {
        return success(body, JsValue::UNDEFINED);
    }
    if let Some(expected) = route.text_response().filter(|_| response.ok()) {
        // Any page is text, such as the sign-in page of a hotel's network.
        let is_expected = header("content-type").is_some_and(|actual| actual.starts_with(expected));
        return if is_expected {
            success(body.clone(), body)
        } else {
            Err(Error::unexpected(status, request_id()))
        };
    }
    let error = match parse_json(&body) {
        Ok(value) if response.ok() && value.is_object() => return success(body, value),
        Ok(value) => Error::from_problem(status, request_id(), &|name| text(&value, name)),
        Err(_) => Error::unexpected(status, request_id()),
    };
    // HTTP also allows a date, which the API doesn't use.
    let retry_after = header("retry-after").and_then(|seconds| seconds.parse().ok());
    Err(Error { retry_after, ..error })
}

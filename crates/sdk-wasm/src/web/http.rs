//! One request and its response, with `fetch`.

use api_contract::{IDEMPOTENCY_KEY, IdempotencyKey};
use gloo_net::http::{Headers, Request, RequestBuilder, Response};
use http::Method;
use js_sys::{JSON, JsString, Promise, RegExp};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use super::{deadline::Deadline, text, to_js};
use crate::{
    error::Error,
    route::{Route, timeout_seconds},
};

#[wasm_bindgen]
extern "C" {
    // gloo-net's `send` drops the error that `fetch` rejects with, and panics if it isn't an `Error`.
    #[wasm_bindgen(catch)]
    fn fetch(request: &web_sys::Request) -> Result<Promise, JsValue>;

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

impl RequestError {
    pub(crate) fn to_js(&self) -> JsValue {
        to_js(self)
    }
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
        Ok(Self { route, path, body: serialize(route, body)?, idempotency_key: None })
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
        let headers = web_sys::Headers::new()?;
        if let Some(key) = &endpoint.api_key {
            headers.append("authorization", &format!("Bearer {key}"))?;
        } else if method != Method::GET {
            // A form on another site can't set this header, so a forged request with the cookie alone fails.
            headers.append("x-kraiter-csrf", "1")?;
        }
        if let Some(key) = &self.idempotency_key {
            headers.append(IDEMPOTENCY_KEY, key.as_str())?;
        }
        if self.body.is_some() {
            headers.append("content-type", self.route.content_type())?;
        }
        let request = RequestBuilder::new(&format!("{}{}", endpoint.base_url, self.path))
            .method(method)
            .headers(Headers::from_raw(headers))
            .abort_signal(Some(signal));
        let request = match &self.body {
            Some(body) => request.body(body.clone()),
            None => request.build(),
        };
        request.map_err(|error| js_sys::Error::new(&error.to_string()).into())
    }
}

/// Sends a request once.
pub(crate) async fn send(
    endpoint: &Endpoint,
    request: &PreparedRequest,
    signal: Option<&AbortSignal>,
) -> Result<ResponseBody, RequestError> {
    let seconds = timeout_seconds(request.body.as_ref().map_or(0, JsString::length));
    let deadline = Deadline::new(signal, seconds)?;
    let failed = |cause: JsValue| deadline.error(cause);
    let fetched = fetch(&request.build(endpoint, &deadline.signal()).map_err(failed)?.into());
    let response = JsFuture::from(fetched.map_err(failed)?).await.map_err(failed)?;
    let response: web_sys::Response = response.unchecked_into();
    let body = JsFuture::from(response.text().map_err(failed)?).await.map_err(failed)?;
    parse(request.route, &response.into(), body).map_err(RequestError::from)
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

fn parse(route: Route, response: &Response, body: JsValue) -> Result<ResponseBody, Error> {
    let status = response.status();
    if status == 204 {
        return Ok(ResponseBody { text: body, value: JsValue::UNDEFINED });
    }
    let header = |name: &str| response.headers().get(name);
    let request_id = || header("x-request-id");
    if let Some(expected) = route.text_response().filter(|_| response.ok()) {
        // Any page is text, such as the sign-in page of a hotel's network.
        let is_expected = header("content-type").is_some_and(|actual| actual.starts_with(expected));
        return if is_expected {
            Ok(ResponseBody { text: body.clone(), value: body })
        } else {
            Err(Error::unexpected(status, request_id()))
        };
    }
    let error = match parse_json(&body) {
        Ok(value) if response.ok() && value.is_object() => return Ok(ResponseBody { text: body, value }),
        Ok(value) => Error::from_problem(status, request_id(), &|name| text(&value, name)),
        Err(_) => Error::unexpected(status, request_id()),
    };
    // HTTP also allows a date, which the API doesn't use.
    let retry_after = header("retry-after").and_then(|seconds| seconds.parse().ok());
    Err(Error { retry_after, ..error })
}

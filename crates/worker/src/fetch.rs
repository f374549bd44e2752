//! Outgoing HTTP requests.
//!
//! Each call from Rust to JavaScript costs time, so the head of a request crosses as one JSON text and a body as one view.

use std::pin::pin;

use api_contract::parse_content_length;
use aws_sans_io::Error;
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{Request, Response, StatusCode, request::Parts};
use js_sys::{JSON, Promise, Reflect, Uint8Array};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use time::Duration;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use worker::FixedLengthStream;

use crate::{
    clock,
    stream::{StreamReader, append},
};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch, catch)]
    fn js_fetch(url: &str, init: &JsValue) -> Result<Promise, JsValue>;

    type AbortController;
    #[wasm_bindgen(constructor)]
    fn new() -> AbortController;
    #[wasm_bindgen(method, getter)]
    fn signal(this: &AbortController) -> JsValue;
    #[wasm_bindgen(method)]
    fn abort(this: &AbortController);

    type JsResponse;
    #[wasm_bindgen(method, getter)]
    fn status(this: &JsResponse) -> u16;
    #[wasm_bindgen(method, getter)]
    fn headers(this: &JsResponse) -> JsHeaders;
    #[wasm_bindgen(method, getter)]
    fn body(this: &JsResponse) -> JsValue;
    #[wasm_bindgen(method, js_name = arrayBuffer, catch)]
    fn array_buffer(this: &JsResponse) -> Result<Promise, JsValue>;

    type JsBody;
    #[wasm_bindgen(method)]
    fn cancel(this: &JsBody) -> Promise;

    type JsHeaders;
    #[wasm_bindgen(method)]
    fn get(this: &JsHeaders, name: &str) -> Option<String>;
}

/// The response headers that callers use. Others are dropped.
const RESPONSE_HEADERS: [&str; 3] = ["x-amzn-requestid", "x-amzn-errortype", "x-amz-request-id"];

/// The longest response of AWS or of a resolver in bytes. No documented one comes near.
const MAX_RESPONSE_BYTES: usize = 1_000_000;

/// Sends a request and reads the whole response. Doesn't follow redirects.
///
/// # Errors
/// [`Error::Unreachable`] if the response is longer than 1 MB, and on timeout (`timeout_ms`) or connection failure. Its text never contains the request.
pub(crate) async fn fetch(request: Request<Bytes>, timeout_ms: u32) -> Result<Response<Bytes>, Error> {
    let (head, body) = request.into_parts();
    let body = (!body.is_empty()).then(|| Uint8Array::from(&body[..]).into());
    send(&head, body, timeout_ms).await
}

/// A request that another object sends.
#[derive(Serialize, Deserialize)]
pub(crate) struct WireRequest {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl From<Request<Bytes>> for WireRequest {
    fn from(request: Request<Bytes>) -> Self {
        let (head, body) = request.into_parts();
        let headers = head
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
        Self {
            method: head.method.as_str().to_owned(),
            url: head.uri.to_string(),
            headers: headers.collect(),
            // SES's requests are JSON.
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

/// The response to a [`WireRequest`].
#[derive(Serialize, Deserialize)]
pub(crate) struct WireResponse {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl WireResponse {
    /// Converts to an HTTP response.
    ///
    /// # Errors
    /// [`Error::InvalidResponse`] if it isn't one.
    pub(crate) fn into_http(self) -> Result<Response<Bytes>, Error> {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(self.body.into()).map_err(|error| Error::InvalidResponse(error.to_string()))
    }
}

/// Sends a request for another object. Returns why there is no response as text, which never contains the request.
pub(crate) async fn fetch_wire(request: WireRequest, timeout_ms: u32) -> Result<WireResponse, String> {
    let mut http = Request::builder().method(request.method.as_str()).uri(request.url);
    for (name, value) in request.headers {
        http = http.header(name, value);
    }
    let http = http.body(Bytes::from(request.body)).map_err(|_| "an invalid request".to_owned())?;
    match fetch(http, timeout_ms).await {
        Ok(response) => {
            let (head, body) = response.into_parts();
            let headers = head.headers.iter().filter_map(|(name, value)| {
                Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
            });
            let body = String::from_utf8_lossy(&body).into_owned();
            Ok(WireResponse { status: head.status.as_u16(), headers: headers.collect(), body })
        }
        Err(Error::Unreachable(reason)) => Err(reason),
        Err(error) => Err(error.to_string()),
    }
}

/// Sends a request with a streamed body and reads the whole response. Doesn't follow redirects.
///
/// # Errors
/// As [`fetch`].
pub(crate) async fn fetch_stream(
    request: Request<()>,
    body: FixedLengthStream,
    timeout_ms: u32,
) -> Result<Response<Bytes>, Error> {
    let (head, ()) = request.into_parts();
    send(&head, Some(to_readable(body)), timeout_ms).await
}

/// Converts to a JavaScript `ReadableStream`. Its length is known, so the request has a `content-length`.
pub(crate) fn to_readable(stream: FixedLengthStream) -> JsValue {
    worker::worker_sys::FixedLengthStream::from(stream).readable().into()
}

/// Posts a webhook. Returns the status and the `Retry-After` header, or why there is no response. Doesn't follow redirects, and doesn't read
/// the body.
pub(crate) async fn post_webhook(
    url: &str,
    headers: &[(String, String)],
    body: &str,
    timeout_ms: u32,
) -> Result<(u16, Option<String>), String> {
    let headers: Map<_, _> =
        headers.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
    let init = json!({ "method": "POST", "headers": headers, "redirect": "manual", "body": body });
    let controller = AbortController::new();
    let response = async {
        let init = JSON::parse(&init.to_string())?;
        Reflect::set(&init, &"signal".into(), &controller.signal())?;
        let response: JsResponse = JsFuture::from(js_fetch(url, &init)?).await?.unchecked_into();
        let body = response.body();
        if !body.is_null() {
            JsFuture::from(body.unchecked_into::<JsBody>().cancel()).await?;
        }
        Ok((response.status(), response.headers().get("retry-after")))
    };
    let timeout = clock::sleep(Duration::milliseconds(timeout_ms.into()));
    match select(pin!(response), pin!(timeout)).await {
        Either::Left((response, _)) => response.map_err(|_: JsValue| "the connection failed".to_owned()),
        Either::Right(((), _)) => {
            controller.abort();
            Err("no response in time".to_owned())
        }
    }
}

async fn send(head: &Parts, body: Option<JsValue>, timeout_ms: u32) -> Result<Response<Bytes>, Error> {
    let mut headers = Map::new();
    for (name, value) in &head.headers {
        // The runtime sets `host` from the URL, which is the value that was signed.
        if name != http::header::HOST {
            let value = value.to_str().map_err(|_| unreachable("a header isn't ASCII"))?;
            headers.insert(name.as_str().to_owned(), Value::from(value));
        }
    }
    let init = json!({ "method": head.method.as_str(), "headers": headers, "redirect": "manual" });
    let init = JSON::parse(&init.to_string()).map_err(|_| unreachable("the request can't be serialized"))?;
    let set = |name: &str, value: &JsValue| {
        Reflect::set(&init, &name.into(), value).map_err(|_| unreachable("the request can't be serialized"))
    };
    if let Some(body) = body {
        set("body", &body)?;
    }
    // The timer of `AbortSignal.timeout` runs on after the response. An object that sends 430 emails per second would reach the
    // runtime's limit of 10,000 timers, and fail in all its requests.
    let controller = AbortController::new();
    set("signal", &controller.signal())?;
    let url = head.uri.to_string();
    let timeout = clock::sleep(Duration::milliseconds(timeout_ms.into()));
    let (response, timeout) = (pin!(fetch_whole(&url, &init)), pin!(timeout));
    match select(response, timeout).await {
        Either::Left((response, _)) => response.map_err(|error| unreachable(&error_name(&error))),
        Either::Right(((), _)) => {
            controller.abort();
            Err(unreachable("TimeoutError"))
        }
    }
}

async fn fetch_whole(url: &str, init: &JsValue) -> Result<Response<Bytes>, JsValue> {
    let js_response: JsResponse = JsFuture::from(js_fetch(url, init)?).await?.unchecked_into();
    let headers = js_response.headers();
    let body = read_limited(&js_response, &headers).await?;
    let status = StatusCode::from_u16(js_response.status()).map_err(|_| JsValue::from("no HTTP status"))?;
    let mut response = Response::builder().status(status);
    for name in RESPONSE_HEADERS {
        if let Some(value) = headers.get(name) {
            response = response.header(name, value);
        }
    }
    response.body(body.into()).map_err(|_| JsValue::from("unreadable headers"))
}

/// Reads a body of at most [`MAX_RESPONSE_BYTES`]: at once if its length is declared, otherwise part by part.
async fn read_limited(response: &JsResponse, headers: &JsHeaders) -> Result<Vec<u8>, JsValue> {
    let too_long = || JsValue::from("a response that is too long");
    // The declared length of a compressed body says nothing about its length here.
    let is_plain = headers.get("content-encoding").is_none();
    let length = headers.get("content-length").as_deref().and_then(parse_content_length);
    match length.filter(|_| is_plain) {
        Some(length) if length > MAX_RESPONSE_BYTES as u64 => return Err(too_long()),
        Some(_) => {
            let buffer = JsFuture::from(response.array_buffer()?).await?;
            return Ok(Uint8Array::new(&buffer).to_vec());
        }
        None => {}
    }
    let (stream, mut bytes) = (response.body(), Vec::new());
    if stream.is_null() {
        return Ok(bytes);
    }
    let reader = StreamReader::new(stream)?;
    while let Some(part) = reader.next().await? {
        let length = bytes.len() + part.length() as usize;
        if length > MAX_RESPONSE_BYTES {
            return Err(too_long());
        }
        append(&mut bytes, &part, length.next_power_of_two());
    }
    Ok(bytes)
}

/// Returns an error's name, such as `TypeError`. Its message may contain the URL.
fn error_name(error: &JsValue) -> String {
    let name = Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string());
    name.or_else(|| error.as_string()).unwrap_or_else(|| "no response".to_owned())
}

fn unreachable(reason: &str) -> Error {
    Error::Unreachable(reason.to_owned())
}

//! One request out and its whole answer in, with few crossings between Rust and JavaScript: the head goes over as one JSON text,
//! the body as one view.

use bytes::Bytes;
use http::{Request, Response, StatusCode, request::Parts};
use js_sys::{JSON, Promise, Reflect, Uint8Array};
use kraiter_core::aws::Error;
use serde_json::{Map, Value, json};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use worker::FixedLengthStream;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch, catch)]
    fn js_fetch(url: &str, init: &JsValue) -> Result<Promise, JsValue>;

    type AbortSignal;
    #[wasm_bindgen(static_method_of = AbortSignal)]
    fn timeout(milliseconds: u32) -> JsValue;

    type JsResponse;
    #[wasm_bindgen(method, getter)]
    fn status(this: &JsResponse) -> u16;
    #[wasm_bindgen(method, getter)]
    fn headers(this: &JsResponse) -> JsHeaders;
    #[wasm_bindgen(method, js_name = arrayBuffer, catch)]
    fn array_buffer(this: &JsResponse) -> Result<Promise, JsValue>;

    type JsHeaders;
    #[wasm_bindgen(method)]
    fn get(this: &JsHeaders, name: &str) -> Option<String>;
}

/// The headers of an answer that anybody reads.
const READ: [&str; 3] = ["x-amzn-requestid", "x-amzn-errortype", "x-amz-request-id"];

/// Sends a request; follows no redirect.
///
/// # Errors
/// [`Error::Unreachable`] where no whole answer came within so many milliseconds. Its text never repeats the request.
pub(crate) async fn fetch(request: Request<Bytes>, patience: u32) -> Result<Response<Bytes>, Error> {
    let (head, body) = request.into_parts();
    let body = (!body.is_empty()).then(|| Uint8Array::from(&body[..]).into());
    exchange(&head, body, patience).await
}

/// The same for a body that is made while it is sent.
///
/// # Errors
/// As [`fetch`].
pub(crate) async fn fetch_stream(
    request: Request<()>,
    body: FixedLengthStream,
    patience: u32,
) -> Result<Response<Bytes>, Error> {
    let (head, ()) = request.into_parts();
    exchange(&head, Some(readable(body)), patience).await
}

/// A stream as JavaScript reads it; its length is known, so that it isn't sent in chunks.
pub(crate) fn readable(stream: FixedLengthStream) -> JsValue {
    worker::worker_sys::FixedLengthStream::from(stream).readable().into()
}

async fn exchange(head: &Parts, body: Option<JsValue>, patience: u32) -> Result<Response<Bytes>, Error> {
    let mut headers = Map::new();
    for (name, value) in &head.headers {
        // The runtime sets it from the URL, and it is what was signed.
        if name != http::header::HOST {
            let value = value.to_str().map_err(|_| unreachable("a header isn't ASCII"))?;
            headers.insert(name.as_str().to_owned(), Value::from(value));
        }
    }
    let init = json!({ "method": head.method.as_str(), "headers": headers, "redirect": "manual" });
    let init = JSON::parse(&init.to_string()).map_err(|_| unreachable("the request can't be written"))?;
    let set = |name: &str, value: &JsValue| {
        Reflect::set(&init, &name.into(), value).map_err(|_| unreachable("the request can't be written"))
    };
    if let Some(body) = body {
        set("body", &body)?;
    }
    set("signal", &AbortSignal::timeout(patience))?;
    let answer = whole_answer(&head.uri.to_string(), &init).await;
    answer.map_err(|error| unreachable(&name_of(&error)))
}

async fn whole_answer(url: &str, init: &JsValue) -> Result<Response<Bytes>, JsValue> {
    let response: JsResponse = JsFuture::from(js_fetch(url, init)?).await?.unchecked_into();
    let buffer = JsFuture::from(response.array_buffer()?).await?;
    let body = Bytes::from(Uint8Array::new(&buffer).to_vec());
    let status = StatusCode::from_u16(response.status()).map_err(|_| JsValue::from("no HTTP status"))?;
    let mut answer = Response::builder().status(status);
    let headers = response.headers();
    for name in READ {
        if let Some(value) = headers.get(name) {
            answer = answer.header(name, value);
        }
    }
    answer.body(body).map_err(|_| JsValue::from("unreadable headers"))
}

/// An error's name, such as `TimeoutError`; its message may hold the URL.
fn name_of(error: &JsValue) -> String {
    let name = Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string());
    name.or_else(|| error.as_string()).unwrap_or_else(|| "no answer".to_owned())
}

fn unreachable(why: &str) -> Error {
    Error::Unreachable(why.to_owned())
}

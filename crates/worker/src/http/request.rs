//! Reads a request's target and body.

use api_contract::{ApiError, BodyKind, MAX_BODY_BYTES};
use futures_util::StreamExt;
use http::Method;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::Request;

use super::{Error, body_budget::BodyPermit};

/// A request's method, path and query. Path and query keep their percent-encoding.
pub(crate) struct Target {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
}

impl Target {
    /// Parses the target of `request`.
    ///
    /// # Errors
    /// [`ApiError::NotFound`] if the method isn't a valid HTTP token.
    pub(crate) fn parse(request: &Request) -> Result<Self, Error> {
        let method = request.inner().method();
        let method =
            Method::from_bytes(method.as_bytes()).map_err(|_| ApiError::NotFound { what: "route" })?;
        // The crate `url` would add the tables of Unicode to the module.
        let url = request.inner().url();
        let (_, target) = url.split_once("://").unwrap_or_default();
        let (target, query) = target.split_once('?').unwrap_or((target, ""));
        let path = target.find('/').map_or("/", |start| &target[start..]);
        Ok(Self { method, path: path.to_owned(), query: query.to_owned() })
    }
}

/// A body that the Worker passes on without looking into it.
pub(crate) enum OutgoingBody {
    /// No body.
    None,
    /// A small body, which was received completely. It stays in JavaScript's memory.
    Buffer(ArrayBuffer),
    /// A large body that passes through while it is received, and its length, if it is declared.
    Stream(JsValue, Option<usize>),
}

impl OutgoingBody {
    /// Returns a body with these bytes.
    pub(crate) fn bytes(bytes: &[u8]) -> Self {
        Self::Buffer(Uint8Array::from(bytes).buffer())
    }

    /// Returns whether the body can be sent again after a failure.
    pub(crate) const fn can_be_repeated(&self) -> bool {
        !matches!(self, Self::Stream(..))
    }

    /// Returns the length, if it is known.
    pub(crate) fn length(&self) -> Option<usize> {
        match self {
            Self::None => Some(0),
            Self::Buffer(buffer) => Some(buffer.byte_length() as usize),
            Self::Stream(_, length) => *length,
        }
    }

    /// Returns the body as `fetch` takes it.
    pub(crate) fn value(&self) -> Option<JsValue> {
        match self {
            Self::None => None,
            Self::Buffer(buffer) => Some(buffer.clone().into()),
            Self::Stream(stream, _) => Some(stream.clone()),
        }
    }
}

/// Checks a body's type and length by its headers, and receives it if it is small.
///
/// # Errors
/// [`ApiError::UnsupportedMediaType`], [`ApiError::NotCsv`] or [`ApiError::BodyTooLarge`].
pub(crate) async fn receive_body(request: &Request, kind: BodyKind) -> Result<OutgoingBody, Error> {
    let Some(limit) = check_type(request, kind)? else { return Ok(OutgoingBody::None) };
    let length = content_length(request)?;
    if length.is_some_and(|length| length > limit) {
        return Err(ApiError::BodyTooLarge { limit }.into());
    }
    let Some(stream) = request.inner().body() else { return Ok(OutgoingBody::None) };
    // Without a declared length, it must be read to know its length.
    if length.is_none_or(|length| length > MAX_BODY_BYTES) {
        return Ok(OutgoingBody::Stream(stream.into(), length));
    }
    Ok(OutgoingBody::Buffer(array_buffer(request).await?))
}

/// A request's body with the memory reserved for it.
#[derive(Debug, Default)]
pub(crate) struct Body {
    /// The raw bytes.
    pub(crate) bytes: Vec<u8>,
    /// The memory reservation. Hold it for as long as the body or anything parsed from it is in memory.
    pub(crate) permit: BodyPermit,
}

/// How much a buffer grows at a time if the request has no `content-length`, in bytes.
const GROWTH_STEP: usize = 1024 * 1024;

/// Reads the body of `request`. Returns an empty body for [`BodyKind::None`].
///
/// # Errors
/// [`ApiError::UnsupportedMediaType`], [`ApiError::NotCsv`], [`ApiError::Busy`], or [`ApiError::BodyTooLarge`] as soon as the body is
/// known to exceed the limit.
pub(crate) async fn read_body(request: Request, kind: BodyKind) -> Result<Body, Error> {
    let Some(limit) = check_type(&request, kind)? else { return Ok(Body::default()) };
    let length = content_length(&request)?;
    read_limited(request, limit, length).await
}

/// Reads a body that the Worker passed on: its type has been checked. `length` is its length, if it is known.
///
/// # Errors
/// [`ApiError::Busy`] or [`ApiError::BodyTooLarge`].
pub(crate) async fn read_forwarded_body(
    request: Request,
    kind: BodyKind,
    length: Option<usize>,
) -> Result<Body, Error> {
    match limit(kind) {
        Some(limit) => read_limited(request, limit, length).await,
        None => Ok(Body::default()),
    }
}

async fn read_limited(mut request: Request, limit: usize, length: Option<usize>) -> Result<Body, Error> {
    if request.inner().body().is_none() {
        return Ok(Body::default());
    }
    if length.is_some_and(|length| length > limit) {
        return Err(ApiError::BodyTooLarge { limit }.into());
    }
    if length.is_some_and(|length| length <= MAX_BODY_BYTES) {
        let bytes = Uint8Array::new(&array_buffer(&request).await?.into()).to_vec();
        return Ok(Body { bytes, permit: BodyPermit::default() });
    }
    let mut body = Body::default();
    // Reserve exactly: a doubling buffer would need three times the body's size while it is copied.
    let expected = length.unwrap_or_default();
    body.permit.grow_to(expected)?;
    body.bytes.reserve_exact(expected);
    let mut stream = request.stream()?;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        let length = body.bytes.len() + chunk.len();
        if length > limit {
            return Err(ApiError::BodyTooLarge { limit }.into());
        }
        if length > body.bytes.capacity() {
            body.permit.grow_to(length)?;
            body.bytes.reserve_exact(chunk.len().max(GROWTH_STEP));
        }
        body.bytes.extend(chunk);
    }
    Ok(body)
}

async fn array_buffer(request: &Request) -> Result<ArrayBuffer, Error> {
    let buffer = request.inner().array_buffer().map_err(worker::Error::from)?;
    Ok(JsFuture::from(buffer).await.map_err(worker::Error::from)?.unchecked_into())
}

fn content_length(request: &Request) -> Result<Option<usize>, Error> {
    Ok(request.headers().get("content-length")?.and_then(|length| length.parse().ok()))
}

const fn limit(kind: BodyKind) -> Option<usize> {
    match kind {
        BodyKind::None => None,
        BodyKind::Sns(limit) | BodyKind::Csv(limit) | BodyKind::Json(limit) | BodyKind::Large(limit) => {
            Some(limit)
        }
    }
}

/// Checks the content type. Returns the limit of the body, or `None` if no body is read.
fn check_type(request: &Request, kind: BodyKind) -> Result<Option<usize>, Error> {
    match kind {
        BodyKind::None | BodyKind::Sns(_) => {}
        BodyKind::Csv(_) => check_content_type(request, CSV_TYPES, ApiError::NotCsv)?,
        BodyKind::Json(_) | BodyKind::Large(_) => {
            check_content_type(request, &["application/json"], ApiError::UnsupportedMediaType)?;
        }
    }
    Ok(limit(kind))
}

/// The types of CSV files. Browsers on Windows with Excel send the last one.
const CSV_TYPES: &[&str] = &["text/csv", "application/csv", "application/vnd.ms-excel"];

fn check_content_type(request: &Request, expected: &[&str], error: ApiError) -> Result<(), Error> {
    let content_type = request.headers().get("content-type")?.unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let is_expected = expected.iter().any(|expected| essence.eq_ignore_ascii_case(expected));
    if is_expected { Ok(()) } else { Err(error.into()) }
}

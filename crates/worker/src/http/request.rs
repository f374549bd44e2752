//! Reads a request's target and body.

use std::pin::pin;

use api_contract::{ApiError, BodyKind, BodyOwner, IncomingBody, MAX_JSON_BYTES, parse_content_length};
use futures_util::future::{Either, select};
use http::Method;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use worker::Request;

use super::{Error, body_budget::BodyPermit};
use crate::{
    clock,
    stream::{StreamReader, append},
};

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
    /// A small body, which was received completely.
    Bytes(Uint8Array),
    /// A large body that passes through while it is received, and its length, if it is declared.
    Stream(JsValue, Option<u64>),
}

impl OutgoingBody {
    /// Returns a body with these bytes.
    pub(crate) fn bytes(bytes: &[u8]) -> Self {
        Self::Bytes(Uint8Array::from(bytes))
    }

    /// Returns whether the body can be sent again after a failure.
    pub(crate) const fn can_be_repeated(&self) -> bool {
        !matches!(self, Self::Stream(..))
    }

    /// Returns the length, if it is known.
    pub(crate) fn length(&self) -> Option<u64> {
        match self {
            Self::None => Some(0),
            Self::Bytes(bytes) => Some(bytes.length().into()),
            Self::Stream(_, length) => *length,
        }
    }

    /// Returns the body as `fetch` takes it.
    pub(crate) fn value(&self) -> JsValue {
        match self {
            Self::None => JsValue::UNDEFINED,
            Self::Bytes(bytes) => bytes.into(),
            Self::Stream(stream, _) => stream.clone(),
        }
    }
}

/// Checks a body's type and length by its headers, and receives it if it is small. Hold the permit until the body has been sent.
///
/// # Errors
/// As [`read_body`].
pub(crate) async fn receive_body(
    request: &Request,
    kind: BodyKind,
    owner: BodyOwner,
) -> Result<(OutgoingBody, BodyPermit), Error> {
    let begun = begin(request, kind)?;
    let Some(((body, length), stream)) = begun.zip(request.inner().body()) else {
        return Ok((OutgoingBody::None, BodyPermit::new(owner)));
    };
    // Without a declared length, it must be read to know its length.
    if length.is_none_or(|length| length > MAX_JSON_BYTES as u64) {
        return Ok((OutgoingBody::Stream(stream.into(), length), BodyPermit::new(owner)));
    }
    let Body { bytes, permit } = read(stream.into(), body, owner).await?;
    Ok((OutgoingBody::bytes(&bytes), permit))
}

/// A request's body with the memory reserved for it.
#[derive(Debug)]
pub(crate) struct Body {
    /// The raw bytes.
    pub(crate) bytes: Vec<u8>,
    /// The memory reservation. Hold it for as long as the body or anything parsed from it is in memory.
    pub(crate) permit: BodyPermit,
}

impl Body {
    /// Returns an empty body.
    pub(crate) const fn empty(owner: BodyOwner) -> Self {
        Self { bytes: Vec::new(), permit: BodyPermit::new(owner) }
    }
}

/// Reads the body of `request`, which `owner` sends. Returns an empty body for [`BodyKind::None`].
///
/// # Errors
/// [`ApiError::UnsupportedMediaType`], [`ApiError::NotCsv`], [`ApiError::Busy`], [`ApiError::BodyTimeout`], [`ApiError::BodyIncomplete`],
/// or [`ApiError::BodyTooLarge`] as soon as the body is known to exceed the limit.
pub(crate) async fn read_body(request: &Request, kind: BodyKind, owner: BodyOwner) -> Result<Body, Error> {
    let Some((body, _)) = begin(request, kind)? else { return Ok(Body::empty(owner)) };
    match request.inner().body() {
        Some(stream) => read(stream.into(), body, owner).await,
        None => Ok(Body::empty(owner)),
    }
}

/// Reads a body that the Worker passed on with [`receive_body`]: its type has been checked. `length` is its length, if it is known.
///
/// # Errors
/// As [`read_body`].
pub(crate) async fn read_forwarded_body(
    request: &Request,
    kind: BodyKind,
    length: Option<u64>,
    owner: BodyOwner,
) -> Result<Body, Error> {
    let Some(stream) = request.inner().body().filter(|_| kind != BodyKind::None) else {
        return Ok(Body::empty(owner));
    };
    let mut body = IncomingBody::new(kind.limit(), length, clock::now())?;
    if length.is_none_or(|length| length > MAX_JSON_BYTES as u64) {
        return read(stream.into(), body, owner).await;
    }
    // The Worker has received it completely: one read, without a timer.
    let incomplete = |_| ApiError::BodyIncomplete;
    let whole = request.inner().array_buffer().map_err(incomplete)?;
    let bytes = Uint8Array::new(&JsFuture::from(whole).await.map_err(incomplete)?);
    body.receive(bytes.length() as usize)?;
    let mut received = Body::empty(owner);
    received.permit.grow_to(body.capacity())?;
    append(&mut received.bytes, &bytes, body.capacity());
    Ok(received)
}

/// Reads the body of a command, which the Worker has received completely.
///
/// # Errors
/// Fails if the Worker breaks off.
pub(crate) async fn read_command_body(mut request: Request) -> Result<Vec<u8>, Error> {
    Ok(request.bytes().await?)
}

/// Gives up a body that nobody reads, so that the response needn't wait for it.
pub(crate) fn discard_body(request: &Request) {
    if let Some(stream) = request.inner().body() {
        // A stream that is being read or passed on is locked.
        drop(StreamReader::new(stream.into()));
    }
}

/// Reads a body while it arrives in time.
async fn read(stream: JsValue, mut body: IncomingBody, owner: BodyOwner) -> Result<Body, Error> {
    let incomplete = |_| ApiError::BodyIncomplete;
    let reader = StreamReader::new(stream).map_err(incomplete)?;
    let mut received = Body::empty(owner);
    let until_deadline = |body: &IncomingBody| clock::sleep(body.deadline() - clock::now());
    let mut timer = pin!(until_deadline(&body));
    loop {
        let mut next = pin!(reader.next());
        let part = loop {
            match select(next.as_mut(), timer.as_mut()).await {
                Either::Left((part, _)) => break part.map_err(incomplete)?,
                Either::Right(_) if clock::now() < body.deadline() => timer.set(until_deadline(&body)),
                Either::Right(_) => return Err(ApiError::BodyTimeout.into()),
            }
        };
        let Some(part) = part else { return Ok(received) };
        body.receive(part.length() as usize)?;
        received.permit.grow_to(body.capacity())?;
        append(&mut received.bytes, &part, body.capacity());
    }
}

/// Checks the type of a body and its declared length. Returns the body to receive and its declared length, or `None` if no body is read.
fn begin(request: &Request, kind: BodyKind) -> Result<Option<(IncomingBody, Option<u64>)>, Error> {
    match kind {
        BodyKind::None => return Ok(None),
        BodyKind::Sns(_) => {}
        BodyKind::Csv(_) => check_content_type(request, CSV_TYPES, ApiError::NotCsv)?,
        BodyKind::Json(_) | BodyKind::Large(_) => {
            check_content_type(request, &["application/json"], ApiError::UnsupportedMediaType)?;
        }
    }
    let length = request.headers().get("content-length")?;
    let length = length.as_deref().and_then(parse_content_length);
    Ok(Some((IncomingBody::new(kind.limit(), length, clock::now())?, length)))
}

/// The types of CSV files. Browsers on Windows with Excel send the last one.
const CSV_TYPES: &[&str] = &["text/csv", "application/csv", "application/vnd.ms-excel"];

fn check_content_type(request: &Request, expected: &[&str], error: ApiError) -> Result<(), Error> {
    let content_type = request.headers().get("content-type")?.unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let is_expected = expected.iter().any(|expected| essence.eq_ignore_ascii_case(expected));
    if is_expected { Ok(()) } else { Err(error.into()) }
}

//! Reads a request's target and body.

use api_contract::{ApiError, BodyKind};
use futures_util::StreamExt;
use http::Method;
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
        let url = request.url()?;
        let query = url.query().unwrap_or_default().to_owned();
        Ok(Self { method, path: url.path().to_owned(), query })
    }
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

/// Reads the body of `request` as `kind` requires. Returns an empty body for [`BodyKind::None`].
///
/// # Errors
/// [`ApiError::UnsupportedMediaType`], [`ApiError::NotCsv`], [`ApiError::Busy`], or [`ApiError::BodyTooLarge`] as soon as
/// the body is known to exceed the limit.
pub(crate) async fn read_body(mut request: Request, kind: BodyKind) -> Result<Body, Error> {
    let limit = match kind {
        BodyKind::None => return Ok(Body::default()),
        BodyKind::Sns(limit) => limit,
        BodyKind::Csv(limit) => {
            check_content_type(&request, "text/csv", ApiError::NotCsv)?;
            limit
        }
        BodyKind::Json(limit) | BodyKind::Large(limit) => {
            check_content_type(&request, "application/json", ApiError::UnsupportedMediaType)?;
            limit
        }
    };
    let length = request.headers().get("content-length")?.and_then(|length| length.parse::<usize>().ok());
    if length.is_some_and(|length| length > limit) {
        return Err(ApiError::BodyTooLarge { limit }.into());
    }
    let mut body = Body::default();
    if request.inner().body().is_none() {
        return Ok(body);
    }
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

fn check_content_type(request: &Request, expected: &str, error: ApiError) -> Result<(), Error> {
    let content_type = request.headers().get("content-type")?.unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(expected) { Ok(()) } else { Err(error.into()) }
}

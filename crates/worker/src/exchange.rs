//! A request's bytes in, an answer's bytes out.

use futures_util::StreamExt;
use http::Method;
use kraiter_core::api::{ApiError, BodyKind, IDEMPOTENT_REPLAYED, KeptAnswer, Problem};
use serde::Serialize;
use worker::{Headers, Request, Response, ResponseBuilder};

use crate::{failure::Failure, memory::Permit};

/// Method, path and query; path and query as they came, percent-encoding included.
pub(crate) fn target(request: &Request) -> Result<(Method, String, String), Failure> {
    let method = request.inner().method();
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| ApiError::NotFound { what: "route" })?;
    let url = request.url()?;
    Ok((method, url.path().to_owned(), url.query().unwrap_or_default().to_owned()))
}

/// A request's body.
#[derive(Debug, Default)]
pub(crate) struct Body {
    /// It.
    pub(crate) bytes: Vec<u8>,
    /// The room that it takes.
    pub(crate) permit: Permit,
}

/// A body grows by so much at a time where its length isn't told.
const STEP: usize = 1024 * 1024;

/// The body, where the route reads one.
///
/// # Errors
/// [`ApiError::UnsupportedMediaType`], [`ApiError::BodyTooLarge`] as soon as it is known, or [`ApiError::Busy`].
pub(crate) async fn body(mut request: Request, kind: BodyKind) -> Result<Body, Failure> {
    let limit = match kind {
        BodyKind::None => return Ok(Body::default()),
        BodyKind::Sns(limit) => limit,
        BodyKind::Csv(limit) => {
            is_of_type(&request, "text/csv", ApiError::CsvNeeded)?;
            limit
        }
        BodyKind::Json(limit) | BodyKind::Large(limit) => {
            is_of_type(&request, "application/json", ApiError::UnsupportedMediaType)?;
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
    // A buffer that doubles would take three times the body while it moves.
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
            body.bytes.reserve_exact(chunk.len().max(STEP));
        }
        body.bytes.extend(chunk);
    }
    Ok(body)
}

fn is_of_type(request: &Request, expected: &str, otherwise: ApiError) -> Result<(), Failure> {
    let content_type = request.headers().get("content-type")?.unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(expected) { Ok(()) } else { Err(otherwise.into()) }
}

/// An answer to be.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The HTTP status.
    pub(crate) status: u16,
    content_type: Option<&'static str>,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Reply {
    /// JSON.
    ///
    /// # Errors
    /// Where `value` can't be written.
    pub(crate) fn json(status: u16, value: &impl Serialize) -> Result<Self, Failure> {
        let body = serde_json::to_vec(value)?;
        Ok(Self { status, content_type: Some("application/json"), headers: Vec::new(), body })
    }

    /// JSON that is written already.
    pub(crate) fn written_json(text: &'static str) -> Self {
        let content_type = Some("application/json");
        Self { status: 200, content_type, headers: Vec::new(), body: text.as_bytes().to_vec() }
    }

    /// Plain text.
    pub(crate) fn text(status: u16, text: String) -> Self {
        let content_type = Some("text/plain; charset=utf-8");
        Self { status, content_type, headers: Vec::new(), body: text.into_bytes() }
    }

    /// A page.
    pub(crate) fn html(html: String) -> Self {
        let content_type = Some("text/html; charset=utf-8");
        Self { status: 200, content_type, headers: Vec::new(), body: html.into_bytes() }
    }

    /// Counts, in the format of this media type.
    pub(crate) fn counts(media_type: &'static str, text: String) -> Self {
        Self { status: 200, content_type: Some(media_type), headers: Vec::new(), body: text.into_bytes() }
    }

    /// A list.
    pub(crate) const fn csv(body: Vec<u8>) -> Self {
        Self { status: 200, content_type: Some("text/csv; charset=utf-8"), headers: Vec::new(), body }
    }

    /// A problem document.
    pub(crate) fn problem(problem: &Problem) -> Self {
        // A struct of texts has no way to fail; an empty body would fail every test of a problem.
        let body = serde_json::to_vec(problem).unwrap_or_default();
        Self {
            status: problem.status,
            content_type: Some("application/problem+json"),
            headers: Vec::new(),
            body,
        }
    }

    /// What was answered before.
    pub(crate) fn replayed(answer: KeptAnswer) -> Self {
        let is_problem = answer.status >= 400;
        let content_type = Some(if is_problem { "application/problem+json" } else { "application/json" });
        let body = answer.body.into_bytes();
        let reply = Self { status: answer.status, content_type, headers: Vec::new(), body };
        reply.with_header(IDEMPOTENT_REPLAYED, "true")
    }

    /// What is kept of it.
    pub(crate) fn kept(&self) -> KeptAnswer {
        KeptAnswer { status: self.status, body: String::from_utf8_lossy(&self.body).into_owned() }
    }

    /// Nothing but a status.
    pub(crate) const fn empty(status: u16) -> Self {
        Self { status, content_type: None, headers: Vec::new(), body: Vec::new() }
    }

    /// The same with one header more.
    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The answer with the request's id and what every answer has.
    ///
    /// # Errors
    /// Where a header can't be set.
    pub(crate) fn into_response(self, request_id: &str) -> worker::Result<Response> {
        let headers = Headers::new();
        headers.set("x-request-id", request_id)?;
        headers.set("cache-control", "no-store")?;
        headers.set("x-content-type-options", "nosniff")?;
        if let Some(content_type) = self.content_type {
            headers.set("content-type", content_type)?;
        }
        for (name, value) in &self.headers {
            headers.append(name, value)?;
        }
        let builder = ResponseBuilder::new().with_status(self.status).with_headers(headers);
        Ok(if self.body.is_empty() { builder.empty() } else { builder.fixed(self.body) })
    }
}

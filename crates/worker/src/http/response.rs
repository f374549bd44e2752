//! Builds responses.

use std::pin::Pin;

use api_contract::{IDEMPOTENT_REPLAYED, Problem, StoredResponse};
use futures_util::{Stream, StreamExt};
use serde::Serialize;
use serde_json::json;
use worker::{Headers, Response, ResponseBuilder};

use super::Error;
use crate::{log, settings};

const JSON: &str = "application/json";
const PROBLEM_JSON: &str = "application/problem+json";

/// A response before it is converted to the runtime's type.
pub(crate) struct ApiResponse {
    /// The HTTP status code.
    pub(crate) status: u16,
    content_type: Option<&'static str>,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    /// The body, if it is made while it is sent.
    stream: Option<ByteStream>,
}

/// A body that is made while it is sent.
type ByteStream = Pin<Box<dyn Stream<Item = worker::Result<Vec<u8>>>>>;

impl ApiResponse {
    const fn new(status: u16, content_type: &'static str, body: Vec<u8>) -> Self {
        Self { status, content_type: Some(content_type), headers: Vec::new(), body, stream: None }
    }

    /// Returns a response without a body.
    pub(crate) const fn empty(status: u16) -> Self {
        Self { status, content_type: None, headers: Vec::new(), body: Vec::new(), stream: None }
    }

    /// Serializes `value` as JSON.
    ///
    /// # Errors
    /// Fails if `value` can't be serialized.
    pub(crate) fn json(status: u16, value: &impl Serialize) -> Result<Self, Error> {
        Ok(Self::new(status, JSON, serde_json::to_vec(value)?))
    }

    /// Returns a 200 response with JSON that is already serialized.
    pub(crate) const fn serialized_json(body: Vec<u8>) -> Self {
        Self::new(200, JSON, body)
    }

    /// Returns a plain-text response.
    pub(crate) fn text(status: u16, text: String) -> Self {
        Self::new(status, "text/plain; charset=utf-8", text.into_bytes())
    }

    /// Returns an HTML page.
    pub(crate) fn html(status: u16, html: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", html.into_bytes())
    }

    /// Returns a 200 response with metrics in an exposition format.
    pub(crate) fn metrics(media_type: &'static str, text: String) -> Self {
        Self::new(200, media_type, text.into_bytes())
    }

    /// Returns a 200 response with a CSV file that is made while it is sent. An error ends the connection.
    pub(crate) fn csv(file: impl Stream<Item = Result<Vec<u8>, Error>> + 'static) -> Self {
        let file = file.map(|chunk| {
            chunk.map_err(|error| {
                log::error("stream_failed", json!({ "error": format!("{error:?}") }));
                worker::Error::from("the response can't be completed")
            })
        });
        let response = Self::new(200, "text/csv; charset=utf-8", Vec::new());
        Self { stream: Some(Box::pin(file)), ..response }
    }

    /// Checks `permission` before each part of a body that is made while it is sent. If it fails, the connection ends.
    pub(crate) fn while_permitted(self, permission: impl Fn() -> Result<(), Error> + 'static) -> Self {
        let end = |_| worker::Error::from("the caller isn't authorised any more");
        let stream = self.stream.map(|stream| -> ByteStream {
            Box::pin(stream.map(move |part| permission().map_err(end).and(part)))
        });
        Self { stream, ..self }
    }

    /// Returns a problem document (RFC 9457).
    pub(crate) fn problem(problem: Problem) -> Self {
        let problem = match settings::public_origin() {
            Some(origin) => problem.at_origin(&origin),
            None => problem,
        };
        // Serializing a struct of strings can't fail, and an empty body would fail every test of a problem.
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        Self::new(problem.status, PROBLEM_JSON, body)
    }

    /// Returns a stored response, marked with `Idempotent-Replayed`.
    pub(crate) fn replayed(stored: StoredResponse) -> Self {
        let content_type = if stored.status >= 400 { PROBLEM_JSON } else { JSON };
        let response = Self::new(stored.status, content_type, stored.body.into_bytes());
        response.with_header(IDEMPOTENT_REPLAYED, "true")
    }

    /// Returns the part of this response that is stored under an idempotency key.
    pub(crate) fn to_stored(&self) -> StoredResponse {
        StoredResponse { status: self.status, body: String::from_utf8_lossy(&self.body).into_owned() }
    }

    /// Adds a header.
    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Converts to the runtime's response and adds the headers every response carries, including `X-Request-Id`.
    ///
    /// # Errors
    /// Fails if a header is invalid.
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
        if let Some(stream) = self.stream {
            return builder.from_stream(stream);
        }
        Ok(if self.body.is_empty() { builder.empty() } else { builder.fixed(self.body) })
    }
}

//! A bare HTTP client for Kraiter's API: it returns every status and the JSON body as received.

use std::{
    net::Ipv4Addr,
    sync::atomic::{AtomicU32, Ordering},
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;

use crate::{Error, Result, http::Client};

/// The API at one origin, called with one API key or none.
#[derive(Clone, Debug)]
pub struct Api {
    origin: String,
    key: Option<String>,
    /// The client's address, as Cloudflare passes it on.
    address: Ipv4Addr,
    http: Client,
}

/// The header in which Cloudflare passes on the client's address.
pub const CLIENT_ADDRESS: &str = "cf-connecting-ip";

/// The number of clients. Each has an address of its own, so that the refused requests of one don't limit another's.
static CLIENTS: AtomicU32 = AtomicU32::new(0);

/// A response of the API.
#[derive(Clone, Debug)]
pub struct ApiResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The body as JSON: null if it is empty, a string if it isn't JSON.
    pub body: Value,
}

impl ApiResponse {
    /// Returns the body if the status is `expected`, otherwise an error with the status and the body.
    pub fn expect_status(self, expected: StatusCode) -> Result<Value> {
        if self.status == expected {
            Ok(self.body)
        } else {
            Err(Error::Unexpected(format!(
                "the API responded with {} instead of {expected}: {}",
                self.status, self.body
            )))
        }
    }

    /// Returns the problem's `code` if the response is a problem.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.body["code"].as_str()
    }

    /// Returns the string at a JSON pointer such as `/reason/code`, or an empty string.
    #[must_use]
    pub fn text(&self, pointer: &str) -> &str {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}

impl Api {
    /// Creates a client without a key.
    #[must_use]
    pub fn new(origin: impl Into<String>) -> Self {
        let number = CLIENTS.fetch_add(1, Ordering::Relaxed);
        let address = Ipv4Addr::from_bits(Ipv4Addr::new(10, 0, 0, 0).to_bits() + number);
        Self { origin: origin.into(), key: None, address, http: Client::default() }
    }

    /// Returns a client that sends `key`.
    #[must_use]
    pub fn with_key(&self, key: impl Into<String>) -> Self {
        Self { key: Some(key.into()), ..self.clone() }
    }

    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    pub fn get(&self, path: &str) -> Result<ApiResponse> {
        self.call(Method::GET, path, None)
    }

    /// Sends a POST request with a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> Result<ApiResponse> {
        self.call(Method::POST, path, Some(body))
    }

    pub fn delete(&self, path: &str) -> Result<ApiResponse> {
        self.call(Method::DELETE, path, None)
    }

    /// Sends a request with any method, with a JSON body or none.
    pub fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<ApiResponse> {
        let body = body.map(|body| ("application/json", Bytes::from(body.to_string())));
        self.send(method, path, body, &[])
    }

    /// Sends a request with any method, body and headers, including ones that no well-behaved client would send.
    pub fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<(&str, Bytes)>,
        headers: &[(&str, &str)],
    ) -> Result<ApiResponse> {
        let uri = format!("{}{path}", self.origin);
        let mut request = Request::builder().method(method).uri(&uri);
        if let Some(key) = &self.key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        let body = match body {
            Some((kind, bytes)) => {
                request = request.header(header::CONTENT_TYPE, kind);
                bytes
            }
            None => Bytes::new(),
        };
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !headers.iter().any(|(name, _)| *name == CLIENT_ADDRESS) {
            request = request.header(CLIENT_ADDRESS, self.address.to_string());
        }
        let request = request.body(body).map_err(|error| Error::Unexpected(format!("{uri}: {error}")))?;
        let response = self.http.send(request)?;
        let body = match response.body() {
            empty if empty.is_empty() => Value::Null,
            bytes => serde_json::from_slice(bytes)
                .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned())),
        };
        Ok(ApiResponse { status: response.status(), headers: response.headers().clone(), body })
    }
}

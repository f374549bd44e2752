//! A client of our own API that hides nothing: every status is an answer, every body is JSON as it came.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;

use crate::{Error, Result, http::Client};

/// The API at one address, called with one key or none.
#[derive(Clone, Debug)]
pub struct Api {
    origin: String,
    key: Option<String>,
    http: Client,
}

/// What the API answered.
#[derive(Clone, Debug)]
pub struct ApiResponse {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON; null where it is empty, a string where it isn't JSON.
    pub body: Value,
}

impl ApiResponse {
    /// The body where the status is `expected`.
    ///
    /// # Errors
    /// [`Error::Unexpected`] with status and body where it isn't.
    pub fn expect_status(self, expected: StatusCode) -> Result<Value> {
        if self.status == expected {
            Ok(self.body)
        } else {
            Err(Error::Unexpected(format!(
                "the API answered {} instead of {expected}: {}",
                self.status, self.body
            )))
        }
    }

    /// The problem's stable code, where the answer is a problem.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.body["code"].as_str()
    }

    /// The text at a JSON pointer such as `/reason/code`; empty where there is none.
    #[must_use]
    pub fn text(&self, pointer: &str) -> &str {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}

impl Api {
    /// The API at `origin`, without a key.
    #[must_use]
    pub fn new(origin: impl Into<String>) -> Self {
        Self { origin: origin.into(), key: None, http: Client::default() }
    }

    /// The same API, called with `key`.
    #[must_use]
    pub fn with_key(&self, key: impl Into<String>) -> Self {
        Self { key: Some(key.into()), ..self.clone() }
    }

    /// Where it is.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// GET.
    ///
    /// # Errors
    /// Where no answer came.
    pub fn get(&self, path: &str) -> Result<ApiResponse> {
        self.call(Method::GET, path, None)
    }

    /// POST with a JSON body.
    ///
    /// # Errors
    /// Where no answer came.
    pub fn post(&self, path: &str, body: &Value) -> Result<ApiResponse> {
        self.call(Method::POST, path, Some(body))
    }

    /// DELETE.
    ///
    /// # Errors
    /// Where no answer came.
    pub fn delete(&self, path: &str) -> Result<ApiResponse> {
        self.call(Method::DELETE, path, None)
    }

    /// Any method, with a JSON body or none.
    ///
    /// # Errors
    /// Where no answer came.
    pub fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<ApiResponse> {
        let body = body.map(|body| ("application/json", Bytes::from(body.to_string())));
        self.send(method, path, body, &[])
    }

    /// Any method, body and headers: also those that no good client would send.
    ///
    /// # Errors
    /// Where no answer came, or the parts don't make an HTTP request.
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

//! A client of a Worker's API for operators. It sends nothing but the request, so that it works through Cloudflare, too.

pub mod backup;

use std::fmt;

use crate::{Error, Result, http::Client};
use bytes::Bytes;
use http::{Method, Request, header};
use serde_json::Value;

#[derive(Clone)]
pub struct Api {
    origin: String,
    token: Option<String>,
    http: Client,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// A response with any status.
#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    /// The body as JSON; null if it isn't JSON.
    pub body: Value,
}

impl Api {
    #[must_use]
    pub fn new(origin: impl Into<String>, token: Option<String>) -> Self {
        Self { origin: origin.into(), token, http: Client::default() }
    }

    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Sends a request and returns the response, whatever its status is.
    pub fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&str>,
        idempotency_key: Option<&str>,
    ) -> Result<Response> {
        let uri = format!("{}{path}", self.origin);
        let mut request = Request::builder().method(method).uri(&uri);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(key) = idempotency_key {
            request = request.header("idempotency-key", key);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = Bytes::from(body.unwrap_or_default().to_owned());
        let request = request.body(body).map_err(|error| Error::Unexpected(format!("{uri}: {error}")))?;
        let response = self.http.send(request)?;
        let body = serde_json::from_slice(response.body()).unwrap_or_default();
        Ok(Response { status: response.status().as_u16(), body })
    }

    /// Sends a request and returns the body of its response. Fails with the problem's code, detail and help if it isn't 2xx.
    pub fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let body = body.map(Value::to_string);
        self.send(method, path, body.as_deref(), None)?.success()
    }
}

impl Response {
    pub fn success(self) -> Result<Value> {
        if (200..300).contains(&self.status) {
            return Ok(self.body);
        }
        let text = |field: &str| self.body[field].as_str().unwrap_or_default();
        let problem = format!("{} {}: {} {}", self.status, text("code"), text("detail"), text("help"));
        Err(Error::Unexpected(problem.trim_end().to_owned()))
    }
}

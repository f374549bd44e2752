//! The HTTP client of the tests and commands. It follows no redirects and returns responses with any status.

use std::time::Duration;

use aws_sans_io as aws;
use bytes::Bytes;
use http::{Request, Response};

use crate::{Error, Result};

/// Longer than any local program takes to respond, even while the machine is also compiling.
const TIMEOUT: Duration = Duration::from_mins(1);

/// No response of the Worker or of an emulator is larger.
const LIMIT: u64 = 64 * 1024 * 1024;

/// A client that reuses connections.
#[derive(Clone, Debug)]
pub struct Client(ureq::Agent);

impl Default for Client {
    fn default() -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(TIMEOUT))
            .proxy(None)
            // Tests send methods that no route supports.
            .allow_non_standard_methods(true)
            .build();
        Self(config.into())
    }
}

impl Client {
    /// Sends a request and reads the whole response. Fails with [`Error::Http`] if no response arrives.
    pub fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>> {
        let method = request.method().to_string();
        let url = request.uri().to_string();
        let (head, body) = request.into_parts();
        // ureq doesn't allow a body with GET, so an empty body is sent as none.
        let response = if body.is_empty() {
            self.0.run(Request::from_parts(head, ()))
        } else {
            self.0.run(Request::from_parts(head, body.to_vec()))
        };
        let response = response.and_then(|response| {
            let (head, mut body) = response.into_parts();
            let body = body.with_config().limit(LIMIT).read_to_vec()?;
            Ok(Response::from_parts(head, Bytes::from(body)))
        });
        response.map_err(|error| Error::Http { method, url, message: error.to_string() })
    }

    /// Sends a request to AWS or an emulator. Fails with [`aws::Error::Unreachable`] if no response arrives.
    pub fn send_to_aws(&self, request: Request<Bytes>) -> std::result::Result<Response<Bytes>, aws::Error> {
        self.send(request).map_err(|error| aws::Error::Unreachable(error.to_string()))
    }
}

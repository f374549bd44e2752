//! HTTP on loopback: the one client of the tooling. It follows no redirect and takes every status as an answer.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use kraiter_core::aws;

use crate::{Error, Result};

/// Longer than any answer of a program on this machine takes while two cores compile beside it.
const TIMEOUT: Duration = Duration::from_mins(1);

/// No answer of ours or of the emulator's is larger.
const LIMIT: u64 = 64 * 1024 * 1024;

/// A client that keeps its connections.
#[derive(Clone, Debug)]
pub struct Client(ureq::Agent);

impl Default for Client {
    fn default() -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(TIMEOUT))
            .proxy(None)
            // Tests ask with methods that no route has.
            .allow_non_standard_methods(true)
            .build();
        Self(config.into())
    }
}

impl Client {
    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// [`Error::Http`] where no answer came; an answer with an error status is an answer.
    pub fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>> {
        let method = request.method().to_string();
        let url = request.uri().to_string();
        let (head, body) = request.into_parts();
        // An empty body is none at all: a GET may carry no other.
        let answer = if body.is_empty() {
            self.0.run(Request::from_parts(head, ()))
        } else {
            self.0.run(Request::from_parts(head, body.to_vec()))
        };
        let answer = answer.and_then(|response| {
            let (head, mut body) = response.into_parts();
            let body = body.with_config().limit(LIMIT).read_to_vec()?;
            Ok(Response::from_parts(head, Bytes::from(body)))
        });
        answer.map_err(|error| Error::Http { method, url, message: error.to_string() })
    }

    /// Sends a request to AWS, or to what stands in for it: no answer is AWS's "could not be reached".
    ///
    /// # Errors
    /// [`aws::Error::Unreachable`].
    pub fn send_to_aws(&self, request: Request<Bytes>) -> std::result::Result<Response<Bytes>, aws::Error> {
        self.send(request).map_err(|error| aws::Error::Unreachable(error.to_string()))
    }
}

//! An AWS operation as data: the request that asks, and how the answer is read.

use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, header};
use thiserror::Error;
use time::OffsetDateTime;

use super::{Credentials, Endpoint, Error, Region, Service, Status, sign, xml};

/// A request that could not be built; a defect of ours or a value that no type has checked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The parts don't make an HTTP request.
    #[error("the request could not be built: {0}")]
    Http(#[from] http::Error),
    /// The body could not be written as JSON.
    #[error("the request body could not be written: {0}")]
    Json(#[from] serde_json::Error),
    /// The request could not be signed.
    #[error(transparent)]
    Sign(#[from] sign::SignError),
}

/// One call to one AWS service. Adding an operation is adding a file with a type that implements this.
pub trait Operation {
    /// What a successful answer says.
    type Output;

    /// The service that is asked.
    const SERVICE: Service;

    /// The request without host and signature: its URI is a path and a query.
    ///
    /// # Errors
    /// [`BuildError`] where a value doesn't fit into a request.
    fn request(&self) -> Result<Request<Bytes>, BuildError>;

    /// Reads a 2xx answer's body.
    ///
    /// # Errors
    /// [`Error`] where the body isn't what AWS documents.
    fn output(&self, body: &[u8]) -> Result<Self::Output, Error>;

    /// Reads any answer.
    ///
    /// # Errors
    /// [`Error`] with AWS's own code, message and request id, saying whether a retry can help.
    fn response(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
        if response.status().is_success() { self.output(response.body()) } else { Err(read_error(response)) }
    }
}

/// The operation's request, addressed to `region` and signed at the time `now`.
///
/// # Errors
/// [`BuildError`] where it can't be built or signed.
pub fn signed_request<O: Operation>(
    operation: &O,
    endpoint: &Endpoint,
    region: Region,
    credentials: &Credentials,
    now: OffsetDateTime,
) -> Result<Request<Bytes>, BuildError> {
    let request = unsigned_request(operation, endpoint, region)?;
    Ok(sign::sign(request, credentials, O::SERVICE, O::SERVICE.calling_region(region), now)?)
}

/// The operation's request, addressed to `region`, for the few operations that AWS takes without a signature.
///
/// # Errors
/// [`BuildError`] where it can't be built.
pub fn unsigned_request<O: Operation>(
    operation: &O,
    endpoint: &Endpoint,
    region: Region,
) -> Result<Request<Bytes>, BuildError> {
    let mut request = operation.request()?;
    let origin = endpoint.origin(O::SERVICE, region);
    let path = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let uri = Uri::try_from(format!("{origin}{path}")).map_err(http::Error::from)?;
    if let Some(authority) = uri.authority() {
        let host = HeaderValue::from_str(authority.as_str()).map_err(http::Error::from)?;
        request.headers_mut().insert(header::HOST, host);
    }
    *request.uri_mut() = uri;
    Ok(request)
}

/// Reads an error answer of any of the services: the XML of the Query protocol, S3's XML, or the JSON of SES v2.
#[must_use]
pub fn read_error(response: &Response<Bytes>) -> Error {
    let text =
        |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = response.body();
    let (code, message, body_request_id) =
        if body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{') {
            let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
            let member =
                |names: [&str; 2]| names.iter().find_map(|name| json.get(*name)?.as_str().map(str::to_owned));
            (
                text("x-amzn-errortype").or_else(|| member(["__type", "code"])),
                member(["message", "Message"]),
                None,
            )
        } else {
            let found = xml::texts(body, &["Code", "Message", "RequestId"]).unwrap_or_default();
            let [code, message, request_id] = [0, 1, 2].map(|index| found.get(index).cloned().flatten());
            (code, message, request_id)
        };
    // SES v2 may write the code as `namespace#Code` or `Code:http://…`.
    let code = code.map(|code| {
        let code = code.rsplit('#').next().unwrap_or_default();
        code.split(':').next().unwrap_or_default().to_owned()
    });
    Error::service(
        Status::from(response.status()),
        code,
        message,
        text("x-amzn-requestid").or_else(|| text("x-amz-request-id")).or(body_request_id),
    )
}

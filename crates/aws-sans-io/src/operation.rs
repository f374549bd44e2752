//! AWS operations as values: the HTTP request and the parsing of its response.

use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, header};
use thiserror::Error;
use time::OffsetDateTime;

use super::{
    Credentials, Endpoint, Error, Region, Service,
    error::{MAX_IDENTIFIER, cut},
    sign, xml,
};

/// The error of a request that could not be built, because a value has no valid HTTP form.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The parts don't form a valid HTTP request.
    #[error("the request could not be built: {0}")]
    Http(#[from] http::Error),
    /// The body could not be serialised as JSON.
    #[error("the request body could not be serialised: {0}")]
    Json(#[from] serde_json::Error),
    /// The request could not be signed.
    #[error(transparent)]
    Sign(#[from] sign::SignError),
}

/// A call to an AWS service.
///
/// Implement it to add an operation:
///
/// ```
/// use aws_sans_io::{BuildError, Error, Operation, Service};
/// use bytes::Bytes;
/// use http::Request;
///
/// struct ListBuckets;
///
/// impl Operation for ListBuckets {
///     type Output = String;
///
///     const SERVICE: Service = Service::S3;
///
///     fn name(&self) -> &'static str {
///         "ListBuckets"
///     }
///
///     fn request(&self) -> Result<Request<Bytes>, BuildError> {
///         Ok(Request::get("/").body(Bytes::new())?)
///     }
///
///     fn parse_body(&self, body: &[u8]) -> Result<String, Error> {
///         Ok(String::from_utf8_lossy(body).into_owned())
///     }
/// }
/// ```
pub trait Operation {
    /// The content of a successful response.
    type Output;

    /// The service that the operation belongs to.
    const SERVICE: Service;

    /// Returns the operation's name in AWS's API reference, which `CloudTrail` records as `eventName`.
    fn name(&self) -> &'static str;

    /// Returns the request without host and signature. Its URI consists of a path and a query.
    ///
    /// # Errors
    /// [`BuildError`] if a value can't be part of an HTTP request.
    fn request(&self) -> Result<Request<Bytes>, BuildError>;

    /// Parses the body of a 2xx response.
    ///
    /// # Errors
    /// [`Error::InvalidResponse`] if the body doesn't match the AWS documentation.
    fn parse_body(&self, body: &[u8]) -> Result<Self::Output, Error>;

    /// Parses a response of any status.
    ///
    /// # Errors
    /// [`Error::Service`] for an error response, or the error of [`parse_body`](Self::parse_body).
    fn parse_response(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
        if response.status().is_success() {
            self.parse_body(response.body())
        } else {
            Err(parse_error(response))
        }
    }
}

/// Builds the request of an operation in `region`, signed at the time `now`.
///
/// # Errors
/// [`BuildError`] if the request can't be built or signed.
pub fn signed_request<O: Operation>(
    operation: &O,
    endpoint: &Endpoint,
    region: Region,
    credentials: &Credentials,
    now: OffsetDateTime,
) -> Result<Request<Bytes>, BuildError> {
    let request = unsigned_request(operation, endpoint, region)?;
    Ok(sign::sign(request, credentials, O::SERVICE, O::SERVICE.request_region(region), now)?)
}

/// Builds the request of an operation in `region` without a signature, which few operations of AWS accept.
///
/// # Errors
/// [`BuildError`] if the request can't be built.
pub fn unsigned_request<O: Operation>(
    operation: &O,
    endpoint: &Endpoint,
    region: Region,
) -> Result<Request<Bytes>, BuildError> {
    with_origin(operation.request()?, &endpoint.origin(O::SERVICE, region))
}

/// Builds the head of a request in `region` with a streamed body, signed at the time `now`. `sha256` is the hash of the body.
///
/// # Errors
/// As [`signed_request`].
pub fn signed_head(
    service: Service,
    head: Request<()>,
    sha256: [u8; 32],
    endpoint: &Endpoint,
    region: Region,
    credentials: &Credentials,
    now: OffsetDateTime,
) -> Result<Request<()>, BuildError> {
    let head = with_origin(head, &endpoint.origin(service, region))?;
    Ok(sign::sign_head(head, sha256, credentials, service, service.request_region(region), now)?)
}

fn with_origin<T>(mut request: Request<T>, origin: &str) -> Result<Request<T>, BuildError> {
    let path = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let uri = Uri::try_from(format!("{origin}{path}")).map_err(http::Error::from)?;
    if let Some(authority) = uri.authority() {
        let host = HeaderValue::from_str(authority.as_str()).map_err(http::Error::from)?;
        request.headers_mut().insert(header::HOST, host);
    }
    *request.uri_mut() = uri;
    Ok(request)
}

/// Returns the request ID in the header of a response, which `CloudTrail` records as `requestID`. A long one is cut.
#[must_use]
pub fn request_id(response: &Response<Bytes>) -> Option<String> {
    let header = |name: &str| response.headers().get(name)?.to_str().ok();
    header("x-amzn-requestid")
        .or_else(|| header("x-amz-request-id"))
        .map(|id| cut(id.to_owned(), MAX_IDENTIFIER))
}

/// Parses an error response of any service: the XML of the Query protocol, the XML of S3, or the JSON of SES v2.
#[must_use]
pub fn parse_error(response: &Response<Bytes>) -> Error {
    let text =
        |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = response.body();
    let (body_code, message, body_request_id) =
        if body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{') {
            let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
            let member =
                |names: [&str; 2]| names.iter().find_map(|name| json.get(*name)?.as_str().map(str::to_owned));
            (member(["__type", "code"]), member(["message", "Message"]), None)
        } else {
            let found = xml::texts(body, &["Code", "Message", "RequestId"]).unwrap_or_default();
            let [code, message, request_id] = [0, 1, 2].map(|index| found.get(index).cloned().flatten());
            (code, message, request_id)
        };
    let code = text("x-amzn-errortype").or(body_code);
    // The code may have the form `namespace#Code:http://…`.
    // <https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization>
    let code = code.map(|code| {
        let code = code.split(':').next().unwrap_or_default();
        code.rsplit('#').next().unwrap_or_default().to_owned()
    });
    Error::service(response.status(), code, message, request_id(response).or(body_request_id))
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use proptest::prelude::*;

    use super::*;
    use crate::{Retry, ses::GetAccount};

    fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response<Bytes> {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        response.body(Bytes::from(body.to_owned())).unwrap()
    }

    fn service(status: u16, code: &str, message: &str, request_id: Option<&str>) -> Error {
        Error::service(
            StatusCode::from_u16(status).unwrap(),
            Some(code.into()),
            Some(message.into()),
            request_id.map(str::to_owned),
        )
    }

    const STS: &str = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
  <Error>
    <Type>Sender</Type>
    <Code>AccessDenied</Code>
    <Message>User: arn:aws:iam::111111111111:user/alice is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/a&amp;b</Message>
  </Error>
  <RequestId>6f6a4c2e-0000-4b4b-9c1d-1a2b3c4d5e6f</RequestId>
</ErrorResponse>
";

    const S3: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message><BucketName>b</BucketName><RequestId>4442587FB7D0A2F9</RequestId><HostId>x/y=</HostId></Error>";

    const HTML: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1>\
        </center>\r\n<hr><center>cloudflare&nbsp;</center>\r\n</body>\r\n</html>";

    #[test]
    fn the_code_and_message_of_aws_are_kept_unchanged() {
        let id = ("x-amzn-requestid", "0f1e");
        let cases = [
            (
                response(403, &[("content-type", "text/xml")], STS),
                service(
                    403,
                    "AccessDenied",
                    "User: arn:aws:iam::111111111111:user/alice is not authorized to perform: sts:AssumeRole on \
                     resource: arn:aws:iam::123456789012:role/a&b",
                    Some("6f6a4c2e-0000-4b4b-9c1d-1a2b3c4d5e6f"),
                ),
            ),
            (
                response(404, &[], S3),
                service(404, "NoSuchBucket", "The specified bucket does not exist", Some("4442587FB7D0A2F9")),
            ),
            (
                response(
                    400,
                    &[id, ("x-amzn-errortype", "MessageRejected")],
                    "{\"message\":\"Email address is not verified.\"}",
                ),
                service(400, "MessageRejected", "Email address is not verified.", Some("0f1e")),
            ),
            (
                response(403, &[id, ("x-amzn-errortype", "AccessDeniedException")], "{\"Message\":\"no\"}"),
                service(403, "AccessDeniedException", "no", Some("0f1e")),
            ),
            (
                response(
                    400,
                    &[
                        id,
                        (
                            "x-amzn-errortype",
                            "BadRequestException:http://internal.amazon.com/coral/com.amazon#x",
                        ),
                    ],
                    "{\"message\":\"bad\"}",
                ),
                service(400, "BadRequestException", "bad", Some("0f1e")),
            ),
            (
                response(
                    429,
                    &[id],
                    " {\"__type\":\"com.amazonaws.ses#TooManyRequestsException\",\"message\":\"slow\"}",
                ),
                service(429, "TooManyRequestsException", "slow", Some("0f1e")),
            ),
            (
                response(400, &[id], "{\"code\":\"NotFoundException\",\"message\":null}"),
                service(400, "NotFoundException", "Bad Request", Some("0f1e")),
            ),
        ];
        for (response, expected) in cases {
            assert_eq!(parse_error(&response), expected);
            assert_eq!(GetAccount.parse_response(&response), Err(expected));
        }
    }

    #[test]
    fn a_code_in_the_header_is_kept_whatever_the_body_contains() {
        for body in ["", "null", "<html>", HTML, "{\"message\":", "{\"message\":\"no\"}"] {
            let header = [("x-amzn-errortype", "AccessDeniedException:http://internal.amazon.com/coral")];
            let error = parse_error(&response(403, &header, body));
            assert_eq!(error.code(), Some("AccessDeniedException"), "{body}");
        }
    }

    #[test]
    fn the_status_replaces_a_missing_code() {
        for (response, code, retry) in [
            (response(502, &[("content-type", "text/html")], HTML), "502", Retry::Soon),
            (response(503, &[], ""), "503", Retry::Soon),
            (response(403, &[], ""), "403", Retry::Never),
            (response(403, &[], "{\"message\":"), "403", Retry::Never),
            (response(403, &[], "null"), "403", Retry::Never),
            (response(403, &[], "{\"message\":{\"a\":1},\"code\":5}"), "403", Retry::Never),
            (response(429, &[], "\u{0}\u{1}"), "429", Retry::Slower),
        ] {
            let error = parse_error(&response);
            assert_eq!((error.code(), error.retry()), (Some(code), retry), "{error}");
        }
    }

    #[test]
    fn an_error_truncated_before_its_code_ends_is_not_access_denied() {
        let whole = STS.find("</ErrorResponse>").unwrap();
        for end in 0..STS.find("</Code>").unwrap() {
            assert!(!parse_error(&response(403, &[], &STS[..end])).is_access_denied(), "{}", &STS[..end]);
        }
        assert!(parse_error(&response(403, &[], &STS[..whole])).is_access_denied());
    }

    #[test]
    fn an_html_page_with_status_200_is_an_invalid_response() {
        let error = GetAccount.parse_response(&response(200, &[], HTML)).unwrap_err();
        assert!(matches!(error, Error::InvalidResponse(_)), "{error}");
    }

    proptest! {
        #[test]
        fn no_response_panics(status in 100..600_u16, kind in "\\PC{0,9}", body in "\\PC{0,60}|[<>/&;a-zA-Z{}\":,]{0,60}") {
            let response = response(status, &[("x-amzn-errortype", "x")], &body);
            let _ = GetAccount.parse_response(&response);
            if let Ok(value) = HeaderValue::from_str(&kind) {
                let mut response = response;
                response.headers_mut().insert("x-amzn-errortype", value);
                prop_assert!(parse_error(&response).code().is_some_and(|code| !code.is_empty()));
            }
        }
    }
}

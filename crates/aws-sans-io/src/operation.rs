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
    addressed(operation.request()?, &endpoint.origin(O::SERVICE, region))
}

/// The head of a request whose body isn't held, addressed to `region` and signed at the time `now`; `sha256` is the body's hash, in
/// small hexadecimal digits.
///
/// # Errors
/// As [`signed_request`].
pub fn signed_head(
    service: Service,
    head: Request<()>,
    sha256: String,
    endpoint: &Endpoint,
    region: Region,
    credentials: &Credentials,
    now: OffsetDateTime,
) -> Result<Request<()>, BuildError> {
    let head = addressed(head, &endpoint.origin(service, region))?;
    Ok(sign::sign_hash(head, sha256, credentials, service, service.calling_region(region), now)?)
}

fn addressed<T>(mut request: Request<T>, origin: &str) -> Result<Request<T>, BuildError> {
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
    // The code may stand as `namespace#Code:http://…`; only its middle names the error.
    // <https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization>
    let code = code.map(|code| {
        let code = code.split(':').next().unwrap_or_default();
        code.rsplit('#').next().unwrap_or_default().to_owned()
    });
    Error::service(
        Status::from(response.status()),
        code,
        message,
        text("x-amzn-requestid").or_else(|| text("x-amz-request-id")).or(body_request_id),
    )
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use proptest::prelude::*;

    use super::*;
    use crate::{Retry, ses::GetAccount};

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response<Bytes> {
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
    <Message>User: arn:aws:iam::111111111111:user/kraiter is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/a&amp;b</Message>
  </Error>
  <RequestId>6f6a4c2e-0000-4b4b-9c1d-1a2b3c4d5e6f</RequestId>
</ErrorResponse>
";

    const S3: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message><BucketName>b</BucketName><RequestId>4442587FB7D0A2F9</RequestId><HostId>x/y=</HostId></Error>";

    const HTML: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1>\
        </center>\r\n<hr><center>cloudflare&nbsp;</center>\r\n</body>\r\n</html>";

    #[test]
    fn each_shape_of_an_error_keeps_awss_own_words() {
        let id = ("x-amzn-requestid", "0f1e");
        let cases = [
            (
                answer(403, &[("content-type", "text/xml")], STS),
                service(
                    403,
                    "AccessDenied",
                    "User: arn:aws:iam::111111111111:user/kraiter is not authorized to perform: sts:AssumeRole on \
                     resource: arn:aws:iam::123456789012:role/a&b",
                    Some("6f6a4c2e-0000-4b4b-9c1d-1a2b3c4d5e6f"),
                ),
            ),
            (
                answer(404, &[], S3),
                service(404, "NoSuchBucket", "The specified bucket does not exist", Some("4442587FB7D0A2F9")),
            ),
            (
                answer(
                    400,
                    &[id, ("x-amzn-errortype", "MessageRejected")],
                    "{\"message\":\"Email address is not verified.\"}",
                ),
                service(400, "MessageRejected", "Email address is not verified.", Some("0f1e")),
            ),
            (
                answer(403, &[id, ("x-amzn-errortype", "AccessDeniedException")], "{\"Message\":\"no\"}"),
                service(403, "AccessDeniedException", "no", Some("0f1e")),
            ),
            (
                answer(
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
                answer(
                    429,
                    &[id],
                    " {\"__type\":\"com.amazonaws.ses#TooManyRequestsException\",\"message\":\"slow\"}",
                ),
                service(429, "TooManyRequestsException", "slow", Some("0f1e")),
            ),
            (
                answer(400, &[id], "{\"code\":\"NotFoundException\",\"message\":null}"),
                service(400, "NotFoundException", "Bad Request", Some("0f1e")),
            ),
        ];
        for (response, expected) in cases {
            assert_eq!(read_error(&response), expected);
            assert_eq!(GetAccount.response(&response), Err(expected));
        }
    }

    #[test]
    fn where_aws_did_not_speak_the_status_does() {
        for (response, code, retry) in [
            (answer(502, &[("content-type", "text/html")], HTML), "502", Retry::Soon),
            (answer(503, &[], ""), "503", Retry::Soon),
            (answer(403, &[], ""), "403", Retry::Never),
            (answer(403, &[], "{\"message\":"), "403", Retry::Never),
            (answer(403, &[], "null"), "403", Retry::Never),
            (answer(403, &[], "{\"message\":{\"a\":1},\"code\":5}"), "403", Retry::Never),
            (answer(429, &[], "\u{0}\u{1}"), "429", Retry::Slower),
        ] {
            let error = read_error(&response);
            assert_eq!((error.code(), error.retry()), (Some(code), retry), "{error}");
        }
    }

    #[test]
    fn a_refusal_cut_before_its_code_ends_is_no_refusal() {
        let whole = STS.find("</ErrorResponse>").unwrap();
        for end in 0..STS.find("</Code>").unwrap() {
            assert!(!read_error(&answer(403, &[], &STS[..end])).is_access_denied(), "{}", &STS[..end]);
        }
        assert!(read_error(&answer(403, &[], &STS[..whole])).is_access_denied());
    }

    #[test]
    fn a_page_of_a_proxy_is_no_answer_even_with_200() {
        let error = GetAccount.response(&answer(200, &[], HTML)).unwrap_err();
        assert!(matches!(error, Error::Unreadable(_)), "{error}");
    }

    proptest! {
        #[test]
        fn no_answer_panics(status in 100..600_u16, kind in "\\PC{0,9}", body in "\\PC{0,60}|[<>/&;a-zA-Z{}\":,]{0,60}") {
            let response = answer(status, &[("x-amzn-errortype", "x")], &body);
            let _ = GetAccount.response(&response);
            if let Ok(value) = HeaderValue::from_str(&kind) {
                let mut response = response;
                response.headers_mut().insert("x-amzn-errortype", value);
                prop_assert!(read_error(&response).code().is_some_and(|code| !code.is_empty()));
            }
        }
    }
}

//! A minimal HTTP/1.1 server for the mock servers: one request and one response per connection.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};

// No request to a mock server is longer.
const HEAD_LIMIT: usize = 16 * 1024;
const BODY_LIMIT: usize = 256 * 1024;

/// Browsers open connections in advance. One without a request is closed after this time.
const READ_TIMEOUT: Duration = Duration::from_secs(20);

/// Reads a request. Returns `None` if the client closed the connection without sending one.
pub(crate) fn read_request(stream: &mut TcpStream) -> io::Result<Option<Request<Bytes>>> {
    stream.set_read_timeout(Some(READ_TIMEOUT))?;
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    let (request, body_start, length) = loop {
        let n = stream.read(&mut buffer)?;
        if n == 0 && received.is_empty() {
            return Ok(None);
        }
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        received.extend_from_slice(&buffer[..n]);
        if let Some(head) = parse_head(&received)? {
            break head;
        }
        if received.len() > HEAD_LIMIT {
            return Err(io::Error::other("the request head is too long"));
        }
    };
    if length > BODY_LIMIT {
        return Err(io::Error::other("the request body is too long"));
    }
    let mut body = received.split_off(body_start);
    while body.len() < length {
        let n = stream.read(&mut buffer)?;
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        body.extend_from_slice(&buffer[..n]);
    }
    body.truncate(length);
    Ok(Some(request.map(|()| Bytes::from(body))))
}

/// Parses a request's head. Returns the request, the offset of its body and the body's length, or `None` if the head is
/// incomplete.
fn parse_head(received: &[u8]) -> io::Result<Option<(Request<()>, usize, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(body_start) = parsed.parse(received).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let mut request =
        Request::builder().method(parsed.method.unwrap_or_default()).uri(parsed.path.unwrap_or_default());
    for header in parsed.headers.iter() {
        request = request.header(header.name, header.value);
    }
    let request = request.body(()).map_err(io::Error::other)?;
    let length = match request.headers().get(header::CONTENT_LENGTH) {
        None => 0,
        Some(length) => length.to_str().ok().and_then(|length| length.parse().ok()).unwrap_or(usize::MAX),
    };
    Ok(Some((request, body_start, length)))
}

/// Writes a response with `connection: close`.
pub(crate) fn write_response(stream: &mut TcpStream, response: &Response<Bytes>) -> io::Result<()> {
    let status = response.status();
    let mut bytes =
        format!("HTTP/1.1 {} {}\r\n", status.as_str(), status.canonical_reason().unwrap_or_default())
            .into_bytes();
    for (name, value) in response.headers() {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend(format!("content-length: {}\r\nconnection: close\r\n\r\n", response.body().len()).bytes());
    bytes.extend_from_slice(response.body());
    stream.write_all(&bytes)
}

pub(crate) fn response(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static(content_type));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_parsed_once_it_is_complete() {
        let request_bytes =
            b"POST /api/roles?a=1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\nContent-Length: 2\r\n\r\n{}";
        for end in 1..request_bytes.len() - 3 {
            assert!(parse_head(&request_bytes[..end]).unwrap().is_none(), "{end}");
        }
        let (request, body_start, length) = parse_head(request_bytes).unwrap().unwrap();
        assert_eq!(
            (request.uri().path(), request.headers()["host"].to_str().unwrap()),
            ("/api/roles", "127.0.0.1:1")
        );
        assert_eq!((&request_bytes[body_start..], length), (&b"{}"[..], 2));
    }

    #[test]
    fn bytes_that_are_not_http_are_rejected() {
        assert!(parse_head(b"\x16\x03\x01\x02\x00\x01\x00").is_err());
        let invalid_length = b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n";
        assert_eq!(parse_head(invalid_length).unwrap().unwrap().2, usize::MAX);
    }
}

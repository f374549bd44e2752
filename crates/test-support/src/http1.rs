//! HTTP/1.1 on a connection to a stand-in: one request, one answer.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};

/// Nothing that is sent to a stand-in is longer.
const HEAD_LIMIT: usize = 16 * 1024;
const BODY_LIMIT: usize = 256 * 1024;

/// A browser that opens a connection ahead and sends nothing on it is let go after this.
const PATIENCE: Duration = Duration::from_secs(20);

/// Reads a request; `None` where the browser closed the connection without one.
///
/// # Errors
/// Where what comes isn't a request, is too long, or doesn't come.
pub(crate) fn read(stream: &mut TcpStream) -> io::Result<Option<Request<Bytes>>> {
    stream.set_read_timeout(Some(PATIENCE))?;
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
        if let Some(head) = head(&received)? {
            break head;
        }
        if received.len() > HEAD_LIMIT {
            return Err(io::Error::other("the request's head is too long"));
        }
    };
    if length > BODY_LIMIT {
        return Err(io::Error::other("the request's body is too long"));
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

/// The request's head, where its body begins and how long that is; `None` while some is missing.
fn head(received: &[u8]) -> io::Result<Option<(Request<()>, usize, usize)>> {
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

/// Writes the answer, the connection's last.
///
/// # Errors
/// Where the browser is gone.
pub(crate) fn write(stream: &mut TcpStream, answer: &Response<Bytes>) -> io::Result<()> {
    let status = answer.status();
    let mut bytes =
        format!("HTTP/1.1 {} {}\r\n", status.as_str(), status.canonical_reason().unwrap_or_default())
            .into_bytes();
    for (name, value) in answer.headers() {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend(format!("content-length: {}\r\nconnection: close\r\n\r\n", answer.body().len()).bytes());
    bytes.extend_from_slice(answer.body());
    stream.write_all(&bytes)
}

/// An answer of a type.
pub(crate) fn answer(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Bytes> {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static(content_type));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_when_it_is_whole() {
        let whole = b"POST /api/roles?a=1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\nContent-Length: 2\r\n\r\n{}";
        for end in 1..whole.len() - 3 {
            assert!(head(&whole[..end]).unwrap().is_none(), "{end}");
        }
        let (request, body_start, length) = head(whole).unwrap().unwrap();
        assert_eq!(
            (request.uri().path(), request.headers()["host"].to_str().unwrap()),
            ("/api/roles", "127.0.0.1:1")
        );
        assert_eq!((&whole[body_start..], length), (&b"{}"[..], 2));
    }

    #[test]
    fn what_is_not_http_is_an_error() {
        assert!(head(b"\x16\x03\x01\x02\x00\x01\x00").is_err());
        let unclear = b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n";
        assert_eq!(head(unclear).unwrap().unwrap().2, usize::MAX);
    }
}

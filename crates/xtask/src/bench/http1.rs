//! As much of HTTP/1.1 as the load generator and the fake AWS need: heads, and bodies with a length or in chunks.

use std::io::{self, BufRead};

/// No request or response of the benchmark has a longer head.
const HEAD_LIMIT: usize = 64 * 1024;

/// The head of a request or a response.
pub(super) struct Head {
    first_line: String,
    body: BodyLength,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BodyLength {
    Bytes(usize),
    Chunked,
}

impl Head {
    /// Returns a request's method and its path without the query.
    pub(super) fn method_and_path(&self) -> (&str, &str) {
        let mut words = self.first_line.split(' ');
        let method = words.next().unwrap_or_default();
        let target = words.next().unwrap_or_default();
        (method, target.split('?').next().unwrap_or_default())
    }

    /// Returns a response's status, or 0 if it isn't one.
    pub(super) fn status(&self) -> u16 {
        self.first_line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
    }
}

/// Reads a head. Returns `None` if the connection was closed before it.
pub(super) fn read_head(reader: &mut impl BufRead) -> io::Result<Option<Head>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let first_line = line.trim_end().to_owned();
    let mut body = BodyLength::Bytes(0);
    let mut length = line.len();
    loop {
        line.clear();
        let n = reader.read_line(&mut line)?;
        length += n;
        if n == 0 || length > HEAD_LIMIT {
            return Err(io::Error::other("incomplete head"));
        }
        let Some((name, value)) = line.split_once(':') else { break };
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            body = BodyLength::Bytes(value.parse().map_err(io::Error::other)?);
        } else if name.eq_ignore_ascii_case("transfer-encoding") && value.eq_ignore_ascii_case("chunked") {
            body = BodyLength::Chunked;
        }
    }
    Ok(Some(Head { first_line, body }))
}

/// Reads the body that belongs to `head`.
pub(super) fn read_body(reader: &mut impl BufRead, head: &Head) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    match head.body {
        BodyLength::Bytes(length) => read_exactly(reader, length, &mut body)?,
        BodyLength::Chunked => loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let length = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
            read_exactly(reader, length, &mut body)?;
            line.clear();
            reader.read_line(&mut line)?;
            if length == 0 {
                break;
            }
        },
    }
    Ok(body)
}

fn read_exactly(reader: &mut impl BufRead, length: usize, body: &mut Vec<u8>) -> io::Result<()> {
    let start = body.len();
    body.resize(start + length, 0);
    reader.read_exact(&mut body[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_ends_where_its_length_says() {
        let mut bytes = &b"POST /a?b=1 HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}GET / HTTP/1.1\r\n\r\n"[..];
        let head = read_head(&mut bytes).unwrap().unwrap();
        assert_eq!(head.method_and_path(), ("POST", "/a"));
        assert_eq!(read_body(&mut bytes, &head).unwrap(), b"{}");
        let next = read_head(&mut bytes).unwrap().unwrap();
        assert_eq!(next.method_and_path(), ("GET", "/"));
        assert!(read_body(&mut bytes, &next).unwrap().is_empty());
        assert!(read_head(&mut bytes).unwrap().is_none());
    }

    #[test]
    fn chunks_are_joined() {
        let mut bytes =
            &b"HTTP/1.1 202 Accepted\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n"[..];
        let head = read_head(&mut bytes).unwrap().unwrap();
        assert_eq!(head.status(), 202);
        assert_eq!(read_body(&mut bytes, &head).unwrap(), b"abc0123456789");
        assert!(bytes.is_empty());
    }

    #[test]
    fn an_unfinished_head_is_an_error() {
        assert!(read_head(&mut &b"GET / HTTP/1.1\r\nHost: a\r\n"[..]).is_err());
    }
}

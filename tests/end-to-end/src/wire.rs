//! HTTP/1.1 messages on the wire, for malformed requests and for forwarding messages unchanged.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// Generous, because other programs may use all cores while the tests run.
const IO_TIMEOUT: Duration = Duration::from_mins(1);

const MAX_HEAD_BYTES: usize = 64 * 1024;

/// A request or a response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// Request line or status line.
    pub(crate) start: String,
    /// Headers in their original order, with lower-case names.
    pub(crate) headers: Vec<(String, String)>,
    /// Decoded body.
    pub(crate) body: Vec<u8>,
}

/// Determines how the length of a body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageKind {
    /// Has no body if the length is missing.
    Request,
    /// Has a body until the end of the connection if the length is missing.
    Response,
    /// Never has a body, whatever its headers say.
    ResponseToHead,
}

impl Message {
    /// Creates a response. Header names must be in lower case.
    pub(crate) fn response(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Self {
        Self {
            start: format!("HTTP/1.1 {status} Status"),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: body.into(),
        }
    }

    /// Returns the first header with this lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns the status of a response, or 0 if there is none.
    pub(crate) fn status(&self) -> u16 {
        self.start.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
    }

    /// Returns the method of a request.
    pub(crate) fn method(&self) -> &str {
        self.start.split(' ').next().unwrap_or_default()
    }

    /// Returns the path and query of a request.
    pub(crate) fn target(&self) -> &str {
        self.start.split(' ').nth(1).unwrap_or_default()
    }

    /// Returns the body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Reads a message. Returns `None` if the peer closed the connection before sending anything.
    pub(crate) fn read(from: &mut impl BufRead, kind: MessageKind) -> io::Result<Option<Self>> {
        let mut head = String::new();
        loop {
            let before = head.len();
            if from.read_line(&mut head)? == 0 {
                return if head.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
            match head[before..].trim_end() {
                "" if before == 0 => head.clear(),
                "" => break,
                _ if head.len() > MAX_HEAD_BYTES => return Err(io::Error::other("the head is too long")),
                _ => {}
            }
        }
        let mut lines = head.lines();
        let mut message = Self { start: lines.next().unwrap_or_default().to_owned(), ..Self::default() };
        for line in lines {
            if let Some((name, value)) = line.split_once(':') {
                message.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        if kind != MessageKind::Request && message.status() == 100 {
            return Self::read(from, kind);
        }
        message.body = message.read_body(from, kind)?;
        Ok(Some(message))
    }

    fn read_body(&self, from: &mut impl BufRead, kind: MessageKind) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        let is_chunked =
            self.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
        let has_no_body = kind == MessageKind::ResponseToHead
            || (kind == MessageKind::Response && matches!(self.status(), 204 | 304));
        if has_no_body {
        } else if is_chunked {
            loop {
                let mut line = String::new();
                from.read_line(&mut line)?;
                let size = usize::from_str_radix(line.trim_end().split(';').next().unwrap_or_default(), 16)
                    .map_err(io::Error::other)?;
                let start = body.len();
                // The chunk is followed by a line break, which is read and removed.
                body.resize(start + size + 2, 0);
                from.read_exact(&mut body[start..])?;
                body.truncate(start + size);
                if size == 0 {
                    break;
                }
            }
        } else if let Some(length) = self.header("content-length") {
            body.resize(length.parse().map_err(io::Error::other)?, 0);
            from.read_exact(&mut body)?;
        } else if kind == MessageKind::Response {
            from.read_to_end(&mut body)?;
        }
        Ok(body)
    }

    /// Writes the message with `content-length` and `connection: close`.
    pub(crate) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        self.write_as(to, true)
    }

    /// Writes a response without its length. It ends when the connection is closed.
    pub(crate) fn write_until_closed(&self, to: &mut impl Write) -> io::Result<()> {
        self.write_as(to, false)
    }

    fn write_as(&self, to: &mut impl Write, has_length: bool) -> io::Result<()> {
        let mut bytes = format!("{}\r\n", self.start).into_bytes();
        for (name, value) in &self.headers {
            if !matches!(name.as_str(), "content-length" | "transfer-encoding" | "connection" | "keep-alive")
            {
                bytes.extend(format!("{name}: {value}\r\n").bytes());
            }
        }
        let has_no_body = matches!(self.method(), "GET" | "HEAD" | "DELETE") && self.body.is_empty();
        if has_length && !has_no_body && !matches!(self.status(), 204 | 304) {
            bytes.extend(format!("content-length: {}\r\n", self.body.len()).bytes());
        }
        bytes.extend(b"connection: close\r\n\r\n");
        bytes.extend(&self.body);
        to.write_all(&bytes)
    }
}

/// Sends bytes unchanged and reads the response.
pub(crate) fn round_trip(to: SocketAddr, request: &[u8], kind: MessageKind) -> io::Result<Message> {
    let mut stream = TcpStream::connect(to)?;
    stream.set_read_timeout(Some(IO_TIMEOUT))?;
    stream.set_write_timeout(Some(IO_TIMEOUT))?;
    // A server may respond and close the connection before it has read the whole request. A write error therefore only
    // counts if there is no response.
    let written = stream.write_all(request);
    match Message::read(&mut BufReader::new(stream), kind) {
        Ok(Some(message)) => Ok(message),
        Ok(None) => {
            let closed = || io::Error::other("the connection was closed without a response");
            Err(written.err().unwrap_or_else(closed))
        }
        Err(error) => Err(written.err().unwrap_or(error)),
    }
}

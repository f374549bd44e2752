//! HTTP/1.1 messages as they are on the wire, for what no good client sends and for what is passed on unchanged.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// Longer than any answer takes while two cores compile beside it.
const PATIENCE: Duration = Duration::from_mins(1);

/// No head of ours is longer.
const HEAD_LIMIT: usize = 64 * 1024;

/// A request or a response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// The request line or the status line.
    pub(crate) start: String,
    /// The headers as they came, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body, out of its chunks.
    pub(crate) body: Vec<u8>,
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A request: without a length it has no body.
    Request,
    /// A response: without a length its body ends with the connection.
    Response,
    /// A response to HEAD: it has no body whatever its headers say.
    ResponseToHead,
}

impl Message {
    /// A response.
    pub(crate) fn response(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Self {
        Self {
            start: format!("HTTP/1.1 {status} Status"),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: body.into(),
        }
    }

    /// The first header of this name (in lower case).
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A response's status; 0 where there is none.
    pub(crate) fn status(&self) -> u16 {
        self.start.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
    }

    /// A request's method.
    pub(crate) fn method(&self) -> &str {
        self.start.split(' ').next().unwrap_or_default()
    }

    /// A request's path and query.
    pub(crate) fn target(&self) -> &str {
        self.start.split(' ').nth(1).unwrap_or_default()
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Reads one; `None` where the peer closed the connection instead of beginning one.
    pub(crate) fn read(from: &mut impl BufRead, kind: Kind) -> io::Result<Option<Self>> {
        let mut head = String::new();
        loop {
            let before = head.len();
            if from.read_line(&mut head)? == 0 {
                return if head.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
            match head[before..].trim_end() {
                "" if before == 0 => head.clear(),
                "" => break,
                _ if head.len() > HEAD_LIMIT => return Err(io::Error::other("the head is too long")),
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
        if kind != Kind::Request && message.status() == 100 {
            return Self::read(from, kind);
        }
        message.body = message.read_body(from, kind)?;
        Ok(Some(message))
    }

    fn read_body(&self, from: &mut impl BufRead, kind: Kind) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        let chunked =
            self.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
        let bodiless =
            kind == Kind::ResponseToHead || (kind == Kind::Response && matches!(self.status(), 204 | 304));
        if bodiless {
        } else if chunked {
            loop {
                let mut line = String::new();
                from.read_line(&mut line)?;
                let size = usize::from_str_radix(line.trim_end().split(';').next().unwrap_or_default(), 16)
                    .map_err(io::Error::other)?;
                let start = body.len();
                // The chunk's end of line goes too.
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
        } else if kind == Kind::Response {
            from.read_to_end(&mut body)?;
        }
        Ok(body)
    }

    /// Writes it with its body's length, not in chunks.
    pub(crate) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let mut bytes = format!("{}\r\n", self.start).into_bytes();
        for (name, value) in &self.headers {
            if !matches!(name.as_str(), "content-length" | "transfer-encoding" | "connection" | "keep-alive")
            {
                bytes.extend(format!("{name}: {value}\r\n").bytes());
            }
        }
        let bodiless = matches!(self.method(), "GET" | "HEAD" | "DELETE") && self.body.is_empty();
        if !bodiless && !matches!(self.status(), 204 | 304) {
            bytes.extend(format!("content-length: {}\r\n", self.body.len()).bytes());
        }
        bytes.extend(b"connection: close\r\n\r\n");
        bytes.extend(&self.body);
        to.write_all(&bytes)
    }
}

/// Sends bytes as they are and reads what is answered.
pub(crate) fn exchange(to: SocketAddr, request: &[u8], kind: Kind) -> io::Result<Message> {
    let mut stream = TcpStream::connect(to)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // A server may answer and close before it has read everything: then its answer is what counts.
    let sent = stream.write_all(request);
    match Message::read(&mut BufReader::new(stream), kind) {
        Ok(Some(message)) => Ok(message),
        Ok(None) => {
            Err(sent.err().unwrap_or_else(|| io::Error::other("the connection was closed without an answer")))
        }
        Err(error) => Err(sent.err().unwrap_or(error)),
    }
}

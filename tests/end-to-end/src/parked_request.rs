//! A request with a body that arrives in two parts, which no HTTP client sends.

use std::{
    io::{self, BufReader, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;
use test_support::{Error, Result};

use crate::wire::{Message, MessageKind};

/// Longer than a body may take.
const READ_TIMEOUT: Duration = Duration::from_mins(2);

/// How a request says how long its body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    /// With this `content-length`.
    Declared(u64),
    /// In chunks, so that the length is unknown.
    Chunked,
}

/// A request that waits for the rest of its body.
pub(crate) struct ParkedRequest {
    stream: TcpStream,
    length: Length,
}

impl ParkedRequest {
    /// Sends the head of a request, and `start` of its body. `headers` are lines without line breaks.
    pub(crate) fn open(
        to: SocketAddr,
        (method, path): (&str, &str),
        headers: &[String],
        length: Length,
        start: &[u8],
    ) -> Result<Self> {
        let framing = match length {
            Length::Declared(length) => format!("content-length: {length}"),
            Length::Chunked => "transfer-encoding: chunked".to_owned(),
        };
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nhost: {to}\r\nconnection: close\r\n{framing}\r\n");
        for header in headers {
            head.push_str(header);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        let stream = TcpStream::connect(to).map_err(Error::io("connect"))?;
        let mut parked = Self { stream, length };
        let sent = parked.stream.set_read_timeout(Some(READ_TIMEOUT));
        sent.and_then(|()| parked.stream.write_all(head.as_bytes())).map_err(Error::io("send the head"))?;
        parked.send(start)?;
        Ok(parked)
    }

    /// Sends the next part of the body.
    pub(crate) fn send(&mut self, part: &[u8]) -> Result<()> {
        self.write(part).map_err(Error::io("send a part of a body"))
    }

    fn write(&mut self, part: &[u8]) -> io::Result<()> {
        match self.length {
            Length::Chunked if !part.is_empty() => {
                write!(self.stream, "{:x}\r\n", part.len())?;
                self.stream.write_all(part)?;
                self.stream.write_all(b"\r\n")
            }
            Length::Chunked | Length::Declared(_) => self.stream.write_all(part),
        }
    }

    /// Sends the rest of the body and returns the response.
    pub(crate) fn finish(mut self, rest: &[u8]) -> Result<ParkedResponse> {
        // The Worker may have responded and closed the connection already.
        let _ = self.write(rest).and_then(|()| match self.length {
            Length::Chunked => self.stream.write_all(b"0\r\n\r\n"),
            Length::Declared(_) => Ok(()),
        });
        self.response()
    }

    /// Waits for the response, although the body is incomplete.
    pub(crate) fn response(self) -> Result<ParkedResponse> {
        let response = Message::read(&mut BufReader::new(self.stream), MessageKind::Response);
        let response = response.map_err(Error::io("read a response"))?;
        let response = response.ok_or_else(|| Error::Unexpected("the connection was closed".into()))?;
        let body = serde_json::from_slice(&response.body).unwrap_or_default();
        Ok(ParkedResponse { status: response.status(), body })
    }
}

/// The response to a [`ParkedRequest`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ParkedResponse {
    pub(crate) status: u16,
    /// The body as JSON, or null.
    pub(crate) body: Value,
}

impl ParkedResponse {
    /// Returns the status and the problem's code.
    pub(crate) fn outcome(&self) -> (u16, &str) {
        (self.status, self.body["code"].as_str().unwrap_or_default())
    }
}

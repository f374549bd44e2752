//! DNS over HTTPS.
//!
//! <https://www.rfc-editor.org/rfc/rfc8484>

use std::str::FromStr;

use aws_sans_io::HttpUrl;
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};

use crate::{
    message::{Answer, LookupError, Question},
    validation_error::ValidationError,
};

/// The media type of DNS messages.
const MEDIA_TYPE: &str = "application/dns-message";

/// The maximum length of a DNS message.
const MAX_BYTES: usize = 65_535;

/// The URL of a DNS-over-HTTPS resolver: `https://`, or `http://` on loopback.
///
/// ```
/// use email_dns::ResolverUrl;
///
/// assert_eq!(ResolverUrl::default().as_str(), "https://cloudflare-dns.com/dns-query");
/// assert!("https://dns.example/dns-query".parse::<ResolverUrl>().is_ok());
/// assert!("http://dns.example/dns-query".parse::<ResolverUrl>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolverUrl(String);

impl ResolverUrl {
    /// Returns the URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Builds the HTTP request of a question. It uses POST, so that HTTP caches cannot hide records that were just published.
    ///
    /// # Errors
    /// [`LookupError::InvalidMessage`] if the question has an invalid name.
    pub fn request(&self, question: &Question) -> Result<Request<Bytes>, LookupError> {
        Request::post(&self.0)
            .header(header::CONTENT_TYPE, MEDIA_TYPE)
            .header(header::ACCEPT, MEDIA_TYPE)
            .body(question.encode()?.into())
            .map_err(|_| LookupError::InvalidMessage)
    }
}

/// Parses the HTTP response to a question.
///
/// # Errors
/// [`LookupError`] if the response has no conclusive answer.
pub fn parse_response(question: &Question, response: &Response<Bytes>) -> Result<Answer, LookupError> {
    match response.status() {
        StatusCode::OK if response.body().len() <= MAX_BYTES => question.parse_response(response.body()),
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            Err(LookupError::Unreachable)
        }
        _ => Err(LookupError::InvalidMessage),
    }
}

impl Default for ResolverUrl {
    fn default() -> Self {
        Self("https://cloudflare-dns.com/dns-query".to_owned())
    }
}

impl FromStr for ResolverUrl {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let url: HttpUrl = text.parse().map_err(|_| ValidationError::ResolverUrl)?;
        if url.is_https() || url.is_loopback() {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValidationError::ResolverUrl)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RecordType;

    #[test]
    fn a_resolver_url_is_https_or_on_loopback() {
        for right in
            ["https://dns.example/dns-query", "https://dns.example:8443/", "http://127.0.0.1:1/dns-query"]
        {
            assert!(right.parse::<ResolverUrl>().is_ok(), "{right}");
        }
        for wrong in [
            "",
            "dns.example",
            "http://dns.example/dns-query",
            "http://127.0.0.1.example/dns-query",
            "https://user@dns.example/dns-query",
            "https://dns.example/dns-query{?dns}?x",
            "https://dns.example/dns-query#x",
            "udp://1.1.1.1",
        ] {
            assert_eq!(wrong.parse::<ResolverUrl>(), Err(ValidationError::ResolverUrl), "{wrong}");
        }
    }

    #[test]
    fn a_request_matches_the_example_of_the_rfc() {
        let question = Question::new("www.Example.com", RecordType::A);
        let request = ResolverUrl::default().request(&question).unwrap();
        assert_eq!(request.method(), "POST");
        assert_eq!(request.headers()["content-type"], "application/dns-message");
        // The message of RFC 8484, section 4.1.1.
        let rfc = b"\0\0\x01\0\0\x01\0\0\0\0\0\0\x03www\x07example\x03com\0\0\x01\0\x01";
        assert_eq!(&request.body()[..], rfc);
    }

    #[test]
    fn failed_and_invalid_responses_are_errors() {
        let question = Question::new("example.com", RecordType::Txt);
        let answer = |status: u16, body: &'static [u8]| {
            parse_response(
                &question,
                &Response::builder().status(status).body(Bytes::from_static(body)).unwrap(),
            )
        };
        for (status, body, error) in [
            (503, &b""[..], LookupError::Unreachable),
            (429, b"", LookupError::Unreachable),
            (200, b"", LookupError::InvalidMessage),
            (200, b"<html>", LookupError::InvalidMessage),
            (200, br#"{"Status":0}"#, LookupError::InvalidMessage),
            (302, b"", LookupError::InvalidMessage),
            (415, b"", LookupError::InvalidMessage),
        ] {
            assert_eq!(answer(status, body), Err(error), "{status}");
        }
    }
}

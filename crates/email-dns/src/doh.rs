//! DNS over HTTPS.
//!
//! <https://www.rfc-editor.org/rfc/rfc8484>

use std::str::FromStr;

use aws_sans_io::is_loopback;
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use url::Url;

use super::{Answer, Question, Unseen};
use crate::ValidationError;

/// The media type of DNS's own messages.
const MESSAGE: &str = "application/dns-message";

/// The longest message that DNS has.
const MAX_BYTES: usize = 65_535;

/// Where questions are asked: an `https://` URL, or plain `http://` on loopback.
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
    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The request that asks a question. It is a POST: what was published a moment ago must not be hidden by a cache of HTTP's.
    ///
    /// # Errors
    /// [`Unseen::Unreadable`] where the question can't be asked.
    pub fn request(&self, question: &Question) -> Result<Request<Bytes>, Unseen> {
        Request::post(&self.0)
            .header(header::CONTENT_TYPE, MESSAGE)
            .header(header::ACCEPT, MESSAGE)
            .body(question.message()?.into())
            .map_err(|_| Unseen::Unreadable)
    }
}

/// Reads what was answered to a question.
///
/// # Errors
/// [`Unseen`] where it says nothing for sure.
pub fn read(question: &Question, response: &Response<Bytes>) -> Result<Answer, Unseen> {
    match response.status() {
        StatusCode::OK if response.body().len() <= MAX_BYTES => question.read(response.body()),
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            Err(Unseen::Unreachable)
        }
        _ => Err(Unseen::Unreadable),
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
        let url = Url::parse(text).map_err(|_| ValidationError::ResolverUrl)?;
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        let is_plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if is_safe && is_plain { Ok(Self(url.into())) } else { Err(ValidationError::ResolverUrl) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RecordType;

    #[test]
    fn only_https_is_asked_but_for_loopback() {
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
    fn a_question_is_asked_as_the_rfc_says() {
        let question = Question::new("www.Example.com", RecordType::A);
        let request = ResolverUrl::default().request(&question).unwrap();
        assert_eq!(request.method(), "POST");
        assert_eq!(request.headers()["content-type"], "application/dns-message");
        // The message of RFC 8484, section 4.1.1.
        let rfc = b"\0\0\x01\0\0\x01\0\0\0\0\0\0\x03www\x07example\x03com\0\0\x01\0\x01";
        assert_eq!(&request.body()[..], rfc);
    }

    #[test]
    fn what_is_no_answer_says_nothing() {
        let question = Question::new("example.com", RecordType::Txt);
        let answer = |status: u16, body: &'static [u8]| {
            read(&question, &Response::builder().status(status).body(Bytes::from_static(body)).unwrap())
        };
        for (status, body, unseen) in [
            (503, &b""[..], Unseen::Unreachable),
            (429, b"", Unseen::Unreachable),
            (200, b"", Unseen::Unreadable),
            (200, b"<html>", Unseen::Unreadable),
            (200, br#"{"Status":0}"#, Unseen::Unreadable),
            (302, b"", Unseen::Unreadable),
            (415, b"", Unseen::Unreadable),
        ] {
            assert_eq!(answer(status, body), Err(unseen), "{status}");
        }
    }
}

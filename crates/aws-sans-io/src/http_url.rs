//! URLs of HTTP servers.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use http::{Uri, uri::PathAndQuery};

use crate::ValidationError;

/// The URL of an HTTP server: `http` or `https`, without user information, query and fragment.
///
/// Unlike the URL parsers of browsers, it accepts no other spellings: hosts are in ASCII, IP addresses in their usual form.
///
/// ```
/// use aws_sans_io::HttpUrl;
///
/// let url: HttpUrl = "http://127.0.0.1:4566/path".parse()?;
/// assert_eq!((url.origin(), url.path()), ("http://127.0.0.1:4566".to_owned(), "/path"));
/// assert!(url.is_loopback() && !url.is_https());
/// assert!("https://user@example.com".parse::<HttpUrl>().is_err());
/// # Ok::<(), aws_sans_io::ValidationError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpUrl {
    is_https: bool,
    host: String,
    port: Option<u16>,
    path: String,
}

impl HttpUrl {
    /// Returns whether the scheme is `https`.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.is_https
    }

    /// Returns the host in lower case. An IPv6 address is in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the path, which starts with a slash.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the scheme, the host and the port, if it isn't the scheme's default, such as `https://example.com`.
    #[must_use]
    pub fn origin(&self) -> String {
        let (scheme, default) = if self.is_https { ("https", 443) } else { ("http", 80) };
        match self.port {
            Some(port) if port != default => format!("{scheme}://{}:{port}", self.host),
            _ => format!("{scheme}://{}", self.host),
        }
    }

    /// Returns whether the host is this machine: 127.0.0.0/8, `::1` or `localhost`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match ipv6(&self.host) {
            Some(address) => address.parse().is_ok_and(|address: Ipv6Addr| address.is_loopback()),
            None if self.host == "localhost" => true,
            None => self.host.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback()),
        }
    }
}

/// Returns the text in brackets.
fn ipv6(host: &str) -> Option<&str> {
    host.strip_prefix('[')?.strip_suffix(']')
}

fn is_host(host: &str) -> bool {
    if let Some(address) = ipv6(host) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    // Browsers read a host whose last label starts with a digit as an IP address in any of its forms, or reject it.
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_address = last.starts_with(|character: char| character.is_ascii_digit());
    host.split('.').all(is_label) && (!is_address || host.parse::<Ipv4Addr>().is_ok())
}

impl FromStr for HttpUrl {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let parse = || {
            // `Uri` drops a fragment.
            let uri: Uri = if text.contains('#') { return None } else { text.parse().ok()? };
            let is_https = match uri.scheme_str()? {
                "https" => true,
                "http" => false,
                _ => return None,
            };
            let authority = uri.authority()?;
            let host = authority.host().to_ascii_lowercase();
            let port = match authority.as_str().get(host.len()..)? {
                "" => None,
                port => Some(port.strip_prefix(':')?.parse().ok()?),
            };
            let path =
                uri.path_and_query().filter(|path| path.query().is_none()).map(PathAndQuery::as_str)?;
            is_host(&host).then(|| Self { is_https, host, port, path: path.to_owned() })
        };
        parse().ok_or(ValidationError::Endpoint)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_origin_has_no_default_port_and_its_host_is_in_lower_case() {
        for (text, origin, path) in [
            ("https://Example.com", "https://example.com", "/"),
            ("https://example.com:443/", "https://example.com", "/"),
            ("http://example.com:443/a/b", "http://example.com:443", "/a/b"),
            ("http://[::1]:4566", "http://[::1]:4566", "/"),
            ("http://localhost:80", "http://localhost", "/"),
        ] {
            let url: HttpUrl = text.parse().unwrap();
            assert_eq!((url.origin().as_str(), url.path()), (origin, path), "{text}");
        }
    }

    #[test]
    fn other_forms_are_rejected() {
        for invalid in [
            "",
            "example.com",
            "127.0.0.1:4566",
            "//example.com",
            "/path",
            "ftp://example.com",
            "https://",
            "https://user@example.com",
            "https://user:secret@example.com",
            "https://@example.com",
            "https://example.com?a",
            "https://example.com/?",
            "https://example.com#a",
            "https://example.com:",
            "https://example.com:65536",
            "https://example.com:443:443",
            "https://exa mple.com",
            "https://example.com/a b",
            "https://example.com\\@evil.com",
            "https://exämple.com",
            "https://example..com",
            "https://.example.com",
            "https://%31%32%37.0.0.1",
            "http://0x7f.1",
            "http://127.1",
            "http://127.0.0.1.",
            "http://2130706433",
            "http://[::1",
            "http://[::g]",
            "http://[fe80::1%25en0]",
        ] {
            assert!(invalid.parse::<HttpUrl>().is_err(), "{invalid}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        let is_loopback = |text: &str| text.parse::<HttpUrl>().unwrap().is_loopback();
        for text in [
            "http://127.0.0.1:1",
            "http://127.255.0.1",
            "http://localhost",
            "http://LOCALHOST:1",
            "http://[::1]",
        ] {
            assert!(is_loopback(text), "{text}");
        }
        for text in [
            "http://126.0.0.1",
            "http://10.0.0.1",
            "http://localhost.example.com",
            "http://[::2]",
            "http://example.com",
        ] {
            assert!(!is_loopback(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_accepted_url_means_the_same_in_browsers(text in "(https?://)?(user@)?[a-zA-Z0-9.:\\[\\]%-]{0,12}(:[0-9]{0,3})?(/[\\PC]{0,4})?") {
            if let Ok(url) = text.parse::<HttpUrl>() {
                let browser = url::Url::parse(&text).unwrap();
                prop_assert_eq!(url.origin(), browser.origin().ascii_serialization());
                prop_assert_eq!(browser.username(), "");
            }
        }
    }
}

//! URLs that webhooks are delivered to.

use std::{fmt, net::IpAddr, str::FromStr};

use aws_sans_io::HttpUrl;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::address::is_public;

/// The longest URL, in bytes.
const MAX_LENGTH: usize = 2_000;

/// Top-level names that are not resolved in public.
const LOCAL_NAMES: [&str; 6] = ["localhost", "local", "internal", "home", "lan", "test"];

/// The URL of an endpoint: `https`, on a public host. On loopback it is allowed if the Worker itself runs there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WebhookUrl(String);

/// Why a URL can't be that of an endpoint.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum WebhookUrlError {
    #[error(
        "it must be an https:// URL without user name, password and fragment, of at most 2,000 characters"
    )]
    Invalid,
    #[error(
        "its host must be public: no private, loopback, link-local or reserved address, and a full domain name"
    )]
    NotPublic,
}

impl WebhookUrl {
    /// Parses a URL. `on_loopback` is whether the Worker's own settings point to loopback.
    ///
    /// # Errors
    /// [`WebhookUrlError`].
    pub fn parse(text: &str, on_loopback: bool) -> Result<Self, WebhookUrlError> {
        if text.len() > MAX_LENGTH || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(WebhookUrlError::Invalid);
        }
        let url = http_url(text).ok_or(WebhookUrlError::Invalid)?;
        if on_loopback && url.is_loopback() {
            return Ok(Self(text.to_owned()));
        }
        if !url.is_https() || text.contains('#') {
            return Err(WebhookUrlError::Invalid);
        }
        let is_public = match ip(url.host()) {
            Some(address) => is_public(address),
            None => is_public_name(url.host()),
        };
        if is_public { Ok(Self(text.to_owned())) } else { Err(WebhookUrlError::NotPublic) }
    }

    /// Returns the URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the host name whose addresses must be checked before each delivery, or `None` if the host is an address.
    #[must_use]
    pub fn name_to_resolve(&self) -> Option<String> {
        let url = http_url(&self.0)?;
        (ip(url.host()).is_none() && !url.is_loopback()).then(|| url.host().to_owned())
    }
}

/// Parses a URL without its query.
fn http_url(text: &str) -> Option<HttpUrl> {
    let without_query = text.split_once('?').map_or(text, |(url, _)| url);
    HttpUrl::from_str(without_query).ok()
}

fn ip(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn is_public_name(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && !LOCAL_NAMES.contains(&last)
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_urls_on_public_hosts_are_accepted() {
        for valid in [
            "https://example.com",
            "https://hooks.example.com:8443/kraiter?token=a%20b&x=1",
            "https://93.184.215.14/hook",
            "https://[2606:4700::1111]/hook",
        ] {
            assert_eq!(WebhookUrl::parse(valid, false).map(|url| url.to_string()), Ok(valid.to_owned()));
        }
        for invalid in [
            "",
            "http://example.com/",
            "https://user:secret@example.com/",
            "https://example.com/#fragment",
            "https://example.com/a b",
            "https://exämple.com/",
            "ftp://example.com/",
            "example.com",
            "https://0x7f.1/",
            "https://127.1/",
        ] {
            assert_eq!(WebhookUrl::parse(invalid, false), Err(WebhookUrlError::Invalid), "{invalid}");
        }
        for private in [
            "https://localhost/",
            "https://127.0.0.1/",
            "https://10.0.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/",
            "https://[fd00::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://intranet/",
            "https://printer.local/",
            "https://metadata.google.internal/",
        ] {
            assert_eq!(WebhookUrl::parse(private, false), Err(WebhookUrlError::NotPublic), "{private}");
        }
        let long = format!("https://example.com/{}", "a".repeat(MAX_LENGTH));
        assert_eq!(WebhookUrl::parse(&long, false), Err(WebhookUrlError::Invalid));
    }

    #[test]
    fn loopback_is_accepted_only_if_the_worker_runs_on_loopback_settings() {
        for url in ["http://127.0.0.1:4000/hook", "http://localhost:4000/hook"] {
            assert!(WebhookUrl::parse(url, false).is_err(), "{url}");
            assert!(WebhookUrl::parse(url, true).is_ok(), "{url}");
        }
        for url in ["http://10.0.0.1:4000/", "https://10.0.0.1/", "http://example.com/"] {
            assert!(WebhookUrl::parse(url, true).is_err(), "{url}");
        }
    }

    #[test]
    fn the_addresses_of_a_name_must_be_checked_before_each_delivery() {
        let name = |url| WebhookUrl::parse(url, true).unwrap().name_to_resolve();
        assert_eq!(name("https://Hooks.example.com/a?b").as_deref(), Some("hooks.example.com"));
        assert_eq!(name("https://93.184.215.14/"), None);
        assert_eq!(name("http://localhost:4000/"), None);
    }
}

//! The public URL of the Worker.

use std::{fmt, str::FromStr};

use aws_sans_io::HttpUrl;

use crate::ValidationError;

/// The protocol of an SNS subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    Https,
    /// Only on loopback.
    Http,
}

impl Protocol {
    /// Returns SNS's name for the protocol.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }
}

/// The origin of the Worker, without a path: `https://…`, or `http://…` on loopback.
///
/// ```
/// use domain::onboarding::PublicUrl;
///
/// assert!("https://kraiter.example.com".parse::<PublicUrl>().is_ok());
/// assert!("http://127.0.0.1:8787".parse::<PublicUrl>().is_ok());
/// assert!("http://kraiter.example.com".parse::<PublicUrl>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    protocol: Protocol,
}

impl PublicUrl {
    /// Returns the origin, without a trailing slash.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    #[must_use]
    pub const fn protocol(&self) -> Protocol {
        self.protocol
    }
}

impl FromStr for PublicUrl {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let url: HttpUrl = text.parse().map_err(|_| ValidationError::Url)?;
        let protocol = match (url.is_https(), url.is_loopback()) {
            (true, _) => Protocol::Https,
            (false, true) => Protocol::Http,
            (false, false) => return Err(ValidationError::Url),
        };
        if url.path() == "/" {
            Ok(Self { origin: url.origin(), protocol })
        } else {
            Err(ValidationError::Url)
        }
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_accepted_on_loopback_only() {
        assert_eq!("http://localhost:1".parse::<PublicUrl>().unwrap().protocol(), Protocol::Http);
        assert_eq!("https://a.example/".parse::<PublicUrl>().unwrap().origin(), "https://a.example");
        for invalid in [
            "http://a.example",
            "https://a.example/x",
            "https://u@a.example",
            "https://a.example?x",
            "a.example",
            "ftp://a",
        ] {
            assert_eq!(invalid.parse::<PublicUrl>(), Err(ValidationError::Url), "{invalid}");
        }
    }
}

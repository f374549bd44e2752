//! Dashboard sessions: `/v1/session`. A browser signs in with an API key once and then uses a cookie.

use std::fmt;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use domain::{
    OrganisationId,
    onboarding::{Protocol, PublicUrl},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::Duration;
use zeroize::Zeroizing;

use super::{ApiError, ApiKeySecret, FieldError};

/// Lifetime of a session.
pub const SESSION_TTL: Duration = Duration::hours(12);

/// The header that the dashboard sends with requests that change something. Forms and pages of other sites can't set it.
pub const CSRF_HEADER: &str = "x-kraiter-csrf";

/// The API key to sign in with.
#[derive(Clone, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateSession {
    /// The organisation's API key.
    #[cfg_attr(feature = "openapi", schemars(with = "ApiKeySecret"))]
    pub api_key: String,
}

impl CreateSession {
    /// Validates the format of the key.
    ///
    /// # Errors
    /// Fails with [`ApiError::Field`] if the key is empty, and with [`ApiError::Unauthorized`] if it isn't an API key.
    pub fn parse(self) -> Result<ApiKeySecret, ApiError> {
        if self.api_key.is_empty() {
            return Err(FieldError::missing("apiKey").into());
        }
        ApiKeySecret::from_authorization(&format!("Bearer {}", self.api_key)).ok_or(ApiError::Unauthorized)
    }
}

impl fmt::Debug for CreateSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CreateSession([redacted])")
    }
}

/// The organisation of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionOrganisation {
    /// The organisation's id.
    pub id: OrganisationId,
    /// The name.
    pub name: String,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The organisation that is signed in.
    pub organisation: SessionOrganisation,
}

/// The value of the session cookie: 256 random bits. Only its digest is stored.
pub struct SessionToken(Zeroizing<String>);

impl SessionToken {
    /// Creates a token from 32 random bytes.
    #[must_use]
    pub fn from_random(random: &[u8; 32]) -> Self {
        Self(Zeroizing::new(BASE32_NOPAD.encode(random).to_ascii_lowercase()))
    }

    /// Parses a `Cookie` header. Returns `None` if it doesn't contain a session token.
    #[must_use]
    pub fn from_cookies(header: &str, public_url: &PublicUrl) -> Option<Self> {
        let name = cookie_name(public_url);
        let value = header.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))?;
        let is_token =
            value.len() == 52 && value.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'));
        is_token.then(|| Self(Zeroizing::new(value.to_owned())))
    }

    /// Returns the SHA-256 digest in lower-case hexadecimal, which is stored.
    #[must_use]
    pub fn digest(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.0.as_bytes()))
    }

    /// Returns the `Set-Cookie` header of the token.
    ///
    /// <https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie>
    #[must_use]
    pub fn set_cookie(&self, public_url: &PublicUrl) -> String {
        cookie(public_url, &self.0, SESSION_TTL)
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken([redacted])")
    }
}

/// Returns the `Set-Cookie` header that deletes the session cookie.
#[must_use]
pub fn end_session_cookie(public_url: &PublicUrl) -> String {
    cookie(public_url, "", Duration::ZERO)
}

/// Returns the cookie's name. The `__Host-` prefix restricts the cookie to HTTPS and to this host, so HTTP on loopback can't use it.
const fn cookie_name(public_url: &PublicUrl) -> &'static str {
    match public_url.protocol() {
        Protocol::Https => "__Host-kraiter",
        Protocol::Http => "kraiter",
    }
}

fn cookie(public_url: &PublicUrl, value: &str, max_age: Duration) -> String {
    let secure = match public_url.protocol() {
        Protocol::Https => "; Secure",
        Protocol::Http => "",
    };
    let (name, seconds) = (cookie_name(public_url), max_age.whole_seconds());
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

/// The headers that show which site a request comes from.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestOrigin<'a> {
    /// `Sec-Fetch-Site`.
    pub fetch_site: Option<&'a str>,
    /// `Origin`.
    pub origin: Option<&'a str>,
    /// [`CSRF_HEADER`].
    pub csrf: Option<&'a str>,
}

impl RequestOrigin<'_> {
    /// Checks that a request with a session cookie comes from the dashboard. Required for requests that change something.
    ///
    /// <https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html>
    ///
    /// # Errors
    /// Fails with [`ApiError::CrossSite`].
    pub fn check(self, public_url: &PublicUrl) -> Result<(), ApiError> {
        let is_same_site = self.fetch_site.is_none_or(|site| site == "same-origin");
        let is_same_origin = self.origin.is_none_or(|origin| origin == public_url.origin());
        if is_same_site && is_same_origin && self.csrf.is_some() { Ok(()) } else { Err(ApiError::CrossSite) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public_url() -> PublicUrl {
        "https://kraiter.example.com".parse().unwrap()
    }

    #[test]
    fn a_cookie_is_limited_to_https_and_this_host() {
        let token = SessionToken::from_random(&[7; 32]);
        let set = token.set_cookie(&public_url());
        assert!(set.starts_with("__Host-kraiter="), "{set}");
        assert!(set.ends_with("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure"), "{set}");
        let header = format!("theme=dark; {}", set.split(';').next().unwrap());
        assert_eq!(SessionToken::from_cookies(&header, &public_url()).unwrap().digest(), token.digest());
        assert!(end_session_cookie(&public_url()).starts_with("__Host-kraiter=; Path=/; Max-Age=0"));
    }

    #[test]
    fn a_cookie_on_loopback_works_without_https() {
        let local = "http://127.0.0.1:8787".parse().unwrap();
        let set = SessionToken::from_random(&[7; 32]).set_cookie(&local);
        assert!(set.starts_with("kraiter=") && !set.contains("Secure"), "{set}");
    }

    #[test]
    fn a_header_without_a_session_cookie_is_none() {
        let value = "a".repeat(52);
        for wrong in [
            String::new(),
            "__Host-kraiter=".into(),
            format!("kraiter={value}"),
            format!("__Host-kraiterx={value}"),
            format!("x__Host-kraiter={value}"),
            format!("__Host-kraiter={value}a"),
            format!("__Host-kraiter={}", value.to_uppercase()),
        ] {
            assert!(SessionToken::from_cookies(&wrong, &public_url()).is_none(), "{wrong}");
        }
    }

    #[test]
    fn only_the_dashboard_can_change_something_with_a_cookie() {
        let dashboard = RequestOrigin {
            fetch_site: Some("same-origin"),
            origin: Some("https://kraiter.example.com"),
            csrf: Some("1"),
        };
        assert_eq!(dashboard.check(&public_url()), Ok(()));
        assert_eq!(
            RequestOrigin { fetch_site: None, origin: None, ..dashboard }.check(&public_url()),
            Ok(())
        );
        for wrong in [
            RequestOrigin { csrf: None, ..dashboard },
            RequestOrigin { fetch_site: Some("cross-site"), ..dashboard },
            RequestOrigin { fetch_site: Some("same-site"), ..dashboard },
            RequestOrigin { fetch_site: Some("none"), ..dashboard },
            RequestOrigin { origin: Some("null"), ..dashboard },
            RequestOrigin { origin: Some("https://evil.example"), ..dashboard },
            RequestOrigin { origin: Some("https://kraiter.example.com.evil.example"), ..dashboard },
        ] {
            assert_eq!(wrong.check(&public_url()), Err(ApiError::CrossSite), "{wrong:?}");
        }
    }

    #[test]
    fn a_key_must_have_the_right_format_and_is_never_printed() {
        let request = |key: &str| CreateSession { api_key: key.into() };
        assert!(request(ApiKeySecret::from_random(&[1; 32]).reveal()).parse().is_ok());
        assert_eq!(request("").parse().unwrap_err().field(), Some("apiKey"));
        assert_eq!(request("kr_short").parse().unwrap_err(), ApiError::Unauthorized);
        assert!(!format!("{:?}", request("kr_short")).contains("kr_short"));
    }
}

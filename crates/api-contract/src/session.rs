//! `/v1/session`: how a person's browser is let in after it has shown an API key once.

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

/// How long a session lasts.
pub const SESSION_LASTS: Duration = Duration::hours(12);

/// The header that a page of ours sets when it changes something; no form and no other site's page can.
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
    /// The key, by its form; whether it is known is another question.
    ///
    /// # Errors
    /// [`FieldError`] where there is none, [`ApiError::Unauthorized`] where it can't be a key.
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

/// What the cookie holds: 256 random bits. Only their digest is stored.
pub struct SessionToken(Zeroizing<String>);

impl SessionToken {
    /// A new token from 32 random bytes.
    #[must_use]
    pub fn from_random(random: &[u8; 32]) -> Self {
        Self(Zeroizing::new(BASE32_NOPAD.encode(random).to_ascii_lowercase()))
    }

    /// The token in a `Cookie` header; `None` where there is none of ours.
    #[must_use]
    pub fn from_cookies(header: &str, public_url: &PublicUrl) -> Option<Self> {
        let name = cookie_name(public_url);
        let value = header.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))?;
        let is_token =
            value.len() == 52 && value.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'));
        is_token.then(|| Self(Zeroizing::new(value.to_owned())))
    }

    /// What is stored and looked up: SHA-256 in lower-case hexadecimal.
    #[must_use]
    pub fn digest(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.0.as_bytes()))
    }

    /// The `Set-Cookie` header that gives it to the browser.
    ///
    /// <https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie>
    #[must_use]
    pub fn set_cookie(&self, public_url: &PublicUrl) -> String {
        cookie(public_url, &self.0, SESSION_LASTS)
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken([redacted])")
    }
}

/// The `Set-Cookie` header that takes the session from the browser.
#[must_use]
pub fn end_session_cookie(public_url: &PublicUrl) -> String {
    cookie(public_url, "", Duration::ZERO)
}

/// `__Host-` binds the cookie to HTTPS and to this very host; plain HTTP on loopback can't have it.
const fn cookie_name(public_url: &PublicUrl) -> &'static str {
    match public_url.protocol() {
        Protocol::Https => "__Host-kraiter",
        Protocol::Http => "kraiter",
    }
}

fn cookie(public_url: &PublicUrl, value: &str, lasts: Duration) -> String {
    let secure = match public_url.protocol() {
        Protocol::Https => "; Secure",
        Protocol::Http => "",
    };
    let (name, seconds) = (cookie_name(public_url), lasts.whole_seconds());
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

/// What a browser says of where a request comes from.
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
    /// Whether a request that changes something and is let in by a cookie was made by a page of ours.
    ///
    /// <https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html>
    ///
    /// # Errors
    /// [`ApiError::CrossSite`].
    pub fn check(self, public_url: &PublicUrl) -> Result<(), ApiError> {
        let site_is_ours = self.fetch_site.is_none_or(|site| site == "same-origin");
        let origin_is_ours = self.origin.is_none_or(|origin| origin == public_url.origin());
        if site_is_ours && origin_is_ours && self.csrf.is_some() { Ok(()) } else { Err(ApiError::CrossSite) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge() -> PublicUrl {
        "https://kraiter.example.com".parse().unwrap()
    }

    #[test]
    fn a_cookie_is_found_again_and_leaves_the_browser_by_https_to_this_host_only() {
        let token = SessionToken::from_random(&[7; 32]);
        let set = token.set_cookie(&edge());
        assert!(set.starts_with("__Host-kraiter="), "{set}");
        assert!(set.ends_with("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure"), "{set}");
        let header = format!("theme=dark; {}", set.split(';').next().unwrap());
        assert_eq!(SessionToken::from_cookies(&header, &edge()).unwrap().digest(), token.digest());
        assert!(end_session_cookie(&edge()).starts_with("__Host-kraiter=; Path=/; Max-Age=0"));
    }

    #[test]
    fn on_loopback_the_cookie_works_without_https() {
        let local = "http://127.0.0.1:8787".parse().unwrap();
        let set = SessionToken::from_random(&[7; 32]).set_cookie(&local);
        assert!(set.starts_with("kraiter=") && !set.contains("Secure"), "{set}");
    }

    #[test]
    fn what_is_not_a_cookie_of_ours_is_none() {
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
            assert!(SessionToken::from_cookies(&wrong, &edge()).is_none(), "{wrong}");
        }
    }

    #[test]
    fn only_a_page_of_ours_may_change_something_by_cookie() {
        let ours = RequestOrigin {
            fetch_site: Some("same-origin"),
            origin: Some("https://kraiter.example.com"),
            csrf: Some("1"),
        };
        assert_eq!(ours.check(&edge()), Ok(()));
        assert_eq!(RequestOrigin { fetch_site: None, origin: None, ..ours }.check(&edge()), Ok(()));
        for wrong in [
            RequestOrigin { csrf: None, ..ours },
            RequestOrigin { fetch_site: Some("cross-site"), ..ours },
            RequestOrigin { fetch_site: Some("same-site"), ..ours },
            RequestOrigin { fetch_site: Some("none"), ..ours },
            RequestOrigin { origin: Some("null"), ..ours },
            RequestOrigin { origin: Some("https://evil.example"), ..ours },
            RequestOrigin { origin: Some("https://kraiter.example.com.evil.example"), ..ours },
        ] {
            assert_eq!(wrong.check(&edge()), Err(ApiError::CrossSite), "{wrong:?}");
        }
    }

    #[test]
    fn a_key_is_read_by_its_form_and_never_printed() {
        let request = |key: &str| CreateSession { api_key: key.into() };
        assert!(request(ApiKeySecret::from_random(&[1; 32]).reveal()).parse().is_ok());
        assert_eq!(request("").parse().unwrap_err().field(), Some("apiKey"));
        assert_eq!(request("kr_short").parse().unwrap_err(), ApiError::Unauthorized);
        assert!(!format!("{:?}", request("kr_short")).contains("kr_short"));
    }
}

//! Dashboard sessions: `/v1/session`. A browser signs in with an API key once and then uses a cookie.

use std::fmt;

use domain::{
    OrganisationId,
    api_key::KeyScope,
    onboarding::{Protocol, PublicUrl},
    token::{ApiKeyToken, SessionToken, TokenTagKeys},
};
use serde::{Deserialize, Serialize};
use time::Duration;

use super::{ApiError, FieldError};

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
    #[cfg_attr(feature = "openapi", schemars(with = "ApiKeyToken"))]
    pub api_key: String,
}

impl CreateSession {
    /// Validates the key, up to whether it has been revoked.
    ///
    /// # Errors
    /// Fails with [`ApiError::Field`] if the key is empty, and with [`ApiError::Unauthorized`] if it isn't an API key of Kraiter.
    pub fn parse(self, keys: &TokenTagKeys) -> Result<ApiKeyToken, ApiError> {
        if self.api_key.is_empty() {
            return Err(FieldError::missing("apiKey").into());
        }
        ApiKeyToken::parse(keys, &self.api_key).ok_or(ApiError::Unauthorized)
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
    /// The scope of the API key that the request uses, or that the session was created with.
    pub scope: KeyScope,
}

/// Returns the session token in a `Cookie` header, unchecked.
#[must_use]
pub fn session_token<'a>(header: &'a str, public_url: &PublicUrl) -> Option<&'a str> {
    let name = cookie_name(public_url);
    header.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Returns the `Set-Cookie` header of a session.
///
/// <https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie>
#[must_use]
pub fn session_cookie(token: &SessionToken, public_url: &PublicUrl) -> String {
    cookie(public_url, token.reveal(), SESSION_TTL)
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
    use time::OffsetDateTime;

    use super::*;

    fn public_url() -> PublicUrl {
        "https://kraiter.example.com".parse().unwrap()
    }

    fn keys() -> TokenTagKeys {
        "0123456789abcdef0123456789abcdef".parse().unwrap()
    }

    fn session() -> SessionToken {
        let organisation = OrganisationId::new(OffsetDateTime::UNIX_EPOCH, 1);
        SessionToken::issue(&keys(), organisation, OffsetDateTime::UNIX_EPOCH + SESSION_TTL, &[7; 20])
    }

    #[test]
    fn a_cookie_is_limited_to_https_and_this_host() {
        let set = session_cookie(&session(), &public_url());
        assert!(set.starts_with("__Host-kraiter=kr_se_"), "{set}");
        assert!(set.ends_with("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure"), "{set}");
        let header = format!("theme=dark; {}", set.split(';').next().unwrap());
        assert_eq!(session_token(&header, &public_url()), Some(session().reveal()));
        assert!(end_session_cookie(&public_url()).starts_with("__Host-kraiter=; Path=/; Max-Age=0"));
    }

    #[test]
    fn a_cookie_on_loopback_works_without_https() {
        let local = "http://127.0.0.1:8787".parse().unwrap();
        let set = session_cookie(&session(), &local);
        assert!(set.starts_with("kraiter=") && !set.contains("Secure"), "{set}");
    }

    #[test]
    fn a_cookie_of_another_name_has_no_session_token() {
        for wrong in ["", "kraiter=a", "__Host-kraiterx=a", "x__Host-kraiter=a", "__Host-kraiter"] {
            assert_eq!(session_token(wrong, &public_url()), None, "{wrong}");
        }
        assert_eq!(session_token("__Host-kraiter=a=b; c=d", &public_url()), Some("a=b"));
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
    fn a_key_must_be_kraiters_and_is_never_printed() {
        let request = |key: &str| CreateSession { api_key: key.into() };
        let organisation = OrganisationId::new(OffsetDateTime::UNIX_EPOCH, 1);
        let key = ApiKeyToken::issue(&keys(), organisation, &[1; 20]);
        assert_eq!(request(key.reveal()).parse(&keys()).unwrap().digest(), key.digest());
        assert_eq!(request("").parse(&keys()).unwrap_err().field(), Some("apiKey"));
        for wrong in ["kr_key_short", session().reveal(), &format!("Bearer {}", key.reveal())] {
            assert_eq!(request(wrong).parse(&keys()).unwrap_err(), ApiError::Unauthorized);
        }
        assert!(!format!("{:?}", request("kr_key_short")).contains("kr_key_short"));
    }
}

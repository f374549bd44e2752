//! Checks of API keys, session cookies and operators' tokens that need no data.

use api_contract::{ApiError, CSRF_HEADER, RequestOrigin, bearer_token, session_token};
use domain::{
    OrganisationId,
    settings::{OperatorToken, Settings},
    token::{SessionToken, parse_key},
};
use http::Method;
use time::OffsetDateTime;
use worker::Headers;

use super::Error;
use crate::organisation_object::access::Credential;

/// The headers that identify the caller and the page the request was sent from.
pub(crate) struct RequestCredentials {
    authorization: Option<String>,
    cookies: Option<String>,
    fetch_site: Option<String>,
    origin: Option<String>,
    csrf: Option<String>,
}

impl RequestCredentials {
    /// Reads the credentials from a request's headers.
    pub(crate) fn from_headers(headers: &Headers) -> Result<Self, Error> {
        Ok(Self {
            authorization: headers.get("authorization")?,
            cookies: headers.get("cookie")?,
            fetch_site: headers.get("sec-fetch-site")?,
            origin: headers.get("origin")?,
            csrf: headers.get(CSRF_HEADER)?,
        })
    }

    /// Returns the headers that cross-site request checks need.
    pub(crate) fn origin(&self) -> RequestOrigin<'_> {
        RequestOrigin {
            fetch_site: self.fetch_site.as_deref(),
            origin: self.origin.as_deref(),
            csrf: self.csrf.as_deref(),
        }
    }

    /// Requires the administrator token.
    ///
    /// # Errors
    /// [`ApiError::Unauthorized`] without it.
    pub(crate) fn require_admin(&self, settings: &Settings) -> Result<(), Error> {
        match &self.authorization {
            Some(header) if settings.admin_token.matches_authorization(header) => Ok(()),
            _ => Err(ApiError::Unauthorized.into()),
        }
    }

    /// Requires the metrics token or the administrator token.
    ///
    /// # Errors
    /// [`ApiError::Unauthorized`] without one of them.
    pub(crate) fn require_monitoring(&self, settings: &Settings) -> Result<(), Error> {
        let matches = |token: &OperatorToken| {
            self.authorization.as_deref().is_some_and(|header| token.matches_authorization(header))
        };
        if settings.metrics_token.as_ref().is_some_and(matches) {
            return Ok(());
        }
        self.require_admin(settings)
    }

    /// Returns the organisation that the API key or session was issued for, and the digest by which the organisation's object authenticates
    /// it. The key takes precedence if both are present. Reads nothing but the headers.
    ///
    /// # Errors
    /// [`ApiError::Unauthorized`] if Kraiter didn't issue the token or the session has ended, or [`ApiError::CrossSite`] if a request with
    /// a cookie that changes something comes from another site.
    pub(crate) fn identify(
        &self,
        settings: &Settings,
        method: &Method,
        now: OffsetDateTime,
    ) -> Result<(OrganisationId, Credential), Error> {
        let keys = &settings.token_tag_keys;
        if let Some(header) = &self.authorization {
            let token = bearer_token(header).and_then(|token| parse_key(keys, token));
            let (organisation, digest) = token.ok_or(ApiError::Unauthorized)?;
            return Ok((organisation, Credential::Key(digest)));
        }
        let cookie = self.cookies.as_deref().and_then(|cookies| session_token(cookies, &settings.public_url));
        let token = cookie.and_then(|token| SessionToken::parse(keys, token));
        let token = token.filter(|token| token.expires_at() > now).ok_or(ApiError::Unauthorized)?;
        if !method.is_safe() {
            self.origin().check(&settings.public_url)?;
        }
        Ok((token.organisation(), Credential::Session(token.digest())))
    }
}

//! Authenticates requests by API key, session cookie or administrator token.

use api_contract::{ApiError, ApiKeySecret, CSRF_HEADER, RequestOrigin, SessionToken};
use domain::{onboarding::PublicUrl, settings::Settings};
use http::Method;
use worker::{D1Database, Env, Headers};

use super::Error;
use crate::{
    clock,
    database::{self, organisations::Organisation},
};

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

    /// Returns the token of the session cookie.
    pub(crate) fn session_token(&self, public_url: &PublicUrl) -> Option<SessionToken> {
        SessionToken::from_cookies(self.cookies.as_deref()?, public_url)
    }

    /// Returns the SHA-256 digest of the presented API key, or of the key that created the presented session.
    pub(crate) async fn key_digest(
        &self,
        database: &D1Database,
        settings: &Settings,
    ) -> Result<Option<String>, Error> {
        if let Some(header) = &self.authorization {
            return Ok(ApiKeySecret::from_authorization(header).map(|key| key.digest()));
        }
        match self.session_token(&settings.public_url) {
            Some(token) => database::sessions::find_key_digest(database, &token).await,
            None => Ok(None),
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

    /// Returns the organisation of the API key or session. The key takes precedence if both are present.
    ///
    /// # Errors
    /// [`ApiError::Unauthorized`], or [`ApiError::CrossSite`] if a request that authenticates with a cookie and isn't a GET
    /// comes from another site.
    pub(crate) async fn authenticate(
        &self,
        env: &Env,
        settings: &Settings,
        method: &Method,
    ) -> Result<Organisation, Error> {
        let database = database::open(env)?;
        if let Some(header) = &self.authorization {
            let key = ApiKeySecret::from_authorization(header).ok_or(ApiError::Unauthorized)?;
            let found = database::api_keys::find_organisation(&database, &key, clock::now()).await?;
            return Ok(found.ok_or(ApiError::Unauthorized)?);
        }
        let token = self.session_token(&settings.public_url).ok_or(ApiError::Unauthorized)?;
        let found = database::sessions::find_organisation(&database, &token, clock::now()).await?;
        let organisation = found.ok_or(ApiError::Unauthorized)?;
        if method != Method::GET {
            self.origin().check(&settings.public_url)?;
        }
        Ok(organisation)
    }
}

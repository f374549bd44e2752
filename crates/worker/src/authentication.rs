//! Whose key, or whose session's cookie, a request shows.

use http::Method;
use kraiter_core::{
    api::{ApiError, ApiKey, CSRF_HEADER, RequestOrigin, SessionToken},
    settings::Settings,
    setup::PublicUrl,
};
use worker::{D1Database, Env, Headers};

use crate::{
    clock,
    database::{self, organisations::Organisation},
    failure::Failure,
};

/// The headers that say who asks, and from where.
pub(crate) struct Shown {
    authorization: Option<String>,
    cookies: Option<String>,
    fetch_site: Option<String>,
    origin: Option<String>,
    csrf: Option<String>,
}

impl Shown {
    /// Reads them.
    pub(crate) fn read(headers: &Headers) -> Result<Self, Failure> {
        Ok(Self {
            authorization: headers.get("authorization")?,
            cookies: headers.get("cookie")?,
            fetch_site: headers.get("sec-fetch-site")?,
            origin: headers.get("origin")?,
            csrf: headers.get(CSRF_HEADER)?,
        })
    }

    /// Where the request comes from.
    pub(crate) fn origin(&self) -> RequestOrigin<'_> {
        RequestOrigin {
            fetch_site: self.fetch_site.as_deref(),
            origin: self.origin.as_deref(),
            csrf: self.csrf.as_deref(),
        }
    }

    /// The session whose cookie is shown.
    pub(crate) fn session(&self, public_url: &PublicUrl) -> Option<SessionToken> {
        SessionToken::from_cookies(self.cookies.as_deref()?, public_url)
    }

    /// The digest of the key that is shown, or that the session was made with which is.
    pub(crate) async fn key_digest(
        &self,
        database: &D1Database,
        settings: &Settings,
    ) -> Result<Option<String>, Failure> {
        if let Some(header) = &self.authorization {
            return Ok(ApiKey::from_authorization(header).map(|key| key.digest()));
        }
        match self.session(&settings.public_url) {
            Some(token) => database::sessions::key_digest(database, &token).await,
            None => Ok(None),
        }
    }

    /// Lets the administrator in.
    ///
    /// # Errors
    /// [`ApiError::Unauthorized`].
    pub(crate) fn administrator(&self, settings: &Settings) -> Result<(), Failure> {
        match &self.authorization {
            Some(header) if settings.admin_token.is_shown_by(header) => Ok(()),
            _ => Err(ApiError::Unauthorized.into()),
        }
    }

    /// The organisation whose key or session is shown; where both are, the key counts.
    ///
    /// # Errors
    /// [`ApiError::Unauthorized`], or [`ApiError::CrossSite`] where a cookie comes with a change that no page of ours makes.
    pub(crate) async fn organisation(
        &self,
        env: &Env,
        settings: &Settings,
        method: &Method,
    ) -> Result<Organisation, Failure> {
        let database = database::of(env)?;
        if let Some(header) = &self.authorization {
            let key = ApiKey::from_authorization(header).ok_or(ApiError::Unauthorized)?;
            let found = database::api_keys::organisation_of(&database, &key, clock::now()).await?;
            return Ok(found.ok_or(ApiError::Unauthorized)?);
        }
        let token = self.session(&settings.public_url).ok_or(ApiError::Unauthorized)?;
        let found = database::sessions::by_token(&database, &token, clock::now()).await?;
        let organisation = found.ok_or(ApiError::Unauthorized)?;
        if method != Method::GET {
            self.origin().check(&settings.public_url)?;
        }
        Ok(organisation)
    }
}

//! Whose key a request shows.

use kraiter_core::{
    api::{ApiError, ApiKey},
    settings::Settings,
};
use worker::Env;

use crate::{
    database::{self, organisations::Organisation},
    failure::Failure,
};

/// Lets the administrator in.
///
/// # Errors
/// [`ApiError::Unauthorized`].
pub(crate) fn administrator(settings: &Settings, authorization: Option<&str>) -> Result<(), Failure> {
    match authorization {
        Some(header) if settings.admin_token.is_shown_by(header) => Ok(()),
        _ => Err(ApiError::Unauthorized.into()),
    }
}

/// The organisation whose key is shown.
///
/// # Errors
/// [`ApiError::Unauthorized`].
pub(crate) async fn organisation(env: &Env, authorization: Option<&str>) -> Result<Organisation, Failure> {
    let key = authorization.and_then(ApiKey::from_authorization).ok_or(ApiError::Unauthorized)?;
    let found = database::organisations::by_key(&database::of(env)?, &key).await?;
    Ok(found.ok_or(ApiError::Unauthorized)?)
}

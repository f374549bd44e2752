//! `/v1/session`: exchanges an API key for a session cookie.

use api_contract::{
    ApiError, CreateSession, Session, SessionOrganisation, SessionToken, end_session_cookie, parse_json,
};

use super::{HandlerResult, RequestContext};
use crate::{
    clock,
    database::{self, organisations::Organisation},
    http::{ApiResponse, Error},
    random,
};

pub(super) async fn create(context: &RequestContext<'_>) -> HandlerResult {
    // Another site must not be able to sign a visitor in to an organisation of its choice.
    context.credentials.origin().check(&context.settings.public_url)?;
    let key = parse_json::<CreateSession>(context.body)?.parse()?;
    let database = database::open(context.env)?;
    let organisation = database::api_keys::find_organisation(&database, &key, clock::now())
        .await?
        .ok_or(ApiError::Unauthorized)?;
    let token = SessionToken::from_random(&random::bytes()?);
    database::sessions::insert(&database, &token, &key, clock::now()).await?;
    let response = ApiResponse::json(200, &session_view(context, &organisation).await?)?;
    Ok(response.with_header("set-cookie", token.set_cookie(&context.settings.public_url)))
}

pub(super) async fn get(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    ApiResponse::json(200, &session_view(context, organisation).await?)
}

pub(super) async fn end(context: &RequestContext<'_>) -> HandlerResult {
    if let Some(token) = context.credentials.session_token(&context.settings.public_url) {
        database::sessions::delete(&database::open(context.env)?, &token).await?;
    }
    Ok(ApiResponse::empty(204).with_header("set-cookie", end_session_cookie(&context.settings.public_url)))
}

async fn session_view(context: &RequestContext<'_>, organisation: &Organisation) -> Result<Session, Error> {
    let name = database::organisations::get_name(&database::open(context.env)?, &organisation.id).await?;
    let id =
        organisation.id.parse().map_err(|_| Error::internal("D1 contains an invalid organisation id"))?;
    Ok(Session { organisation: SessionOrganisation { id, name } })
}

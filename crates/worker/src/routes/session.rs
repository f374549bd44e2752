//! `/v1/session`: a browser is let in by a cookie after it has shown an API key once.

use kraiter_core::api::{
    ApiError, CreateSessionRequest, SessionOrganisation, SessionToken, SessionView, end_session_cookie,
    parse_json,
};

use super::Call;
use crate::{
    authentication::Shown,
    clock,
    database::{self, organisations::Organisation},
    exchange::Reply,
    failure::Failure,
    random,
};

pub(super) async fn create(call: &Call<'_>, shown: &Shown) -> Result<Reply, Failure> {
    // Nobody else's page may sign a person in to somebody else's organisation.
    shown.origin().check(&call.settings.public_url)?;
    let key = parse_json::<CreateSessionRequest>(call.body)?.parse()?;
    let database = database::of(call.env)?;
    let organisation = database::api_keys::organisation_of(&database, &key, clock::now())
        .await?
        .ok_or(ApiError::Unauthorized)?;
    let token = SessionToken::from_random(&random::bytes()?);
    database::sessions::insert(&database, &token, &key, clock::now()).await?;
    let reply = Reply::json(200, &view(call, &organisation).await?)?;
    Ok(reply.with_header("set-cookie", token.set_cookie(&call.settings.public_url)))
}

pub(super) async fn get(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    Reply::json(200, &view(call, organisation).await?)
}

pub(super) async fn end(call: &Call<'_>, shown: &Shown) -> Result<Reply, Failure> {
    if let Some(token) = shown.session(&call.settings.public_url) {
        database::sessions::delete(&database::of(call.env)?, &token).await?;
    }
    Ok(Reply::empty(204).with_header("set-cookie", end_session_cookie(&call.settings.public_url)))
}

async fn view(call: &Call<'_>, organisation: &Organisation) -> Result<SessionView, Failure> {
    let name = database::organisations::name(&database::of(call.env)?, &organisation.id).await?;
    let id = organisation.id.parse().map_err(|_| Failure::internal("D1 holds an unreadable id"))?;
    Ok(SessionView { organisation: SessionOrganisation { id, name } })
}

//! `/v1/session`: exchanges an API key for a session cookie.

use api_contract::{BodyOwner, CreateSession, end_session_cookie, parse_json, session_cookie};
use domain::token::SessionToken;

use super::{EdgeContext, HandlerResult, RequestContext};
use crate::{
    http::{ApiResponse, Error, request::OutgoingBody},
    organisation_object::{
        Command, OrganisationClient,
        access::{CreatedSession, Credential},
    },
};

pub(super) async fn create(context: EdgeContext<'_>) -> HandlerResult {
    let settings = context.settings;
    // Another site must not be able to sign a visitor in to an organisation of its choice.
    context.credentials.origin().check(&settings.public_url)?;
    let body = context.read_body(BodyOwner::Anyone).await?;
    let key = parse_json::<CreateSession>(&body.bytes)?.parse(&settings.token_tag_keys)?;
    let client = OrganisationClient::new(context.env, key.organisation())?;
    let command = Command::CreateSession { key_digest: key.digest() };
    let CreatedSession { session, token } =
        client.command(context.request_id, command, &OutgoingBody::None).await?;
    let token = SessionToken::parse(&settings.token_tag_keys, &token);
    let token = token.ok_or_else(|| Error::internal("the object returned an invalid session token"))?;
    let response = ApiResponse::json(200, &session)?;
    Ok(response.with_header("set-cookie", session_cookie(&token, &settings.public_url)))
}

pub(super) fn get(context: &RequestContext<'_>) -> HandlerResult {
    ApiResponse::json(200, &context.object.access.session(context.rights.scope)?)
}

/// Ends the session. A request with an API key only deletes the cookie.
pub(super) fn end(context: &RequestContext<'_>) -> HandlerResult {
    if let Credential::Session(digest) = context.credential {
        context.object.access.end_session(digest)?;
    }
    Ok(ApiResponse::empty(204).with_header("set-cookie", end_session_cookie(&context.settings.public_url)))
}

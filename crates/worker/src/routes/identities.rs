//! `/v1/identities`. SES is the source of truth; Kraiter assigns the ids.

use api_contract::{
    ApiError, CreateIdentity, DkimChoice, Identity, IdentityList, IdentityQuery, KnownIdentity, parse_json,
};
use domain::IdentityId;

use super::{HandlerResult, RequestContext};
use crate::{
    aws_connection::{Command, ConnectionClient, CreatedIdentity, IdentityDetails},
    database::{self, organisations::Organisation},
    http::{ApiResponse, Error},
};

pub(super) async fn create(context: &RequestContext<'_>, connection: &ConnectionClient) -> HandlerResult {
    let identity = parse_json::<CreateIdentity>(context.body)?.parse()?;
    let created: CreatedIdentity = connection.call(Command::CreateIdentity { identity }).await?;
    ApiResponse::json(if created.is_new { 201 } else { 200 }, &created.view)
}

pub(super) async fn get(
    context: &RequestContext<'_>,
    connection: &ConnectionClient,
    organisation: &Organisation,
) -> HandlerResult {
    let identity = find(context, organisation).await?;
    let details: IdentityDetails = connection.call(Command::GetIdentity { identity }).await?;
    ApiResponse::json(200, &details.view)
}

pub(super) async fn list(context: &RequestContext<'_>, connection: &ConnectionClient) -> HandlerResult {
    let query = IdentityQuery::parse(context.query)?;
    let list: IdentityList = connection.call(Command::ListIdentities { query }).await?;
    ApiResponse::json(200, &list)
}

pub(super) async fn set_dkim(
    context: &RequestContext<'_>,
    connection: &ConnectionClient,
    organisation: &Organisation,
) -> HandlerResult {
    let signing = parse_json::<DkimChoice>(context.body)?.parse()?;
    let identity = find_domain(context, organisation).await?;
    let view: Identity = connection.call(Command::SetIdentityDkim { identity, signing }).await?;
    ApiResponse::json(200, &view)
}

pub(super) async fn delete(
    context: &RequestContext<'_>,
    connection: &ConnectionClient,
    organisation: &Organisation,
) -> HandlerResult {
    let identity = find(context, organisation).await?;
    connection.call::<()>(Command::DeleteIdentity { identity }).await?;
    Ok(ApiResponse::empty(204))
}

/// Returns the identity with the id in the path.
async fn find(context: &RequestContext<'_>, organisation: &Organisation) -> Result<KnownIdentity, Error> {
    let not_found = ApiError::NotFound { what: "identity" };
    let id: IdentityId = context.parameter.parse().map_err(|_| not_found.clone())?;
    let identity = database::identities::find(&database::open(context.env)?, &organisation.id, id).await?;
    Ok(identity.ok_or(not_found)?)
}

/// Returns the identity with the id in the path if it is a domain.
///
/// # Errors
/// [`ApiError::NotADomain`] if it is an email address.
pub(super) async fn find_domain(
    context: &RequestContext<'_>,
    organisation: &Organisation,
) -> Result<KnownIdentity, Error> {
    let identity = find(context, organisation).await?;
    if identity.name.is_domain() { Ok(identity) } else { Err(ApiError::NotADomain.into()) }
}

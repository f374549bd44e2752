//! `/v1/identities`.

use api_contract::{ApiError, CreateIdentity, DkimChoice, IdentityQuery, KnownIdentity, parse_json};
use domain::IdentityId;

use super::{HandlerResult, RequestContext};
use crate::http::{ApiResponse, Error};

pub(super) async fn create(context: &RequestContext<'_>) -> HandlerResult {
    let identity = parse_json::<CreateIdentity>(context.body)?.parse()?;
    let created = context.object.identities.create(identity).await?;
    ApiResponse::json(if created.is_new { 201 } else { 200 }, &created.view)
}

pub(super) async fn get(context: &RequestContext<'_>) -> HandlerResult {
    let details = context.object.identities.get(&find(context)?).await?;
    ApiResponse::json(200, &details.view)
}

pub(super) async fn list(context: &RequestContext<'_>) -> HandlerResult {
    let query = IdentityQuery::parse(context.query)?;
    ApiResponse::json(200, &context.object.identities.list(query).await?)
}

pub(super) async fn set_dkim(context: &RequestContext<'_>) -> HandlerResult {
    let signing = parse_json::<DkimChoice>(context.body)?.parse()?;
    let identity = find_domain(context)?;
    ApiResponse::json(200, &context.object.identities.set_dkim(identity, signing).await?)
}

pub(super) async fn delete(context: &RequestContext<'_>) -> HandlerResult {
    context.object.identities.delete(&find(context)?).await?;
    Ok(ApiResponse::empty(204))
}

/// Returns the identity with the id in the path.
fn find(context: &RequestContext<'_>) -> Result<KnownIdentity, Error> {
    let id: IdentityId = context.parameter.parse().map_err(|_| ApiError::NotFound { what: "identity" })?;
    context.object.identities.find(id)
}

/// Returns the identity with the id in the path if it is a domain.
///
/// # Errors
/// [`ApiError::NotADomain`] if it is an email address.
pub(super) fn find_domain(context: &RequestContext<'_>) -> Result<KnownIdentity, Error> {
    let identity = find(context)?;
    if identity.name.is_domain() { Ok(identity) } else { Err(ApiError::NotADomain.into()) }
}

//! `/v1/aws-binding`.

use api_contract::{ConnectRegion, RegisterRole, SetUpEvents, parse_json};

use super::{HandlerResult, RequestContext};
use crate::{clock, http::ApiResponse, organisation_object::idempotency::IdSource};

pub(super) fn get(context: &RequestContext<'_>) -> HandlerResult {
    ApiResponse::json(200, &context.object.connection.view()?)
}

pub(super) async fn connect(context: &RequestContext<'_>, ids: &IdSource<'_>) -> HandlerResult {
    let region = parse_json::<ConnectRegion>(context.body)?.parse()?;
    let details = context.object.connection.connect(region, &ids.secret(context.settings)).await?;
    ApiResponse::json(200, &details)
}

/// Registers a role that the customer created.
pub(super) async fn create(context: &RequestContext<'_>) -> HandlerResult {
    let role = parse_json::<RegisterRole>(context.body)?.parse(&context.organisation.external_id)?;
    ApiResponse::json(200, &context.object.connection.register(role).await?)
}

/// Sets up events in a region without a stack.
pub(super) async fn set_up_events(context: &RequestContext<'_>, ids: &IdSource<'_>) -> HandlerResult {
    let request = parse_json::<SetUpEvents>(context.body)?.parse()?;
    let secret = ids.secret(context.settings);
    ApiResponse::json(200, &context.object.connection.set_up_events(&request, &secret).await?)
}

pub(super) async fn verify(context: &RequestContext<'_>) -> HandlerResult {
    ApiResponse::json(200, &context.object.connection.verify().await?)
}

/// Checks which permissions the role lacks.
pub(super) async fn audit(context: &RequestContext<'_>) -> HandlerResult {
    ApiResponse::json(200, &context.object.connection.audit().await?)
}

/// Disconnects the account. What depends on it ends, too: emails that haven't been sent, and what is known of identities.
pub(super) async fn delete(context: &RequestContext<'_>) -> HandlerResult {
    let object = context.object;
    object.connection.disconnect().await?;
    object.delivery.end_all(clock::now())?;
    object.identities.delete_all()?;
    ApiResponse::json(200, &object.connection.view()?)
}

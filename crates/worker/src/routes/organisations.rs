//! `/v1/organisations`.

use api_contract::{
    ApiError, ApiKeySecret, Backup, BackupCursor, CreateOrganisation, NewOrganisation, RestoreResult,
    parse_json, restore_query,
};
use domain::{ApiKeyId, OrganisationId, onboarding::ExternalId};

use super::{HandlerResult, RequestContext};
use crate::{
    aws_connection::{Command, ConnectionClient},
    clock, database,
    http::{ApiResponse, Error},
    random, retention,
};

/// Creates an organisation with its external ID and first API key.
pub(super) async fn create(context: &RequestContext<'_>) -> HandlerResult {
    let name = parse_json::<CreateOrganisation>(context.body)?.parse()?;
    let now = context.ids.created_at();
    let id = OrganisationId::new(now, context.ids.bits(0));
    let key = ApiKeySecret::from_random(&context.ids.secret(context.settings)?);
    let external_id = ExternalId::from_random(&random::bytes()?);
    let database = database::open(context.env)?;
    let key_id = ApiKeyId::new(now, context.ids.bits(1));
    database::organisations::insert(&database, id, name.as_str(), &external_id, key_id, &key, now).await?;
    let view = NewOrganisation {
        id,
        name: name.as_str().to_owned(),
        api_key: key.reveal().to_owned(),
        created_at: now,
    };
    ApiResponse::json(201, &view)
}

/// Deletes an organisation. Its keys stop working immediately; data that can't be deleted within this request is deleted by
/// the cron job.
pub(super) async fn delete(context: &RequestContext<'_>) -> HandlerResult {
    let not_found = ApiError::NotFound { what: "organisation" };
    let id: OrganisationId = context.parameter.parse().map_err(|_| not_found.clone())?;
    let database = database::open(context.env)?;
    let marked = database::organisations::mark_deleted(&database, &id.to_string(), clock::now()).await?;
    retention::delete_organisation_data(
        context.env,
        &database,
        &marked.ok_or(not_found)?,
        context.request_id,
    )
    .await?;
    Ok(ApiResponse::empty(204))
}

/// Returns a page of the data in the organisation's Durable Object.
pub(super) async fn back_up(context: &RequestContext<'_>) -> HandlerResult {
    let (id, connection) = find_organisation(context).await?;
    let cursor = BackupCursor::parse_query(context.query)?;
    ApiResponse::json(200, &connection.call::<Backup>(Command::BackUp { id, cursor }).await?)
}

/// Restores a page of a backup.
pub(super) async fn restore(context: &RequestContext<'_>) -> HandlerResult {
    let (id, connection) = find_organisation(context).await?;
    let policy = restore_query(context.query)?;
    let page = Box::new(Backup::parse(&context.large_body.take().bytes, id)?);
    ApiResponse::json(200, &connection.call::<RestoreResult>(Command::Restore { page, policy }).await?)
}

/// Returns the id in the path and a client for that organisation.
async fn find_organisation(
    context: &RequestContext<'_>,
) -> Result<(OrganisationId, ConnectionClient), Error> {
    let not_found = || ApiError::NotFound { what: "organisation" };
    let id: OrganisationId = context.parameter.parse().map_err(|_| not_found())?;
    let organisation = database::organisations::find(&database::open(context.env)?, id).await?;
    Ok((id, ConnectionClient::new(context.env, &organisation.ok_or_else(not_found)?, context.request_id)?))
}

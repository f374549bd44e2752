//! `/v1/organisations`.

use kraiter_core::{
    api::{
        ApiError, ApiKey, ApiKeyId, Backup, BackupCursor, CreateOrganisationRequest, OrganisationId,
        OrganisationView, RestoreView, parse_json, restore_query,
    },
    setup::ExternalId,
};

use super::Call;
use crate::{
    aws_connection::{Client, Command},
    clock, database,
    exchange::Reply,
    failure::Failure,
    random, retention,
};

/// Makes an organisation with its external ID and its first key.
pub(super) async fn create(call: &Call<'_>) -> Result<Reply, Failure> {
    let name = parse_json::<CreateOrganisationRequest>(call.body)?.parse()?;
    let now = call.making.at();
    let id = OrganisationId::new(now, call.making.bits(0));
    let key = ApiKey::from_random(&call.making.secret(call.settings)?);
    let external_id = ExternalId::from_random(&random::bytes()?);
    let database = database::of(call.env)?;
    let key_id = ApiKeyId::new(now, call.making.bits(1));
    database::organisations::insert(&database, id, name.as_str(), &external_id, key_id, &key, now).await?;
    let view = OrganisationView {
        id,
        name: name.as_str().to_owned(),
        api_key: key.reveal().to_owned(),
        created_at: now,
    };
    Reply::json(201, &view)
}

/// Deletes an organisation: nobody is let in from the answer on, and what belonged to it goes at once or, where it is much, in the hours after.
pub(super) async fn delete(call: &Call<'_>) -> Result<Reply, Failure> {
    let missing = ApiError::NotFound { what: "organisation" };
    let id: OrganisationId = call.parameter.parse().map_err(|_| missing.clone())?;
    let database = database::of(call.env)?;
    let marked = database::organisations::mark_deleted(&database, &id.to_string(), clock::now()).await?;
    retention::delete_rest(call.env, &database, &marked.ok_or(missing)?, call.request_id).await?;
    Ok(Reply::empty(204))
}

/// A page of what the organisation's Durable Object holds.
pub(super) async fn back_up(call: &Call<'_>) -> Result<Reply, Failure> {
    let (id, connection) = named(call).await?;
    let cursor = BackupCursor::parse_query(call.query)?;
    Reply::json(200, &connection.ask::<Backup>(Command::BackUp { id, cursor }).await?)
}

/// Brings back what such a page holds.
pub(super) async fn restore(call: &Call<'_>) -> Result<Reply, Failure> {
    let (id, connection) = named(call).await?;
    let wanted = restore_query(call.query)?;
    let page = Box::new(Backup::parse(&call.large.take().bytes, id)?);
    Reply::json(200, &connection.ask::<RestoreView>(Command::Restore { page, wanted }).await?)
}

/// The organisation that the path names.
async fn named(call: &Call<'_>) -> Result<(OrganisationId, Client), Failure> {
    let missing = || ApiError::NotFound { what: "organisation" };
    let id: OrganisationId = call.parameter.parse().map_err(|_| missing())?;
    let organisation = database::organisations::by_id(&database::of(call.env)?, id).await?;
    Ok((id, Client::new(call.env, &organisation.ok_or_else(missing)?, call.request_id)?))
}

//! The table `organisations`.

use api_contract::Organisation;
use domain::{OrganisationId, onboarding::ExternalId};
use serde::Deserialize;
use time::OffsetDateTime;
use wasm_bindgen::JsValue;
use worker::D1Database;

use super::{run, statement, time};
use crate::{clock, http::Error};

/// Stores a new organisation, unless it is already stored. Returns the external ID that is stored, or `None` if the organisation is being
/// deleted.
///
/// # Errors
/// Fails if D1 fails.
pub(crate) async fn insert(
    database: &D1Database,
    id: OrganisationId,
    name: &str,
    external_id: &ExternalId,
    now: OffsetDateTime,
) -> Result<Option<ExternalId>, Error> {
    #[derive(Deserialize)]
    struct Row {
        external_id: ExternalId,
        deleted_at: Option<i64>,
    }
    let sql = "INSERT INTO organisations (id, name, external_id, created_at) VALUES (?, ?, ?, ?) \
               ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING external_id, deleted_at";
    let values = [id.to_string().into(), name.into(), external_id.as_str().into(), time(now)];
    let row: Option<Row> = statement(database, sql, &values)?.first(None).await?;
    Ok(row.filter(|row| row.deleted_at.is_none()).map(|row| row.external_id))
}

/// A row, as far as operators see it.
#[derive(Deserialize)]
struct Listed {
    id: OrganisationId,
    name: String,
    created_at: i64,
    suspended_at: Option<i64>,
}

impl From<Listed> for Organisation {
    fn from(Listed { id, name, created_at, suspended_at }: Listed) -> Self {
        let suspended_at = suspended_at.map(clock::from_milliseconds);
        Self { id, name, created_at: clock::from_milliseconds(created_at), suspended_at }
    }
}

/// Returns the organisations before an id, newest first, without those that are being deleted.
///
/// # Errors
/// Fails if D1 fails.
pub(crate) async fn list(
    database: &D1Database,
    before: Option<OrganisationId>,
    limit: u32,
) -> Result<Vec<Organisation>, Error> {
    // Greater than every id.
    let before = before.map_or_else(|| "org_~".to_owned(), |id| id.to_string());
    let sql = "SELECT id, name, created_at, suspended_at FROM organisations WHERE id < ? AND deleted_at IS NULL ORDER BY id DESC LIMIT ?";
    let rows: Vec<Listed> =
        statement(database, sql, &[before.into(), limit.into()])?.all().await?.results()?;
    Ok(rows.into_iter().map(Organisation::from).collect())
}

/// Stores the name and the standing of an organisation.
///
/// # Errors
/// Fails if D1 fails.
pub(crate) async fn update(database: &D1Database, organisation: &Organisation) -> Result<(), Error> {
    let sql = "UPDATE organisations SET name = ?, suspended_at = ? WHERE id = ? AND deleted_at IS NULL";
    let suspended_at = organisation.suspended_at.map_or(JsValue::NULL, time);
    let values = [organisation.name.as_str().into(), suspended_at, organisation.id.to_string().into()];
    run(database, sql, &values).await.map(drop)
}

/// Returns an organisation, or `None` if there is none, or if it is being deleted.
///
/// # Errors
/// Fails if D1 fails.
pub(crate) async fn find(database: &D1Database, id: OrganisationId) -> Result<Option<Organisation>, Error> {
    let sql =
        "SELECT id, name, created_at, suspended_at FROM organisations WHERE id = ? AND deleted_at IS NULL";
    let row: Option<Listed> = statement(database, sql, &[id.to_string().into()])?.first(None).await?;
    Ok(row.map(Organisation::from))
}

/// Marks an organisation for deletion, which [`list_deleting`] returns until [`delete`] is called. Returns false if there is none.
///
/// # Errors
/// Fails if D1 fails.
pub(crate) async fn mark_deleted(
    database: &D1Database,
    id: OrganisationId,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let sql = "UPDATE organisations SET deleted_at = coalesce(deleted_at, ?) WHERE id = ?";
    Ok(run(database, sql, &[time(now), id.to_string().into()]).await? > 0)
}

/// Returns the IDs of organisations that are being deleted, at most `limit`, the least recently attempted first.
///
/// # Errors
/// Fails if D1 fails.
pub(crate) async fn list_deleting(database: &D1Database, limit: u32) -> Result<Vec<String>, Error> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
    }
    let sql = "SELECT id FROM organisations WHERE deleted_at IS NOT NULL ORDER BY deleted_at LIMIT ?";
    let rows: Vec<Row> = statement(database, sql, &[limit.into()])?.all().await?.results()?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Records an attempt to delete an organisation that failed: others have their turn before the next one.
///
/// # Errors
/// Fails if D1 fails.
pub(crate) async fn set_deletion_attempt(
    database: &D1Database,
    id: &str,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "UPDATE organisations SET deleted_at = ? WHERE id = ? AND deleted_at IS NOT NULL";
    run(database, sql, &[time(now), id.into()]).await.map(drop)
}

/// Deletes the row of an organisation whose object has deleted its data, and releases its roles.
///
/// # Errors
/// Fails if D1 fails.
pub(crate) async fn delete(database: &D1Database, id: OrganisationId) -> Result<(), Error> {
    let sql = "DELETE FROM organisations WHERE id = ?";
    run(database, sql, &[id.to_string().into()]).await.map(drop)
}

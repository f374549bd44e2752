//! The table `organisations`.

use api_contract::{ApiKeySecret, FIRST_KEY_NAME};
use domain::{ApiKeyId, OrganisationId, onboarding::ExternalId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use worker::{D1Database, D1Result};

use super::{api_keys, statement, unreadable, written};
use crate::http::Error;

/// Who a request is for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Organisation {
    /// Its id.
    pub(crate) id: String,
    /// Its external ID.
    pub(crate) external_id: ExternalId,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    external_id: ExternalId,
}

impl From<Row> for Organisation {
    fn from(Row { id, external_id }: Row) -> Self {
        Self { id, external_id }
    }
}

/// Stores a new organisation with its first key; one that is there already stays as it is.
pub(crate) async fn insert(
    database: &D1Database,
    id: OrganisationId,
    name: &str,
    external_id: &ExternalId,
    key_id: ApiKeyId,
    key: &ApiKeySecret,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let id = id.to_string();
    let organisation = statement(
        database,
        "INSERT INTO organisations (id, name, external_id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        &[(&id).into(), name.into(), external_id.as_str().into(), written(now)?.into()],
    )?;
    let key = api_keys::insertion(database, &id, key_id, key, FIRST_KEY_NAME, now)?;
    database.batch(vec![organisation, key]).await?;
    Ok(())
}

/// The name of an organisation.
pub(crate) async fn get_name(database: &D1Database, id: &str) -> Result<String, Error> {
    let name = statement(database, "SELECT name FROM organisations WHERE id = ?", &[id.into()])?;
    name.first::<String>(Some("name")).await?.ok_or_else(|| unreadable("organisation"))
}

/// Lets nobody in any more who shows a key, a session or a webhook's token of an organisation; what belongs to it is deleted afterwards. None
/// where there is no such organisation.
pub(crate) async fn mark_deleted(
    database: &D1Database,
    id: &str,
    now: OffsetDateTime,
) -> Result<Option<Organisation>, Error> {
    let marked = statement(
        database,
        "UPDATE organisations SET deleted_at = coalesce(deleted_at, ?) WHERE id = ?",
        &[written(now)?.into(), id.into()],
    )?;
    let mut statements = vec![marked];
    for sql in [
        "DELETE FROM sessions WHERE key_digest IN (SELECT digest FROM api_keys WHERE organisation_id = ?)",
        "DELETE FROM api_keys WHERE organisation_id = ?",
        "DELETE FROM webhooks WHERE organisation_id = ?",
        "DELETE FROM role_claims WHERE organisation_id = ?",
    ] {
        statements.push(statement(database, sql, &[id.into()])?);
    }
    statements.push(statement(
        database,
        "SELECT id, external_id FROM organisations WHERE id = ?",
        &[id.into()],
    )?);
    let results = database.batch(statements).await?;
    let found = results.last().map(D1Result::results::<Row>).transpose()?.unwrap_or_default();
    Ok(found.into_iter().next().map(Organisation::from))
}

/// An organisation that wasn't deleted.
pub(crate) async fn find(database: &D1Database, id: OrganisationId) -> Result<Option<Organisation>, Error> {
    let sql = "SELECT id, external_id FROM organisations WHERE id = ? AND deleted_at IS NULL";
    let row: Option<Row> = statement(database, sql, &[id.to_string().into()])?.first(None).await?;
    Ok(row.map(Organisation::from))
}

/// The organisations whose deletion has still to be ended.
pub(crate) async fn list_deleting(database: &D1Database, most: u32) -> Result<Vec<Organisation>, Error> {
    let sql = "SELECT id, external_id FROM organisations WHERE deleted_at IS NOT NULL LIMIT ?";
    let rows: Vec<Row> = statement(database, sql, &[most.into()])?.all().await?.results()?;
    Ok(rows.into_iter().map(Organisation::from).collect())
}

/// Deletes the row of an organisation of which nothing else is left, with what can't be much.
pub(crate) async fn delete(database: &D1Database, id: &str) -> Result<(), Error> {
    let mut statements = Vec::new();
    for sql in [
        "DELETE FROM template_versions WHERE template_id IN (SELECT id FROM templates WHERE organisation_id = ?)",
        "DELETE FROM templates WHERE organisation_id = ?",
        "DELETE FROM identities WHERE organisation_id = ?",
        "DELETE FROM organisations WHERE id = ?",
    ] {
        statements.push(statement(database, sql, &[id.into()])?);
    }
    database.batch(statements).await?;
    Ok(())
}

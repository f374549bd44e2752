//! The tables `organisations` and `api_keys`.

use kraiter_core::{
    api::{ApiKey, OrganisationId},
    setup::ExternalId,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use worker::D1Database;

use super::{statement, unreadable, written};
use crate::failure::Failure;

/// Who a request is for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Organisation {
    /// Its id.
    pub(crate) id: String,
    /// Its external ID.
    pub(crate) external_id: ExternalId,
}

/// Stores a new organisation with its first key; one that is there already stays as it is.
pub(crate) async fn insert(
    database: &D1Database,
    id: OrganisationId,
    name: &str,
    external_id: &ExternalId,
    key: &ApiKey,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let (id, now) = (id.to_string(), written(now)?);
    let organisation = statement(
        database,
        "INSERT INTO organisations (id, name, external_id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        &[(&id).into(), name.into(), external_id.as_str().into(), (&now).into()],
    )?;
    let key = statement(
        database,
        "INSERT INTO api_keys (digest, organisation_id, created_at) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING",
        &[(&key.digest()).into(), (&id).into(), (&now).into()],
    )?;
    database.batch(vec![organisation, key]).await?;
    Ok(())
}

/// The organisation that has this key.
pub(crate) async fn by_key(database: &D1Database, key: &ApiKey) -> Result<Option<Organisation>, Failure> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        external_id: ExternalId,
    }
    let sql = "SELECT o.id, o.external_id FROM api_keys k JOIN organisations o ON o.id = k.organisation_id WHERE k.digest = ?";
    let row: Option<Row> = statement(database, sql, &[(&key.digest()).into()])?.first(None).await?;
    Ok(row.map(|Row { id, external_id }| Organisation { id, external_id }))
}

/// The name of an organisation.
pub(crate) async fn name(database: &D1Database, id: &str) -> Result<String, Failure> {
    let name = statement(database, "SELECT name FROM organisations WHERE id = ?", &[id.into()])?;
    name.first::<String>(Some("name")).await?.ok_or_else(|| unreadable("organisation"))
}

//! The table `api_keys`: digests of keys, and what is shown of them.

use api_contract::{ApiKey, ApiKeySecret, MAX_API_KEYS, should_touch_last_used};
use domain::{ApiKeyId, onboarding::ExternalId};
use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;
use worker::{D1Database, D1PreparedStatement};

use super::{milliseconds, organisations::Organisation, read_time, run, statement, written};
use crate::{clock, http::Error, log};

/// The statement that stores a key where its organisation has room for one more; one that is there already stays as it is.
pub(super) fn insertion(
    database: &D1Database,
    organisation_id: &str,
    id: ApiKeyId,
    key: &ApiKeySecret,
    name: &str,
    now: OffsetDateTime,
) -> Result<D1PreparedStatement, Error> {
    let sql = "INSERT INTO api_keys (digest, organisation_id, created_at, id, name, hint) SELECT ?1, ?2, ?3, ?4, ?5, ?6 \
               WHERE (SELECT count(*) FROM api_keys WHERE organisation_id = ?2) < ?7 ON CONFLICT DO NOTHING";
    let values = [
        key.digest().into(),
        organisation_id.into(),
        written(now)?.into(),
        id.to_string().into(),
        name.into(),
        key.hint().into(),
        u32::try_from(MAX_API_KEYS).unwrap_or(u32::MAX).into(),
    ];
    statement(database, sql, &values)
}

/// Stores a key; answers whether it is there now, or else there are too many.
pub(crate) async fn insert(
    database: &D1Database,
    organisation_id: &str,
    id: ApiKeyId,
    key: &ApiKeySecret,
    name: &str,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    insertion(database, organisation_id, id, key, name, now)?.run().await?;
    let sql = "SELECT 1 AS one FROM api_keys WHERE digest = ?";
    Ok(statement(database, sql, &[key.digest().into()])?.first::<u32>(Some("one")).await?.is_some())
}

/// The organisation that has this key; that it was shown is noted, now and then.
pub(crate) async fn find_organisation(
    database: &D1Database,
    key: &ApiKeySecret,
    now: OffsetDateTime,
) -> Result<Option<Organisation>, Error> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        external_id: ExternalId,
        last_used_at: Option<i64>,
    }
    let digest = key.digest();
    let sql = "SELECT o.id, o.external_id, k.last_used_at FROM api_keys k JOIN organisations o ON o.id = k.organisation_id \
               WHERE k.digest = ?";
    let row: Option<Row> = statement(database, sql, &[(&digest).into()])?.first(None).await?;
    let Some(Row { id, external_id, last_used_at }) = row else { return Ok(None) };
    if should_touch_last_used(last_used_at.map(clock::from_milliseconds), now) {
        let sql = "UPDATE api_keys SET last_used_at = ? WHERE digest = ?";
        // Nobody is kept out because that can't be written now.
        if let Err(failure) = run(database, sql, &[milliseconds(now), (&digest).into()]).await {
            log::error(
                "api_key_last_used_not_updated",
                json!({ "organisationId": id, "error": format!("{failure:?}") }),
            );
        }
    }
    Ok(Some(Organisation { id, external_id }))
}

/// The keys of an organisation, oldest first; `current` is the digest of the one that was shown.
pub(crate) async fn list(
    database: &D1Database,
    organisation_id: &str,
    current: Option<&str>,
) -> Result<Vec<ApiKey>, Error> {
    #[derive(Deserialize)]
    struct Row {
        digest: String,
        id: ApiKeyId,
        name: String,
        hint: String,
        created_at: String,
        last_used_at: Option<i64>,
    }
    let sql = "SELECT digest, id, name, hint, created_at, last_used_at FROM api_keys WHERE organisation_id = ? \
               ORDER BY created_at, id";
    let rows: Vec<Row> = statement(database, sql, &[organisation_id.into()])?.all().await?.results()?;
    let views = rows.into_iter().map(|row| {
        Ok(ApiKey {
            id: row.id,
            name: row.name,
            hint: row.hint,
            created_at: read_time(&row.created_at)?,
            last_used_at: row.last_used_at.map(clock::from_milliseconds),
            current: current == Some(row.digest.as_str()),
        })
    });
    views.collect()
}

/// What became of a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeleteResult {
    /// It is gone, with the sessions that were made with it.
    Deleted,
    /// There is no such key.
    NotFound,
    /// It is the last one, and stays.
    LastKey,
}

/// Deletes a key of an organisation unless it is the last one: decided and done in one transaction, so that two can't both be the last but one.
pub(crate) async fn delete(
    database: &D1Database,
    organisation_id: &str,
    id: ApiKeyId,
) -> Result<DeleteResult, Error> {
    #[derive(Deserialize)]
    struct Count {
        keys: u32,
        known: u32,
    }
    let id = id.to_string();
    let values = [organisation_id.into(), (&id).into()];
    let count = "SELECT count(*) AS keys, count(*) FILTER (WHERE id = ?2) AS known FROM api_keys WHERE organisation_id = ?1";
    let is_not_last = "(SELECT count(*) FROM api_keys WHERE organisation_id = ?1) > 1";
    let sessions = format!(
        "DELETE FROM sessions WHERE {is_not_last} AND key_digest IN (SELECT digest FROM api_keys WHERE organisation_id = ?1 AND id = ?2)"
    );
    let key = format!("DELETE FROM api_keys WHERE {is_not_last} AND organisation_id = ?1 AND id = ?2");
    let results = database
        .batch(vec![
            statement(database, count, &values)?,
            statement(database, &sessions, &values)?,
            statement(database, &key, &values)?,
        ])
        .await?;
    let counted: Option<Count> = match results.first() {
        Some(result) => result.results::<Count>()?.into_iter().next(),
        None => None,
    };
    Ok(match counted {
        Some(Count { known: 0, .. }) | None => DeleteResult::NotFound,
        Some(Count { keys: 1, .. }) => DeleteResult::LastKey,
        Some(_) => DeleteResult::Deleted,
    })
}

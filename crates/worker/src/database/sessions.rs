//! The table `sessions`.

use api_contract::{ApiKeySecret, SESSION_TTL, SessionToken};
use domain::onboarding::ExternalId;
use serde::Deserialize;
use time::OffsetDateTime;
use worker::D1Database;

use super::{organisations::Organisation, run, statement, written};
use crate::http::Error;

/// Stores a session of the organisation that has `key`, and forgets those that have ended.
pub(crate) async fn insert(
    database: &D1Database,
    token: &SessionToken,
    key: &ApiKeySecret,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let new = statement(
        database,
        "INSERT INTO sessions (digest, key_digest, expires_at) VALUES (?, ?, ?)",
        &[token.digest().into(), key.digest().into(), written(now + SESSION_TTL)?.into()],
    )?;
    let ended = statement(database, "DELETE FROM sessions WHERE expires_at < ?", &[written(now)?.into()])?;
    database.batch(vec![new, ended]).await?;
    Ok(())
}

/// Forgets the sessions that have ended.
pub(crate) async fn delete_expired(database: &D1Database, now: OffsetDateTime) -> Result<(), Error> {
    run(database, "DELETE FROM sessions WHERE expires_at < ?", &[written(now)?.into()]).await.map(drop)
}

/// The organisation whose session this is.
pub(crate) async fn find_organisation(
    database: &D1Database,
    token: &SessionToken,
    now: OffsetDateTime,
) -> Result<Option<Organisation>, Error> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        external_id: ExternalId,
    }
    let sql = "SELECT o.id, o.external_id FROM sessions s JOIN api_keys k ON k.digest = s.key_digest \
               JOIN organisations o ON o.id = k.organisation_id WHERE s.digest = ? AND s.expires_at >= ?";
    let row: Option<Row> =
        statement(database, sql, &[token.digest().into(), written(now)?.into()])?.first(None).await?;
    Ok(row.map(|Row { id, external_id }| Organisation { id, external_id }))
}

/// The digest of the key that a session was made with.
pub(crate) async fn find_key_digest(
    database: &D1Database,
    token: &SessionToken,
) -> Result<Option<String>, Error> {
    let sql = "SELECT key_digest FROM sessions WHERE digest = ?";
    Ok(statement(database, sql, &[token.digest().into()])?.first::<String>(Some("key_digest")).await?)
}

/// Ends a session.
pub(crate) async fn delete(database: &D1Database, token: &SessionToken) -> Result<(), Error> {
    run(database, "DELETE FROM sessions WHERE digest = ?", &[token.digest().into()]).await.map(drop)
}

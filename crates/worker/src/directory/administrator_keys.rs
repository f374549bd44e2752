//! The table `administrator_keys`: requests of the administrator with an idempotency key.

use api_contract::{
    ApiError, ClaimDecision, Fingerprint, IdempotencyRecord, KEY_TTL, KeyDigest, LOCK_TIMEOUT, Persist,
    RequestSeed, StoredResponse,
};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};
use worker::D1Database;

use super::{run, statement, time};
use crate::{clock, http::Error};

/// How often a waiting request looks for the response of the request in progress.
const POLL_INTERVAL: Duration = Duration::milliseconds(500);

/// The result of claiming a key.
pub(crate) enum ClaimResult {
    /// Handle the request with this seed. A retry gets the seed of the first attempt.
    Acquired(RequestSeed),
    /// The request has finished with this response. Its token is redacted.
    Completed(RequestSeed, StoredResponse),
}

#[derive(Deserialize)]
struct Row {
    fingerprint: Fingerprint,
    seed: RequestSeed,
    locked_until: i64,
    status: Option<u16>,
    body: Option<String>,
    expires_at: i64,
}

impl Row {
    fn into_record(self) -> IdempotencyRecord {
        IdempotencyRecord {
            fingerprint: self.fingerprint,
            seed: self.seed,
            response: self.status.zip(self.body).map(|(status, body)| StoredResponse { status, body }),
            expires_at: clock::from_milliseconds(self.expires_at),
        }
    }
}

/// Claims a key for a request. Waits if a request with the same key is in progress.
///
/// # Errors
/// [`ApiError::IdempotencyKeyReused`] if the key belongs to another request, [`ApiError::IdempotencyInProgress`] if the wait takes too
/// long.
pub(crate) async fn claim(
    database: &D1Database,
    key: &KeyDigest,
    fingerprint: &Fingerprint,
    fresh: RequestSeed,
) -> Result<ClaimResult, Error> {
    let arrived_at = clock::now();
    loop {
        let now = clock::now();
        if insert(database, key, fingerprint, fresh, now).await? {
            return Ok(ClaimResult::Acquired(fresh));
        }
        // The row may have been deleted since.
        let Some(row) = find(database, key).await? else { continue };
        let seed = row.seed;
        let locked_until = clock::from_milliseconds(row.locked_until);
        match ClaimDecision::new(Some(row.into_record()), fingerprint, Some(locked_until), arrived_at, now) {
            // It has expired.
            ClaimDecision::Start => delete_row(database, key, seed).await?,
            ClaimDecision::Resume(seed) => {
                if lock_again(database, key, locked_until, now).await? {
                    return Ok(ClaimResult::Acquired(seed));
                }
            }
            ClaimDecision::Replay(response) => return Ok(ClaimResult::Completed(seed, response)),
            ClaimDecision::Mismatch => return Err(ApiError::IdempotencyKeyReused.into()),
            ClaimDecision::Wait(until) => clock::sleep((until - now).min(POLL_INTERVAL)).await,
            ClaimDecision::InProgress => return Err(ApiError::IdempotencyInProgress.into()),
        }
    }
}

/// Ends the request that claimed the key, and stores its response if a retry must get the same one. The token must be redacted.
///
/// # Errors
/// Fails if D1 fails. The request itself is done then, and a retry finds what it created.
pub(crate) async fn complete(
    database: &D1Database,
    key: &KeyDigest,
    seed: RequestSeed,
    response: &StoredResponse,
) -> Result<(), Error> {
    match Persist::of(response.status, false) {
        Persist::Nothing => delete_row(database, key, seed).await,
        Persist::SeedOnly => {
            let sql = "UPDATE administrator_keys SET locked_until = 0 WHERE digest = ? AND seed = ?";
            run(database, sql, &[key.to_string().into(), seed.to_string().into()]).await.map(drop)
        }
        Persist::Response => {
            let sql = "UPDATE administrator_keys SET status = ?, body = ? WHERE digest = ? AND seed = ?";
            let (status, body) = (response.status.into(), response.body.as_str().into());
            let values = [status, body, key.to_string().into(), seed.to_string().into()];
            run(database, sql, &values).await.map(drop)
        }
    }
}

/// Deletes keys that have expired.
///
/// # Errors
/// Fails if D1 fails.
pub(crate) async fn delete_expired(database: &D1Database, now: OffsetDateTime) -> Result<(), Error> {
    let sql = "DELETE FROM administrator_keys WHERE expires_at <= ?";
    run(database, sql, &[time(now)]).await.map(drop)
}

/// Stores a key. Returns false if it is already stored.
async fn insert(
    database: &D1Database,
    key: &KeyDigest,
    fingerprint: &Fingerprint,
    seed: RequestSeed,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let sql = "INSERT INTO administrator_keys (digest, fingerprint, seed, locked_until, expires_at) VALUES (?, ?, ?, ?, ?) \
               ON CONFLICT DO NOTHING";
    let values = [
        key.to_string().into(),
        fingerprint.to_string().into(),
        seed.to_string().into(),
        time(now + LOCK_TIMEOUT),
        time(now + KEY_TTL),
    ];
    Ok(run(database, sql, &values).await? > 0)
}

async fn find(database: &D1Database, key: &KeyDigest) -> Result<Option<Row>, Error> {
    let sql = "SELECT fingerprint, seed, locked_until, status, body, expires_at FROM administrator_keys WHERE digest = ?";
    Ok(statement(database, sql, &[key.to_string().into()])?.first(None).await?)
}

async fn delete_row(database: &D1Database, key: &KeyDigest, seed: RequestSeed) -> Result<(), Error> {
    let sql = "DELETE FROM administrator_keys WHERE digest = ? AND seed = ?";
    run(database, sql, &[key.to_string().into(), seed.to_string().into()]).await.map(drop)
}

/// Locks a key for a retry. Returns false if another retry has locked it first.
async fn lock_again(
    database: &D1Database,
    key: &KeyDigest,
    locked_until: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let sql = "UPDATE administrator_keys SET locked_until = ? WHERE digest = ? AND locked_until = ?";
    let values = [time(now + LOCK_TIMEOUT), key.to_string().into(), time(locked_until)];
    Ok(run(database, sql, &values).await? > 0)
}

//! Idempotency keys of the organisation's requests.
//!
//! Records are in storage; which request is in progress is in memory. After a restart none is in progress, and a retry resumes with the seed of the
//! first request.

mod id_source;
mod in_progress;

use std::{cell::Cell, rc::Rc};

use api_contract::{
    ClaimDecision, Fingerprint, IdempotencyRecord, KEY_TTL, KeyDigest, Persist, RequestSeed, StoredResponse,
};
use time::OffsetDateTime;

pub(crate) use self::id_source::IdSource;
use self::in_progress::{InProgress, Lock};
use super::{
    context::Context,
    sql::{self, blob, optional},
};
use crate::{clock, http::Error};

/// The day of expiry comes first, so that a key is found within two days and expired rows are deleted together, without an index.
pub(crate) const SCHEMA: &[&str] = &[
    "CREATE TABLE idempotency_keys (day INTEGER NOT NULL, digest BLOB NOT NULL, fingerprint BLOB NOT NULL, seed BLOB NOT NULL, \
       status INTEGER, body TEXT, expires_at INTEGER NOT NULL, PRIMARY KEY (day, digest)) STRICT, WITHOUT ROWID",
];

const FIND: &str = "SELECT fingerprint, seed, status, body, expires_at FROM idempotency_keys WHERE day IN (?, ?) AND digest = ?";
const INSERT: &str = "INSERT OR REPLACE INTO idempotency_keys (day, digest, fingerprint, seed, status, body, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)";
const DELETE: &str = "DELETE FROM idempotency_keys WHERE day = ? AND digest = ? AND seed = ?";
const DELETE_EXPIRED: &str = "DELETE FROM idempotency_keys WHERE day < ?";
const OLDEST: &str = "SELECT min(day) FROM idempotency_keys";

#[allow(dead_code, reason = "read by the test of query plans")]
/// A claimed idempotency key.
pub(crate) struct Claim {
    digest: KeyDigest,
    fingerprint: Fingerprint,
    pub(crate) seed: RequestSeed,
    /// Whether an earlier attempt may already have created something from this seed.
    pub(crate) is_retry: bool,
    expires_at: OffsetDateTime,
    is_stored: Cell<bool>,
    /// Whether the request created something.
    has_effect: Cell<bool>,
    /// Whether the response is stored with what the request created.
    has_response: Cell<bool>,
    /// Ends with the claim: then retries that wait go on.
    _lock: Lock,
}

impl Claim {
    /// Records that the request has created something.
    pub(crate) fn set_effect(&self) {
        self.has_effect.set(true);
    }

    /// Records that the response is stored with what the request created.
    pub(crate) fn set_response(&self) {
        self.has_response.set(true);
    }
}

/// The result of claiming a key.
pub(crate) enum ClaimResult {
    /// The request may run.
    Acquired(Claim),
    /// The request has finished, and this is its stored response.
    Completed(RequestSeed, StoredResponse),
    /// The key belongs to a different request.
    Mismatch,
    /// The request in progress takes too long.
    InProgress,
}

/// The organisation's idempotency keys.
pub(crate) struct IdempotencyStore {
    context: Rc<Context>,
    in_progress: Rc<InProgress>,
}

impl IdempotencyStore {
    pub(crate) fn new(context: Rc<Context>) -> Self {
        Self { context, in_progress: Rc::default() }
    }

    /// Claims a key, or waits for the request that holds it. Writes nothing. `response_of` finds the response of a request that is stored with
    /// what the request created.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) async fn claim(
        &self,
        digest: &KeyDigest,
        fingerprint: &Fingerprint,
        fresh: RequestSeed,
        response_of: impl Fn(RequestSeed) -> Result<Option<StoredResponse>, Error>,
    ) -> Result<ClaimResult, Error> {
        let arrived_at = clock::now();
        loop {
            let now = clock::now();
            let mut record = self.find(digest, now)?;
            if let Some(record) = record.as_mut().filter(|record| record.response.is_none()) {
                record.response = response_of(record.seed)?;
            }
            // A request that hasn't written its claim yet exists in memory only.
            let running = self.in_progress.get(digest);
            if record.is_none()
                && let Some(running) = &running
            {
                record = Some(IdempotencyRecord {
                    fingerprint: running.fingerprint,
                    seed: running.seed,
                    response: None,
                    expires_at: now + KEY_TTL,
                });
            }
            let found = record.as_ref().map(|record| (record.seed, record.expires_at));
            let until = running.as_ref().map(|running| running.until);
            let (seed, is_retry) = match ClaimDecision::new(record, fingerprint, until, arrived_at, now) {
                ClaimDecision::Start => (fresh, false),
                ClaimDecision::Resume(seed) => (seed, true),
                ClaimDecision::Replay(response) => {
                    let seed = found.map_or(fresh, |(seed, _)| seed);
                    return Ok(ClaimResult::Completed(seed, response));
                }
                ClaimDecision::Mismatch => return Ok(ClaimResult::Mismatch),
                ClaimDecision::InProgress => return Ok(ClaimResult::InProgress),
                ClaimDecision::Wait(until) => {
                    if let Some(running) = running {
                        running.wait(until - now).await;
                    }
                    continue;
                }
            };
            let lock = self.in_progress.insert(digest, fingerprint, seed, now);
            let expires_at = found.filter(|_| is_retry).map_or(now + KEY_TTL, |(_, expires_at)| expires_at);
            return Ok(ClaimResult::Acquired(Claim {
                digest: *digest,
                fingerprint: *fingerprint,
                seed,
                is_retry,
                expires_at,
                is_stored: Cell::new(is_retry),
                has_effect: Cell::new(false),
                has_response: Cell::new(false),
                _lock: lock,
            }));
        }
    }

    /// Writes the claim, before the request has its first effect or in the same transaction.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn store(&self, claim: &Claim) -> Result<(), Error> {
        if !claim.is_stored.get() {
            self.write(claim, None)?;
            claim.is_stored.set(true);
        }
        Ok(())
    }

    /// Stores the response of a request if a retry must get the same one. A one-time secret must be redacted.
    ///
    /// # Errors
    /// Fails if the storage fails. The request itself is done then, and a retry finds what it created.
    pub(crate) fn complete(&self, claim: &Claim, response: &StoredResponse) -> Result<(), Error> {
        match Persist::of(response.status, claim.has_effect.get()) {
            Persist::Response if claim.has_response.get() => Ok(()),
            Persist::Response => self.write(claim, Some(response)),
            Persist::Nothing if claim.is_stored.get() => {
                let values = [
                    day(claim.expires_at).into(),
                    blob(claim.digest.as_bytes()),
                    blob(&claim.seed.to_bytes()),
                ];
                self.context.sql.run(DELETE, values).map(drop)
            }
            Persist::Nothing | Persist::SeedOnly => Ok(()),
        }
    }

    /// Deletes expired keys.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn delete_expired(&self, now: OffsetDateTime) -> Result<(), Error> {
        self.context.sql.run(DELETE_EXPIRED, [day(now).into()]).map(drop)
    }

    /// Returns when the next keys can be deleted.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn next_due(&self) -> Result<Option<OffsetDateTime>, Error> {
        let Some(row) = self.context.sql.row(OLDEST, [])? else { return Ok(None) };
        let oldest: Option<i64> = row.optional_integer(0)?;
        Ok(oldest.map(|day| clock::from_milliseconds((day + 1) * DAY_MS)))
    }

    fn find(&self, digest: &KeyDigest, now: OffsetDateTime) -> Result<Option<IdempotencyRecord>, Error> {
        // A key lives for 24 hours, so it expires today or tomorrow.
        let today = day(now);
        let values = [today.into(), (today + 1).into(), blob(digest.as_bytes())];
        let rows = self.context.sql.rows(FIND, values)?;
        let read = |row: &sql::Row| {
            let status: Option<u16> = row.optional_integer(2)?;
            Ok(IdempotencyRecord {
                fingerprint: Fingerprint::from_bytes(row.array(0)?),
                seed: RequestSeed::from_bytes(row.array(1)?),
                response: status
                    .zip(row.optional_text(3))
                    .map(|(status, body)| StoredResponse { status, body }),
                expires_at: row.time(4)?,
            })
        };
        let records = rows.iter().map(read).collect::<Result<Vec<_>, Error>>()?;
        // After expiry the same key may have been used again.
        Ok(records.into_iter().max_by_key(|record| record.expires_at))
    }

    fn write(&self, claim: &Claim, response: Option<&StoredResponse>) -> Result<(), Error> {
        let values = [
            day(claim.expires_at).into(),
            blob(claim.digest.as_bytes()),
            blob(claim.fingerprint.as_bytes()),
            blob(&claim.seed.to_bytes()),
            optional(response.map(|response| response.status)),
            optional(response.map(|response| response.body.as_str())),
            sql::time(claim.expires_at),
        ];
        self.context.sql.run(INSERT, values).map(drop)
    }
}

const DAY_MS: i64 = 86_400_000;

/// Returns the number of days since 1970.
fn day(at: OffsetDateTime) -> i32 {
    i32::try_from(clock::to_milliseconds(at).div_euclid(DAY_MS)).unwrap_or(i32::MAX)
}

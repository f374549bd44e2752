//! Idempotency keys: what is kept under each, and who waits for whom.
//!
//! Records are in the storage, which request is under way in memory: after a restart none of this object's is, and a repetition goes on
//! from the seed of the first at once.

use std::{cell::RefCell, collections::HashMap, pin::pin, rc::Rc};

use api_contract::{
    ApiError, BackupKey, ClaimDecision, Fingerprint, IdempotencyRecord, KEY_TTL, LOCK_TIMEOUT, Persist,
    RequestSeed, StoredResponse,
};
use domain::EmailId;
use futures_channel::oneshot;
use futures_util::future::select;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use worker::{SqlStorage, SqlStorageValue};

use super::AwsConnection;
use crate::{clock, http::Error, random};

/// A request to the idempotency store.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyCommand {
    /// Claims a key. Returns a [`ClaimResult`].
    Begin { digest: String, fingerprint: Fingerprint },
    /// Stores the response of the request that claimed the key. Its one-time secret must be redacted.
    End { digest: String, seed: RequestSeed, answer: StoredResponse },
}

/// A claimed idempotency key. It is valid for as long as the stored record has the same seed.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct IdempotencyToken {
    /// SHA-256 digest of the key.
    pub(crate) digest: String,
    /// Seed of the ids and secrets that the request creates.
    pub(crate) seed: RequestSeed,
}

/// The result of claiming an idempotency key.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ClaimResult {
    /// The caller holds the key. `is_retry` if an earlier attempt may already have created something from this seed.
    Acquired { seed: RequestSeed, is_retry: bool },
    /// The request has finished, and this is its stored response.
    Completed { seed: RequestSeed, response: StoredResponse },
    /// The key belongs to a different request.
    Mismatch,
    /// A request with the same key is in progress.
    InProgress,
}

/// Expired records are let go of in one go, not one by one.
const PURGE_AFTER: Duration = Duration::hours(1);

/// The requests that are under way, by their keys' digests.
pub(super) type UnderWay = RefCell<HashMap<String, Rc<Attempt>>>;

/// A request that is under way.
pub(super) struct Attempt {
    seed: RequestSeed,
    until: OffsetDateTime,
    waiting: RefCell<Vec<oneshot::Sender<()>>>,
}

impl AwsConnection {
    /// Does what is asked of the keys.
    pub(super) async fn do_with_keys(&self, command: KeyCommand) -> Result<Option<ClaimResult>, Error> {
        match command {
            KeyCommand::Begin { digest, fingerprint } => self.begin(&digest, &fingerprint).await.map(Some),
            KeyCommand::End { digest, seed, answer } => self.end(&digest, seed, &answer).map(|()| None),
        }
    }

    async fn begin(&self, digest: &str, asked: &Fingerprint) -> Result<ClaimResult, Error> {
        let came_at = clock::now();
        loop {
            let keys = self.keys()?;
            let now = clock::now();
            let attempt = self.under_way.borrow().get(digest).map(Rc::clone);
            let until = attempt.as_ref().map(|attempt| attempt.until);
            let record = keys.get(digest)?;
            let seed_of_answer = record.as_ref().map(|record| record.seed);
            match ClaimDecision::new(record, asked, until, came_at, now) {
                ClaimDecision::Start => {
                    let seed = RequestSeed::new(now, u128::from_le_bytes(random::bytes()?));
                    keys.begin(digest, asked, seed, now + KEY_TTL)?;
                    self.is_under_way(digest, seed, now);
                    self.purge_later(now).await?;
                    return Ok(ClaimResult::Acquired { seed, is_retry: false });
                }
                ClaimDecision::Resume(seed) => {
                    self.is_under_way(digest, seed, now);
                    return Ok(ClaimResult::Acquired { seed, is_retry: true });
                }
                ClaimDecision::Replay(answer) => {
                    let seed = seed_of_answer.ok_or_else(|| Error::internal("an answer without a record"))?;
                    return Ok(ClaimResult::Completed { seed, response: answer });
                }
                ClaimDecision::Mismatch => return Ok(ClaimResult::Mismatch),
                ClaimDecision::InProgress => return Ok(ClaimResult::InProgress),
                ClaimDecision::Wait(until) => {
                    let Some(attempt) = attempt else { continue };
                    let (tell, told) = oneshot::channel();
                    attempt.waiting.borrow_mut().push(tell);
                    // A millisecond at least: a clock that stands still must not be asked for ever.
                    let patience = pin!(clock::sleep((until - now).max(Duration::MILLISECOND)));
                    // Whichever it is, it is decided anew.
                    drop(select(told, patience).await);
                }
            }
        }
    }

    fn is_under_way(&self, digest: &str, seed: RequestSeed, now: OffsetDateTime) {
        let attempt = Attempt { seed, until: now + LOCK_TIMEOUT, waiting: RefCell::default() };
        let mut under_way = self.under_way.borrow_mut();
        // Those that never came to an answer.
        under_way.retain(|_, attempt| attempt.until > now);
        under_way.insert(digest.to_owned(), Rc::new(attempt));
    }

    fn end(&self, digest: &str, seed: RequestSeed, answer: &StoredResponse) -> Result<(), Error> {
        let keys = self.keys()?;
        match Persist::of(answer.status, keys.has_made(digest)?) {
            Persist::Response => keys.answered(digest, seed, answer)?,
            Persist::SeedOnly => {}
            Persist::Nothing => keys.forget(digest, seed)?,
        }
        let mut under_way = self.under_way.borrow_mut();
        if under_way.get(digest).is_some_and(|attempt| attempt.seed == seed) {
            let attempt = under_way.remove(digest);
            // Dropping the senders wakes all who wait.
            drop(attempt.map(|attempt| attempt.waiting.take()));
        }
        Ok(())
    }

    pub(super) async fn purge_later(&self, now: OffsetDateTime) -> Result<(), Error> {
        let storage = self.storage()?;
        if storage.purge_at()?.is_none() {
            storage.set_purge_at(Some(now + KEY_TTL + PURGE_AFTER))?;
            self.schedule().await?;
        }
        Ok(())
    }

    /// Lets go of what has expired. For the alarm.
    pub(super) fn purge_keys(&self, now: OffsetDateTime) -> Result<(), Error> {
        let storage = self.storage()?;
        if storage.purge_at()?.is_some_and(|at| at <= now) {
            let keys = self.keys()?;
            keys.purge(now)?;
            storage.set_purge_at(keys.next_expiry()?.map(|at| at + PURGE_AFTER))?;
        }
        Ok(())
    }

    pub(super) fn keys(&self) -> Result<Keys, Error> {
        self.is_kept()?;
        let keys = Keys(self.state.storage().sql());
        if !self.keys_are_ready.replace(true) {
            keys.prepare()?;
        }
        Ok(keys)
    }
}

/// The records.
pub(super) struct Keys(SqlStorage);

impl Keys {
    fn prepare(&self) -> Result<(), Error> {
        self.run(
            "CREATE TABLE IF NOT EXISTS idempotency_keys (digest TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, seed TEXT NOT NULL, \
             status INTEGER, body TEXT, expires_at INTEGER NOT NULL) STRICT",
            vec![],
        )?;
        self.run(
            "CREATE TABLE IF NOT EXISTS idempotency_emails (digest TEXT NOT NULL, id TEXT NOT NULL, \
             PRIMARY KEY (digest, id)) STRICT, WITHOUT ROWID",
            vec![],
        )
    }

    fn get(&self, digest: &str) -> Result<Option<IdempotencyRecord>, Error> {
        #[derive(Deserialize)]
        struct Row {
            fingerprint: String,
            seed: RequestSeed,
            status: Option<u16>,
            body: Option<String>,
            expires_at: i64,
        }
        let sql = "SELECT fingerprint, seed, status, body, expires_at FROM idempotency_keys WHERE digest = ?";
        let rows: Vec<Row> = self.0.exec(sql, vec![digest.into()])?.to_array()?;
        Ok(rows.into_iter().next().map(|row| IdempotencyRecord {
            fingerprint: Fingerprint::from_stored(row.fingerprint),
            seed: row.seed,
            response: row.status.zip(row.body).map(|(status, body)| StoredResponse { status, body }),
            expires_at: clock::from_milliseconds(row.expires_at),
        }))
    }

    fn begin(
        &self,
        digest: &str,
        fingerprint: &Fingerprint,
        seed: RequestSeed,
        expires_at: OffsetDateTime,
    ) -> Result<(), Error> {
        self.run("DELETE FROM idempotency_emails WHERE digest = ?", vec![digest.into()])?;
        self.run(
            "INSERT OR REPLACE INTO idempotency_keys (digest, fingerprint, seed, expires_at) VALUES (?, ?, ?, ?)",
            vec![
                digest.into(),
                fingerprint.as_str().into(),
                seed.to_string().into(),
                clock::to_milliseconds(expires_at).into(),
            ],
        )
    }

    /// Notes an answer, unless there is one: the first stands.
    fn answered(&self, digest: &str, seed: RequestSeed, answer: &StoredResponse) -> Result<(), Error> {
        self.run(
            "UPDATE idempotency_keys SET status = ?, body = ? WHERE digest = ? AND seed = ? AND status IS NULL",
            vec![
                i64::from(answer.status).into(),
                answer.body.as_str().into(),
                digest.into(),
                seed.to_string().into(),
            ],
        )
    }

    fn forget(&self, digest: &str, seed: RequestSeed) -> Result<(), Error> {
        self.run(
            "DELETE FROM idempotency_keys WHERE digest = ? AND seed = ? AND status IS NULL",
            vec![digest.into(), seed.to_string().into()],
        )
    }

    /// Takes emails in, once: all of them or none. Where that is written, the outbox has to be written too, without anything between.
    ///
    /// # Errors
    /// [`ApiError::Busy`] where another attempt under the key has taken one in, or has been refused and has freed the key: a repetition
    /// is told what there is.
    pub(super) fn take_in(&self, key: &IdempotencyToken, ids: &[EmailId]) -> Result<(), Error> {
        let sql = "SELECT 1 AS n FROM idempotency_keys WHERE digest = ? AND seed = ?";
        let mut is_free = self.is_any(sql, vec![key.digest.as_str().into(), key.seed.to_string().into()])?;
        for id in ids {
            is_free = is_free && !self.has_taken_in(key, *id)?;
        }
        if !is_free {
            return Err(ApiError::Busy.into());
        }
        let sql = "INSERT INTO idempotency_emails (digest, id) VALUES (?, ?)";
        ids.iter().try_for_each(|id| self.run(sql, vec![key.digest.as_str().into(), id.to_string().into()]))
    }

    /// So many records behind the one of this digest, that haven't expired.
    pub(super) fn behind(
        &self,
        digest: &str,
        now: OffsetDateTime,
        most: i64,
    ) -> Result<Vec<BackupKey>, Error> {
        #[derive(Deserialize)]
        struct Row {
            digest: String,
            fingerprint: Fingerprint,
            seed: RequestSeed,
            status: Option<u16>,
            body: Option<String>,
            expires_at: i64,
            mails: String,
        }
        let sql = "SELECT digest, fingerprint, seed, status, body, expires_at, \
                   (SELECT json_group_array(id) FROM idempotency_emails e WHERE e.digest = k.digest) AS mails \
                   FROM idempotency_keys k WHERE digest > ? AND expires_at > ? ORDER BY digest LIMIT ?";
        let values = vec![digest.into(), clock::to_milliseconds(now).into(), most.into()];
        let read = |row: Row| {
            let Row { digest, fingerprint, seed, status, body, expires_at, mails } = row;
            Ok(BackupKey {
                digest,
                fingerprint,
                seed,
                status,
                body,
                expires_at,
                emails: serde_json::from_str(&mails)?,
            })
        };
        self.0.exec(sql, values)?.to_array::<Row>()?.into_iter().map(read).collect()
    }

    /// Brings a record back, unless there is one; answers whether it did.
    pub(super) fn bring_back(&self, kept: &BackupKey) -> Result<bool, Error> {
        let sql = "SELECT 1 AS n FROM idempotency_keys WHERE digest = ?";
        if self.is_any(sql, vec![kept.digest.as_str().into()])? {
            return Ok(false);
        }
        self.run(
            "INSERT INTO idempotency_keys (digest, fingerprint, seed, status, body, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
            vec![
                kept.digest.as_str().into(),
                kept.fingerprint.as_str().into(),
                kept.seed.to_string().into(),
                kept.status.map(i64::from).into(),
                kept.body.clone().into(),
                kept.expires_at.into(),
            ],
        )?;
        for id in &kept.emails {
            let sql = "INSERT OR IGNORE INTO idempotency_emails (digest, id) VALUES (?, ?)";
            self.run(sql, vec![kept.digest.as_str().into(), id.to_string().into()])?;
        }
        Ok(true)
    }

    /// Whether an email was taken in.
    pub(super) fn has_taken_in(&self, key: &IdempotencyToken, id: EmailId) -> Result<bool, Error> {
        let sql = "SELECT 1 AS n FROM idempotency_emails WHERE digest = ? AND id = ?";
        self.is_any(sql, vec![key.digest.as_str().into(), id.to_string().into()])
    }

    /// Takes back that an email was taken in: nobody was told, and SES wasn't asked.
    pub(super) fn let_go(&self, key: &IdempotencyToken, id: EmailId) -> Result<(), Error> {
        let sql = "DELETE FROM idempotency_emails WHERE digest = ? AND id = ?";
        self.run(sql, vec![key.digest.as_str().into(), id.to_string().into()])
    }

    fn has_made(&self, digest: &str) -> Result<bool, Error> {
        let sql = "SELECT 1 AS n FROM idempotency_emails WHERE digest = ? LIMIT 1";
        self.is_any(sql, vec![digest.into()])
    }

    fn purge(&self, now: OffsetDateTime) -> Result<(), Error> {
        let sql = "DELETE FROM idempotency_keys WHERE expires_at <= ?";
        self.run(sql, vec![clock::to_milliseconds(now).into()])?;
        self.run(
            "DELETE FROM idempotency_emails WHERE digest NOT IN (SELECT digest FROM idempotency_keys)",
            vec![],
        )
    }

    fn next_expiry(&self) -> Result<Option<OffsetDateTime>, Error> {
        #[derive(Deserialize)]
        struct Next {
            at: Option<i64>,
        }
        let next: Vec<Next> =
            self.0.exec("SELECT min(expires_at) AS at FROM idempotency_keys", None)?.to_array()?;
        Ok(next.into_iter().next().and_then(|next| next.at).map(clock::from_milliseconds))
    }

    fn is_any(&self, sql: &str, values: Vec<SqlStorageValue>) -> Result<bool, Error> {
        #[derive(Deserialize)]
        struct Any {
            #[serde(rename = "n")]
            _n: i32,
        }
        Ok(!self.0.exec(sql, values)?.to_array::<Any>()?.is_empty())
    }

    fn run(&self, sql: &str, values: Vec<SqlStorageValue>) -> Result<(), Error> {
        self.0.exec(sql, values)?;
        Ok(())
    }
}

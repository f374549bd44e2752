//! The table `api_keys`.

use api_contract::{ApiKey, LoggedKey, MAX_API_KEYS, should_touch_last_used};
use domain::{ApiKeyId, Sha256Digest};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;

use super::{Access, Credential};
use crate::{
    http::Error,
    log,
    organisation_object::sql::{Row, blob, time},
};

/// An API key to store.
#[derive(Serialize, Deserialize)]
pub(crate) struct NewKey {
    pub(crate) id: ApiKeyId,
    pub(crate) digest: Sha256Digest,
    pub(crate) name: String,
    /// The last four characters.
    pub(crate) hint: String,
}

/// A stored key, as far as authentication needs it.
#[derive(Clone, Copy)]
pub(super) struct CachedKey {
    last_used_at: Option<OffsetDateTime>,
}

/// The result of a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeleteResult {
    /// The key was deleted, with the sessions that it created.
    Deleted,
    /// There is no such key.
    NotFound,
    /// It is the organisation's only key, which can't be deleted.
    LastKey,
}

impl Access {
    /// Stores a key, unless it is already stored. Returns false if the organisation has too many keys.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn insert_key(&self, key: &NewKey, now: OffsetDateTime) -> Result<bool, Error> {
        let sql = &self.context.sql;
        if self.find_key(&key.digest)?.is_some() {
            return Ok(true);
        }
        let count = sql.row("SELECT count(*) FROM api_keys", [])?.map(|row| row.integer(0)).transpose()?;
        if count.unwrap_or(0) >= MAX_API_KEYS {
            return Ok(false);
        }
        sql.run(
            "INSERT INTO api_keys (digest, id, name, hint, created_at) VALUES (?, ?, ?, ?, ?)",
            [
                blob(key.digest.as_bytes()),
                blob(&key.id.to_bytes()),
                key.name.as_str().into(),
                key.hint.as_str().into(),
                time(now),
            ],
        )?;
        Ok(true)
    }

    /// Returns all keys, oldest first. `current` is the digest of the key that the request uses.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn list_keys(&self, current: Option<&Sha256Digest>) -> Result<Vec<ApiKey>, Error> {
        let sql = "SELECT digest, id, name, hint, created_at, last_used_at FROM api_keys";
        let read = |row: &Row| {
            let unreadable = || Error::internal("the storage holds an unreadable API key id");
            Ok(ApiKey {
                id: ApiKeyId::from_bytes(row.array(1)?).ok_or_else(unreadable)?,
                name: row.text(2)?,
                hint: row.text(3)?,
                created_at: row.time(4)?,
                last_used_at: row.optional_time(5)?,
                current: current.map(Sha256Digest::as_bytes) == Some(&row.array(0)?),
            })
        };
        let rows = self.context.sql.rows(sql, [])?;
        let mut keys = rows.iter().map(read).collect::<Result<Vec<_>, Error>>()?;
        keys.sort_by_key(|key| (key.created_at, key.id));
        Ok(keys)
    }

    /// Returns the API key of a credential for the request log, or `None` if it isn't valid.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn logged_key(
        &self,
        credential: &Credential,
        now: OffsetDateTime,
    ) -> Result<Option<LoggedKey>, Error> {
        let Some(digest) = self.key_of(credential, now)? else { return Ok(None) };
        let sql = "SELECT id, name FROM api_keys WHERE digest = ?";
        let Some(row) = self.context.sql.row(sql, [blob(digest.as_bytes())])? else { return Ok(None) };
        let unreadable = || Error::internal("the storage holds an unreadable API key id");
        let id = ApiKeyId::from_bytes(row.array(0)?).ok_or_else(unreadable)?;
        Ok(Some(LoggedKey { id, name: row.text(1)? }))
    }

    /// Deletes a key and the sessions that it created, unless it is the only key.
    ///
    /// # Errors
    /// Fails if the storage fails; then nothing is deleted.
    pub(crate) fn delete_key(&self, id: ApiKeyId) -> Result<DeleteResult, Error> {
        let sql = &self.context.sql;
        let rows = sql.rows("SELECT digest, id = ? FROM api_keys", [blob(&id.to_bytes())])?;
        let mut digest = None;
        for row in &rows {
            if row.integer::<u8>(1)? == 1 {
                digest = Some(Sha256Digest::from_bytes(row.array(0)?));
            }
        }
        let Some(digest) = digest else { return Ok(DeleteResult::NotFound) };
        if rows.len() == 1 {
            return Ok(DeleteResult::LastKey);
        }
        sql.transaction(|| {
            sql.run("DELETE FROM sessions WHERE key_digest = ?", [blob(digest.as_bytes())])?;
            sql.run("DELETE FROM api_keys WHERE digest = ?", [blob(digest.as_bytes())])
        })?;
        self.keys.borrow_mut().remove(&digest);
        self.forget_sessions_of(&digest);
        Ok(DeleteResult::Deleted)
    }

    /// Returns whether the key is valid, and updates its last use at most every five minutes.
    pub(super) fn use_key(&self, digest: &Sha256Digest, now: OffsetDateTime) -> Result<bool, Error> {
        let Some(key) = self.find_key(digest)? else { return Ok(false) };
        if should_touch_last_used(key.last_used_at, now) {
            self.keys.borrow_mut().insert(*digest, CachedKey { last_used_at: Some(now) });
            let sql = "UPDATE api_keys SET last_used_at = ? WHERE digest = ?";
            // A full storage must not lock out those who could delete something.
            if let Err(error) = self.context.sql.run(sql, [time(now), blob(digest.as_bytes())]) {
                let fields = json!({ "error": format!("{error:?}") });
                log::error("api_key_last_used_not_updated", fields);
            }
        }
        Ok(true)
    }

    pub(super) fn find_key(&self, digest: &Sha256Digest) -> Result<Option<CachedKey>, Error> {
        if let Some(key) = self.keys.borrow().get(digest) {
            return Ok(Some(*key));
        }
        let sql = "SELECT last_used_at FROM api_keys WHERE digest = ?";
        let Some(row) = self.context.sql.row(sql, [blob(digest.as_bytes())])? else { return Ok(None) };
        let key = CachedKey { last_used_at: row.optional_time(0)? };
        self.keys.borrow_mut().insert(*digest, key);
        Ok(Some(key))
    }
}

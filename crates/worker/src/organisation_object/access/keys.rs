//! The table `api_keys`.

use std::rc::Rc;

use api_contract::{ApiKey, KeyRestrictions, LoggedKey, MAX_API_KEYS, should_touch_last_used};
use aws_sans_io::json;
use domain::{
    ApiKeyId, OrganisationId, Sha256Digest,
    api_key::{KeyRights, KeyScope},
    token::{ApiKeyToken, TestKeyToken, TokenSecret, TokenTagKeys},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;

use super::{Access, Credential};
use crate::{
    http::Error,
    log,
    organisation_object::sql::{Row, blob, optional, time},
};

/// An API key to store.
#[derive(Serialize, Deserialize)]
pub(crate) struct NewKey {
    pub(crate) id: ApiKeyId,
    pub(crate) digest: Sha256Digest,
    pub(crate) name: String,
    /// The last four characters.
    pub(crate) hint: String,
    pub(crate) rights: KeyRights,
}

impl NewKey {
    /// Issues a key or, if its rights say so, a test key. Returns it with its token in plain text.
    pub(crate) fn issue(
        tag_keys: &TokenTagKeys,
        organisation: OrganisationId,
        id: ApiKeyId,
        secret: &TokenSecret,
        name: String,
        rights: KeyRights,
    ) -> (Self, String) {
        let (digest, hint, text) = if rights.is_test {
            let token = TestKeyToken::issue(tag_keys, organisation, secret);
            (token.digest(), token.hint().to_owned(), token.reveal().to_owned())
        } else {
            let token = ApiKeyToken::issue(tag_keys, organisation, secret);
            (token.digest(), token.hint().to_owned(), token.reveal().to_owned())
        };
        (Self { id, digest, name, hint, rights }, text)
    }

    /// Returns what is shown of the key, which was created at `now`.
    pub(crate) fn shown(&self, now: OffsetDateTime) -> ApiKey {
        ApiKey {
            id: self.id,
            name: self.name.clone(),
            hint: self.hint.clone(),
            created_at: now,
            scope: self.rights.scope,
            expires_at: self.rights.expires_at,
            restrictions: KeyRestrictions::of(&self.rights),
            test: self.rights.is_test,
            last_used_at: None,
            current: false,
        }
    }
}

/// A stored key, as far as authentication needs it.
#[derive(Clone)]
pub(super) struct CachedKey {
    last_used_at: Option<OffsetDateTime>,
    pub(super) rights: Rc<KeyRights>,
}

/// The result of a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeleteResult {
    /// The key was deleted, with the sessions that it created.
    Deleted,
    /// There is no such key.
    NotFound,
    /// It is the only full key without an expiry, which can't be deleted.
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
        let restrictions = KeyRestrictions::of(&key.rights).map(|limits| serde_json::to_string(&limits));
        let restrictions = restrictions.transpose()?;
        sql.run(
            "INSERT INTO api_keys (digest, id, name, hint, created_at, scope, expires_at, restrictions, is_test) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                blob(key.digest.as_bytes()),
                blob(&key.id.to_bytes()),
                key.name.as_str().into(),
                key.hint.as_str().into(),
                time(now),
                key.rights.scope.number().into(),
                optional(key.rights.expires_at.map(time)),
                optional(restrictions),
                i32::from(key.rights.is_test).into(),
            ],
        )?;
        Ok(true)
    }

    /// Returns all keys, oldest first. `current` is the digest of the key that the request uses.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn list_keys(&self, current: Option<&Sha256Digest>) -> Result<Vec<ApiKey>, Error> {
        let sql = "SELECT digest, id, name, hint, created_at, last_used_at, scope, expires_at, restrictions, is_test FROM api_keys";
        let read = |row: &Row| {
            let unreadable = || Error::internal("the storage holds an unreadable API key id");
            let rights = read_rights(row, 6)?;
            Ok(ApiKey {
                id: ApiKeyId::from_bytes(row.array(1)?).ok_or_else(unreadable)?,
                name: row.text(2)?,
                hint: row.text(3)?,
                created_at: row.time(4)?,
                scope: rights.scope,
                expires_at: rights.expires_at,
                restrictions: KeyRestrictions::of(&rights),
                test: rights.is_test,
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

    /// Deletes a key and the sessions that it created, unless nobody could manage the organisation then.
    ///
    /// # Errors
    /// Fails if the storage fails; then nothing is deleted.
    pub(crate) fn delete_key(&self, id: ApiKeyId) -> Result<DeleteResult, Error> {
        let sql = &self.context.sql;
        let rows = sql.rows(
            "SELECT digest, id = ?, scope, expires_at, restrictions, is_test FROM api_keys",
            [blob(&id.to_bytes())],
        )?;
        let (mut found, mut remains) = (None, false);
        for row in &rows {
            let rights = read_rights(row, 2)?;
            if row.integer::<u8>(1)? == 1 {
                found = Some((Sha256Digest::from_bytes(row.array(0)?), rights));
            } else {
                remains |= rights.is_permanent_full();
            }
        }
        let Some((digest, rights)) = found else { return Ok(DeleteResult::NotFound) };
        if rights.is_permanent_full() && !remains {
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

    /// Updates the last use of a key, at most every five minutes.
    pub(super) fn use_key(&self, digest: &Sha256Digest, now: OffsetDateTime) -> Result<(), Error> {
        let Some(key) = self.find_key(digest)? else { return Ok(()) };
        if should_touch_last_used(key.last_used_at, now) {
            self.keys.borrow_mut().insert(*digest, CachedKey { last_used_at: Some(now), rights: key.rights });
            let sql = "UPDATE api_keys SET last_used_at = ? WHERE digest = ?";
            // A full storage must not lock out those who could delete something.
            if let Err(error) = self.context.sql.run(sql, [time(now), blob(digest.as_bytes())]) {
                let fields = json!({ "error": format!("{error:?}") });
                log::error("api_key_last_used_not_updated", fields);
            }
        }
        Ok(())
    }

    pub(super) fn find_key(&self, digest: &Sha256Digest) -> Result<Option<CachedKey>, Error> {
        if let Some(key) = self.keys.borrow().get(digest) {
            return Ok(Some(key.clone()));
        }
        let sql =
            "SELECT last_used_at, scope, expires_at, restrictions, is_test FROM api_keys WHERE digest = ?";
        let Some(row) = self.context.sql.row(sql, [blob(digest.as_bytes())])? else { return Ok(None) };
        let key = CachedKey { last_used_at: row.optional_time(0)?, rights: Rc::new(read_rights(&row, 1)?) };
        self.keys.borrow_mut().insert(*digest, key.clone());
        Ok(Some(key))
    }
}

/// Reads the rights of a key: its scope in a column, its expiry, its restrictions and its kind in the next ones.
fn read_rights(row: &Row, column: u32) -> Result<KeyRights, Error> {
    let scope = KeyScope::from_number(row.integer(column)?)
        .ok_or_else(|| Error::internal("the storage holds an unreadable scope"))?;
    let (expires_at, is_test) = (row.optional_time(column + 1)?, row.integer::<u8>(column + 3)? != 0);
    let rights = KeyRights { scope, expires_at, is_test, ..KeyRights::default() };
    let Some(text) = row.optional_text(column + 2) else { return Ok(rights) };
    // A key with unreadable restrictions must not become one without.
    let restrictions: KeyRestrictions = json::parse(text.as_bytes())?;
    restrictions.add_to(rights).map_err(|_| Error::internal("the storage holds unreadable restrictions"))
}

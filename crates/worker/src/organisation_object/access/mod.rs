//! API keys, sessions and webhook tokens.
//!
//! The Worker checks a token's tag, the object its digest. A digest that was found is cached, so that a request costs no statement.
//! Only this object changes the tables, and it changes the cache with them.
//!
//! | file | contents |
//! |---|---|
//! | `credential` | who calls |
//! | `keys` | API keys |
//! | `sessions` | dashboard sessions |
//! | `webhooks` | tokens of webhook URLs |

mod credential;
mod keys;
mod sessions;
mod webhooks;

use std::{cell::RefCell, rc::Rc};

use api_contract::ApiError;
use domain::{BoundedMap, Sha256Digest, api_key::KeyRights};
use time::OffsetDateTime;

pub(crate) use self::{
    credential::Credential,
    keys::{DeleteResult, NewKey},
    sessions::CreatedSession,
    webhooks::Webhook,
};
use self::{keys::CachedKey, sessions::CachedSession};
use super::Context;
use crate::{clock, http::Error};

pub(crate) const SCHEMA: &[&str] = &[
    "CREATE TABLE api_keys (digest BLOB PRIMARY KEY, id BLOB NOT NULL, name TEXT NOT NULL, hint TEXT NOT NULL, \
     created_at INTEGER NOT NULL, last_used_at INTEGER, scope INTEGER NOT NULL, expires_at INTEGER, restrictions TEXT, is_test INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE sessions (digest BLOB PRIMARY KEY, key_digest BLOB NOT NULL, expires_at INTEGER NOT NULL) \
     STRICT, WITHOUT ROWID",
    // `topic_arn` is set when the topic's subscription is confirmed, `is_proven` when its first message counts.
    "CREATE TABLE webhooks (digest BLOB PRIMARY KEY, topic_arn TEXT, is_proven INTEGER NOT NULL, created_at INTEGER NOT NULL) \
     STRICT, WITHOUT ROWID",
    "CREATE INDEX webhooks_without_topic ON webhooks (created_at) WHERE topic_arn IS NULL",
];

/// Maximum number of sessions, and of webhooks, in memory.
const CACHED: usize = 64;

/// The credentials of one organisation.
pub(crate) struct Access {
    context: Rc<Context>,
    keys: RefCell<BoundedMap<Sha256Digest, CachedKey>>,
    sessions: RefCell<BoundedMap<Sha256Digest, CachedSession>>,
    webhooks: RefCell<BoundedMap<Sha256Digest, Webhook>>,
}

impl Access {
    pub(crate) fn new(context: Rc<Context>) -> Self {
        Self {
            context,
            keys: RefCell::new(BoundedMap::new(api_contract::MAX_API_KEYS)),
            sessions: RefCell::new(BoundedMap::new(CACHED)),
            webhooks: RefCell::new(BoundedMap::new(CACHED)),
        }
    }

    /// Checks that the credential is valid, and notes that a key was used. Returns the rights of the key.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub(crate) fn authenticate(
        &self,
        credential: &Credential,
        now: OffsetDateTime,
    ) -> Result<Rc<KeyRights>, Error> {
        let rights = self.check(credential)?;
        if let Credential::Key(digest) = credential {
            self.use_key(digest, now)?;
        }
        Ok(rights)
    }

    /// Checks that the credential is valid. Returns the rights of the key, or of the key that created the session. Writes nothing.
    ///
    /// # Errors
    /// [`ApiError::Unauthorized`] if it isn't valid, or if the organisation doesn't exist. [`ApiError::ApiKeyExpired`].
    pub(crate) fn check(&self, credential: &Credential) -> Result<Rc<KeyRights>, Error> {
        self.context.organisation()?;
        let now = clock::now();
        let digest = self.key_of(credential, now)?.ok_or(ApiError::Unauthorized)?;
        self.check_key(&digest, now)
    }

    fn check_key(&self, digest: &Sha256Digest, now: OffsetDateTime) -> Result<Rc<KeyRights>, Error> {
        let rights = self.find_key(digest)?.ok_or(ApiError::Unauthorized)?.rights;
        if rights.is_valid_at(now) { Ok(rights) } else { Err(ApiError::ApiKeyExpired.into()) }
    }

    /// Returns the digest of the API key that was presented, or that created the presented session.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn key_of(
        &self,
        credential: &Credential,
        now: OffsetDateTime,
    ) -> Result<Option<Sha256Digest>, Error> {
        match credential {
            Credential::Key(digest) => Ok(Some(*digest)),
            Credential::Session(digest) => self.find_session(digest, now),
        }
    }

    /// Deletes what has expired.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn delete_expired(&self, now: OffsetDateTime) -> Result<(), Error> {
        self.delete_expired_sessions(now)
    }
}

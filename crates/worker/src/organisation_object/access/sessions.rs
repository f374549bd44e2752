//! The table `sessions`.

use api_contract::{SESSION_TTL, Session, SessionOrganisation};
use domain::{
    Quota, Sha256Digest,
    api_key::KeyScope,
    token::{SessionToken, TokenSecret},
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Access;
use crate::{
    http::Error,
    organisation_object::sql::{blob, time},
};

/// A session that was created.
#[derive(Serialize, Deserialize)]
pub(crate) struct CreatedSession {
    pub(crate) session: Session,
    /// The session's token, in plain text.
    pub(crate) token: String,
}

/// A stored session.
#[derive(Clone, Copy)]
pub(super) struct CachedSession {
    key: Sha256Digest,
    expires_at: OffsetDateTime,
}

impl Access {
    /// Creates a session for the API key with this digest.
    ///
    /// # Errors
    /// [`api_contract::ApiError::Unauthorized`] if there is no such key, [`api_contract::ApiError::ApiKeyExpired`], or [`Quota::Sessions`].
    pub(crate) fn create_session(
        &self,
        key_digest: &Sha256Digest,
        secret: TokenSecret,
        now: OffsetDateTime,
    ) -> Result<CreatedSession, Error> {
        let organisation = self.context.organisation()?;
        let rights = self.check_key(key_digest, now)?;
        self.use_key(key_digest, now)?;
        self.delete_expired_sessions(now)?;
        let keys = &self.context.settings()?.token_tag_keys;
        let sessions = self.count_sessions(key_digest)?;
        Quota::Sessions.check(sessions + 1)?;
        let token = SessionToken::issue(keys, organisation.id, now + SESSION_TTL, &secret);
        self.context.sql.run(
            "INSERT INTO sessions (digest, key_digest, expires_at) VALUES (?, ?, ?)",
            [blob(token.digest().as_bytes()), blob(key_digest.as_bytes()), time(token.expires_at())],
        )?;
        Ok(CreatedSession { session: self.session(rights.scope)?, token: token.reveal().to_owned() })
    }

    fn count_sessions(&self, key: &Sha256Digest) -> Result<u64, Error> {
        let sql = "SELECT count(*) FROM sessions WHERE key_digest = ?";
        self.context.sql.count(sql, [blob(key.as_bytes())])
    }

    /// Returns the organisation as sessions show it, with the scope of the caller's key.
    ///
    /// # Errors
    /// [`api_contract::ApiError::Unauthorized`] if the organisation doesn't exist.
    pub(crate) fn session(&self, scope: KeyScope) -> Result<Session, Error> {
        let organisation = self.context.organisation()?;
        let (id, name) = (organisation.id, organisation.name.clone());
        Ok(Session { organisation: SessionOrganisation { id, name }, scope })
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn end_session(&self, digest: &Sha256Digest) -> Result<(), Error> {
        self.context.sql.run("DELETE FROM sessions WHERE digest = ?", [blob(digest.as_bytes())])?;
        self.sessions.borrow_mut().remove(digest);
        Ok(())
    }

    /// Returns the digest of the key that created the session, if the session is valid.
    pub(super) fn find_session(
        &self,
        digest: &Sha256Digest,
        now: OffsetDateTime,
    ) -> Result<Option<Sha256Digest>, Error> {
        let cached = self.sessions.borrow().get(digest).copied();
        let session = match cached {
            Some(_) => cached,
            None => self.read_session(digest)?,
        };
        Ok(session.filter(|session| session.expires_at > now).map(|session| session.key))
    }

    fn read_session(&self, digest: &Sha256Digest) -> Result<Option<CachedSession>, Error> {
        let sql = "SELECT key_digest, expires_at FROM sessions WHERE digest = ?";
        let Some(row) = self.context.sql.row(sql, [blob(digest.as_bytes())])? else { return Ok(None) };
        let session =
            CachedSession { key: Sha256Digest::from_bytes(row.array(0)?), expires_at: row.time(1)? };
        self.sessions.borrow_mut().insert(*digest, session);
        Ok(Some(session))
    }

    /// Removes the sessions of a key from memory.
    pub(super) fn forget_sessions_of(&self, key: &Sha256Digest) {
        self.sessions.borrow_mut().retain(|_, session| session.key != *key);
    }

    pub(super) fn delete_expired_sessions(&self, now: OffsetDateTime) -> Result<(), Error> {
        self.context.sql.run("DELETE FROM sessions WHERE expires_at <= ?", [time(now)]).map(drop)
    }
}

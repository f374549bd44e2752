//! Keys that sign requests.

use std::fmt;

use time::OffsetDateTime;
use zeroize::Zeroizing;

/// An access key, with a session token where it is temporary. The secret parts are wiped from memory when dropped and print
/// as `[redacted]`.
///
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html>
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Option<Zeroizing<String>>,
    expires_at: Option<OffsetDateTime>,
}

impl Credentials {
    /// Keys of an IAM user, which don't expire.
    #[must_use]
    pub fn long_term(access_key_id: impl Into<String>, secret_access_key: impl Into<String>) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            secret_access_key: Zeroizing::new(secret_access_key.into()),
            session_token: None,
            expires_at: None,
        }
    }

    /// Keys that STS lent until `expires_at`.
    #[must_use]
    pub fn temporary(
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<String>,
        session_token: impl Into<String>,
        expires_at: OffsetDateTime,
    ) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            secret_access_key: Zeroizing::new(secret_access_key.into()),
            session_token: Some(Zeroizing::new(session_token.into())),
            expires_at: Some(expires_at),
        }
    }

    /// The access key id; not a secret.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The secret access key.
    #[must_use]
    pub fn secret_access_key(&self) -> &str {
        &self.secret_access_key
    }

    /// The session token of temporary keys.
    #[must_use]
    pub fn session_token(&self) -> Option<&str> {
        self.session_token.as_deref().map(String::as_str)
    }

    /// When temporary keys end.
    #[must_use]
    pub const fn expires_at(&self) -> Option<OffsetDateTime> {
        self.expires_at
    }

    /// Whether the keys work for at least `margin` more; long-term keys always do.
    #[must_use]
    pub fn last_for(&self, margin: time::Duration, now: OffsetDateTime) -> bool {
        self.expires_at.is_none_or(|end| end - now >= margin)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .field("secret_access_key", &"[redacted]")
            .field("session_token", &self.session_token.as_ref().map(|_| "[redacted]"))
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    #[test]
    fn secrets_do_not_print() {
        let keys = Credentials::temporary("AKIA", "s3cret", "t0ken", datetime!(2026-01-01 0:00 UTC));
        let printed = format!("{keys:?}");
        assert!(!printed.contains("s3cret") && !printed.contains("t0ken"), "{printed}");
    }

    #[test]
    fn temporary_keys_last_until_their_end_and_no_longer() {
        let keys = Credentials::temporary("A", "s", "t", datetime!(2026-01-01 1:00 UTC));
        assert!(keys.last_for(Duration::minutes(5), datetime!(2026-01-01 0:55 UTC)));
        assert!(!keys.last_for(Duration::minutes(5), datetime!(2026-01-01 0:55:01 UTC)));
        assert!(
            Credentials::long_term("A", "s").last_for(Duration::days(999), datetime!(2026-01-01 0:00 UTC))
        );
    }
}

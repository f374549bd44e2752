//! AWS credentials.

use std::fmt;

use time::OffsetDateTime;
use zeroize::Zeroizing;

/// An AWS access key, with a session token if it is temporary.
///
/// The secret access key and the session token are zeroed on drop and print as `[redacted]`.
///
/// ```
/// use aws_sans_io::Credentials;
///
/// let credentials = Credentials::long_term("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
/// assert_eq!(credentials.access_key_id(), "AKIAIOSFODNN7EXAMPLE");
/// assert!(!format!("{credentials:?}").contains("wJalr"));
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html)
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Option<Zeroizing<String>>,
    expires_at: Option<OffsetDateTime>,
}

impl Credentials {
    /// Creates the credentials of an IAM user, which don't expire.
    #[must_use]
    pub fn long_term(access_key_id: impl Into<String>, secret_access_key: impl Into<String>) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            secret_access_key: Zeroizing::new(secret_access_key.into()),
            session_token: None,
            expires_at: None,
        }
    }

    /// Creates temporary credentials from STS, valid until `expires_at`.
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

    /// Returns the access key ID, which is not secret.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// Returns the secret access key.
    #[must_use]
    pub fn secret_access_key(&self) -> &str {
        &self.secret_access_key
    }

    /// Returns the session token of temporary credentials.
    #[must_use]
    pub fn session_token(&self) -> Option<&str> {
        self.session_token.as_deref().map(String::as_str)
    }

    /// Returns when temporary credentials expire.
    #[must_use]
    pub const fn expires_at(&self) -> Option<OffsetDateTime> {
        self.expires_at
    }

    /// Returns whether the credentials are valid for at least `margin` after `now`. Long-term credentials always are.
    #[must_use]
    pub fn is_valid_for(&self, margin: time::Duration, now: OffsetDateTime) -> bool {
        self.expires_at.is_none_or(|expires_at| expires_at - now >= margin)
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
    fn debug_output_contains_no_secrets() {
        let credentials = Credentials::temporary("AKIA", "s3cret", "t0ken", datetime!(2026-01-01 0:00 UTC));
        let printed = format!("{credentials:?}");
        assert!(!printed.contains("s3cret") && !printed.contains("t0ken"), "{printed}");
    }

    #[test]
    fn temporary_credentials_are_valid_until_they_expire() {
        let credentials = Credentials::temporary("A", "s", "t", datetime!(2026-01-01 1:00 UTC));
        assert!(credentials.is_valid_for(Duration::minutes(5), datetime!(2026-01-01 0:55 UTC)));
        assert!(!credentials.is_valid_for(Duration::minutes(5), datetime!(2026-01-01 0:55:01 UTC)));
        assert!(
            Credentials::long_term("A", "s")
                .is_valid_for(Duration::days(999), datetime!(2026-01-01 0:00 UTC))
        );
    }
}

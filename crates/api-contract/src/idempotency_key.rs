//! The `Idempotency-Key` header.

use domain::Sha256Digest;

use super::FieldError;

/// The name of the header.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Maximum length in characters.
const MAX_LEN: usize = 256;

/// The digest of an idempotency key.
pub type KeyDigest = Sha256Digest;

/// An idempotency key: 1 to 256 printable ASCII characters that the caller chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Parses the header.
    ///
    /// # Errors
    /// Fails if it isn't 1 to 256 printable ASCII characters.
    pub fn parse(header: &str) -> Result<Self, FieldError> {
        let is_printable = |byte| matches!(byte, b' '..=b'~');
        if (1..=MAX_LEN).contains(&header.len()) && header.bytes().all(is_printable) {
            return Ok(Self(header.to_owned()));
        }
        Err(FieldError {
            help: "Use a new value for each request, such as a UUID, and repeat it only in retries.",
            ..FieldError::new(
                "Idempotency-Key",
                "invalid_idempotency_key",
                format!("an idempotency key has 1 to {MAX_LEN} printable ASCII characters"),
            )
        })
    }

    /// Returns the key in plain text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the digest, which is stored. The key itself may be confidential.
    #[must_use]
    pub fn digest(&self) -> KeyDigest {
        Sha256Digest::of(self.0.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_1_to_256_printable_ascii_characters() {
        for valid in ["a", "order 17 / \"x\"", &"~".repeat(256)] {
            assert_eq!(IdempotencyKey::parse(valid).unwrap().as_str(), valid);
        }
        for invalid in ["", "a\tb", "a\nb", "\u{7f}", "grün", &"a".repeat(257)] {
            let error = IdempotencyKey::parse(invalid).unwrap_err();
            assert_eq!((error.code, error.field.as_str()), ("invalid_idempotency_key", "Idempotency-Key"));
        }
    }
}

//! The key of a request that may be repeated.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::FieldError;

/// The header that a key comes in.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The longest key, in characters.
const LONGEST: usize = 256;

/// A caller's name for one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads the header.
    ///
    /// # Errors
    /// [`FieldError`] where it isn't 1 to 256 printable ASCII characters.
    pub fn parse(header: &str) -> Result<Self, FieldError> {
        let is_printable = |byte| matches!(byte, b' '..=b'~');
        if (1..=LONGEST).contains(&header.len()) && header.bytes().all(is_printable) {
            return Ok(Self(header.to_owned()));
        }
        Err(FieldError {
            help: "Take something that is new for each request, such as a UUID, and the same for its repetitions.",
            ..FieldError::new(
                "Idempotency-Key",
                "invalid_idempotency_key",
                format!("an idempotency key has 1 to {LONGEST} printable ASCII characters"),
            )
        })
    }

    /// The key as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is stored and looked up: SHA-256 in lower-case hexadecimal. A key may be made of what only the caller should know.
    #[must_use]
    pub fn digest(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.0.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_printable_and_not_long() {
        for right in ["a", "order 17 / \"x\"", &"~".repeat(256)] {
            assert_eq!(IdempotencyKey::parse(right).unwrap().digest().len(), 64);
        }
        for wrong in ["", "a\tb", "a\nb", "\u{7f}", "grün", &"a".repeat(257)] {
            let error = IdempotencyKey::parse(wrong).unwrap_err();
            assert_eq!((error.code, error.field.as_str()), ("invalid_idempotency_key", "Idempotency-Key"));
        }
    }
}

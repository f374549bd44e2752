//! API keys.

use std::fmt;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const PREFIX: &str = "kr_";

/// An API key: `kr_` and 256 random bits. Only its digest is stored.
pub struct ApiKeySecret(Zeroizing<String>);

impl ApiKeySecret {
    /// Creates a key from 32 random bytes.
    #[must_use]
    pub fn from_random(random: &[u8; 32]) -> Self {
        Self(Zeroizing::new(format!("{PREFIX}{}", BASE32_NOPAD.encode(random).to_ascii_lowercase())))
    }

    /// Parses an `Authorization: Bearer …` header. Returns `None` if it doesn't contain an API key of Kraiter.
    #[must_use]
    pub fn from_authorization(header: &str) -> Option<Self> {
        let (scheme, key) = header.split_once(' ')?;
        (scheme.eq_ignore_ascii_case("bearer") && key.starts_with(PREFIX) && key.len() == PREFIX.len() + 52)
            .then(|| Self(Zeroizing::new(key.to_owned())))
    }

    /// Returns the key in plain text. It is only returned to the caller once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Returns the last four characters, which help people to recognise a key. They are 20 of its 256 bits.
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }

    /// Returns the SHA-256 digest in lower-case hexadecimal, which is stored. The key is random, so it needs neither salt nor stretching.
    #[must_use]
    pub fn digest(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.0.as_bytes()))
    }
}

impl fmt::Debug for ApiKeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeySecret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_a_stable_digest_and_is_never_printed() {
        let key = ApiKeySecret::from_random(&[7; 32]);
        let presented = ApiKeySecret::from_authorization(&format!("Bearer {}", key.reveal())).unwrap();
        assert_eq!(presented.digest(), key.digest());
        assert!(!format!("{key:?}").contains(key.reveal()));
        assert!(!key.digest().contains(key.reveal()));
        assert!(key.reveal().ends_with(key.hint()) && key.hint().len() == 4);
    }

    #[test]
    fn a_header_without_a_kraiter_key_is_none() {
        for wrong in ["", "Bearer", "Bearer ", "Basic kr_x", "Bearer kr_short", "Bearer  kr_"] {
            assert!(ApiKeySecret::from_authorization(wrong).is_none(), "{wrong:?}");
        }
    }
}

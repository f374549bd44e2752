//! The key that a program of the customer shows.

use std::fmt;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const PREFIX: &str = "kr_";

/// An API key: `kr_` and 256 random bits. Only its digest is ever stored.
pub struct ApiKeySecret(Zeroizing<String>);

impl ApiKeySecret {
    /// A new key from 32 random bytes.
    #[must_use]
    pub fn from_random(random: &[u8; 32]) -> Self {
        Self(Zeroizing::new(format!("{PREFIX}{}", BASE32_NOPAD.encode(random).to_ascii_lowercase())))
    }

    /// The key in an `Authorization: Bearer …` header; `None` where there is none of our kind.
    #[must_use]
    pub fn from_authorization(header: &str) -> Option<Self> {
        let (scheme, key) = header.split_once(' ')?;
        (scheme.eq_ignore_ascii_case("bearer") && key.starts_with(PREFIX) && key.len() == PREFIX.len() + 52)
            .then(|| Self(Zeroizing::new(key.to_owned())))
    }

    /// The key itself, to be shown once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What it ends with, so that people can tell one from the other: 20 of its 256 bits.
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }

    /// What is stored and looked up: SHA-256 in lower-case hexadecimal. The key is random, so it needs neither salt nor stretching.
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
    fn a_key_is_found_again_by_its_digest_and_does_not_print() {
        let key = ApiKeySecret::from_random(&[7; 32]);
        let shown = ApiKeySecret::from_authorization(&format!("Bearer {}", key.reveal())).unwrap();
        assert_eq!(shown.digest(), key.digest());
        assert!(!format!("{key:?}").contains(key.reveal()));
        assert!(!key.digest().contains(key.reveal()));
        assert!(key.reveal().ends_with(key.hint()) && key.hint().len() == 4);
    }

    #[test]
    fn what_is_not_a_key_of_ours_is_none() {
        for wrong in ["", "Bearer", "Bearer ", "Basic kr_x", "Bearer kr_short", "Bearer  kr_"] {
            assert!(ApiKeySecret::from_authorization(wrong).is_none(), "{wrong:?}");
        }
    }
}

//! The keys of the tags in tokens.

use std::{fmt, str::FromStr};

use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{ValidationError, signing_secret::hmac};

/// The minimum length of a key in bytes: the security level of SHA-256.
const MIN_LENGTH: usize = 32;

/// Separates these HMACs from others with the same key.
const PURPOSE: &[u8] = b"kraiter token tag";

pub(super) const TAG_BYTES: usize = 8;

pub(super) type Tag = [u8; TAG_BYTES];

/// The setting `TOKEN_TAG_KEYS`: keys separated by commas, the newest first. New tokens are tagged with the first key. Tokens that
/// were tagged with any of the keys are valid.
#[derive(Clone)]
pub struct TokenTagKeys {
    newest: TagKey,
    older: Vec<TagKey>,
}

impl TokenTagKeys {
    pub(super) const fn newest(&self) -> &TagKey {
        &self.newest
    }

    /// Returns the keys with this id. Two keys rarely have the same one.
    pub(super) fn with_id(&self, id: u8) -> impl Iterator<Item = &TagKey> {
        [&self.newest].into_iter().chain(&self.older).filter(move |key| key.id == id)
    }
}

impl FromStr for TokenTagKeys {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let (newest, older) = match text.split_once(',') {
            None => (text, None),
            Some((newest, older)) => (newest, Some(older)),
        };
        let older = older.into_iter().flat_map(|keys| keys.split(','));
        Ok(Self { newest: newest.parse()?, older: older.map(str::parse).collect::<Result<_, _>>()? })
    }
}

impl fmt::Debug for TokenTagKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenTagKeys([redacted])")
    }
}

/// One key.
#[derive(Clone)]
pub(super) struct TagKey {
    key: Zeroizing<Vec<u8>>,
    /// Four bits that identify the key in a token. They are derived from it, so they don't depend on its place in the setting.
    id: u8,
}

impl TagKey {
    pub(super) const fn id(&self) -> u8 {
        self.id
    }

    pub(super) fn tag(&self, kind: &str, message: &[u8]) -> Tag {
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(&self.mac(kind, message).finalize().into_bytes()[..TAG_BYTES]);
        tag
    }

    /// Returns whether `tag` is that of [`Self::tag`], in constant time.
    pub(super) fn verify(&self, kind: &str, message: &[u8], tag: Tag) -> bool {
        self.mac(kind, message).verify_truncated_left(&tag).is_ok()
    }

    fn mac(&self, kind: &str, message: &[u8]) -> Hmac<Sha256> {
        hmac(&self.key, PURPOSE).chain_update(kind).chain_update(message)
    }
}

impl FromStr for TagKey {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        if text.len() < MIN_LENGTH || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ValidationError::TokenTagKeys);
        }
        let key = Zeroizing::new(text.as_bytes().to_vec());
        let id = hmac(&key, b"kraiter token tag key id").finalize().into_bytes()[0] & 0x0f;
        Ok(Self { key, id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn every_key_has_at_least_32_printable_characters_and_none_is_printed() {
        assert!(KEY.parse::<TokenTagKeys>().is_ok());
        assert!(format!("{KEY},{KEY}x,{KEY}y").parse::<TokenTagKeys>().is_ok());
        for invalid in [
            "",
            ",",
            &KEY[1..],
            &format!("{KEY},"),
            &format!(",{KEY}"),
            &format!("{KEY}, {KEY}"),
            &format!("{KEY},short"),
        ] {
            assert_eq!(
                invalid.parse::<TokenTagKeys>().unwrap_err(),
                ValidationError::TokenTagKeys,
                "{invalid}"
            );
        }
        assert_eq!(format!("{:?}", KEY.parse::<TokenTagKeys>().unwrap()), "TokenTagKeys([redacted])");
    }

    #[test]
    fn a_key_has_the_same_id_at_every_place() {
        let other = "f".repeat(40);
        let id = KEY.parse::<TagKey>().unwrap().id();
        for setting in [KEY.to_owned(), format!("{KEY},{other}"), format!("{other},{KEY}")] {
            assert!(
                setting.parse::<TokenTagKeys>().unwrap().with_id(id).any(|key| **key.key == *KEY.as_bytes())
            );
        }
    }
}

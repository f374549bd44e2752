//! API keys, webhook tokens and sessions: one format, which carries the organisation.
//!
//! A token is a prefix and, in lower-case base32 without padding:
//!
//! | bytes | content |
//! |---|---|
//! | 1 | version in the high 4 bits, the tag key's id in the low 4 bits |
//! | 1 | place: 0, reserved for a jurisdiction |
//! | 16 | organisation |
//! | 0, 1 or 4 | of a webhook token its region, of a session its end in seconds since 1970 |
//! | 20 | random secret |
//! | 8 | tag: the start of an HMAC-SHA256 over everything before it |
//!
//! The tag only shows that Kraiter issued the token, so that nobody can reach an organisation's data with an invented one. Whether the
//! token is still valid is decided by its [digest](Token::digest), which is stored.

mod kind;
mod redaction;
mod tag_keys;

use std::fmt;

use aws_sans_io::Region;
use base32ct::{Base32Unpadded, Encoding};
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use self::{
    kind::{ApiKey, KeyKind, Kind, Session, TestKey, Webhook},
    tag_keys::TAG_BYTES,
};
use crate::{OrganisationId, Sha256Digest};

pub use redaction::{redact_secret, restore_secret};
pub use tag_keys::TokenTagKeys;

/// An API key: `kr_key_` and 74 characters.
pub type ApiKeyToken = Token<ApiKey>;

/// A test key: `kr_test_` and 74 characters.
pub type TestKeyToken = Token<TestKey>;

/// The secret part of a webhook URL: `kr_wh_` and 76 characters.
pub type WebhookToken = Token<Webhook>;

/// The value of a session cookie: `kr_se_` and 80 characters.
pub type SessionToken = Token<Session>;

/// The random part of a token, in bytes.
pub const SECRET_BYTES: usize = 20;

/// The random part of a token.
pub type TokenSecret = [u8; SECRET_BYTES];

#[cfg(feature = "schemars")]
crate::text_schema!(
    ApiKeyToken,
    "ApiKeyToken",
    "^kr_(key|test)_[a-z2-7]{74}$",
    "kr_key_cqaadgvqyxiaa4aaqaaaaaaaaaaauaabaibqibiga4eascqlbqgq4dyqcejbgtbsjhxc6ttwgy",
    "An organisation's API key. Anyone who has it can act for the organisation."
);

const VERSION: u8 = 1;

const PLACE: u8 = 0;

/// The maximum length of a token without its prefix, in bytes and in characters.
const MAX_BYTES: usize = 18 + 4 + SECRET_BYTES + TAG_BYTES;
const MAX_ENCODED: usize = MAX_BYTES * 8 / 5;

/// A token with a valid tag.
#[derive(Clone)]
pub struct Token<K: Kind> {
    text: Zeroizing<String>,
    organisation: OrganisationId,
    data: K::Data,
}

impl<K: Kind> Token<K> {
    fn with_data(
        keys: &TokenTagKeys,
        organisation: OrganisationId,
        data: K::Data,
        secret: &TokenSecret,
    ) -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES));
        bytes.extend([VERSION << 4 | keys.newest().id(), PLACE]);
        bytes.extend(organisation.to_bytes());
        K::encode(data, &mut bytes);
        bytes.extend(secret);
        let tag = keys.newest().tag(K::PREFIX, &bytes);
        bytes.extend(tag);
        Self { text: to_text(K::PREFIX, &bytes), organisation, data }
    }

    /// Parses a token and verifies its tag. Returns `None` if it isn't a token of this kind that was issued with one of the keys.
    #[must_use]
    pub fn parse(keys: &TokenTagKeys, text: &str) -> Option<Self> {
        let bytes = from_text(K::PREFIX, text)?;
        let (signed, tag) = bytes.split_last_chunk::<TAG_BYTES>()?;
        let (head, _secret) = signed.split_last_chunk::<SECRET_BYTES>()?;
        let [version, PLACE, rest @ ..] = head else { return None };
        if !keys.with_id(key_id(*version)?).any(|key| key.verify(K::PREFIX, signed, *tag)) {
            return None;
        }
        let (organisation, data) = rest.split_first_chunk()?;
        let organisation = OrganisationId::from_bytes(*organisation)?;
        Some(Self { text: Zeroizing::new(text.to_owned()), organisation, data: K::decode(data)? })
    }

    /// Returns the organisation that the token was issued for.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        self.organisation
    }

    /// Returns the SHA-256 digest of the whole token, which is stored. The token is random, so it needs neither salt nor stretching.
    #[must_use]
    pub fn digest(&self) -> Sha256Digest {
        Sha256Digest::of(self.text.as_bytes())
    }

    /// Returns the token in plain text.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

impl<K: KeyKind> Token<K> {
    /// Issues an API key with the newest tag key.
    #[must_use]
    pub fn issue(keys: &TokenTagKeys, organisation: OrganisationId, secret: &TokenSecret) -> Self {
        Self::with_data(keys, organisation, (), secret)
    }

    /// Returns the last four characters, which help people to recognise a key. They are part of the tag.
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.text[self.text.len() - 4..]
    }
}

/// Returns the organisation and the digest of an API key or test key with a valid tag.
#[must_use]
pub fn parse_key(keys: &TokenTagKeys, text: &str) -> Option<(OrganisationId, Sha256Digest)> {
    if let Some(token) = ApiKeyToken::parse(keys, text) {
        return Some((token.organisation(), token.digest()));
    }
    let token = TestKeyToken::parse(keys, text)?;
    Some((token.organisation(), token.digest()))
}

impl Token<Webhook> {
    /// Issues a webhook token with the newest tag key.
    #[must_use]
    pub fn issue(
        keys: &TokenTagKeys,
        organisation: OrganisationId,
        region: Region,
        secret: &TokenSecret,
    ) -> Self {
        Self::with_data(keys, organisation, region, secret)
    }

    /// Returns the region of the stack or topic that the token was issued for.
    #[must_use]
    pub const fn region(&self) -> Region {
        self.data
    }
}

impl Token<Session> {
    /// Issues a session token with the newest tag key. It stores the end of the session in whole seconds.
    #[must_use]
    pub fn issue(
        keys: &TokenTagKeys,
        organisation: OrganisationId,
        expires_at: OffsetDateTime,
        secret: &TokenSecret,
    ) -> Self {
        let seconds = u32::try_from(expires_at.unix_timestamp()).unwrap_or(u32::MAX);
        Self::with_data(keys, organisation, seconds, secret)
    }

    /// Returns the end of the session. [`Self::parse`] also accepts a token after its end.
    #[must_use]
    pub fn expires_at(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + Duration::seconds(self.data.into())
    }
}

impl<K: Kind> fmt::Debug for Token<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}[redacted])", K::PREFIX)
    }
}

/// Returns the tag key's id in a version byte, or `None` for another version.
fn key_id(version: u8) -> Option<u8> {
    (version >> 4 == VERSION).then_some(version & 0x0f)
}

fn to_text(prefix: &str, bytes: &[u8]) -> Zeroizing<String> {
    let encoded = Zeroizing::new(Base32Unpadded::encode_string(bytes));
    let mut text = Zeroizing::new(String::with_capacity(prefix.len() + encoded.len()));
    text.push_str(prefix);
    text.push_str(&encoded);
    text
}

fn from_text(prefix: &str, text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let encoded = text.strip_prefix(prefix).filter(|encoded| encoded.len() <= MAX_ENCODED)?;
    let bytes = Zeroizing::new(Base32Unpadded::decode_vec(encoded).ok()?);
    // Each token has one spelling: the bits after the last byte are zero.
    (*to_text(prefix, &bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests;

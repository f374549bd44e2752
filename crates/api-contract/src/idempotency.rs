//! Idempotency keys: a request that is repeated with the same `Idempotency-Key` returns the stored response and has no further effect.
//!
//! The [`IdempotencyRecord`] of a key is written before the request has any effect. If a request crashes, a retry therefore finds its
//! [`RequestSeed`] and creates the same ids, so nothing is created twice.
//!
//! <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>

use std::{fmt, str::FromStr};

use domain::{
    Sha256Digest, SigningSecret,
    token::{SECRET_BYTES, TokenSecret, TokenTagKeys, redact_secret, restore_secret},
};
use serde::{Deserialize, Serialize};
use serde_with::{DeserializeFromStr, SerializeDisplay};
use sha2::{Digest, Sha256};
use thiserror::Error;
use time::{Duration, OffsetDateTime};

/// The header that marks a stored response.
pub const IDEMPOTENT_REPLAYED: &str = "idempotent-replayed";

/// Lifetime of a key.
pub const KEY_TTL: Duration = Duration::hours(24);

/// How long a request without a response counts as in progress. After that a retry takes over. Both create the same ids, so nothing is
/// done twice even if the first request is still running.
pub const LOCK_TIMEOUT: Duration = Duration::seconds(30);

/// Maximum time that a retry waits for the response to the first request.
const MAX_WAIT: Duration = Duration::seconds(20);

/// A digest of a request. Two requests with the same key must have the same fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(Sha256Digest);

impl Fingerprint {
    /// Returns the fingerprint of a request, from its method, path, query string and body, byte for byte.
    #[must_use]
    pub fn of(method: &str, path: &str, query: &str, body: &[u8]) -> Self {
        let mut digest = Sha256::new();
        for part in [method.as_bytes(), path.as_bytes(), query.as_bytes(), body] {
            // The length separates each part from the next.
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        Self::from_bytes(digest.finalize().into())
    }

    /// Returns the fingerprint in its stored form.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Converts a stored fingerprint.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Sha256Digest::from_bytes(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The seed of the ids and secrets that a request creates: the time at which its key was first used, and random bits.
#[derive(Clone, Copy, PartialEq, Eq, SerializeDisplay, DeserializeFromStr)]
pub struct RequestSeed {
    milliseconds: i64,
    random: u128,
}

impl RequestSeed {
    /// Creates a seed from the time and 128 random bits.
    #[must_use]
    pub fn new(now: OffsetDateTime, random: u128) -> Self {
        let milliseconds = i64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
        Self { milliseconds, random }
    }

    /// Returns the time of the first request.
    #[must_use]
    pub fn at(&self) -> OffsetDateTime {
        let nanoseconds = i128::from(self.milliseconds) * 1_000_000;
        OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Returns the random bits of the id with this index. They don't reveal the seed.
    #[must_use]
    pub fn bits(&self, index: u32) -> u128 {
        let mut digest = Sha256::new_with_prefix("kraiter id");
        digest.update(self.random.to_be_bytes());
        digest.update(index.to_be_bytes());
        let [bits @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = <[u8; 32]>::from(digest.finalize());
        u128::from_be_bytes(bits)
    }

    /// Returns the secret of the token that the request creates. A stored seed doesn't reveal it without `signing_secret`.
    #[must_use]
    pub fn secret(&self, signing_secret: &SigningSecret) -> TokenSecret {
        first_bytes(signing_secret.sign(PURPOSE, &self.to_bytes()))
    }

    /// Returns the seed in its stored form.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 24] {
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&self.milliseconds.to_be_bytes());
        bytes[8..].copy_from_slice(&self.random.to_be_bytes());
        bytes
    }

    /// Converts a stored seed.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 24]) -> Self {
        let [m0, m1, m2, m3, m4, m5, m6, m7, random @ ..] = bytes;
        let milliseconds = i64::from_be_bytes([m0, m1, m2, m3, m4, m5, m6, m7]);
        Self { milliseconds, random: u128::from_be_bytes(random) }
    }
}

impl fmt::Display for RequestSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:032x}", self.milliseconds, self.random)
    }
}

impl fmt::Debug for RequestSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestSeed([redacted])")
    }
}

/// The error for text that is not a stored seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a request seed")]
pub struct ParseSeedError;

impl FromStr for RequestSeed {
    type Err = ParseSeedError;

    fn from_str(text: &str) -> Result<Self, ParseSeedError> {
        let (milliseconds, random) = text.split_once('.').ok_or(ParseSeedError)?;
        Ok(Self {
            milliseconds: milliseconds.parse().map_err(|_| ParseSeedError)?,
            random: u128::from_str_radix(random, 16).map_err(|_| ParseSeedError)?,
        })
    }
}

/// A response in an idempotency record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredResponse {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body: a problem document if the status is an error.
    pub body: String,
}

impl StoredResponse {
    /// Replaces the token that the request created, if it created one, by a placeholder without its secret.
    #[must_use]
    pub fn redact(self, seed: RequestSeed, signing_secret: &SigningSecret) -> Self {
        Self { body: redact_secret(&self.body, &seed.secret(signing_secret)), ..self }
    }

    /// Puts the token back. Returns `None` if the `SIGNING_SECRET` or the tag key that it was created with is no longer in the settings.
    #[must_use]
    pub fn restore(
        self,
        seed: RequestSeed,
        signing_secret: &SigningSecret,
        tag_keys: &TokenTagKeys,
    ) -> Option<Self> {
        let body = signing_secret
            .sign_with_each(PURPOSE, &seed.to_bytes())
            .find_map(|secret| restore_secret(&self.body, &first_bytes(secret), tag_keys))?;
        Some(Self { body, ..self })
    }
}

/// The purpose of the signatures that secrets are taken from.
const PURPOSE: &str = "idempotency";

fn first_bytes(signature: [u8; 32]) -> TokenSecret {
    let mut secret = TokenSecret::default();
    secret.copy_from_slice(&signature[..SECRET_BYTES]);
    secret
}

/// What is stored under an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// The fingerprint of the first request.
    pub fingerprint: Fingerprint,
    /// The seed of the ids and secrets that the request creates.
    pub seed: RequestSeed,
    /// The response, if the request has finished.
    pub response: Option<StoredResponse>,
    /// When the record expires.
    pub expires_at: OffsetDateTime,
}

/// The decision about a request with an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimDecision {
    /// Handle the request with a new seed: it is the first one with this key.
    Start,
    /// Handle the request with the seed of an earlier request that did not finish.
    Resume(RequestSeed),
    /// Return the stored response.
    Replay(StoredResponse),
    /// Refuse the request: the key belongs to a different request.
    Mismatch,
    /// Wait for the request in progress, but not longer than until this time. Then decide again.
    Wait(OffsetDateTime),
    /// Refuse the request: the one in progress takes too long.
    InProgress,
}

impl ClaimDecision {
    /// Decides about a request that arrived at `arrived_at`. `locked_until` is the end of the lock of another request with the same key
    /// that is in progress.
    #[must_use]
    pub fn new(
        record: Option<IdempotencyRecord>,
        fingerprint: &Fingerprint,
        locked_until: Option<OffsetDateTime>,
        arrived_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Self {
        let Some(record) = record.filter(|record| record.expires_at > now) else { return Self::Start };
        if record.fingerprint != *fingerprint {
            return Self::Mismatch;
        }
        if let Some(response) = record.response {
            return Self::Replay(response);
        }
        let deadline = arrived_at + MAX_WAIT;
        match locked_until.filter(|until| *until > now) {
            None => Self::Resume(record.seed),
            Some(_) if deadline <= now => Self::InProgress,
            Some(until) => Self::Wait(until.min(deadline)),
        }
    }
}

/// What to store of a request that has finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persist {
    /// The response: every retry returns it.
    Response,
    /// Only the seed: a retry is handled again.
    SeedOnly,
    /// Nothing: the request was refused without any effect, so its key can be used for a corrected request.
    Nothing,
}

impl Persist {
    /// Returns what to store of a response with this status. `had_effect` is whether the request created something.
    #[must_use]
    pub const fn of(status: u16, had_effect: bool) -> Self {
        match status {
            // A timeout, throttling or a server error isn't a result.
            408 | 429 | 500.. => Self::SeedOnly,
            400..500 if !had_effect => Self::Nothing,
            _ => Self::Response,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{EmailId, OrganisationId, token::ApiKeyToken};
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn secret(text: &str) -> SigningSecret {
        text.parse().unwrap()
    }

    #[test]
    fn every_part_of_a_request_changes_its_fingerprint() {
        let one = Fingerprint::of("POST", "/v1/emails", "", b"{}");
        assert_eq!(Fingerprint::of("POST", "/v1/emails", "", b"{}"), one);
        for other in [
            Fingerprint::of("PUT", "/v1/emails", "", b"{}"),
            Fingerprint::of("POST", "/v1/email", "s", b"{}"),
            Fingerprint::of("POST", "/v1/emails", "a", b"{}"),
            Fingerprint::of("POST", "/v1/emails", "", b"{ }"),
            Fingerprint::of("POST", "/v1/emails", "{", b"}"),
        ] {
            assert_ne!(other, one);
        }
    }

    #[test]
    fn a_seed_returns_the_same_bits_for_an_index_and_different_bits_for_others() {
        let seed = RequestSeed::new(NOON, 7);
        let id = |seed: RequestSeed, index| EmailId::new(seed.at(), seed.bits(index));
        assert_eq!(id(seed, 0), id(RequestSeed::new(NOON, 7), 0));
        assert_ne!(id(seed, 0), id(seed, 1));
        assert_ne!(id(seed, 0), id(RequestSeed::new(NOON, 8), 0));
        let (one, other) = (secret(&"a".repeat(32)), secret(&"b".repeat(32)));
        assert_eq!(seed.secret(&one), seed.secret(&one));
        assert_ne!(seed.secret(&one), seed.secret(&other));
        assert_ne!(seed.secret(&one), RequestSeed::new(NOON, 8).secret(&one));
        assert_eq!(format!("{seed:?}"), "RequestSeed([redacted])");
    }

    #[test]
    fn a_stored_response_does_not_contain_the_token_until_it_is_restored() {
        let tag_keys: TokenTagKeys = "t".repeat(32).parse().unwrap();
        let (old, new) = (secret(&"a".repeat(32)), secret(&"b".repeat(32)));
        let seed = RequestSeed::new(NOON, 7);
        let key = ApiKeyToken::issue(&tag_keys, OrganisationId::new(NOON, 1), &seed.secret(&old));
        let body = serde_json::json!({ "apiKey": key.reveal(), "name": "\u{1}kr_key_\u{1}" });
        let response = StoredResponse { status: 201, body: body.to_string() };
        let redacted = response.clone().redact(seed, &old);
        assert!(!redacted.body.contains(&key.reveal()[36..]), "{}", redacted.body);
        let restore = |seed, secret: &SigningSecret| redacted.clone().restore(seed, secret, &tag_keys);
        assert_eq!(restore(seed, &old), Some(response.clone()));
        assert_eq!(restore(seed, &new.clone().with_previous(Some(old.clone()))), Some(response));
        assert_eq!(restore(seed, &new), None);
        assert_eq!(restore(RequestSeed::new(NOON, 8), &old), None);
        let plain = StoredResponse { status: 202, body: r#"{"id":"eml_1"}"#.into() };
        assert_eq!(plain.clone().redact(seed, &old), plain);
        assert_eq!(plain.clone().restore(seed, &new, &tag_keys), Some(plain));
    }

    fn record(response: Option<StoredResponse>) -> IdempotencyRecord {
        let fingerprint = Fingerprint::of("POST", "/v1/emails", "", b"{}");
        IdempotencyRecord {
            fingerprint,
            seed: RequestSeed::new(NOON, 7),
            response,
            expires_at: NOON + KEY_TTL,
        }
    }

    fn decide(
        record: Option<IdempotencyRecord>,
        body: &str,
        locked_for: Option<i64>,
        waited: i64,
    ) -> ClaimDecision {
        let fingerprint = Fingerprint::of("POST", "/v1/emails", "", body.as_bytes());
        let until = locked_for.map(|seconds| NOON + Duration::seconds(seconds));
        ClaimDecision::new(record, &fingerprint, until, NOON, NOON + Duration::seconds(waited))
    }

    #[test]
    fn the_first_request_starts_and_a_retry_returns_its_response() {
        let response = StoredResponse { status: 202, body: "{}".into() };
        assert_eq!(decide(None, "{}", None, 0), ClaimDecision::Start);
        assert_eq!(
            decide(Some(record(Some(response.clone()))), "{}", None, 0),
            ClaimDecision::Replay(response.clone())
        );
        // Even if another request is in progress.
        assert_eq!(
            decide(Some(record(Some(response.clone()))), "{}", Some(30), 0),
            ClaimDecision::Replay(response.clone())
        );
        assert_eq!(decide(Some(record(Some(response))), "[]", None, 0), ClaimDecision::Mismatch);
        assert_eq!(decide(Some(record(None)), "[]", Some(30), 0), ClaimDecision::Mismatch);
    }

    #[test]
    fn a_retry_waits_at_most_20_seconds_for_a_request_in_progress() {
        let at = |seconds| NOON + Duration::seconds(seconds);
        assert_eq!(decide(Some(record(None)), "{}", Some(30), 0), ClaimDecision::Wait(at(20)));
        assert_eq!(decide(Some(record(None)), "{}", Some(10), 0), ClaimDecision::Wait(at(10)));
        assert_eq!(decide(Some(record(None)), "{}", Some(30), 20), ClaimDecision::InProgress);
        assert_eq!(
            decide(Some(record(None)), "{}", Some(10), 10),
            ClaimDecision::Resume(RequestSeed::new(NOON, 7))
        );
        assert_eq!(
            decide(Some(record(None)), "{}", None, 0),
            ClaimDecision::Resume(RequestSeed::new(NOON, 7))
        );
    }

    #[test]
    fn a_key_can_be_used_for_another_request_after_24_hours() {
        let day = KEY_TTL.whole_seconds();
        let response = StoredResponse { status: 202, body: "{}".into() };
        assert_eq!(decide(Some(record(Some(response.clone()))), "[]", None, day), ClaimDecision::Start);
        assert_eq!(
            decide(Some(record(Some(response.clone()))), "{}", None, day - 1),
            ClaimDecision::Replay(response)
        );
    }

    #[test]
    fn a_server_error_is_not_stored_and_a_refusal_without_effect_frees_the_key() {
        for status in [408, 429, 500, 502, 503] {
            assert_eq!(
                (Persist::of(status, false), Persist::of(status, true)),
                (Persist::SeedOnly, Persist::SeedOnly)
            );
        }
        for status in [400, 401, 404, 409, 422] {
            assert_eq!(
                (Persist::of(status, false), Persist::of(status, true)),
                (Persist::Nothing, Persist::Response)
            );
        }
        for status in [200, 201, 202, 204] {
            assert_eq!(Persist::of(status, false), Persist::Response);
        }
    }

    proptest! {
        #[test]
        fn a_seed_is_parsed_from_its_stored_text(milliseconds in 0_i64..4_000_000_000_000, random: u128) {
            let seed = RequestSeed { milliseconds, random };
            prop_assert_eq!(seed.to_string().parse(), Ok(seed));
            prop_assert_eq!(RequestSeed::new(seed.at(), random), seed);
            prop_assert_eq!(RequestSeed::from_bytes(seed.to_bytes()), seed);
        }

        /// Waiting ends, and a request is only resumed when no other is in progress.
        #[test]
        fn a_waiting_retry_is_decided_in_time(locked_for in 0_i64..100, waited in 0_i64..100) {
            let at = |seconds| NOON + Duration::seconds(seconds);
            match decide(Some(record(None)), "{}", Some(locked_for), waited) {
                ClaimDecision::Wait(until) => prop_assert!(until > at(waited) && until <= at(20) && until <= at(locked_for)),
                ClaimDecision::InProgress => prop_assert!(waited >= 20 && locked_for > waited),
                ClaimDecision::Resume(_) => prop_assert!(locked_for <= waited),
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}

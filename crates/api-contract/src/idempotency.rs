//! `Idempotency-Key`: a request that is repeated under its key is answered as the first was, and does nothing again.
//!
//! What is kept under a key is a [`Record`]. It is written before anything is done, so that a repetition after a crash finds the [`Seed`]
//! of the first attempt and makes the same ids of it: what is there already is then found, not made twice.
//!
//! <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>

use std::{fmt, str::FromStr};

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use domain::SigningSecret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};

/// The header that tells an answer which was given before.
pub const IDEMPOTENT_REPLAYED: &str = "idempotent-replayed";

/// How long a key is known.
pub const KEY_LASTS: Duration = Duration::hours(24);

/// How long a request is taken to be under way which hasn't been answered. One that goes on longer is taken over; that both make the
/// same ids keeps them from doing anything twice.
pub const UNDER_WAY: Duration = Duration::seconds(30);

/// How long a repetition waits for the answer to the first.
const PATIENCE: Duration = Duration::seconds(20);

/// What a request asks for, as far as two requests under one key have to be the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of a request: its method, the path as it came, the query and the body, byte for byte.
    #[must_use]
    pub fn of(method: &str, path: &str, query: &str, body: &[u8]) -> Self {
        let mut digest = Sha256::new();
        for part in [method.as_bytes(), path.as_bytes(), query.as_bytes(), body] {
            // The lengths keep the parts apart.
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        Self(HEXLOWER.encode(&digest.finalize()))
    }

    /// As it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it was stored.
    #[must_use]
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }
}

/// What everything is made of that a request makes: a time and random bits, drawn when its key was first seen.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Seed {
    milliseconds: i64,
    random: u128,
}

impl Seed {
    /// A seed from the time and 128 random bits.
    #[must_use]
    pub fn new(now: OffsetDateTime, random: u128) -> Self {
        let milliseconds = i64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
        Self { milliseconds, random }
    }

    /// When the request was first seen.
    #[must_use]
    pub fn at(&self) -> OffsetDateTime {
        let nanoseconds = i128::from(self.milliseconds) * 1_000_000;
        OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Random bits for the id of the `index`th thing that is made. They don't tell the seed.
    #[must_use]
    pub fn bits(&self, index: u32) -> u128 {
        let mut digest = Sha256::new_with_prefix("kraiter id");
        digest.update(self.random.to_be_bytes());
        digest.update(index.to_be_bytes());
        let [bits @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = <[u8; 32]>::from(digest.finalize());
        u128::from_be_bytes(bits)
    }

    /// The secret that the request makes: what is stored of the seed is worth nothing without `signing_secret`.
    #[must_use]
    pub fn secret(&self, signing_secret: &SigningSecret) -> [u8; 32] {
        signing_secret.sign("idempotency", self.to_string().as_bytes())
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:032x}", self.milliseconds, self.random)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed([redacted])")
    }
}

/// A text that isn't a stored seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a seed")]
pub struct NotASeed;

impl FromStr for Seed {
    type Err = NotASeed;

    fn from_str(text: &str) -> Result<Self, NotASeed> {
        let (milliseconds, random) = text.split_once('.').ok_or(NotASeed)?;
        Ok(Self {
            milliseconds: milliseconds.parse().map_err(|_| NotASeed)?,
            random: u128::from_str_radix(random, 16).map_err(|_| NotASeed)?,
        })
    }
}

impl TryFrom<String> for Seed {
    type Error = NotASeed;

    fn try_from(text: String) -> Result<Self, NotASeed> {
        text.parse()
    }
}

impl From<Seed> for String {
    fn from(seed: Seed) -> Self {
        seed.to_string()
    }
}

/// An answer as it is kept: JSON, or a problem where its status says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl KeptAnswer {
    /// The same without the secret that it shows once: a mark stands in its place.
    #[must_use]
    pub fn sealed(self, secret: &[u8; 32]) -> Self {
        let secret = as_shown(secret);
        Self { body: self.body.replace(&secret, &mark(&secret)), ..self }
    }

    /// The same with the secret again; `None` where it had another one, because `SIGNING_SECRET` has changed.
    #[must_use]
    pub fn opened(self, secret: &[u8; 32]) -> Option<Self> {
        let secret = as_shown(secret);
        let body = self.body.replace(&mark(&secret), &secret);
        (!body.contains(MARK)).then_some(Self { body, ..self })
    }
}

/// How keys and tokens write their random bytes.
fn as_shown(secret: &[u8; 32]) -> String {
    BASE32_NOPAD.encode(secret).to_ascii_lowercase()
}

/// JSON has no such character but as an escape, so nothing that a customer writes looks like a mark.
const MARK: &str = "\u{1}secret:";

fn mark(secret: &str) -> String {
    format!("{MARK}{}\u{1}", HEXLOWER.encode(&Sha256::digest(secret.as_bytes())[..8]))
}

/// What is kept under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What was asked for.
    pub fingerprint: Fingerprint,
    /// What everything is made of.
    pub seed: Seed,
    /// What was answered, once it was.
    pub answer: Option<KeptAnswer>,
    /// Until when the key is known.
    pub expires_at: OffsetDateTime,
}

/// What is done with a request under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is the first: it is done, from a new seed.
    Begin,
    /// An earlier one came to no answer: it is done, from the seed of that one.
    Resume(Seed),
    /// It is answered as it was.
    Replay(KeptAnswer),
    /// It is refused: the key is another request's.
    Reused,
    /// It waits for the answer to the one that is under way, at most until then, and is decided again.
    Wait(OffsetDateTime),
    /// It is refused: it has waited long enough.
    Busy,
}

impl Decision {
    /// Decides on a request that came at `came_at`. `under_way_until` says until when another one under this key is taken to be under
    /// way, where one is.
    #[must_use]
    pub fn on(
        record: Option<Record>,
        asked: &Fingerprint,
        under_way_until: Option<OffsetDateTime>,
        came_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Self {
        let Some(record) = record.filter(|record| record.expires_at > now) else { return Self::Begin };
        if record.fingerprint != *asked {
            return Self::Reused;
        }
        if let Some(answer) = record.answer {
            return Self::Replay(answer);
        }
        let patience = came_at + PATIENCE;
        match under_way_until.filter(|until| *until > now) {
            None => Self::Resume(record.seed),
            Some(_) if patience <= now => Self::Busy,
            Some(until) => Self::Wait(until.min(patience)),
        }
    }
}

/// What is kept of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// It: every repetition gets it.
    Answer,
    /// The seed: a repetition tries again.
    Seed,
    /// Nothing: the request was refused before anything was done, and the key is free for one that is mended.
    Nothing,
}

impl Keep {
    /// What is kept of an answer with this status. `has_made` says whether the request has made something all the same.
    #[must_use]
    pub const fn of(status: u16, has_made: bool) -> Self {
        match status {
            // A fault, or too much at once: neither is an answer to what was asked.
            408 | 429 | 500.. => Self::Seed,
            400..500 if !has_made => Self::Nothing,
            _ => Self::Answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::EmailId;
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;
    use crate::ApiKeySecret;

    const NOON: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn secret(text: &str) -> SigningSecret {
        text.parse().unwrap()
    }

    #[test]
    fn every_part_of_a_request_tells_in_its_fingerprint() {
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
    fn a_seed_makes_the_same_things_each_time_and_different_ones_by_index() {
        let seed = Seed::new(NOON, 7);
        let id = |seed: Seed, index| EmailId::new(seed.at(), seed.bits(index));
        assert_eq!(id(seed, 0), id(Seed::new(NOON, 7), 0));
        assert_ne!(id(seed, 0), id(seed, 1));
        assert_ne!(id(seed, 0), id(Seed::new(NOON, 8), 0));
        let (one, other) = (secret(&"a".repeat(32)), secret(&"b".repeat(32)));
        assert_eq!(seed.secret(&one), seed.secret(&one));
        assert_ne!(seed.secret(&one), seed.secret(&other));
        assert_ne!(seed.secret(&one), Seed::new(NOON, 8).secret(&one));
        assert_eq!(format!("{seed:?}"), "Seed([redacted])");
    }

    #[test]
    fn what_is_shown_once_is_not_in_what_is_kept_and_comes_back() {
        let (bytes, other) = ([7; 32], [8; 32]);
        let key = ApiKeySecret::from_random(&bytes);
        let body = serde_json::json!({ "apiKey": key.reveal(), "name": "\u{1}secret:x", "link": format!("a%2F{}%2F", &key.reveal()[3..]) });
        let answer = KeptAnswer { status: 201, body: body.to_string() };
        let sealed = answer.clone().sealed(&bytes);
        assert!(!sealed.body.contains(&key.reveal()[3..]), "{}", sealed.body);
        assert_eq!(sealed.clone().opened(&other), None);
        assert_eq!(sealed.opened(&bytes), Some(answer));
        let plain = KeptAnswer { status: 202, body: r#"{"id":"eml_1"}"#.into() };
        assert_eq!(plain.clone().sealed(&bytes), plain);
        assert_eq!(plain.clone().opened(&other), Some(plain));
    }

    fn record(answer: Option<KeptAnswer>) -> Record {
        let fingerprint = Fingerprint::of("POST", "/v1/emails", "", b"{}");
        Record { fingerprint, seed: Seed::new(NOON, 7), answer, expires_at: NOON + KEY_LASTS }
    }

    fn decide(record: Option<Record>, body: &str, under_way_until: Option<i64>, waited: i64) -> Decision {
        let asked = Fingerprint::of("POST", "/v1/emails", "", body.as_bytes());
        let until = under_way_until.map(|seconds| NOON + Duration::seconds(seconds));
        Decision::on(record, &asked, until, NOON, NOON + Duration::seconds(waited))
    }

    #[test]
    fn the_first_begins_and_its_repetition_is_answered_alike() {
        let answer = KeptAnswer { status: 202, body: "{}".into() };
        assert_eq!(decide(None, "{}", None, 0), Decision::Begin);
        assert_eq!(
            decide(Some(record(Some(answer.clone()))), "{}", None, 0),
            Decision::Replay(answer.clone())
        );
        // Whatever is under way.
        assert_eq!(
            decide(Some(record(Some(answer.clone()))), "{}", Some(30), 0),
            Decision::Replay(answer.clone())
        );
        assert_eq!(decide(Some(record(Some(answer))), "[]", None, 0), Decision::Reused);
        assert_eq!(decide(Some(record(None)), "[]", Some(30), 0), Decision::Reused);
    }

    #[test]
    fn one_that_is_under_way_is_waited_for_and_not_for_ever() {
        let at = |seconds| NOON + Duration::seconds(seconds);
        assert_eq!(decide(Some(record(None)), "{}", Some(30), 0), Decision::Wait(at(20)));
        assert_eq!(decide(Some(record(None)), "{}", Some(10), 0), Decision::Wait(at(10)));
        assert_eq!(decide(Some(record(None)), "{}", Some(30), 20), Decision::Busy);
        assert_eq!(decide(Some(record(None)), "{}", Some(10), 10), Decision::Resume(Seed::new(NOON, 7)));
        assert_eq!(decide(Some(record(None)), "{}", None, 0), Decision::Resume(Seed::new(NOON, 7)));
    }

    #[test]
    fn after_a_day_a_key_is_new() {
        let day = KEY_LASTS.whole_seconds();
        let answer = KeptAnswer { status: 202, body: "{}".into() };
        assert_eq!(decide(Some(record(Some(answer.clone()))), "[]", None, day), Decision::Begin);
        assert_eq!(decide(Some(record(Some(answer.clone()))), "{}", None, day - 1), Decision::Replay(answer));
    }

    #[test]
    fn a_fault_is_no_answer_and_a_refusal_of_nothing_frees_the_key() {
        for status in [408, 429, 500, 502, 503] {
            assert_eq!((Keep::of(status, false), Keep::of(status, true)), (Keep::Seed, Keep::Seed));
        }
        for status in [400, 401, 404, 409, 422] {
            assert_eq!((Keep::of(status, false), Keep::of(status, true)), (Keep::Nothing, Keep::Answer));
        }
        for status in [200, 201, 202, 204] {
            assert_eq!(Keep::of(status, false), Keep::Answer);
        }
    }

    proptest! {
        #[test]
        fn a_stored_seed_is_read_back(milliseconds in 0_i64..4_000_000_000_000, random: u128) {
            let seed = Seed { milliseconds, random };
            prop_assert_eq!(seed.to_string().parse(), Ok(seed));
            prop_assert_eq!(Seed::new(seed.at(), random), seed);
        }

        /// Ends at some point, and never does what a second one under way does too.
        #[test]
        fn waiting_leads_on(under_way in 0_i64..100, waited in 0_i64..100) {
            let at = |seconds| NOON + Duration::seconds(seconds);
            match decide(Some(record(None)), "{}", Some(under_way), waited) {
                Decision::Wait(until) => prop_assert!(until > at(waited) && until <= at(20) && until <= at(under_way)),
                Decision::Busy => prop_assert!(waited >= 20 && under_way > waited),
                Decision::Resume(_) => prop_assert!(under_way <= waited),
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}

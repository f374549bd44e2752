//! A request under an idempotency key: done once, answered alike as often as it is repeated.

use kraiter_core::{
    api::{ApiError, Fingerprint, IDEMPOTENCY_KEY, IdempotencyKey, Seed},
    settings::Settings,
};
use serde_json::json;
use time::OffsetDateTime;
use worker::Headers;

use crate::{
    aws_connection::{Begun, KeyClient, UnderKey},
    clock,
    exchange::Reply,
    failure::Failure,
    log, random,
};

/// What the ids and secrets are made of that a request makes.
pub(crate) struct Making {
    seed: Seed,
    key: Option<UnderKey>,
    is_again: bool,
}

impl Making {
    /// Of a request without a key: everything is new.
    ///
    /// # Errors
    /// Where the runtime gives no randomness.
    pub(crate) fn anew() -> Result<Self, Failure> {
        let seed = Seed::new(clock::now(), u128::from_le_bytes(random::bytes()?));
        Ok(Self { seed, key: None, is_again: false })
    }

    /// When what is made is made.
    pub(crate) fn at(&self) -> OffsetDateTime {
        self.seed.at()
    }

    /// Random bits for the id of the `index`th thing.
    pub(crate) fn bits(&self, index: u32) -> u128 {
        self.seed.bits(index)
    }

    /// The secret that is handed out; a request makes one at most.
    ///
    /// # Errors
    /// Where the runtime gives no randomness.
    pub(crate) fn secret(&self, settings: &Settings) -> Result<[u8; 32], Failure> {
        match self.key {
            Some(_) => Ok(self.seed.secret(&settings.signing_secret)),
            None => random::bytes(),
        }
    }

    /// The key, where the request comes under one.
    pub(crate) const fn key(&self) -> Option<&UnderKey> {
        self.key.as_ref()
    }

    /// The same, where an earlier attempt may have made something already.
    pub(crate) fn key_again(&self) -> Option<&UnderKey> {
        self.key().filter(|_| self.is_again)
    }
}

/// The key that a request comes under.
///
/// # Errors
/// Where it isn't one.
pub(crate) fn key(headers: &Headers) -> Result<Option<IdempotencyKey>, Failure> {
    let header = headers.get(IDEMPOTENCY_KEY)?;
    Ok(header.as_deref().map(IdempotencyKey::parse).transpose()?)
}

/// Lets `run` answer, once under `key`.
///
/// # Errors
/// What `run` answers; [`ApiError::IdempotencyKeyReused`] or [`ApiError::IdempotencyInProgress`].
pub(crate) async fn once(
    keys: &KeyClient,
    key: &IdempotencyKey,
    fingerprint: Fingerprint,
    settings: &Settings,
    request_id: &str,
    run: impl AsyncFnOnce(Making) -> Result<Reply, Failure>,
) -> Result<Reply, Failure> {
    let digest = key.digest();
    let (seed, is_again) = match keys.begin(&digest, fingerprint).await? {
        Begun::Yours { seed, is_again } => (seed, is_again),
        Begun::Answered { seed, answer } => {
            let answer = answer.opened(&seed.secret(&settings.signing_secret));
            let changed = || Failure::internal("SIGNING_SECRET has changed since the answer was kept");
            return Ok(Reply::replayed(answer.ok_or_else(changed)?));
        }
        Begun::Reused => return Err(ApiError::IdempotencyKeyReused.into()),
        Begun::Busy => return Err(ApiError::IdempotencyInProgress.into()),
    };
    let answer = run(Making { seed, key: Some(UnderKey { digest: digest.clone(), seed }), is_again }).await;
    let kept = match &answer {
        Ok(reply) => reply.kept(),
        Err(failure) => failure.reply(request_id).kept(),
    };
    let kept = kept.sealed(&seed.secret(&settings.signing_secret));
    if let Err(failure) = keys.end(&digest, seed, kept).await {
        // It was done all the same; a repetition finds what was made.
        log::fault("answer_not_kept", json!({ "requestId": request_id, "fault": format!("{failure:?}") }));
    }
    answer
}

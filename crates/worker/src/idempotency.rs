//! Idempotency keys: a request with a key runs once, and repeating it returns the stored response.

use api_contract::{ApiError, Fingerprint, IDEMPOTENCY_KEY, IdempotencyKey, RequestSeed};
use domain::settings::Settings;
use serde_json::json;
use time::OffsetDateTime;
use worker::Headers;

use crate::{
    aws_connection::{ClaimResult, IdempotencyClient, IdempotencyToken},
    clock,
    http::{ApiResponse, Error},
    log, random,
};

/// The source of the ids and secrets that a request creates. A retry under the same idempotency key creates the same ones.
pub(crate) struct IdSource {
    seed: RequestSeed,
    token: Option<IdempotencyToken>,
    is_retry: bool,
}

impl IdSource {
    /// Returns a random source, for a request without an idempotency key.
    ///
    /// # Errors
    /// Fails if the runtime provides no randomness.
    pub(crate) fn random() -> Result<Self, Error> {
        let seed = RequestSeed::new(clock::now(), u128::from_le_bytes(random::bytes()?));
        Ok(Self { seed, token: None, is_retry: false })
    }

    /// Returns the creation time of everything the request creates.
    pub(crate) fn created_at(&self) -> OffsetDateTime {
        self.seed.at()
    }

    /// Returns the random bits of the id with this index.
    pub(crate) fn bits(&self, index: u32) -> u128 {
        self.seed.bits(index)
    }

    /// Returns a secret for the caller. A request creates at most one.
    ///
    /// # Errors
    /// Fails if the runtime provides no randomness.
    pub(crate) fn secret(&self, settings: &Settings) -> Result<[u8; 32], Error> {
        match self.token {
            Some(_) => Ok(self.seed.secret(&settings.signing_secret)),
            None => random::bytes(),
        }
    }

    /// Returns the request's idempotency key.
    pub(crate) const fn key(&self) -> Option<&IdempotencyToken> {
        self.token.as_ref()
    }

    /// Returns the request's idempotency key if an earlier attempt may already have created something.
    pub(crate) fn retried_key(&self) -> Option<&IdempotencyToken> {
        self.key().filter(|_| self.is_retry)
    }
}

/// Parses the `Idempotency-Key` header.
///
/// # Errors
/// Fails if the header isn't a valid key.
pub(crate) fn parse_key(headers: &Headers) -> Result<Option<IdempotencyKey>, Error> {
    let header = headers.get(IDEMPOTENCY_KEY)?;
    Ok(header.as_deref().map(IdempotencyKey::parse).transpose()?)
}

/// Calls `handler` once per `key` and stores its response, or returns the response that is already stored.
///
/// # Errors
/// [`ApiError::IdempotencyKeyReused`], [`ApiError::IdempotencyInProgress`], or the error of `handler`.
pub(crate) async fn run_once(
    client: &IdempotencyClient,
    key: &IdempotencyKey,
    fingerprint: Fingerprint,
    settings: &Settings,
    request_id: &str,
    handler: impl AsyncFnOnce(IdSource) -> Result<ApiResponse, Error>,
) -> Result<ApiResponse, Error> {
    let digest = key.digest();
    let (seed, is_retry) = match client.claim(&digest, fingerprint).await? {
        ClaimResult::Acquired { seed, is_retry } => (seed, is_retry),
        ClaimResult::Completed { seed, response } => {
            let response = response.restore_secret(&seed.secret(&settings.signing_secret));
            let changed = || Error::internal("SIGNING_SECRET has changed since the response was stored");
            return Ok(ApiResponse::replayed(response.ok_or_else(changed)?));
        }
        ClaimResult::Mismatch => return Err(ApiError::IdempotencyKeyReused.into()),
        ClaimResult::InProgress => return Err(ApiError::IdempotencyInProgress.into()),
    };
    let token = IdempotencyToken { digest: digest.clone(), seed };
    let result = handler(IdSource { seed, token: Some(token), is_retry }).await;
    let stored = match &result {
        Ok(response) => response.to_stored(),
        Err(error) => error.to_response(request_id).to_stored(),
    };
    let stored = stored.redact(&seed.secret(&settings.signing_secret));
    if let Err(error) = client.complete(&digest, seed, stored).await {
        // The request itself is done. A retry finds what it created.
        log::error(
            "idempotent_response_not_stored",
            json!({ "requestId": request_id, "error": format!("{error:?}") }),
        );
    }
    result
}

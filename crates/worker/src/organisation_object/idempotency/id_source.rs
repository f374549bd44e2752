//! Where a request gets the ids and secrets of what it creates.

use api_contract::RequestSeed;
use domain::{settings::Settings, token::TokenSecret};
use time::OffsetDateTime;

use super::Claim;

/// The source of the ids and secrets that a request creates. A retry under the same idempotency key creates the same ones.
pub(crate) struct IdSource<'a> {
    seed: RequestSeed,
    claim: Option<&'a Claim>,
}

impl<'a> IdSource<'a> {
    /// Returns the source of a request without an idempotency key.
    pub(crate) const fn new(seed: RequestSeed) -> Self {
        Self { seed, claim: None }
    }

    /// Returns the source of a request under a claimed idempotency key.
    pub(crate) const fn of_claim(claim: &'a Claim) -> Self {
        Self { seed: claim.seed, claim: Some(claim) }
    }

    /// Returns the creation time of everything the request creates.
    pub(crate) fn created_at(&self) -> OffsetDateTime {
        self.seed.at()
    }

    /// Returns the random bits of the id with this index.
    pub(crate) fn bits(&self, index: u32) -> u128 {
        self.seed.bits(index)
    }

    /// Returns the secret for the caller. A request creates at most one.
    pub(crate) fn secret(&self, settings: &Settings) -> TokenSecret {
        self.seed.secret(&settings.signing_secret)
    }

    /// Returns the claim of the request's idempotency key.
    pub(crate) const fn claim(&self) -> Option<&'a Claim> {
        self.claim
    }

    /// Returns whether an earlier attempt with the same idempotency key may already have created something.
    pub(crate) fn is_retry(&self) -> bool {
        self.claim.is_some_and(|claim| claim.is_retry)
    }
}

//! Random numbers from the runtime's `crypto.getRandomValues`. Only this module draws them.

use api_contract::RequestSeed;

use crate::{clock, http::Error};

/// Returns random bytes for a key or token.
///
/// # Errors
/// Fails if the runtime provides no randomness: a secret must never consist of zeros.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(format!("no randomness: {error}")))?;
    Ok(bytes)
}

/// Returns random bits for an id, which must be unique but isn't secret.
pub(crate) fn u128() -> u128 {
    bytes().map_or(0, u128::from_le_bytes)
}

/// Returns a seed for the ids and secrets that a request creates.
///
/// # Errors
/// Fails if the runtime provides no randomness.
pub(crate) fn seed() -> Result<RequestSeed, Error> {
    Ok(RequestSeed::new(clock::now(), u128::from_le_bytes(bytes()?)))
}

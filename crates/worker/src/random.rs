//! Randomness: the one place that draws it, from the runtime's `crypto.getRandomValues`.

use crate::failure::Failure;

/// Random bytes for keys and tokens.
///
/// # Errors
/// Where the runtime gives none: then nothing may be made of zeros.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Failure::internal(format!("no randomness: {error}")))?;
    Ok(bytes)
}

/// Random bits for an identifier, which has to be new and not secret.
pub(crate) fn u128() -> u128 {
    bytes().map_or(0, u128::from_le_bytes)
}

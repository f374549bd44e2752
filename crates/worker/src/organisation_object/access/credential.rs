//! Who calls.

use domain::Sha256Digest;
use serde::{Deserialize, Serialize};

/// The digest of the token that a request presents. The Worker has checked the token's tag.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Credential {
    /// An API key.
    Key(Sha256Digest),
    /// A session cookie.
    Session(Sha256Digest),
}

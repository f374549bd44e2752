//! A call from the Worker to an organisation's object: one header with JSON, and the request's body as it came.

use api_contract::{KeyDigest, RequestSeed};
use serde::{Deserialize, Serialize};

use super::{access::Credential, command::Command};

/// The header that holds a [`CallHead`].
pub(crate) const CALL_HEADER: &str = "x-kraiter-call";

/// Who calls, and what for.
#[derive(Serialize, Deserialize)]
pub(crate) struct CallHead {
    /// The request's id, for responses and logs.
    pub(crate) request_id: String,
    /// Seed of the ids and secrets that the request creates. If the Worker repeats a call, it passes the same seed.
    pub(crate) seed: RequestSeed,
    pub(crate) action: Action,
    /// The length of the body, if it is known.
    pub(crate) body_length: Option<u64>,
}

/// What is called for.
#[derive(Serialize, Deserialize)]
pub(crate) enum Action {
    /// A request of a customer, to one of the organisation's routes.
    Request(RequestHead),
    /// A command of the Worker itself.
    Command(Box<Command>),
}

/// The head of a customer's request. The Worker has checked the tag of its token; the object authenticates it.
#[derive(Serialize, Deserialize)]
pub(crate) struct RequestHead {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) credential: Credential,
    /// SHA-256 digest of the idempotency key.
    pub(crate) key: Option<KeyDigest>,
}

//! `GET /healthz`.

use serde::{Deserialize, Serialize};

/// The Worker is up and its settings are whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// `ok`.
    pub status: String,
    /// The version of the Worker.
    pub version: String,
}

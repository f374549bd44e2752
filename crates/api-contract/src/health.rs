//! The health check: `GET /healthz`.

use serde::{Deserialize, Serialize};

/// The Worker is running and its settings are valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Health {
    /// `ok`.
    #[cfg_attr(feature = "openapi", schemars(extend("const" = "ok")))]
    pub status: String,
    /// The version of the Worker.
    pub version: String,
}

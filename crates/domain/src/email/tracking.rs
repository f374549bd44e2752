//! Tracking of opens and clicks.

use aws_sans_io::ses::TrackingOverrides;
use serde::{Deserialize, Serialize};

/// What SES tracks of an email. Only HTML is tracked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Tracking {
    /// Whether SES adds an invisible image that reports when the email is opened.
    pub opens: bool,
    /// Whether SES rewrites the links so that they report clicks.
    pub clicks: bool,
}

impl Tracking {
    /// Returns whether nothing is tracked.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        !self.opens && !self.clicks
    }

    /// Returns whether everything is tracked.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.opens && self.clicks
    }
}

impl From<Tracking> for TrackingOverrides {
    fn from(Tracking { opens, clicks }: Tracking) -> Self {
        Self { opens, clicks }
    }
}

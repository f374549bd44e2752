//! The organisation's settings: `/v1/settings`.

use serde::{Deserialize, Serialize};

use super::FieldError;
use aws_sans_io::Region;
use domain::connection::{TrackingRefusal, TrackingSet};

/// New settings of the organisation.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateSettings {
    /// Whether emails may ask SES to track opens and clicks. Omit it to leave it as it is.
    pub tracking: Option<bool>,
    /// Whether events are recorded in the feed. Omit it to leave it as it is.
    pub feed: Option<bool>,
}

/// The organisation's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrganisationSettings {
    /// Whether emails may ask SES to track opens and clicks. Off by default.
    pub tracking: bool,
    /// The configuration sets that track opens and clicks, one for each region with active events. They are created when tracking is
    /// switched on, or by the first email that needs one, and only emails that ask for tracking use them.
    pub tracking_configuration_sets: Vec<TrackingConfigurationSet>,
    /// Whether events are recorded in the feed. Off by default.
    pub feed: bool,
    /// How many days finished emails and their events are stored. The operator sets it.
    pub retention_days: i64,
}

/// The configuration set that tracks opens and clicks in a region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TrackingConfigurationSet {
    /// The region.
    pub region: Region,
    /// The name of the configuration set.
    pub configuration_set: String,
}

impl From<&TrackingSet> for TrackingConfigurationSet {
    fn from(set: &TrackingSet) -> Self {
        Self { region: set.topic.region(), configuration_set: set.name.clone() }
    }
}

impl From<TrackingRefusal> for FieldError {
    fn from(refusal: TrackingRefusal) -> Self {
        match refusal {
            TrackingRefusal::Off => Self {
                help: "Remove \"tracking\", or switch tracking on in the settings.",
                ..Self::new("tracking", "tracking_off", "tracking of opens and clicks is off")
            },
            TrackingRefusal::NoEvents(region) => Self {
                help: "Remove \"tracking\", or set up events in this region.",
                ..Self::new(
                    "tracking",
                    "tracking_without_events",
                    format!(
                        "opens and clicks can't be tracked in {region}, because its events are not active"
                    ),
                )
            },
        }
    }
}

//! Bounce and complaint rates: `GET /v1/reputation`.

use aws_sans_io::Region;
use domain::delivery::{
    BOUNCE_THRESHOLDS, COMPLAINT_THRESHOLDS, REPUTATION_DAYS, RateLevel, Thresholds, rate,
};
use serde::{Deserialize, Serialize};

/// Bounce and complaint rates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Reputation {
    /// The number of days that are counted, including today.
    pub days: u32,
    /// The regions that email was sent from.
    pub regions: Vec<ReputationInRegion>,
}

/// Bounce and complaint rates of one region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReputationInRegion {
    /// The region.
    pub region: Region,
    /// Recipients of emails that SES accepted, without those of its mailbox simulator.
    pub sent: u32,
    /// Hard bounces.
    pub bounces: Rate,
    /// Complaints.
    pub complaints: Rate,
}

/// A bounce or complaint rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Rate {
    /// The number of bounces or complaints.
    pub count: u32,
    /// The share of the sent emails, from 0 to 1.
    pub rate: f64,
    /// The rate compared with AWS's limits.
    pub level: RateLevel,
    /// The rate at which AWS reviews an account.
    pub review_at: f64,
    /// The rate at which AWS may pause an account.
    pub pause_at: f64,
}

impl Rate {
    pub(crate) fn new(count: u32, sent: u32, thresholds: Thresholds) -> Self {
        Self {
            count,
            rate: rate(count, sent),
            level: thresholds.level(count, sent),
            review_at: thresholds.review,
            pause_at: thresholds.pause,
        }
    }
}

impl ReputationInRegion {
    /// Calculates the rates of a region.
    #[must_use]
    pub fn new(region: Region, sent: u32, bounced: u32, complained: u32) -> Self {
        Self {
            region,
            sent,
            bounces: Rate::new(bounced, sent, BOUNCE_THRESHOLDS),
            complaints: Rate::new(complained, sent, COMPLAINT_THRESHOLDS),
        }
    }
}

impl Reputation {
    /// Creates the response. Sorts the regions by name.
    #[must_use]
    pub fn new(mut regions: Vec<ReputationInRegion>) -> Self {
        regions.sort_by_key(|one| one.region.name());
        Self { days: REPUTATION_DAYS, regions }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_region_has_rates_levels_and_thresholds() {
        let region = "eu-west-1".parse().unwrap();
        let reputation = Reputation::new(vec![ReputationInRegion::new(region, 1000, 30, 0)]);
        assert_eq!(
            serde_json::to_value(&reputation).unwrap(),
            json!({ "days": 7, "regions": [{
                "region": "eu-west-1",
                "sent": 1000,
                "bounces": { "count": 30, "rate": 0.03, "level": "watch", "reviewAt": 0.05, "pauseAt": 0.1 },
                "complaints": { "count": 0, "rate": 0.0, "level": "good", "reviewAt": 0.001, "pauseAt": 0.005 },
            }] })
        );
    }
}

//! The results of send attempts, as they are reported to the rate limiter.

use serde::{Deserialize, Serialize};

/// The results of send attempts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SendReport {
    /// Emails that SES accepted.
    pub accepted: u32,
    /// Recipients that were counted as sent to and were not: SES refused the email or was not called.
    pub unused: u32,
    /// True if SES throttled.
    pub throttled: bool,
    /// True if SES reported the daily quota as exceeded.
    pub daily_quota_exceeded: bool,
}

impl SendReport {
    /// Returns the sum of both reports.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            accepted: self.accepted.saturating_add(other.accepted),
            unused: self.unused.saturating_add(other.unused),
            throttled: self.throttled || other.throttled,
            daily_quota_exceeded: self.daily_quota_exceeded || other.daily_quota_exceeded,
        }
    }
}

//! The limits that SES sets for an account.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::connection::Quota;

/// The maximum age of a snapshot.
const MAX_AGE: Duration = Duration::minutes(5);

/// The maximum age while emails are on hold, to notice soon that AWS raised a limit.
const MAX_AGE_ON_HOLD: Duration = Duration::minutes(1);

/// The limits of an account in one region, in recipients.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// Recipients per second; above 0.
    pub per_second: f64,
    /// Recipients in 24 hours; `None` if there is no limit.
    pub per_day: Option<u64>,
}

/// An account's quota at a time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuotaSnapshot {
    pub quota: Quota,
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub taken_at: OffsetDateTime,
}

impl QuotaSnapshot {
    /// Returns the limits. A rate that is not positive (SES reports 0 for an account that may not send) counts as the sandbox's: one
    /// recipient per second.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let rate = self.quota.max_send_rate;
        Limits {
            per_second: if rate.is_finite() && rate > 0.0 { rate } else { 1.0 },
            per_day: whole(self.quota.max_24_hour_send),
        }
    }

    /// Returns the recipients that SES counted in the last 24 hours.
    #[must_use]
    pub fn sent_last_24_hours(&self) -> u64 {
        whole(self.quota.sent_last_24_hours).unwrap_or(0)
    }

    /// Returns whether the account should be read again.
    #[must_use]
    pub fn is_stale(&self, is_on_hold: bool, now: OffsetDateTime) -> bool {
        now - self.taken_at >= if is_on_hold { MAX_AGE_ON_HOLD } else { MAX_AGE }
    }
}

/// SES's numbers are decimals, and -1 means no limit.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the sign is checked, and `as` saturates"
)]
fn whole(number: f64) -> Option<u64> {
    (number >= 0.0).then_some(number as u64)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn snapshot(max_24_hour_send: f64, max_send_rate: f64) -> QuotaSnapshot {
        let quota = Quota { max_24_hour_send, max_send_rate, sent_last_24_hours: 3.0 };
        QuotaSnapshot { quota, taken_at: NOW }
    }

    #[test]
    fn minus_one_is_no_daily_limit_and_no_rate_is_one_per_second() {
        assert_eq!(snapshot(-1.0, 14.0).limits(), Limits { per_second: 14.0, per_day: None });
        assert_eq!(snapshot(200.0, 0.0).limits(), Limits { per_second: 1.0, per_day: Some(200) });
        assert_eq!(snapshot(0.0, f64::NAN).limits(), Limits { per_second: 1.0, per_day: Some(0) });
    }

    #[test]
    fn a_snapshot_is_stale_sooner_while_emails_are_on_hold() {
        let snapshot = snapshot(200.0, 1.0);
        assert!(!snapshot.is_stale(true, NOW + Duration::seconds(59)));
        assert!(snapshot.is_stale(true, NOW + Duration::seconds(60)));
        assert!(!snapshot.is_stale(false, NOW + Duration::seconds(299)));
        assert!(snapshot.is_stale(false, NOW + Duration::minutes(5)));
    }
}

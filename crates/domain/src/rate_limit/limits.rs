//! What SES allows.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::connection::Quota;

/// How long a look at the account is believed while all goes well.
const FRESH: Duration = Duration::minutes(5);

/// How long it is believed while somebody waits: a limit that AWS raises is to be noticed soon.
const FRESH_WHILE_WAITING: Duration = Duration::minutes(1);

/// The limits of one account in one region, in recipients.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// The most a second; above 0.
    pub per_second: f64,
    /// The most in any 24 hours; `None` where there is no limit.
    pub per_day: Option<u64>,
}

/// What `GetAccount` said, and when.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    /// The limits and how much of the daily one is used up.
    pub quota: Quota,
    /// When.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub at: OffsetDateTime,
}

impl Seen {
    /// The limits. A rate that isn't one (SES says 0 of an account that may not send) is taken for the sandbox's, one a second.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let rate = self.quota.max_send_rate;
        Limits {
            per_second: if rate.is_finite() && rate > 0.0 { rate } else { 1.0 },
            per_day: whole(self.quota.max_24_hour_send),
        }
    }

    /// How many recipients of the last 24 hours SES counted.
    #[must_use]
    pub fn sent(&self) -> u64 {
        whole(self.quota.sent_last_24_hours).unwrap_or(0)
    }

    /// Whether the account should be looked at again.
    #[must_use]
    pub fn is_old(&self, somebody_waits: bool, now: OffsetDateTime) -> bool {
        now - self.at >= if somebody_waits { FRESH_WHILE_WAITING } else { FRESH }
    }
}

/// SES's numbers are decimal, and -1 stands for "without limit".
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the sign is looked at, and `as` stops at the ends"
)]
fn whole(number: f64) -> Option<u64> {
    (number >= 0.0).then_some(number as u64)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn seen(max_24_hour_send: f64, max_send_rate: f64) -> Seen {
        Seen { quota: Quota { max_24_hour_send, max_send_rate, sent_last_24_hours: 3.0 }, at: NOW }
    }

    #[test]
    fn no_limit_is_none_and_no_rate_is_the_sandboxs() {
        assert_eq!(seen(-1.0, 14.0).limits(), Limits { per_second: 14.0, per_day: None });
        assert_eq!(seen(200.0, 0.0).limits(), Limits { per_second: 1.0, per_day: Some(200) });
        assert_eq!(seen(0.0, f64::NAN).limits(), Limits { per_second: 1.0, per_day: Some(0) });
    }

    #[test]
    fn it_is_looked_at_sooner_while_somebody_waits() {
        let seen = seen(200.0, 1.0);
        assert!(!seen.is_old(true, NOW + Duration::seconds(59)));
        assert!(seen.is_old(true, NOW + Duration::seconds(60)));
        assert!(!seen.is_old(false, NOW + Duration::seconds(299)));
        assert!(seen.is_old(false, NOW + Duration::minutes(5)));
    }
}

//! The reduction of the rate after SES throttled.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::report::SendReport;

/// The lowest factor that throttling can lead to.
const MIN_FACTOR: f64 = 1.0 / 16.0;

/// The increase of the factor after a second in which SES accepted emails.
const RECOVERY: f64 = 1.0 / 8.0;

/// The time between two changes of the factor. When SES first throttles, many calls are in flight and will be throttled too.
const CHANGE_INTERVAL: Duration = Duration::seconds(1);

/// The time after throttling during which leases are short.
const CAUTION: Duration = Duration::seconds(10);

/// How much of the rate is used.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Slowdown {
    /// 1, or less after SES throttled.
    factor: f64,
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    changed_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    throttled_at: Option<OffsetDateTime>,
}

impl Default for Slowdown {
    fn default() -> Self {
        Self { factor: 1.0, changed_at: None, throttled_at: None }
    }
}

impl Slowdown {
    pub(super) const fn factor(&self) -> f64 {
        self.factor
    }

    /// Returns whether SES throttled recently.
    pub(super) fn is_recent(&self, now: OffsetDateTime) -> bool {
        self.throttled_at.is_some_and(|at| now - at < CAUTION)
    }

    /// Halves the factor after SES throttled, and raises it after SES accepted emails: once a second each.
    pub(super) fn record(&mut self, report: SendReport, now: OffsetDateTime) {
        if report.throttled {
            self.throttled_at = Some(now);
        }
        let may_change = self.changed_at.is_none_or(|at| now - at >= CHANGE_INTERVAL);
        let factor = match report {
            SendReport { throttled: true, .. } => (self.factor / 2.0).max(MIN_FACTOR),
            SendReport { accepted: 1.., .. } => (self.factor + RECOVERY).min(1.0),
            _ => return,
        };
        if may_change && (factor - self.factor).abs() > f64::EPSILON {
            self.factor = factor;
            self.changed_at = Some(now);
        }
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "halves and eighths are exact")]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);
    const THROTTLED: SendReport =
        SendReport { accepted: 0, unused: 1, throttled: true, daily_quota_exceeded: false };
    const ACCEPTED: SendReport =
        SendReport { accepted: 9, unused: 0, throttled: false, daily_quota_exceeded: false };

    #[test]
    fn the_rate_is_halved_once_a_second_and_rises_by_an_eighth_per_second() {
        let mut slowdown = Slowdown::default();
        slowdown.record(THROTTLED, NOW);
        slowdown.record(THROTTLED, NOW + Duration::milliseconds(999));
        assert_eq!(slowdown.factor, 0.5);
        let mut at = |milliseconds: i64| {
            slowdown.record(ACCEPTED, NOW + Duration::milliseconds(milliseconds));
            slowdown.factor
        };
        assert_eq!(
            [999, 1000, 1500, 2000, 3000, 4000, 5000].map(&mut at),
            [0.5, 0.625, 0.625, 0.75, 0.875, 1.0, 1.0]
        );
    }

    #[test]
    fn the_rate_never_drops_to_zero() {
        let mut slowdown = Slowdown::default();
        for second in 0..60 {
            slowdown.record(THROTTLED, NOW + Duration::seconds(second));
        }
        assert_eq!(slowdown.factor, MIN_FACTOR);
        assert!(slowdown.is_recent(NOW + Duration::seconds(68)));
        assert!(!slowdown.is_recent(NOW + Duration::seconds(69)));
    }
}

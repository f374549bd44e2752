//! The send rate: evenly spread slots.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// The fraction of SES's rate that is used. Requests take different times to reach SES, so that at the full rate it could receive more
/// than a second's worth in a second.
const UTILISATION: f64 = 0.96;

/// The lowest factor that throttling can lead to.
const MIN_FACTOR: f64 = 1.0 / 16.0;

/// The increase of the factor after a second in which SES accepted emails.
const RECOVERY: f64 = 1.0 / 8.0;

/// The time between two changes of the factor. When SES first throttles, many calls are in flight and will be throttled too.
const CHANGE_INTERVAL: Duration = Duration::seconds(1);

/// The next free slot, and how much of SES's rate is used.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rate {
    /// In microseconds since 1970: at 500 recipients per second, milliseconds are too coarse.
    next: Option<i64>,
    /// 1, or less after SES throttled.
    factor: f64,
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    changed_at: Option<OffsetDateTime>,
}

impl Default for Rate {
    fn default() -> Self {
        Self { next: None, factor: 1.0, changed_at: None }
    }
}

impl Rate {
    /// Returns the time of the next free slot.
    pub(super) fn next_slot(&self, now: OffsetDateTime) -> OffsetDateTime {
        self.next.map_or(now, |next| (OffsetDateTime::UNIX_EPOCH + Duration::microseconds(next)).max(now))
    }

    /// Uses the slot at `at` for an email to this many recipients.
    pub(super) fn reserve(&mut self, at: OffsetDateTime, recipients: u32, limit: f64) {
        self.block_until(at + Duration::seconds_f64(f64::from(recipients.max(1)) / self.per_second(limit)));
    }

    /// Returns the current rate in recipients per second if SES allows `limit`.
    pub(super) fn per_second(&self, limit: f64) -> f64 {
        limit * UTILISATION * self.factor
    }

    /// Halves the rate after SES throttled, and pauses for a second.
    pub(super) fn slow_down(&mut self, now: OffsetDateTime) {
        self.block_until(self.next_slot(now + CHANGE_INTERVAL));
        if self.may_change(now) {
            self.factor = (self.factor / 2.0).max(MIN_FACTOR);
            self.changed_at = Some(now);
        }
    }

    /// Raises the rate after SES accepted emails.
    pub(super) fn speed_up(&mut self, now: OffsetDateTime) {
        if self.factor < 1.0 && self.may_change(now) {
            self.factor = (self.factor + RECOVERY).min(1.0);
            self.changed_at = Some(now);
        }
    }

    fn block_until(&mut self, time: OffsetDateTime) {
        self.next =
            Some((time - OffsetDateTime::UNIX_EPOCH).whole_microseconds().try_into().unwrap_or(i64::MAX));
    }

    fn may_change(&self, now: OffsetDateTime) -> bool {
        self.changed_at.is_none_or(|changed_at| now - changed_at >= CHANGE_INTERVAL)
    }
}

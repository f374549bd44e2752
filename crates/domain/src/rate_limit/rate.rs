//! So many recipients a second: moments, evenly spread.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// The part of SES's rate that is used: mails leave evenly, but the way to SES takes some longer than others, so that two seconds' worth
/// could come closer together.
const AIM: f64 = 0.96;

/// Nothing slows below this part of it.
const LEAST: f64 = 1.0 / 16.0;

/// What a second in which SES has taken mail gives back.
const RECOVERY: f64 = 1.0 / 8.0;

/// How long one change is let work before the next; many calls are under way when SES first asks for a lower rate.
const STEP: Duration = Duration::seconds(1);

/// The next moment, and how much of SES's rate is used.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rate {
    /// When the next recipient may be written to, in microseconds since 1970: at 500 a second, milliseconds are too coarse.
    next: Option<i64>,
    /// The share of the rate that is used; 1 unless SES has asked for less.
    share: f64,
    /// When the share was last changed.
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    changed: Option<OffsetDateTime>,
}

impl Default for Rate {
    fn default() -> Self {
        Self { next: None, share: 1.0, changed: None }
    }
}

impl Rate {
    /// The first moment at which a mail may go.
    pub(super) fn first(&self, now: OffsetDateTime) -> OffsetDateTime {
        self.next.map_or(now, |next| (OffsetDateTime::UNIX_EPOCH + Duration::microseconds(next)).max(now))
    }

    /// Notes that a mail to so many recipients goes at `at`.
    pub(super) fn take(&mut self, at: OffsetDateTime, recipients: u32, limit: f64) {
        self.let_pass(at + Duration::seconds_f64(f64::from(recipients.max(1)) / self.allowed(limit)));
    }

    /// How many recipients a second are written to, where SES allows `limit`.
    pub(super) fn allowed(&self, limit: f64) -> f64 {
        limit * AIM * self.share
    }

    /// SES has asked for a lower rate: half of it, and nothing for a second.
    pub(super) fn slow_down(&mut self, now: OffsetDateTime) {
        self.let_pass(self.first(now + STEP));
        if self.may_change(now) {
            self.share = (self.share / 2.0).max(LEAST);
            self.changed = Some(now);
        }
    }

    /// SES has taken mail.
    pub(super) fn speed_up(&mut self, now: OffsetDateTime) {
        if self.share < 1.0 && self.may_change(now) {
            self.share = (self.share + RECOVERY).min(1.0);
            self.changed = Some(now);
        }
    }

    fn let_pass(&mut self, until: OffsetDateTime) {
        self.next =
            Some((until - OffsetDateTime::UNIX_EPOCH).whole_microseconds().try_into().unwrap_or(i64::MAX));
    }

    fn may_change(&self, now: OffsetDateTime) -> bool {
        self.changed.is_none_or(|changed| now - changed >= STEP)
    }
}

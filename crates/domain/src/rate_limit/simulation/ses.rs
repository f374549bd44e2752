//! SES's limits: a bucket that holds the recipients of one second and fills at the account's rate, and the daily quota.

use std::collections::VecDeque;

use time::Duration;

use super::{QuotaSnapshot, at};
use crate::connection::Quota;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Accepted,
    Throttled,
    QuotaExceeded,
}

/// An account.
pub(super) struct Ses {
    pub(super) per_second: u32,
    /// `None` if there is no limit.
    pub(super) per_day: Option<u64>,
    /// Recipients accepted from any sender; a simulation is shorter than a day.
    pub(super) accepted: u64,
    pub(super) throttled: usize,
    pub(super) over_quota: usize,
    tokens: f64,
    filled_at: i64,
    /// Arrivals of the last second, in milliseconds.
    last_second: VecDeque<i64>,
    /// The highest number of arrivals in any second.
    pub(super) most_in_a_second: usize,
}

impl Ses {
    pub(super) fn new(per_second: u32, per_day: Option<u64>) -> Self {
        Self {
            per_second,
            per_day,
            accepted: 0,
            throttled: 0,
            over_quota: 0,
            tokens: 0.0,
            filled_at: -1000,
            last_second: VecDeque::new(),
            most_in_a_second: 0,
        }
    }

    /// Receives an email to one recipient.
    pub(super) fn receive(&mut self, now: i64) -> Verdict {
        let elapsed = Duration::milliseconds(now - self.filled_at).as_seconds_f64();
        let rate = f64::from(self.per_second);
        self.tokens = (self.tokens + elapsed * rate).min(rate);
        self.filled_at = now;
        if self.tokens < 1.0 {
            self.throttled += 1;
            return Verdict::Throttled;
        }
        if self.per_day.is_some_and(|per_day| self.accepted >= per_day) {
            self.over_quota += 1;
            return Verdict::QuotaExceeded;
        }
        self.tokens -= 1.0;
        while self.last_second.pop_front_if(|arrived_at| *arrived_at <= now - 1000).is_some() {}
        self.last_second.push_back(now);
        self.most_in_a_second = self.most_in_a_second.max(self.last_second.len());
        self.accepted += 1;
        Verdict::Accepted
    }

    /// Returns the response of `GetAccount`.
    #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
    pub(super) fn snapshot(&self, now: i64) -> QuotaSnapshot {
        let quota = Quota {
            max_24_hour_send: self.per_day.map_or(-1.0, |per_day| per_day as f64),
            max_send_rate: self.per_second.into(),
            sent_last_24_hours: self.accepted as f64,
        };
        QuotaSnapshot { quota, taken_at: at(now) }
    }
}

//! The pace of a lease: a token bucket with one token per recipient.

use time::{Duration, OffsetDateTime};

/// Absorbs the rounding of times to nanoseconds.
const EPSILON: f64 = 1e-6;

/// Tokens that fill at the lease's rate: up to its burst while the lease runs, and up to one token after it. An email with more recipients
/// than there are tokens leaves a debt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    tokens: f64,
    rate: f64,
    burst: f64,
    filled_at: OffsetDateTime,
    until: OffsetDateTime,
}

impl Bucket {
    /// Returns the bucket of a first lease. It holds one token: if many organisations start at once, their bursts would exceed SES's rate.
    pub(super) const fn new(rate: f64, burst: f64, until: OffsetDateTime, now: OffsetDateTime) -> Self {
        Self { tokens: 1.0, rate, burst, filled_at: now, until }
    }

    /// Continues with another lease.
    pub(super) fn set(&mut self, rate: f64, burst: f64, until: OffsetDateTime, now: OffsetDateTime) {
        self.fill(now);
        (self.rate, self.burst, self.until) = (rate, burst, until);
        self.tokens = self.tokens.min(burst);
    }

    /// Halves the rate and drops the tokens.
    pub(super) fn slow_down(&mut self, now: OffsetDateTime) {
        self.fill(now);
        self.rate /= 2.0;
        self.tokens = self.tokens.min(0.0);
    }

    /// Returns the earliest time at which an email with this many recipients may be sent, if the lease still runs then.
    pub(super) fn available_at(&mut self, recipients: u32, now: OffsetDateTime) -> OffsetDateTime {
        self.fill(now);
        let missing = f64::from(recipients).min(self.burst) - self.tokens;
        if missing <= EPSILON { now } else { now + Duration::seconds_f64(missing / self.rate) }
    }

    /// Takes the tokens of an email that is sent now or, with a debt, later.
    pub(super) fn take(&mut self, recipients: u32) {
        self.tokens -= f64::from(recipients);
    }

    /// Returns tokens that were not used.
    pub(super) fn give_back(&mut self, recipients: u32) {
        self.tokens = (self.tokens + f64::from(recipients)).min(self.burst);
    }

    fn fill(&mut self, now: OffsetDateTime) {
        let leased = (now.min(self.until) - self.filled_at).as_seconds_f64().max(0.0);
        self.tokens = (self.tokens + leased * self.rate).min(self.burst);
        let after = (now - self.until.max(self.filled_at)).as_seconds_f64().max(0.0);
        if self.tokens < 1.0 {
            self.tokens = (self.tokens + after * self.rate).min(1.0);
        }
        self.filled_at = self.filled_at.max(now);
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn after(milliseconds: i64) -> OffsetDateTime {
        NOW + Duration::milliseconds(milliseconds)
    }

    #[test]
    fn tokens_fill_at_the_rate_up_to_the_burst_and_up_to_one_after_the_lease() {
        let mut bucket = Bucket::new(10.0, 2.0, after(1000), NOW);
        assert_eq!(bucket.available_at(1, NOW), NOW);
        bucket.take(1);
        assert_eq!(bucket.available_at(1, NOW), after(100));
        assert_eq!(bucket.available_at(1, after(100)), after(100));
        assert_eq!(bucket.available_at(2, after(900)), after(900));
        bucket.take(2);
        assert_eq!(bucket.available_at(1, after(5000)), after(5000));
        assert_eq!(
            bucket.available_at(2, after(5000)),
            after(5100),
            "the lease ended 0.1 s after it was empty"
        );
    }

    #[test]
    fn an_email_with_many_recipients_leaves_a_debt() {
        let mut bucket = Bucket::new(10.0, 1.0, after(1000), NOW);
        assert_eq!(bucket.available_at(50, NOW), NOW);
        bucket.take(50);
        assert_eq!(bucket.available_at(1, NOW), after(5000));
        assert_eq!(
            bucket.available_at(1, after(4000)),
            after(5000),
            "the debt is paid off after the lease too"
        );
    }

    #[test]
    fn a_slower_lease_has_half_the_rate_and_no_burst() {
        let mut bucket = Bucket::new(10.0, 5.0, after(10_000), NOW);
        bucket.available_at(5, after(1000));
        bucket.slow_down(after(1000));
        assert_eq!(bucket.available_at(1, after(1000)), after(1200));
        bucket.give_back(1);
        assert_eq!(bucket.available_at(1, after(1000)), after(1000));
    }
}

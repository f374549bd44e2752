//! The highest request rate of a minute.

use time::OffsetDateTime;

/// Counts requests by minute.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestRate {
    /// The current minute, in minutes since 1970.
    minute: i64,
    requests: u32,
    /// The most requests in an earlier minute.
    highest: u32,
}

impl RequestRate {
    /// Counts a request.
    pub fn count(&mut self, now: OffsetDateTime) {
        self.start_minute(now);
        self.requests = self.requests.saturating_add(1);
    }

    /// Returns the highest rate since it was last taken, in requests per second, rounded down.
    #[must_use]
    pub fn highest(&self) -> u32 {
        self.highest.max(self.requests) / 60
    }

    /// Returns the [highest rate](Self::highest) and forgets it, except that of the current minute, which isn't over.
    pub fn take_highest(&mut self, now: OffsetDateTime) -> u32 {
        self.start_minute(now);
        let highest = self.highest();
        self.highest = 0;
        highest
    }

    fn start_minute(&mut self, now: OffsetDateTime) {
        let minute = now.unix_timestamp().div_euclid(60);
        if minute != self.minute {
            *self = Self { minute, requests: 0, highest: self.highest.max(self.requests) };
        }
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    #[test]
    fn the_rate_is_that_of_the_busiest_minute() {
        let mut rate = RequestRate::default();
        let start = datetime!(2026-11-28 12:00 UTC);
        for (minute, requests) in [(0, 59), (1, 600), (3, 120)] {
            for request in 0..requests {
                rate.count(start + Duration::minutes(minute) + Duration::milliseconds(request));
            }
            if minute == 0 {
                assert_eq!(rate.highest(), 0);
            }
        }
        assert_eq!(rate.take_highest(start + Duration::minutes(3)), 10);
        // The minute wasn't over.
        assert_eq!(rate.take_highest(start + Duration::minutes(5)), 2);
        assert_eq!(rate.take_highest(start + Duration::minutes(5)), 0);
    }
}

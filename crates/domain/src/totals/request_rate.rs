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
        let minute = now.unix_timestamp().div_euclid(60);
        if minute != self.minute {
            *self = Self { minute, requests: 0, highest: self.highest.max(self.requests) };
        }
        self.requests = self.requests.saturating_add(1);
    }

    /// Returns the highest rate since the last [`reset`](Self::reset), in requests per second, rounded down.
    #[must_use]
    pub fn highest(&self) -> u32 {
        self.highest.max(self.requests) / 60
    }

    /// Forgets the rates of earlier minutes.
    pub const fn reset(&mut self) {
        self.highest = 0;
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
        assert_eq!(rate.highest(), 10);
        rate.reset();
        // The current minute isn't over.
        assert_eq!(rate.highest(), 2);
        rate.count(start + Duration::minutes(4));
        rate.reset();
        assert_eq!(rate.highest(), 0);
    }
}

//! Bodies while they arrive: how long, how large, and how much memory they may have.

use time::{Duration, OffsetDateTime};

use super::ApiError;

/// The time that every body has.
const BASE_TIME: Duration = Duration::seconds(30);

/// The bytes for which a body has another millisecond: 50 KB a second.
const BYTES_PER_MILLISECOND: usize = 50;

/// The capacity of a buffer for the first bytes.
const FIRST_CAPACITY: usize = 4096;

/// Once one part in so many of the whole body has arrived, its buffer gets the capacity for all of it: a buffer that is doubled to the end leaves as
/// much memory behind as it has.
const FULL_BUFFER_FRACTION: usize = 16;

/// Parses a `content-length`. Returns `None` if it isn't a number, and the largest number for one that is larger.
#[must_use]
pub fn parse_content_length(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

/// A body that arrives.
#[derive(Clone, Debug)]
pub struct IncomingBody {
    limit: usize,
    /// The length of the whole body, or the most that it may be.
    longest: usize,
    began_at: OffsetDateTime,
    received: usize,
}

impl IncomingBody {
    /// Begins with a body of at most `limit` bytes. `declared` is its length, if the request says so.
    ///
    /// # Errors
    /// [`ApiError::BodyTooLarge`] if the declared length is too large: nothing has to arrive for that.
    pub fn new(limit: usize, declared: Option<u64>, began_at: OffsetDateTime) -> Result<Self, ApiError> {
        // A length that doesn't fit into `usize` is larger than every limit.
        let declared = declared.map(|length| usize::try_from(length).unwrap_or(usize::MAX));
        if declared.is_some_and(|length| length > limit) {
            return Err(ApiError::BodyTooLarge { limit });
        }
        Ok(Self { limit, longest: declared.unwrap_or(limit), began_at, received: 0 })
    }

    /// Records that the next bytes have arrived.
    ///
    /// # Errors
    /// [`ApiError::BodyTooLarge`] if they are too many.
    pub fn receive(&mut self, bytes: usize) -> Result<(), ApiError> {
        self.received = self.received.saturating_add(bytes);
        if self.received > self.limit {
            return Err(ApiError::BodyTooLarge { limit: self.limit });
        }
        Ok(())
    }

    /// Returns when the next bytes must have arrived, or the body is refused with [`ApiError::BodyTimeout`]: 30 seconds after the beginning, plus a second for each 50 KB that have arrived. So a
    /// body that is only promised gets no time for its length.
    #[must_use]
    pub fn deadline(&self) -> OffsetDateTime {
        let milliseconds = i64::try_from(self.received / BYTES_PER_MILLISECOND).unwrap_or(i64::MAX);
        self.began_at + BASE_TIME + Duration::milliseconds(milliseconds)
    }

    /// Returns the capacity of a buffer for what has arrived: at most 16 times as much, and never more than the whole body.
    #[must_use]
    pub fn capacity(&self) -> usize {
        if self.received >= self.longest / FULL_BUFFER_FRACTION {
            return self.longest.max(self.received);
        }
        let doubled = self.received.max(FIRST_CAPACITY).next_power_of_two();
        doubled.min(self.longest).max(self.received)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);

    fn after(seconds: i64) -> OffsetDateTime {
        NOON + Duration::seconds(seconds)
    }

    #[test]
    fn a_declared_length_over_the_limit_is_refused_at_once() {
        for declared in [1_001, 1 << 32, (1 << 32) + 1, u64::MAX] {
            let refused = IncomingBody::new(1_000, Some(declared), NOON).unwrap_err();
            assert_eq!(refused, ApiError::BodyTooLarge { limit: 1_000 }, "{declared}");
        }
        assert!(IncomingBody::new(1_000, Some(1_000), NOON).is_ok());
    }

    #[test]
    fn a_content_length_of_any_size_is_a_number() {
        for (text, length) in [
            ("0", Some(0)),
            ("4294967297", Some(4_294_967_297)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("", None),
            ("+1", None),
            ("1, 1", None),
        ] {
            assert_eq!(parse_content_length(text), length, "{text}");
        }
    }

    #[test]
    fn an_undeclared_length_is_refused_when_too_much_has_arrived() {
        let mut body = IncomingBody::new(1_000, None, NOON).unwrap();
        body.receive(1_000).unwrap();
        assert_eq!(body.receive(1), Err(ApiError::BodyTooLarge { limit: 1_000 }));
    }

    #[test]
    fn a_body_has_thirty_seconds_and_one_for_each_50_kilobytes_that_have_arrived() {
        let mut body = IncomingBody::new(42_000_000, Some(42_000_000), NOON).unwrap();
        assert_eq!(body.deadline(), after(30));
        body.receive(50_000).unwrap();
        body.receive(100_000).unwrap();
        assert_eq!(body.deadline(), after(33));
    }

    #[test]
    fn a_slow_line_is_fast_enough_if_it_is_steady() {
        let mut body = IncomingBody::new(42_000_000, Some(42_000_000), NOON).unwrap();
        for second in 1..=840 {
            assert!(after(second) < body.deadline());
            body.receive(50_000).unwrap();
        }
    }

    #[test]
    fn memory_grows_with_what_has_arrived_and_not_with_what_is_promised() {
        let mut body = IncomingBody::new(42_000_000, Some(42_000_000), NOON).unwrap();
        let mut capacities = vec![body.capacity()];
        for bytes in [1, 4_096, 1_000_000, 1_000_000, 1_000_000, 38_000_000] {
            body.receive(bytes).unwrap();
            capacities.push(body.capacity());
        }
        assert_eq!(capacities, [4_096, 4_096, 8_192, 1_048_576, 2_097_152, 42_000_000, 42_000_000]);
        assert_eq!(IncomingBody::new(42_000_000, Some(12), NOON).unwrap().capacity(), 12);
    }

    #[test]
    fn a_body_that_is_longer_than_declared_still_fits() {
        let mut body = IncomingBody::new(1_000, Some(10), NOON).unwrap();
        body.receive(20).unwrap();
        assert_eq!(body.capacity(), 20);
    }
}

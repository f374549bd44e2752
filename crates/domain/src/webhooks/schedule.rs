//! What a response to a webhook means, and when its delivery is retried.

use time::{Duration, OffsetDateTime, format_description::well_known::Rfc2822};

/// The time after the first attempt in which a delivery is retried.
pub const RETRY_WINDOW: Duration = Duration::hours(24);

/// The delay before the second attempt. Each further one is four times as long.
const FIRST_DELAY: Duration = Duration::seconds(5);

/// The longest delay.
const MAX_DELAY: Duration = Duration::hours(6);

/// What a response means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The receiver has accepted the event: any status from 200 to 299.
    Delivered,
    /// To be retried: any other status, redirects included, or no response.
    Failed,
    /// The receiver doesn't want any more: 410.
    Gone,
}

impl DeliveryOutcome {
    /// Returns what a status means; `None` if there was no response.
    #[must_use]
    pub const fn from_status(status: Option<u16>) -> Self {
        match status {
            Some(200..=299) => Self::Delivered,
            Some(410) => Self::Gone,
            _ => Self::Failed,
        }
    }
}

/// Returns the time that a `Retry-After` header asks to wait: seconds, or a date.
#[must_use]
pub fn retry_after(header: &str, now: OffsetDateTime) -> Option<Duration> {
    if let Ok(seconds) = header.trim().parse::<u32>() {
        return Some(Duration::seconds(seconds.into()));
    }
    let at = OffsetDateTime::parse(header.trim(), &Rfc2822).ok()?;
    Some((at - now).max(Duration::ZERO))
}

/// Returns when a delivery is attempted again after `attempts` failures, or `None` if that was the last one. `jitter` is random, from 0 to
/// 1. `retry_after` is what the receiver asks for; it can only lengthen the delay. The last attempt is at the end of [`RETRY_WINDOW`].
#[must_use]
pub fn next_attempt(
    attempts: u32,
    first_at: OffsetDateTime,
    now: OffsetDateTime,
    retry_after: Option<Duration>,
    jitter: f64,
) -> Option<OffsetDateTime> {
    let end = first_at + RETRY_WINDOW;
    if now >= end {
        return None;
    }
    // Past seven retries the delay is the longest one anyway.
    let delay = (FIRST_DELAY * 4_i32.pow(attempts.saturating_sub(1).min(7))).min(MAX_DELAY);
    let spread = delay * (0.8 + 0.4 * jitter.clamp(0.0, 1.0));
    Some((now + spread.max(retry_after.unwrap_or_default())).min(end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);

    /// Returns the attempts of a delivery that always fails.
    fn attempts(jitter: f64) -> Vec<OffsetDateTime> {
        let mut at = vec![NOW];
        while let Some(next) =
            next_attempt(u32::try_from(at.len()).unwrap(), NOW, *at.last().unwrap(), None, jitter)
        {
            at.push(next);
        }
        at
    }

    #[test]
    fn delays_grow_from_5_seconds_to_6_hours_and_the_last_attempt_is_after_24_hours() {
        let attempts = attempts(0.5);
        let delays: Vec<_> = attempts.windows(2).map(|pair| (pair[1] - pair[0]).whole_seconds()).collect();
        assert_eq!(delays, [5, 20, 80, 320, 1_280, 5_120, 20_480, 21_600, 21_600, 15_895]);
        assert_eq!(*attempts.last().unwrap() - NOW, RETRY_WINDOW);
    }

    #[test]
    fn the_receiver_can_lengthen_a_delay_but_not_beyond_the_window() {
        let next = |retry_after| next_attempt(1, NOW, NOW, Some(retry_after), 0.5).unwrap() - NOW;
        assert_eq!(next(Duration::SECOND), Duration::seconds(5));
        assert_eq!(next(Duration::HOUR), Duration::HOUR);
        assert_eq!(next(Duration::days(30)), RETRY_WINDOW);
    }

    #[test]
    fn retry_after_is_a_number_of_seconds_or_a_date() {
        assert_eq!(retry_after(" 120 ", NOW), Some(Duration::seconds(120)));
        assert_eq!(retry_after("Sat, 28 Nov 2026 12:05:00 GMT", NOW), Some(Duration::minutes(5)));
        assert_eq!(retry_after("Sat, 28 Nov 2026 11:00:00 GMT", NOW), Some(Duration::ZERO));
        for invalid in ["", "soon", "-1", "99999999999"] {
            assert_eq!(retry_after(invalid, NOW), None);
        }
    }

    #[test]
    fn only_2xx_is_accepted_and_410_ends_the_endpoint() {
        for status in [200, 204, 299] {
            assert_eq!(DeliveryOutcome::from_status(Some(status)), DeliveryOutcome::Delivered);
        }
        for status in [None, Some(199), Some(301), Some(307), Some(400), Some(429), Some(500)] {
            assert_eq!(DeliveryOutcome::from_status(status), DeliveryOutcome::Failed);
        }
        assert_eq!(DeliveryOutcome::from_status(Some(410)), DeliveryOutcome::Gone);
    }

    proptest! {
        #[test]
        fn a_failing_delivery_ends_exactly_at_the_end_of_the_window(jitter in 0.0..=1.0) {
            let attempts = attempts(jitter);
            prop_assert!(attempts.is_sorted() && (9..=14).contains(&attempts.len()));
            prop_assert_eq!(*attempts.last().unwrap(), NOW + RETRY_WINDOW);
        }
    }
}

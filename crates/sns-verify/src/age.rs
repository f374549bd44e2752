//! How old a message may be.

use time::{Duration, OffsetDateTime};

use super::Rejection;

/// How far back a `Timestamp` may lie. SNS gives up on an HTTPS endpoint after an hour of retries at the most, and the edge may
/// hold a message back in a queue of its own; six hours leave room for both, and end the use of a message that somebody
/// recorded.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>
pub const MAX_AGE: Duration = Duration::hours(6);

/// How far ahead a `Timestamp` may lie: the clocks of SNS and the edge differ by seconds, not by more than this.
pub const MAX_AHEAD: Duration = Duration::minutes(5);

/// Whether a message of the time `at` is accepted at the time `now`.
///
/// # Errors
/// [`Rejection::TooOld`] or [`Rejection::FromTheFuture`].
pub fn check(at: OffsetDateTime, now: OffsetDateTime) -> Result<(), Rejection> {
    let age = now - at;
    if age > MAX_AGE {
        Err(Rejection::TooOld)
    } else if age < -MAX_AHEAD {
        Err(Rejection::FromTheFuture)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_window_is_closed_at_both_ends() {
        let now = datetime!(2026-11-24 12:00:00 UTC);
        let nanosecond = Duration::nanoseconds(1);
        assert_eq!(check(now - MAX_AGE, now), Ok(()));
        assert_eq!(check(now - MAX_AGE - nanosecond, now), Err(Rejection::TooOld));
        assert_eq!(check(now + MAX_AHEAD, now), Ok(()));
        assert_eq!(check(now + MAX_AHEAD + nanosecond, now), Err(Rejection::FromTheFuture));
    }
}

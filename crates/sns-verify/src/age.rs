//! Age limits of messages.

use time::{Duration, OffsetDateTime};

use super::Rejection;

/// Maximum age of a message.
///
/// SNS retries an HTTPS delivery for a minute by default, and for one hour at most if the subscription has a delivery policy
/// ([AWS documentation](https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html)). Six hours leave time for
/// queues between SNS and the verification, and limit how long a recorded message can be replayed.
pub const MAX_AGE: Duration = Duration::hours(6);

/// Maximum time by which a message may be ahead of the local clock.
pub const MAX_CLOCK_SKEW: Duration = Duration::minutes(5);

/// Checks the age of a message with the given `timestamp` at the time `now`.
///
/// ```
/// use sns_verify::{Rejection, age};
/// use time::{Duration, macros::datetime};
///
/// let timestamp = datetime!(2026-01-01 0:00 UTC);
/// assert_eq!(age::check(timestamp, timestamp + Duration::HOUR), Ok(()));
/// assert_eq!(age::check(timestamp, timestamp + Duration::DAY), Err(Rejection::TooOld));
/// ```
///
/// # Errors
/// [`Rejection::TooOld`] or [`Rejection::FromTheFuture`].
pub fn check(timestamp: OffsetDateTime, now: OffsetDateTime) -> Result<(), Rejection> {
    let age = now - timestamp;
    if age > MAX_AGE {
        Err(Rejection::TooOld)
    } else if age < -MAX_CLOCK_SKEW {
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
    fn both_limits_are_inclusive() {
        let now = datetime!(2026-11-24 12:00:00 UTC);
        let nanosecond = Duration::nanoseconds(1);
        assert_eq!(check(now - MAX_AGE, now), Ok(()));
        assert_eq!(check(now - MAX_AGE - nanosecond, now), Err(Rejection::TooOld));
        assert_eq!(check(now + MAX_CLOCK_SKEW, now), Ok(()));
        assert_eq!(check(now + MAX_CLOCK_SKEW + nanosecond, now), Err(Rejection::FromTheFuture));
    }
}

//! When an identity that isn't verified yet is read again, to report its verification as an event.

use time::{Duration, OffsetDateTime};

/// SES stops looking for an identity's DNS records after 72 hours. The rest is for its own delay.
const WATCHED: Duration = Duration::hours(73);

const SHORTEST: Duration = Duration::minutes(1);
const LONGEST: Duration = Duration::hours(1);

/// Returns when to read an identity after `now` that has been unverified since `since`: after half of that time again, at least a minute
/// and at most an hour. Returns `None` once SES has stopped looking for its records.
#[must_use]
pub fn next_read(since: OffsetDateTime, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let age = now - since;
    (age < WATCHED).then(|| now + Duration::clamp(age / 2, SHORTEST, LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SINCE: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    #[test]
    fn an_identity_is_read_less_and_less_often_and_at_last_never() {
        let wait = |age: Duration| next_read(SINCE, SINCE + age).map(|at| at - SINCE - age);
        for (age, expected) in [
            (Duration::ZERO, Some(Duration::minutes(1))),
            (Duration::minutes(2), Some(Duration::minutes(1))),
            (Duration::minutes(30), Some(Duration::minutes(15))),
            (Duration::hours(2), Some(Duration::hours(1))),
            (Duration::hours(72), Some(Duration::hours(1))),
            (Duration::hours(73), None),
        ] {
            assert_eq!(wait(age), expected, "{age}");
        }
    }

    #[test]
    fn an_identity_that_is_never_verified_costs_fewer_than_a_hundred_calls() {
        let calls = std::iter::successors(Some(SINCE), |at| next_read(SINCE, *at)).skip(1).count();
        assert!((72..100).contains(&calls), "{calls}");
    }
}

//! When a connection is checked.

use std::hash::{DefaultHasher, Hash, Hasher};

use aws_sans_io::RoleArn;
use time::{Duration, OffsetDateTime};

/// The time after which a failing new role is degraded. IAM takes up to a minute to propagate a role.
pub(super) const PROPAGATION_TIMEOUT: Duration = Duration::minutes(2);

/// The time after which a missing confirmation of a stack is reported.
pub(super) const STACK_TIMEOUT: Duration = Duration::minutes(10);

/// The interval between checks of a working connection.
pub(super) const CHECK_INTERVAL: Duration = Duration::hours(6);

/// The interval between checks of a connection in the sandbox. It is shorter, since AWS doesn't report when it grants production access.
pub(super) const SANDBOX_CHECK_INTERVAL: Duration = Duration::minutes(15);

/// The number of checks in a row without a response from AWS after which a connection is degraded.
pub(super) const MAX_UNANSWERED_CHECKS: u32 = 3;

/// Returns the time of the next check of a new role: after 2, 4, 8, then 10 seconds.
pub(super) fn while_propagating(attempts: u32, now: OffsetDateTime) -> OffsetDateTime {
    now + Duration::seconds(2_i64.saturating_pow(attempts.clamp(1, 10))).min(Duration::seconds(10))
}

/// Returns the time of the next check of a broken connection: after a minute, doubled each time up to [`CHECK_INTERVAL`].
pub(super) fn while_broken(role: &RoleArn, failures: u32, now: OffsetDateTime) -> OffsetDateTime {
    let delay =
        Duration::minutes(2_i64.saturating_pow(failures.saturating_sub(1).min(20))).min(CHECK_INTERVAL);
    now + with_jitter(role, delay)
}

/// Shortens an interval by up to a tenth, depending on the role, so that not all connections are checked at once after an outage.
pub(super) fn with_jitter(role: &RoleArn, interval: Duration) -> Duration {
    let mut hasher = DefaultHasher::new();
    role.hash(&mut hasher);
    let thousandths = i32::try_from(hasher.finish() % 100).unwrap_or_default();
    interval - interval * thousandths / 1000
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn role(number: u32) -> RoleArn {
        format!("arn:aws:iam::{:012}:role/KraiterSESRole", 200_000_000_000 + u64::from(number))
            .parse()
            .unwrap()
    }

    #[test]
    fn checks_of_many_roles_are_spread_and_none_is_late() {
        let intervals: BTreeSet<_> =
            (0..1000).map(|number| with_jitter(&role(number), CHECK_INTERVAL)).collect();
        assert!(intervals.len() > 90, "{}", intervals.len());
        assert!(
            intervals
                .iter()
                .all(|interval| *interval <= CHECK_INTERVAL && *interval > CHECK_INTERVAL * 9 / 10)
        );
        assert_eq!(with_jitter(&role(7), CHECK_INTERVAL), with_jitter(&role(7), CHECK_INTERVAL));
    }

    #[test]
    fn a_broken_connection_is_checked_with_growing_delays_without_end() {
        let delays: Vec<_> = (1..40).map(|failures| while_broken(&role(1), failures, NOW) - NOW).collect();
        assert!(delays.is_sorted());
        assert!(delays[0] <= Duration::MINUTE && delays[0] > Duration::seconds(53));
        assert!(delays.iter().all(|delay| delay.is_positive() && *delay <= CHECK_INTERVAL));
        assert_eq!(delays.last(), Some(&with_jitter(&role(1), CHECK_INTERVAL)));
    }
}

//! When a connection is looked at again.

use std::hash::{DefaultHasher, Hash, Hasher};

use aws_sans_io::RoleArn;
use time::{Duration, OffsetDateTime};

/// A new role may answer AccessDenied for up to a minute while IAM spreads the news; twice that is waited before it is called
/// broken.
pub(super) const PROPAGATION: Duration = Duration::minutes(2);

/// How long after asking for the link a missing confirmation is worth a word.
pub(super) const STACK_PATIENCE: Duration = Duration::minutes(10);

/// How often a working connection is looked at.
pub(super) const ROUTINE: Duration = Duration::hours(6);

/// How often a connection is looked at whose account is in the sandbox: AWS may let it out any time, and doesn't tell us.
pub(super) const SANDBOX: Duration = Duration::minutes(15);

/// How many unanswered checks in a row a working connection survives.
pub(super) const UNANSWERED_LIMIT: u32 = 3;

/// The pause before the next look at a role that is new: 2, 4, 8, then 10 seconds.
pub(super) fn while_propagating(attempts: u32, now: OffsetDateTime) -> OffsetDateTime {
    now + Duration::seconds(2_i64.saturating_pow(attempts.clamp(1, 10))).min(Duration::seconds(10))
}

/// The pause before the next look at a broken connection: one minute, doubled each time, up to [`ROUTINE`].
pub(super) fn while_broken(role: &RoleArn, failures: u32, now: OffsetDateTime) -> OffsetDateTime {
    let pause = Duration::minutes(2_i64.saturating_pow(failures.saturating_sub(1).min(20))).min(ROUTINE);
    now + spread(role, pause)
}

/// A pause, shortened by up to a tenth, for each role by a part of its own: what has failed for all at once, when AWS or we were not there,
/// isn't tried again by all at once.
pub(super) fn spread(role: &RoleArn, pause: Duration) -> Duration {
    let mut hasher = DefaultHasher::new();
    role.hash(&mut hasher);
    let thousandths = i32::try_from(hasher.finish() % 100).unwrap_or_default();
    pause - pause * thousandths / 1000
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
    fn many_roles_are_looked_at_at_many_times_and_none_later_than_it_should_be() {
        let pauses: BTreeSet<_> = (0..1000).map(|number| spread(&role(number), ROUTINE)).collect();
        assert!(pauses.len() > 90, "{}", pauses.len());
        assert!(pauses.iter().all(|pause| *pause <= ROUTINE && *pause > ROUTINE * 9 / 10));
        assert_eq!(spread(&role(7), ROUTINE), spread(&role(7), ROUTINE));
    }

    #[test]
    fn a_broken_connection_is_looked_at_ever_more_seldom_and_for_ever() {
        let pauses: Vec<_> = (1..40).map(|failures| while_broken(&role(1), failures, NOW) - NOW).collect();
        assert!(pauses.is_sorted());
        assert!(pauses[0] <= Duration::MINUTE && pauses[0] > Duration::seconds(53));
        assert!(pauses.iter().all(|pause| pause.is_positive() && *pause <= ROUTINE));
        assert_eq!(pauses.last(), Some(&spread(&role(1), ROUTINE)));
    }
}

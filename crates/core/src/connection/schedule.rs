//! When a connection is looked at again.

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
pub(super) fn while_broken(failures: u32, now: OffsetDateTime) -> OffsetDateTime {
    now + Duration::minutes(2_i64.saturating_pow(failures.saturating_sub(1).min(20))).min(ROUTINE)
}

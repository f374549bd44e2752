//! Pauses in sending.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::connection::Reason;

/// The interval between attempts while the connection is broken.
const CONNECTION_CHECK_INTERVAL: Duration = Duration::minutes(1);

/// A pause in sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hold {
    pub reason: ThrottleReason,
    /// The time at which to ask again.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub retry_at: OffsetDateTime,
    /// The latest time at which the email can be sent, as far as it is known.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub until: OffsetDateTime,
}

impl Hold {
    /// Returns a hold until the next attempt while AWS refuses all emails of the account for this reason.
    #[must_use]
    pub fn until_next_attempt(reason: ThrottleReason, now: OffsetDateTime) -> Self {
        Self::until(reason, now + CONNECTION_CHECK_INTERVAL)
    }

    /// Returns a hold of an email that has its turn at `at`.
    #[must_use]
    pub const fn for_rate(at: OffsetDateTime) -> Self {
        Self::until(ThrottleReason::Rate, at)
    }

    pub(super) const fn until(reason: ThrottleReason, at: OffsetDateTime) -> Self {
        Self { reason, retry_at: at, until: at }
    }
}

/// The limit or problem that causes a [`Hold`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThrottleReason {
    /// The rate in recipients per second.
    Rate,
    /// The quota of recipients in 24 hours.
    DailyQuota,
    /// The limits are not known yet.
    LimitsUnknown,
    /// The connection doesn't work at the moment.
    Connection,
    /// AWS has paused sending.
    SendingPaused,
    /// The role may not send.
    PermissionMissing,
}

impl From<&Reason> for ThrottleReason {
    fn from(reason: &Reason) -> Self {
        match reason {
            Reason::SendingPaused => Self::SendingPaused,
            reason if reason.denies_sends() => Self::PermissionMissing,
            _ => Self::Connection,
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_refused_account_is_tried_again_after_a_minute() {
        let now = datetime!(2026-11-24 12:00 UTC);
        let hold = Hold::until_next_attempt(ThrottleReason::Rate, now);
        assert_eq!((hold.retry_at, hold.until), (now + Duration::MINUTE, now + Duration::MINUTE));
    }
}

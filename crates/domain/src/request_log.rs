//! Which requests the request log has: those that failed, and those that changed something other than an email.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// How long requests are stored.
pub const REQUEST_RETENTION: Duration = Duration::days(7);

/// The number of requests that are deleted at once if there are too many, oldest first.
pub const TRIMMED_REQUESTS: u32 = 500;

/// Why a request is logged. Each kind has limits of its own, so that failing requests can't displace changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoggedKind {
    /// It failed.
    Failure,
    /// It succeeded, and changed something other than an email.
    Change,
}

impl LoggedKind {
    pub const ALL: [Self; 2] = [Self::Failure, Self::Change];

    /// Returns the kind of a request, or `None` if it isn't logged. `is_management` says whether it can change something other than an email.
    #[must_use]
    pub const fn of(status: u16, is_management: bool) -> Option<Self> {
        match status {
            400.. => Some(Self::Failure),
            _ if is_management => Some(Self::Change),
            _ => None,
        }
    }

    /// Returns the number in storage.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Failure => 0,
            Self::Change => 1,
        }
    }

    /// Returns the maximum number of stored requests.
    #[must_use]
    pub const fn max_stored(self) -> u32 {
        match self {
            Self::Failure => 5_000,
            Self::Change => 10_000,
        }
    }

    /// Returns the maximum number of requests that are logged in a minute.
    #[must_use]
    pub const fn max_per_minute(self) -> u32 {
        match self {
            Self::Failure => 60,
            Self::Change => 120,
        }
    }
}

/// Limits how many requests of one kind are logged.
#[derive(Clone, Copy, Debug)]
pub struct LogLimit {
    minute: i64,
    logged: u32,
    left_out: u32,
}

impl LogLimit {
    pub const NEW: Self = Self { minute: 0, logged: 0, left_out: 0 };

    /// Returns the number of requests left out before this one if it is to be logged, or counts it as left out.
    pub fn admit(&mut self, kind: LoggedKind, now: OffsetDateTime) -> Option<u32> {
        let minute = now.unix_timestamp().div_euclid(60);
        if minute != self.minute {
            (self.minute, self.logged) = (minute, 0);
        }
        if self.logged >= kind.max_per_minute() {
            self.left_out = self.left_out.saturating_add(1);
            return None;
        }
        self.logged += 1;
        Some(std::mem::take(&mut self.left_out))
    }

    /// Returns the number of requests that were left out since the last one that was logged.
    #[must_use]
    pub const fn left_out(&self) -> u32 {
        self.left_out
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);

    #[test]
    fn failures_and_changes_are_logged_but_no_successful_reads_and_sends() {
        assert_eq!(LoggedKind::of(200, false), None);
        assert_eq!(LoggedKind::of(202, false), None);
        assert_eq!(LoggedKind::of(204, true), Some(LoggedKind::Change));
        for is_management in [true, false] {
            assert_eq!(LoggedKind::of(400, is_management), Some(LoggedKind::Failure));
            assert_eq!(LoggedKind::of(500, is_management), Some(LoggedKind::Failure));
        }
    }

    #[test]
    fn a_flood_costs_a_limited_number_of_rows_a_minute_and_the_rest_is_counted() {
        let mut limit = LogLimit::NEW;
        let logged = (0..1_000).filter(|_| limit.admit(LoggedKind::Failure, NOW).is_some()).count();
        assert_eq!(logged, 60);
        assert_eq!(limit.left_out(), 940);
        assert_eq!(limit.admit(LoggedKind::Failure, NOW + Duration::seconds(59)), None);
        assert_eq!(limit.admit(LoggedKind::Failure, NOW + Duration::MINUTE), Some(941));
        assert_eq!(limit.admit(LoggedKind::Failure, NOW + Duration::MINUTE), Some(0));
    }
}

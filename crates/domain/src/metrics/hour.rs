//! Hours.

use time::{Duration, OffsetDateTime};

use crate::EmailId;

const SECONDS: i64 = 3600;

/// An hour in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour(i32);

impl Hour {
    /// Returns the hour that contains a time.
    #[must_use]
    pub fn of(at: OffsetDateTime) -> Self {
        Self(i32::try_from(at.unix_timestamp().div_euclid(SECONDS)).unwrap_or(i32::MAX))
    }

    /// Returns the hour in which an email was accepted.
    #[must_use]
    pub fn of_email(id: EmailId) -> Self {
        Self::of(id.created_at())
    }

    /// Returns the hour with this number.
    #[must_use]
    pub const fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// Returns the number of hours since 1970.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    #[must_use]
    pub fn start(self) -> OffsetDateTime {
        let start = OffsetDateTime::from_unix_timestamp(i64::from(self.0) * SECONDS);
        start.unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Returns the hour after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Returns bytes that sort after the IDs of all emails of earlier hours, and before those of this one.
    #[must_use]
    pub fn first_key(self) -> [u8; 6] {
        // An ID begins with the time in milliseconds.
        let mut key = [0; 6];
        key.copy_from_slice(&EmailId::new(self.start(), 0).to_bytes()[..6]);
        key
    }
}

/// The hours from `from` to before `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourRange {
    pub from: Hour,
    pub to: Hour,
}

impl HourRange {
    /// Returns the hours that cover a time range, in whole blocks of `hours` hours.
    #[must_use]
    pub fn covering(from: OffsetDateTime, to: OffsetDateTime, hours: i32) -> Self {
        let floor = |hour: Hour| Hour(hour.0 - hour.0.rem_euclid(hours));
        let end = floor(Hour::of(to));
        let to = if end.start() < to { Hour(end.0.saturating_add(hours)) } else { end };
        Self { from: floor(Hour::of(from)), to }
    }

    /// Returns the hours, newest first.
    pub fn newest_first(self) -> impl Iterator<Item = Hour> {
        (self.from.0..self.to.0).rev().map(Hour)
    }

    #[must_use]
    pub fn contains(self, hour: Hour) -> bool {
        (self.from..self.to).contains(&hour)
    }

    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::hours(i64::from(self.to.0) - i64::from(self.from.0))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_key_of_an_hour_divides_the_ids_of_emails() {
        let hour = Hour::of(datetime!(2026-11-29 03:59:59.999 UTC));
        assert_eq!(hour.start(), datetime!(2026-11-29 03:00 UTC));
        let last_before = EmailId::new(hour.start() - Duration::MILLISECOND, u128::MAX).to_bytes();
        let first = EmailId::new(hour.start(), 0);
        assert!(last_before[..] < hour.first_key()[..] && hour.first_key()[..] < first.to_bytes()[..]);
        assert_eq!(Hour::of_email(first), hour);
    }

    #[test]
    fn a_range_covers_whole_days() {
        let (from, to) = (datetime!(2026-11-28 12:00 UTC), datetime!(2026-11-29 00:00 UTC));
        let day = HourRange::covering(from, to, 24);
        assert_eq!((day.from.start(), day.to.start()), (datetime!(2026-11-28 00:00 UTC), to));
        let longer = HourRange::covering(from, to + Duration::SECOND, 24);
        assert_eq!(longer.to.start(), datetime!(2026-11-30 00:00 UTC));
        assert_eq!(longer.duration(), Duration::days(2));
        assert_eq!(HourRange::covering(from, to, 1).newest_first().count(), 12);
    }
}

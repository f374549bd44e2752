//! When an organisation reports, and to which object.

use time::{Duration, OffsetDateTime};

use crate::OrganisationId;

/// The default of `METRICS_INTERVAL_SECONDS`: how often an organisation reports while there is something new.
pub const REPORT_INTERVAL: Duration = Duration::minutes(5);

/// The number of `Totals` objects. If it changes, organisations report to other objects, and are counted twice.
pub const TOTALS_OBJECTS: u8 = 8;

/// Returns the number of the `Totals` object that an organisation reports to.
#[must_use]
pub const fn totals_object(organisation: OrganisationId) -> u8 {
    // The last bytes of an id are random.
    let [.., last] = organisation.to_bytes();
    last % TOTALS_OBJECTS
}

/// The times at which an organisation may report: one per interval. They differ between organisations, so that reports are spread evenly.
#[derive(Clone, Copy, Debug)]
pub struct ReportSchedule {
    /// In milliseconds.
    interval: i128,
    /// Milliseconds from the start of each interval. Intervals are counted from 1970.
    offset: i128,
}

impl ReportSchedule {
    /// Returns the schedule of an organisation. `interval` is at least a second.
    #[must_use]
    pub fn new(organisation: OrganisationId, interval: Duration) -> Self {
        let interval = interval.whole_milliseconds().max(1_000);
        let [.., a, b, c, d, _] = organisation.to_bytes();
        Self { interval, offset: i128::from(u32::from_be_bytes([a, b, c, d])) % interval }
    }

    /// Returns the first time after `now`.
    #[must_use]
    pub fn next_after(&self, now: OffsetDateTime) -> OffsetDateTime {
        let milliseconds = now.unix_timestamp_nanos().div_euclid(1_000_000);
        let next = (milliseconds - self.offset).div_euclid(self.interval) * self.interval
            + self.interval
            + self.offset;
        OffsetDateTime::from_unix_timestamp_nanos(next * 1_000_000).unwrap_or(now + REPORT_INTERVAL)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);

    #[test]
    fn organisations_are_spread_over_all_objects_and_the_whole_interval() {
        // A multiplier with mixed bits stands for random numbers.
        let organisations = (1..=800_u128).map(|n| OrganisationId::new(NOON, n * 0x9e37_79b9_7f4a_7c15));
        let mut per_object = [0; TOTALS_OBJECTS as usize];
        let mut seconds = BTreeSet::new();
        for organisation in organisations {
            per_object[usize::from(totals_object(organisation))] += 1;
            let next = ReportSchedule::new(organisation, REPORT_INTERVAL).next_after(NOON);
            seconds.insert((next - NOON).whole_seconds());
        }
        assert!(per_object.iter().all(|&number| (60..=140).contains(&number)), "{per_object:?}");
        assert!(seconds.len() > 200, "{}", seconds.len());
    }

    proptest! {
        #[test]
        fn the_next_time_is_at_most_an_interval_away_and_repeats_each_interval(
            random: u128,
            milliseconds in 0_i64..10_000_000,
            interval in 1_i64..3_600,
        ) {
            let interval = Duration::seconds(interval);
            let schedule = ReportSchedule::new(OrganisationId::new(NOON, random), interval);
            let now = NOON + Duration::milliseconds(milliseconds);
            let next = schedule.next_after(now);
            prop_assert!(next > now && next <= now + interval);
            prop_assert_eq!(schedule.next_after(next), next + interval);
            prop_assert_eq!(schedule.next_after(next - Duration::milliseconds(1)), next);
        }
    }
}

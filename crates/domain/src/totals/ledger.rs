//! An organisation's counts, and what it has reported of them.

use aws_sans_io::Region;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Depth, Regions, Report, Usage};
use crate::delivery::Counter;

/// The counts of an organisation and its last report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// Counts so far, and the depths of the last report.
    regions: Regions,
    /// The usage in the last report.
    usage: Usage,
    /// The sequence number of the last report.
    sequence: u64,
    /// Whether there are counts that the last report doesn't have.
    has_news: bool,
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    due_at: Option<OffsetDateTime>,
}

impl Ledger {
    /// Counts something.
    pub fn count(&mut self, region: Region, counter: Counter, count: u32) {
        self.regions.entry(region).counts.add(counter, count.into());
        self.has_news = true;
    }

    /// Returns a count so far.
    #[must_use]
    pub fn count_of(&self, region: Region, counter: Counter) -> u64 {
        self.regions.get(region).map_or(0, |totals| totals.counts.get(counter))
    }

    /// Returns when the next report is due, or `None` if there is nothing to report.
    #[must_use]
    pub const fn due_at(&self) -> Option<OffsetDateTime> {
        self.due_at
    }

    /// Makes a report due at `at`, unless one is due earlier.
    pub fn report_by(&mut self, at: OffsetDateTime) {
        self.due_at = Some(self.due_at.map_or(at, |due_at| due_at.min(at)));
    }

    /// Returns a report, or `None` if the last one says the same. `depths` has an entry per region with queued or unconfirmed emails.
    #[must_use]
    pub fn report(&self, depths: &[(Region, Depth)], usage: Usage, now: OffsetDateTime) -> Option<Report> {
        let mut regions = self.regions.clone();
        regions.set_depths(depths);
        if !self.has_news && usage == self.usage && regions == self.regions {
            return None;
        }
        let milliseconds = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
        Some(Report { sequence: milliseconds.max(self.sequence + 1), regions, usage })
    }

    /// Notes that a report was received. Counts may have changed since it was made.
    pub fn set_reported(&mut self, report: &Report) {
        self.usage = report.usage;
        self.sequence = report.sequence;
        let mut has_news = false;
        for totals in &report.regions {
            let entry = self.regions.entry(totals.region);
            entry.depth = totals.depth;
            has_news |= entry.counts != totals.counts;
        }
        let is_new_region = |region| report.regions.get(region).is_none();
        self.has_news = has_news || self.regions.iter().any(|totals| is_new_region(totals.region));
    }

    /// Notes that a report was not received.
    pub const fn set_not_reported(&mut self) {
        self.has_news = true;
    }

    /// Makes the next report due at `at`, or none if everything is reported and will not change without being counted.
    pub fn schedule(&mut self, at: OffsetDateTime) {
        let may_change = self.regions.has_depth() || self.usage.requests_per_second > 0;
        self.due_at = (self.has_news || may_change).then_some(at);
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);

    fn ireland() -> Region {
        "eu-west-1".parse().unwrap()
    }

    fn at(minutes: i64) -> OffsetDateTime {
        NOON + Duration::minutes(minutes)
    }

    /// Reports everything.
    fn report(ledger: &mut Ledger, depths: &[(Region, Depth)], usage: Usage, minutes: i64) -> Option<Report> {
        let report = ledger.report(depths, usage, at(minutes));
        if let Some(report) = &report {
            ledger.set_reported(report);
        }
        ledger.schedule(at(minutes + 5));
        report
    }

    #[test]
    fn an_organisation_reports_once_what_it_has_counted() {
        let mut ledger = Ledger::default();
        assert_eq!((ledger.due_at(), ledger.report(&[], Usage::default(), NOON)), (None, None));
        ledger.count(ireland(), Counter::Accepted, 2);
        ledger.report_by(at(4));
        ledger.report_by(at(9));
        assert_eq!(ledger.due_at(), Some(at(4)));
        let report = report(&mut ledger, &[], Usage::default(), 4).unwrap();
        assert_eq!(report.regions.get(ireland()).unwrap().counts.get(Counter::Accepted), 2);
        assert_eq!((ledger.due_at(), ledger.report(&[], Usage::default(), at(5))), (None, None));
    }

    #[test]
    fn while_emails_are_queued_the_depth_is_checked_each_time_and_reported_if_it_changes() {
        let mut ledger = Ledger::default();
        ledger.count(ireland(), Counter::Accepted, 3);
        let depth = |queued| [(ireland(), Depth { queued, unconfirmed: 0 })];
        assert!(report(&mut ledger, &depth(3), Usage::default(), 0).is_some());
        assert_eq!(ledger.due_at(), Some(at(5)));
        assert_eq!(report(&mut ledger, &depth(3), Usage::default(), 5), None);
        assert_eq!(ledger.due_at(), Some(at(10)));
        let empty = report(&mut ledger, &[], Usage::default(), 10).unwrap();
        assert_eq!(empty.regions.get(ireland()).unwrap().depth, Some(Depth::default()));
        assert_eq!(ledger.due_at(), None);
    }

    #[test]
    fn a_high_request_rate_is_followed_by_a_report_that_it_has_ended() {
        let mut ledger = Ledger::default();
        assert!(report(&mut ledger, &[], Usage::new(0, 200), 0).is_some());
        assert_eq!(ledger.due_at(), Some(at(5)));
        assert_eq!(report(&mut ledger, &[], Usage::new(0, 0), 5).unwrap().usage.requests_per_second, 0);
        assert_eq!(ledger.due_at(), None);
    }

    #[test]
    fn what_is_counted_during_a_report_is_in_the_next_one() {
        let mut ledger = Ledger::default();
        ledger.count(ireland(), Counter::Accepted, 1);
        let first = ledger.report(&[], Usage::default(), NOON).unwrap();
        ledger.count(ireland(), Counter::Sent, 1);
        ledger.set_reported(&first);
        ledger.schedule(at(5));
        assert_eq!(ledger.due_at(), Some(at(5)));
        let second = report(&mut ledger, &[], Usage::default(), 5).unwrap();
        assert!(second.sequence > first.sequence);
        ledger.count("us-east-1".parse().unwrap(), Counter::Sent, 1);
        ledger.set_reported(&second);
        ledger.schedule(at(10));
        assert_eq!(ledger.due_at(), Some(at(10)));
    }

    #[test]
    fn a_report_that_failed_is_due_again() {
        let mut ledger = Ledger::default();
        ledger.count(ireland(), Counter::Accepted, 1);
        assert!(ledger.report(&[], Usage::default(), NOON).is_some());
        ledger.set_not_reported();
        ledger.schedule(at(5));
        assert_eq!(ledger.due_at(), Some(at(5)));
        assert!(ledger.report(&[], Usage::default(), at(5)).is_some());
    }

    #[test]
    fn sequence_numbers_rise_even_if_the_clock_goes_back() {
        let mut ledger = Ledger::default();
        ledger.count(ireland(), Counter::Accepted, 1);
        let first = report(&mut ledger, &[], Usage::default(), 0).unwrap();
        ledger.count(ireland(), Counter::Accepted, 1);
        let second = report(&mut ledger, &[], Usage::default(), -60).unwrap();
        assert_eq!(second.sequence, first.sequence + 1);
    }

    #[test]
    fn a_ledger_is_stored_as_json() {
        let mut ledger = Ledger::default();
        ledger.count(ireland(), Counter::Accepted, 1);
        ledger.report_by(NOON);
        let stored = serde_json::to_string(&ledger).unwrap();
        assert_eq!(serde_json::from_str::<Ledger>(&stored).unwrap(), ledger);
    }
}

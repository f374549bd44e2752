use std::collections::BTreeMap;

use aws_sans_io::Region;
use proptest::{collection::vec, prelude::*};

use super::*;
use crate::{
    delivery::Counter,
    totals::{Depth, Usage},
};

const REGIONS: [&str; 3] = ["eu-west-1", "us-east-1", "ap-south-1"];

fn region(index: usize) -> Region {
    REGIONS[index].parse().unwrap()
}

/// What an organisation counts between two reports: region, accepted, sent, queued.
type Step = (usize, u64, u64, u64);

/// Returns the reports of an organisation, in order.
fn reports(steps: &[Step]) -> Vec<Report> {
    let mut report = Report::default();
    let mut reports = Vec::new();
    for (index, accepted, sent, queued) in steps {
        let totals = report.regions.entry(region(*index));
        totals.counts.add(Counter::Accepted, *accepted);
        totals.counts.add(Counter::Sent, *sent);
        report.regions.set_depths(&[(region(*index), Depth { queued: *queued, unconfirmed: 0 })]);
        report.usage = Usage::new(accepted * 1_000_000, 0);
        report.sequence += 1;
        reports.push(report.clone());
    }
    reports
}

/// A `Totals` object in memory.
#[derive(Default)]
struct Totals {
    stored: BTreeMap<usize, Report>,
    sums: Sums,
}

impl Totals {
    fn receive(&mut self, organisation: usize, report: &Report) {
        if let Some(merged) = self.sums.receive(self.stored.get(&organisation), report) {
            self.stored.insert(organisation, merged);
        }
    }

    /// Adds up everything, without the incremental sums.
    fn recount(&self) -> Sums {
        let mut sums = Sums::default();
        for report in self.stored.values() {
            sums.replace(None, report);
        }
        sums
    }
}

fn organisations() -> impl Strategy<Value = Vec<Vec<Step>>> {
    vec(vec((0..REGIONS.len(), 0..9_u64, 0..9_u64, 0..3_u64), 1..6), 1..5)
}

proptest! {
    #[test]
    fn repeated_and_reordered_reports_change_nothing(
        organisations in organisations(),
        order in vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..60),
    ) {
        let reports: Vec<_> = organisations.iter().map(|steps| reports(steps)).collect();
        let mut expected = Totals::default();
        let mut totals = Totals::default();
        for (organisation, index) in order {
            let organisation = organisation.index(reports.len());
            totals.receive(organisation, index.get(&reports[organisation]));
            prop_assert_eq!(&totals.sums, &totals.recount());
        }
        for (organisation, reports) in reports.iter().enumerate() {
            expected.receive(organisation, reports.last().unwrap());
            // The last report may come in the middle of the others, but arrives at some time.
            totals.receive(organisation, reports.last().unwrap());
        }
        prop_assert_eq!(&totals.stored, &expected.stored);
        prop_assert_eq!(totals.sums, expected.sums);
    }

    #[test]
    fn a_deleted_organisation_leaves_nothing_but_its_counts(organisations in organisations()) {
        let mut totals = Totals::default();
        let reports: Vec<_> = organisations.iter().map(|steps| reports(steps)).collect();
        for (organisation, reports) in reports.iter().enumerate() {
            totals.receive(organisation, reports.last().unwrap());
        }
        let before = totals.sums.clone();
        totals.sums.remove(&totals.stored.remove(&0).unwrap());
        let others = totals.recount();
        prop_assert_eq!(totals.sums.series(), others.series());
        for sum in totals.sums.regions() {
            prop_assert_eq!(sum.counts, before.regions().get(sum.region).unwrap().counts);
            let depth = others.regions().get(sum.region).and_then(|totals| totals.depth);
            prop_assert_eq!(sum.depth.unwrap_or_default(), depth.unwrap_or_default());
        }
    }

    #[test]
    fn the_sums_of_several_objects_add_up(organisations in organisations()) {
        let mut one = Totals::default();
        let mut several = [(); 2].map(|()| Totals::default());
        for (organisation, steps) in organisations.iter().enumerate() {
            let report = reports(steps).pop().unwrap();
            one.receive(organisation, &report);
            several[organisation % 2].receive(organisation, &report);
        }
        let mut added = Sums::default();
        for totals in &several {
            added.add(&totals.sums);
        }
        prop_assert_eq!(added, one.sums);
    }
}

#[test]
fn counts_of_an_organisation_that_lost_some_stay_until_it_has_caught_up() {
    let reports = reports(&[(0, 10, 10, 0), (0, 5, 5, 2)]);
    let mut totals = Totals::default();
    totals.receive(0, &reports[1]);
    let put_back = Report { sequence: 9, ..reports[0].clone() };
    totals.receive(0, &put_back);
    let sum = totals.sums.regions().get(region(0)).unwrap();
    assert_eq!(sum.counts.get(Counter::Accepted), 15);
    // The depth is the newer one's.
    assert_eq!(sum.depth, Some(Depth::default()));
}

#[test]
fn an_older_report_is_recognised() {
    let reports = reports(&[(0, 1, 0, 1), (0, 1, 1, 0)]);
    let mut sums = Sums::default();
    let stored = sums.receive(None, &reports[1]).unwrap();
    assert_eq!(sums.receive(Some(&stored), &reports[0]), None);
    assert_eq!(sums.receive(Some(&stored), &reports[1]), None);
    assert_eq!(sums.regions().get(region(0)).unwrap().depth, Some(Depth::default()));
}

//! Counts and queue depths by region.

use aws_sans_io::Region;
use serde::{Deserialize, Serialize};

use crate::delivery::Counter;

/// A count per [`Counter`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<u64>", into = "Vec<u64>")]
pub struct Counts([u64; Counter::ALL.len()]);

impl Counts {
    /// Returns the count of one counter.
    #[must_use]
    pub const fn get(&self, counter: Counter) -> u64 {
        self.0[counter as usize]
    }

    pub(super) const fn add(&mut self, counter: Counter, count: u64) {
        let sum = &mut self.0[counter as usize];
        *sum = sum.saturating_add(count);
    }

    pub(super) fn combine(&self, other: &Self, operation: impl Fn(u64, u64) -> u64) -> Self {
        Self(std::array::from_fn(|index| operation(self.0[index], other.0[index])))
    }
}

impl From<Counts> for Vec<u64> {
    fn from(counts: Counts) -> Self {
        counts.0.into()
    }
}

/// Counters that were added since the counts were stored start at 0.
impl From<Vec<u64>> for Counts {
    fn from(stored: Vec<u64>) -> Self {
        Self(std::array::from_fn(|index| stored.get(index).copied().unwrap_or_default()))
    }
}

/// Numbers of emails that are not finished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Depth {
    /// Emails that wait to be sent. Scheduled ones don't count before their time.
    pub queued: u64,
    /// Emails without a response from SES.
    pub unconfirmed: u64,
}

impl Depth {
    pub(super) const fn is_zero(self) -> bool {
        self.queued == 0 && self.unconfirmed == 0
    }

    pub(super) fn combine(self, other: Self, operation: impl Fn(u64, u64) -> u64) -> Self {
        Self {
            queued: operation(self.queued, other.queued),
            unconfirmed: operation(self.unconfirmed, other.unconfirmed),
        }
    }
}

/// The totals of one region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionTotals {
    pub region: Region,
    /// Since the organisation was created.
    pub counts: Counts,
    /// `None` if no email was queued or unconfirmed in any report so far.
    pub depth: Option<Depth>,
}

/// Totals by region, sorted by the region's name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Regions(Vec<RegionTotals>);

impl Regions {
    /// Returns the regions with counts or depths.
    pub fn iter(&self) -> std::slice::Iter<'_, RegionTotals> {
        self.0.iter()
    }

    /// Returns the number of time series that the regions are shown as.
    #[must_use]
    pub fn series(&self) -> u64 {
        let series = |totals: &RegionTotals| if totals.depth.is_some() { 2 } else { 0 } + Counter::ALL.len();
        self.iter().map(series).sum::<usize>() as u64
    }

    pub(super) fn get(&self, region: Region) -> Option<&RegionTotals> {
        self.position(region).ok().map(|index| &self.0[index])
    }

    pub(super) fn entry(&mut self, region: Region) -> &mut RegionTotals {
        let index = self.position(region).unwrap_or_else(|index| {
            self.0.insert(index, RegionTotals { region, counts: Counts::default(), depth: None });
            index
        });
        &mut self.0[index]
    }

    /// Replaces all depths. A region without a depth in `depths` has none of these emails.
    pub(super) fn set_depths(&mut self, depths: &[(Region, Depth)]) {
        for totals in &mut self.0 {
            totals.depth = totals.depth.map(|_| Depth::default());
        }
        for (region, depth) in depths.iter().filter(|(_, depth)| !depth.is_zero()) {
            self.entry(*region).depth = Some(*depth);
        }
    }

    pub(super) fn has_depth(&self) -> bool {
        self.iter().any(|totals| totals.depth.is_some_and(|depth| !depth.is_zero()))
    }

    fn position(&self, region: Region) -> Result<usize, usize> {
        self.0.binary_search_by(|totals| totals.region.name().cmp(region.name()))
    }
}

impl<'a> IntoIterator for &'a Regions {
    type Item = &'a RegionTotals;
    type IntoIter = std::slice::Iter<'a, RegionTotals>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(name: &str) -> Region {
        name.parse().unwrap()
    }

    #[test]
    fn a_counter_has_a_place_of_its_own() {
        for (index, counter) in Counter::ALL.into_iter().enumerate() {
            assert_eq!(counter as usize, index);
        }
    }

    #[test]
    fn counts_stored_before_a_counter_existed_are_read() {
        let counts: Counts = serde_json::from_str("[3,1]").unwrap();
        assert_eq!((counts.get(Counter::Accepted), counts.get(Counter::Sent)), (3, 1));
        assert_eq!(counts.get(Counter::Cancelled), 0);
        assert_eq!(serde_json::to_string(&counts).unwrap(), "[3,1,0,0,0,0,0,0,0,0,0]");
    }

    #[test]
    fn regions_are_sorted_by_name() {
        let mut regions = Regions::default();
        for name in ["us-east-1", "eu-west-1", "us-east-1", "ap-south-1"] {
            regions.entry(region(name)).counts.add(Counter::Sent, 1);
        }
        let shown: Vec<_> =
            regions.iter().map(|totals| (totals.region.name(), totals.counts.get(Counter::Sent))).collect();
        assert_eq!(shown, [("ap-south-1", 1), ("eu-west-1", 1), ("us-east-1", 2)]);
    }

    #[test]
    fn a_region_has_a_depth_from_its_first_queued_email_on() {
        let mut regions = Regions::default();
        regions.entry(region("eu-west-1")).counts.add(Counter::Sent, 1);
        regions.set_depths(&[(region("eu-west-1"), Depth::default())]);
        assert_eq!((regions.entry(region("eu-west-1")).depth, regions.series()), (None, 11));
        let queued = Depth { queued: 3, unconfirmed: 0 };
        regions.set_depths(&[(region("eu-west-1"), queued), (region("us-east-1"), queued)]);
        assert_eq!((regions.entry(region("us-east-1")).depth, regions.series()), (Some(queued), 26));
        assert!(regions.has_depth());
        regions.set_depths(&[]);
        assert_eq!(
            (regions.entry(region("us-east-1")).depth, regions.series()),
            (Some(Depth::default()), 26)
        );
        assert!(!regions.has_depth());
    }
}

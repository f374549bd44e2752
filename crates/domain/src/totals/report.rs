//! What an organisation reports.

use serde::{Deserialize, Serialize};

use super::{Regions, Usage};

/// A report of one organisation: absolute values, not changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Higher than in all earlier reports of the organisation: the time in milliseconds since 1970, if the clock is right.
    pub sequence: u64,
    pub regions: Regions,
    pub usage: Usage,
}

impl Report {
    /// Merges two reports of the same organisation. The order of reports and the number of repetitions don't matter.
    ///
    /// Counts never decrease: an organisation whose storage was put back may report lower ones. Depths and usage are those of the newer
    /// report.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        let (older, newer) = if self.sequence < other.sequence { (self, other) } else { (other, self) };
        let mut merged = newer.clone();
        for totals in &older.regions {
            let entry = merged.regions.entry(totals.region);
            entry.counts = entry.counts.combine(&totals.counts, u64::max);
            if totals.depth.is_some() {
                entry.depth = Some(entry.depth.unwrap_or_default());
            }
        }
        merged
    }
}

//! Sums over many organisations.

use serde::{Deserialize, Serialize};

use super::{Regions, Report};

/// The sums over all organisations of a `Totals` object. Counts include organisations that were deleted since: a sum must never decrease,
/// because Prometheus takes that for a restart from zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    regions: Regions,
    series: u64,
}

impl Sums {
    /// Returns the sums by region.
    #[must_use]
    pub const fn regions(&self) -> &Regions {
        &self.regions
    }

    /// Returns the number of time series of all organisations.
    #[must_use]
    pub const fn series(&self) -> u64 {
        self.series
    }

    /// Merges a report into the organisation's stored one and updates the sums. Returns the report to store, or `None` if nothing changes.
    #[must_use = "the returned report must be stored"]
    pub fn receive(&mut self, stored: Option<&Report>, received: &Report) -> Option<Report> {
        let merged = stored.map_or_else(|| received.clone(), |stored| stored.merge(received));
        if stored == Some(&merged) {
            return None;
        }
        self.replace(stored, &merged);
        Some(merged)
    }

    fn replace(&mut self, stored: Option<&Report>, merged: &Report) {
        for totals in &merged.regions {
            let before = stored.and_then(|stored| stored.regions.get(totals.region));
            let counted_before = before.map(|before| before.counts).unwrap_or_default();
            let depth_before = before.and_then(|before| before.depth).unwrap_or_default();
            let entry = self.regions.entry(totals.region);
            let counted = totals.counts.combine(&counted_before, u64::saturating_sub);
            entry.counts = entry.counts.combine(&counted, u64::saturating_add);
            if let Some(depth) = totals.depth {
                let others = entry.depth.unwrap_or_default().combine(depth_before, u64::saturating_sub);
                entry.depth = Some(others.combine(depth, u64::saturating_add));
            }
        }
        let series_before = stored.map(|stored| stored.regions.series()).unwrap_or_default();
        self.series = self.series.saturating_sub(series_before) + merged.regions.series();
    }

    /// Removes the series of a deleted organisation.
    pub fn remove(&mut self, stored: &Report) {
        for totals in &stored.regions {
            if let Some(depth) = totals.depth {
                let entry = self.regions.entry(totals.region);
                entry.depth = entry.depth.map(|sum| sum.combine(depth, u64::saturating_sub));
            }
        }
        self.series = self.series.saturating_sub(stored.regions.series());
    }

    /// Adds the sums over other organisations.
    pub fn add(&mut self, other: &Self) {
        for totals in &other.regions {
            let entry = self.regions.entry(totals.region);
            entry.counts = entry.counts.combine(&totals.counts, u64::saturating_add);
            if let Some(depth) = totals.depth {
                entry.depth = Some(entry.depth.unwrap_or_default().combine(depth, u64::saturating_add));
            }
        }
        self.series += other.series;
    }
}

#[cfg(test)]
mod tests;

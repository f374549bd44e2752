//! Medians and spreads of repeated measurements.

use serde::Serialize;

/// The median of a measurement's rounds, with the smallest and the largest value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Summary {
    pub(super) median: f64,
    pub(super) min: f64,
    pub(super) max: f64,
}

impl Summary {
    /// Summarises values. Returns `None` if there are none.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let (lower, upper) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        Some(Self { median: f64::midpoint(lower, upper), min, max })
    }

    /// Summarises how often `ours` is as large as `theirs`, round by round, so that a slow moment of the machine changes both.
    pub(super) fn of_ratios(ours: &[f64], theirs: &[f64]) -> Option<Self> {
        let ratios: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect();
        Self::of(&ratios)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn median(values: &[f64]) -> f64 {
        Summary::of(values).unwrap().median
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "the values are exact")]
    fn the_median_of_an_even_number_of_values_is_the_middle_of_two() {
        assert_eq!(median(&[3.0]), 3.0);
        assert_eq!(median(&[9.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 9.0]), 3.0);
        assert_eq!(Summary::of(&[]), None);
    }

    #[test]
    fn the_spread_is_the_smallest_and_the_largest_value() {
        let summary = Summary::of(&[2.0, 8.0, 5.0]).unwrap();
        assert_eq!(summary, Summary { median: 5.0, min: 2.0, max: 8.0 });
    }

    #[test]
    fn a_slow_round_of_both_does_not_change_the_ratio() {
        let summary = Summary::of_ratios(&[300.0, 30.0, 330.0], &[200.0, 20.0, 220.0]).unwrap();
        assert_eq!(summary, Summary { median: 1.5, min: 1.5, max: 1.5 });
    }
}

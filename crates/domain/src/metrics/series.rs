//! The counts of several hours, by hour or day.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{EmailCounts, Groups, Hour, HourRange};

/// The length of a point's interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MetricsInterval {
    /// A day in UTC.
    #[default]
    Day,
    /// An hour.
    Hour,
}

impl MetricsInterval {
    pub const ALL: [Self; 2] = [Self::Day, Self::Hour];

    /// Returns the name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Hour => "hour",
        }
    }

    /// Returns the number of hours.
    #[must_use]
    pub const fn hours(self) -> i32 {
        match self {
            Self::Day => 24,
            Self::Hour => 1,
        }
    }
}

/// The counts of the intervals of a range.
#[derive(Clone, Debug)]
pub struct Series {
    from: Hour,
    hours: i32,
    points: Vec<(EmailCounts, Groups)>,
}

/// The counts of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupSeries {
    /// `None` for all other values.
    pub value: Option<String>,
    pub totals: EmailCounts,
    /// The counts of each interval.
    pub points: Vec<EmailCounts>,
}

impl Series {
    /// Creates a series of zeros. The range consists of whole intervals.
    #[must_use]
    pub fn new(range: HourRange, interval: MetricsInterval) -> Self {
        let hours = interval.hours();
        let length = (range.to.number() - range.from.number()) / hours;
        let points = vec![Default::default(); usize::try_from(length).unwrap_or_default()];
        Self { from: range.from, hours, points }
    }

    /// Adds the counts of an hour.
    pub fn add(&mut self, hour: Hour, totals: EmailCounts, groups: Option<&Groups>) {
        let index = (hour.number() - self.from.number()).div_euclid(self.hours);
        let point = usize::try_from(index).ok().and_then(|index| self.points.get_mut(index));
        if let Some((counts, all)) = point {
            *counts += totals;
            if let Some(groups) = groups {
                all.merge(groups);
            }
        }
    }

    /// Returns the start and the counts of each interval.
    pub fn points(&self) -> impl Iterator<Item = (OffsetDateTime, EmailCounts)> {
        let start = |index: usize| {
            let index = i32::try_from(index).unwrap_or(i32::MAX);
            Hour::from_number(self.from.number().saturating_add(index.saturating_mul(self.hours))).start()
        };
        self.points.iter().enumerate().map(move |(index, (counts, _))| (start(index), *counts))
    }

    /// Returns the counts of all intervals.
    #[must_use]
    pub fn totals(&self) -> EmailCounts {
        sum(self.points.iter().map(|(counts, _)| *counts))
    }

    /// Returns the counts of the `most` values with the most emails, largest first, and of all others if there are any.
    #[must_use]
    pub fn groups(&self, most: usize) -> Vec<GroupSeries> {
        let mut all = Groups::default();
        for (_, groups) in &self.points {
            all.merge(groups);
        }
        all.keep_largest(most);
        let mut shown: Vec<_> = all.values().iter().map(|(value, _)| self.group(value)).collect();
        shown.sort_by_key(|group| std::cmp::Reverse(group.totals.accepted));
        let other = self.other(&shown);
        if other.totals != EmailCounts::default() {
            shown.push(other);
        }
        shown
    }

    fn group(&self, value: &str) -> GroupSeries {
        let points: Vec<_> = self.points.iter().map(|(_, groups)| groups.get(value)).collect();
        GroupSeries { value: Some(value.to_owned()), totals: sum(points.iter().copied()), points }
    }

    fn other(&self, shown: &[GroupSeries]) -> GroupSeries {
        let is_shown = |value: &str| shown.iter().any(|group| group.value.as_deref() == Some(value));
        let other = |groups: &Groups| {
            let hidden = groups.values().iter().filter(|(value, _)| !is_shown(value));
            sum(hidden.map(|(_, counts)| *counts).chain([groups.other()]))
        };
        let points: Vec<_> = self.points.iter().map(|(_, groups)| other(groups)).collect();
        GroupSeries { value: None, totals: sum(points.iter().copied()), points }
    }
}

fn sum(counts: impl Iterator<Item = EmailCounts>) -> EmailCounts {
    counts.fold(EmailCounts::default(), |mut sum, counts| {
        sum += counts;
        sum
    })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn accepted(accepted: u32) -> EmailCounts {
        EmailCounts { accepted, ..EmailCounts::default() }
    }

    fn series() -> Series {
        let range = HourRange::covering(
            datetime!(2026-11-27 12:00 UTC),
            datetime!(2026-11-29 00:00 UTC),
            MetricsInterval::Day.hours(),
        );
        let mut series = Series::new(range, MetricsInterval::Day);
        for (hour, values) in [(1, [3, 1, 0]), (23, [1, 0, 2]), (24, [0, 5, 0])] {
            let mut groups = Groups::default();
            for (value, number) in ["a", "b", "c"].iter().zip(values) {
                groups.add(value, accepted(number));
            }
            let hour = Hour::from_number(range.from.number() + hour);
            series.add(hour, accepted(values.iter().sum()), Some(&groups));
        }
        series.add(range.to, accepted(1000), None);
        series
    }

    #[test]
    fn hours_are_added_to_their_day_and_empty_days_are_zero() {
        let points: Vec<_> = series().points().collect();
        let days = [datetime!(2026-11-27 00:00 UTC), datetime!(2026-11-28 00:00 UTC)];
        assert_eq!(points, [(days[0], accepted(7)), (days[1], accepted(5))]);
        assert_eq!(series().totals(), accepted(12));
    }

    #[test]
    fn the_largest_groups_are_shown_and_the_others_together() {
        let groups = series().groups(2);
        let shown: Vec<_> =
            groups.iter().map(|group| (group.value.as_deref(), group.totals.accepted)).collect();
        assert_eq!(shown, [(Some("b"), 6), (Some("a"), 4), (None, 2)]);
        assert_eq!(groups[0].points, [accepted(1), accepted(5)]);
        assert_eq!(groups[2].points, [accepted(2), accepted(0)]);
        assert_eq!(series().groups(3).len(), 3);
        assert_eq!(series().totals().accepted, groups.iter().map(|group| group.totals.accepted).sum::<u32>());
    }
}

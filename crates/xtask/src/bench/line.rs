//! Lines of the result: one measurement of Kraiter, beside one of something else if there is something to compare with.

use serde::Serialize;

use super::{rounds::Rounds, stats::Summary};

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Unit {
    #[serde(rename = "req/s")]
    PerSecond,
    #[serde(rename = "ms")]
    Milliseconds,
    #[serde(rename = "CPU ms")]
    CpuMilliseconds,
    #[serde(rename = "CPU µs")]
    CpuMicroseconds,
    #[serde(rename = "KB")]
    Kilobytes,
    Bytes,
    Dollars,
    #[serde(rename = "")]
    Number,
}

impl Unit {
    /// Formats a value without the unit's name.
    fn value(self, value: f64) -> String {
        match self {
            _ if value.fract() == 0.0 && value.abs() < 1e7 => format!("{value:.0}"),
            _ if value.abs() >= 100.0 => format!("{value:.0}"),
            _ if value.abs() >= 10.0 => format!("{value:.1}"),
            _ => format!("{value:.2}"),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::PerSecond => "req/s",
            Self::Milliseconds => "ms",
            Self::CpuMilliseconds => "CPU ms",
            Self::CpuMicroseconds => "CPU µs",
            Self::Kilobytes => "KB",
            Self::Bytes => "bytes",
            Self::Dollars => "$",
            Self::Number => "",
        }
    }

    /// Formats a summary: the median, and the spread if there were several rounds.
    pub(super) fn format(self, summary: Summary) -> String {
        let median = self.value(summary.median);
        let (min, max) = (self.value(summary.min), self.value(summary.max));
        if min == max { median } else { format!("{median} ({min}–{max})") }
    }
}

/// One line of the table.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) unit: Unit,
    pub(super) kraiter: Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) other: Option<Other>,
    /// The name of the goal that this line is checked against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) metric: Option<&'static str>,
}

/// The measurement to compare with.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Other {
    pub(super) name: String,
    pub(super) value: Summary,
    /// How many times as good as the other Kraiter is: the median of the rounds' ratios.
    pub(super) ratio: Summary,
}

impl Line {
    /// A number that was counted or measured once.
    pub(super) fn single(name: impl Into<String>, unit: Unit, value: f64) -> Self {
        let kraiter = Summary { median: value, min: value, max: value };
        Self { name: name.into(), unit, kraiter, other: None, metric: None }
    }

    /// Compares rounds of which more is better. Returns `None` if there are no rounds.
    pub(super) fn more_is_better(
        name: &str,
        unit: Unit,
        ours: &[f64],
        other: &str,
        theirs: &[f64],
    ) -> Option<Self> {
        Self::compared(name, unit, (ours, theirs), other, Summary::of_ratios(ours, theirs)?)
    }

    /// Compares rounds of which less is better. Returns `None` if there are no rounds.
    pub(super) fn less_is_better(
        name: &str,
        unit: Unit,
        ours: &[f64],
        other: &str,
        theirs: &[f64],
    ) -> Option<Self> {
        Self::compared(name, unit, (ours, theirs), other, Summary::of_ratios(theirs, ours)?)
    }

    fn compared(
        name: &str,
        unit: Unit,
        (ours, theirs): (&[f64], &[f64]),
        other: &str,
        ratio: Summary,
    ) -> Option<Self> {
        let other = Other { name: other.to_owned(), value: Summary::of(theirs)?, ratio };
        Some(Self {
            name: name.to_owned(),
            unit,
            kraiter: Summary::of(ours)?,
            other: Some(other),
            metric: None,
        })
    }

    /// Returns the line, checked against a goal.
    pub(super) fn checked_as(self, metric: &'static str) -> Self {
        Self { metric: Some(metric), ..self }
    }

    /// Returns the number that a goal is about: the ratio if something is compared.
    pub(super) fn checked_value(&self) -> f64 {
        self.other.as_ref().map_or(self.kraiter.median, |other| other.ratio.median)
    }
}

/// Returns the lines of rounds of the same load: throughput, CPU time and latency.
pub(super) fn of_rounds(name: &str, ours: &Rounds, other: &str, theirs: &Rounds) -> Vec<Line> {
    let latency = |name: String, ours: &[f64], theirs: &[f64]| {
        Line::less_is_better(&name, Unit::Milliseconds, ours, other, theirs)
    };
    [
        Line::more_is_better(name, Unit::PerSecond, &ours.per_second, other, &theirs.per_second),
        Line::less_is_better(
            &format!("{name}, per request"),
            Unit::CpuMilliseconds,
            &ours.cpu,
            other,
            &theirs.cpu,
        ),
        latency(format!("{name}, p50"), &ours.p50, &theirs.p50),
        latency(format!("{name}, p99"), &ours.p99, &theirs.p99),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Compares the first ratio of CPU times with the goal of `metric`. On one core, CPU time is the inverse of requests per second, undisturbed
/// by other programs on the machine.
pub(super) fn check_cpu_ratio(lines: &mut [Line], metric: &'static str) {
    if let Some(line) = lines.iter_mut().find(|line| line.unit == Unit::CpuMilliseconds) {
        line.metric = Some(metric);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_above_one_means_that_kraiter_is_better() {
        let throughput = Line::more_is_better("a", Unit::PerSecond, &[300.0], "b", &[200.0]).unwrap();
        let cost = Line::less_is_better("a", Unit::CpuMilliseconds, &[2.0], "b", &[3.0]).unwrap();
        assert!((throughput.checked_value() - 1.5).abs() < 1e-9);
        assert!((cost.checked_value() - 1.5).abs() < 1e-9);
    }

    #[test]
    fn the_spread_is_shown_if_rounds_differ() {
        let format = |min, max| Unit::PerSecond.format(Summary { median: 150.0, min, max });
        assert_eq!(format(150.0, 150.0), "150");
        assert_eq!(format(140.26, 155.0), "150 (140–155)");
        assert_eq!(Unit::Number.format(Summary { median: 0.955, min: 0.955, max: 0.955 }), "0.95");
    }
}

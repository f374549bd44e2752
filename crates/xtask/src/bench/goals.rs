//! The goals in `benches/goals.json`, and what `--check` accepts.

use std::fs;

use serde::{Deserialize, Serialize};
use test_support::{Error, Result, tools::Tools};

use super::line::Line;

/// A bound of a metric.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Bound {
    pub(super) fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtLeast(bound) => write!(formatter, "≥ {bound}"),
            Self::AtMost(bound) => write!(formatter, "≤ {bound}"),
        }
    }
}

/// What a metric should reach.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Goal {
    pub(super) metric: String,
    #[serde(rename = "goal")]
    pub(super) bound: Bound,
    /// What `--check` requires. Defaults to the goal.
    #[serde(default)]
    gate: Option<Bound>,
}

impl Goal {
    fn gate(&self) -> Bound {
        self.gate.unwrap_or(self.bound)
    }
}

/// Reads the goals.
pub(super) fn read(tools: &Tools) -> Result<Vec<Goal>> {
    let path = tools.root().join("benches").join("goals.json");
    let text = fs::read(&path).map_err(Error::io(format!("read {}", path.display())))?;
    serde_json::from_slice(&text).map_err(|error| Error::Unexpected(format!("{}: {error}", path.display())))
}

/// Returns the goal that a line is checked against.
pub(super) fn of_line<'a>(goals: &'a [Goal], line: &Line) -> Option<&'a Goal> {
    goals.iter().find(|goal| Some(goal.metric.as_str()) == line.metric)
}

/// Returns a sentence for each gate that isn't passed. A metric that wasn't measured doesn't pass.
pub(super) fn failures(goals: &[Goal], lines: &[Line]) -> Vec<String> {
    goals.iter().filter_map(|goal| failure(goal, lines)).collect()
}

fn failure(goal: &Goal, lines: &[Line]) -> Option<String> {
    let gate = goal.gate();
    let Some(line) = lines.iter().find(|line| line.metric == Some(goal.metric.as_str())) else {
        return Some(format!("{} was not measured, and must be {gate}.", goal.metric));
    };
    let value = line.checked_value();
    (!gate.is_met(value)).then(|| format!("{} is {value:.3}, and must be {gate}.", goal.metric))
}

#[cfg(test)]
mod tests {
    use super::{super::line::Unit, *};

    fn goal(metric: &str, bound: Bound, gate: Option<Bound>) -> Goal {
        Goal { metric: metric.to_owned(), bound, gate }
    }

    fn ratio(value: f64) -> Line {
        Line::more_is_better("keyed send", Unit::PerSecond, &[value], "aws4fetch", &[1.0])
            .unwrap()
            .checked_as("keyedSendRatio")
    }

    #[test]
    fn the_gate_may_be_looser_than_the_goal() {
        let goals = [goal("keyedSendRatio", Bound::AtLeast(1.5), Some(Bound::AtLeast(1.3)))];
        assert!(failures(&goals, &[ratio(1.31)]).is_empty());
        let [failure] = &failures(&goals, &[ratio(1.29)])[..] else { panic!("no failure") };
        assert!(failure.contains("keyedSendRatio is 1.290") && failure.contains("≥ 1.3"), "{failure}");
    }

    #[test]
    fn without_a_gate_the_goal_itself_is_required() {
        let goals = [goal("objectCalls", Bound::AtMost(1.0), None)];
        let calls = |calls| Line::single("object calls", Unit::Number, calls).checked_as("objectCalls");
        assert!(failures(&goals, &[calls(1.0)]).is_empty());
        assert_eq!(failures(&goals, &[calls(2.0)]).len(), 1);
    }

    #[test]
    fn a_metric_that_was_not_measured_fails() {
        let goals = [goal("objectCalls", Bound::AtMost(1.0), None)];
        assert!(failures(&goals, &[])[0].contains("was not measured"));
    }

    #[test]
    fn the_goals_of_the_repository_can_be_read_and_are_unique() {
        let goals = read(&Tools::locate().unwrap()).unwrap();
        let mut metrics: Vec<_> = goals.iter().map(|goal| &goal.metric).collect();
        metrics.sort_unstable();
        metrics.dedup();
        assert_eq!(metrics.len(), goals.len());
    }
}

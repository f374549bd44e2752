//! The result as a table on the terminal, in Markdown and as JSON.

use std::{fs, path::PathBuf};

use serde::Serialize;
use test_support::{Error, Result, tools::Tools};

use super::{
    goals::{self, Goal},
    line::Line,
};

/// Everything that a run measured.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// Names and versions of what was measured.
    pub(super) versions: Vec<(String, String)>,
    pub(super) rounds: usize,
    pub(super) quick: bool,
    pub(super) lines: Vec<Line>,
    pub(super) goals: Vec<Goal>,
}

const HEADINGS: [&str; 5] = ["", "Kraiter", "Compared with", "Ratio", "Goal"];

impl Report {
    /// Returns the cells of each line.
    fn cells(&self) -> Vec<[String; 5]> {
        self.lines
            .iter()
            .map(|line| {
                let unit = line.unit.name();
                let name = if unit.is_empty() { line.name.clone() } else { format!("{}, {unit}", line.name) };
                let other = line.other.as_ref();
                let compared =
                    other.map(|other| format!("{}: {}", other.name, line.unit.format(other.value)));
                let ratio = other.map(|other| format_ratio(other.ratio.median));
                let goal = goals::of_line(&self.goals, line).map(|goal| {
                    let mark = if goal.bound.is_met(line.checked_value()) { "✓" } else { "✗" };
                    format!("{} {mark}", goal.bound)
                });
                [
                    name,
                    line.unit.format(line.kraiter),
                    compared.unwrap_or_default(),
                    ratio.unwrap_or_default(),
                    goal.unwrap_or_default(),
                ]
            })
            .collect()
    }

    /// Returns the table with aligned columns.
    pub(super) fn table(&self) -> String {
        let mut rows = vec![HEADINGS.map(str::to_owned)];
        rows.extend(self.cells());
        let width =
            |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let widths: [usize; 5] = std::array::from_fn(width);
        let mut text = String::new();
        for row in &rows {
            let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
            text += cells.collect::<Vec<_>>().join("  ").trim_end();
            text.push('\n');
        }
        text + &self.note(", ")
    }

    /// Returns the table in Markdown.
    pub(super) fn markdown(&self) -> String {
        let row = |cells: &[String; 5]| format!("| {} |\n", cells.join(" | "));
        let mut text = format!("{}|---|---|---|---|---|\n", row(&HEADINGS.map(str::to_owned)));
        text.extend(self.cells().iter().map(row));
        text + "\n" + &self.note(",\n")
    }

    fn note(&self, separator: &str) -> String {
        let versions: Vec<_> =
            self.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
        let effort = if self.quick { "short rounds" } else { "rounds" };
        format!("{} {effort}; {}.\n", self.rounds, versions.join(separator))
    }

    /// Writes the report as JSON and returns the file's path.
    pub(super) fn write_json(&self, tools: &Tools) -> Result<PathBuf> {
        let path = tools.target().join("bench").join("report.json");
        let json = serde_json::to_string_pretty(self)
            .map_err(|error| Error::Unexpected(format!("the report: {error}")))?;
        fs::write(&path, json + "\n").map_err(Error::io(format!("write {}", path.display())))?;
        Ok(path)
    }
}

fn format_ratio(ratio: f64) -> String {
    if ratio < 0.1 { format!("{ratio:.4}×") } else { format!("{ratio:.2}×") }
}

#[cfg(test)]
mod tests {
    use super::{super::line::Unit, *};

    fn report() -> Report {
        let goals = serde_json::from_str(
            r#"[{ "metric": "keyedSendRatio", "goal": { "atLeast": 1.5 }, "gate": { "atLeast": 1.3 } },
                { "metric": "objectCalls", "goal": { "atMost": 1 } }]"#,
        )
        .unwrap();
        let ratio =
            Line::more_is_better("keyed send", Unit::PerSecond, &[280.0], "aws4fetch 1.0.20", &[200.0]);
        Report {
            versions: vec![("workerd".into(), "1".into())],
            rounds: 7,
            quick: false,
            lines: vec![
                ratio.unwrap().checked_as("keyedSendRatio"),
                Line::single("object calls", Unit::Number, 1.0).checked_as("objectCalls"),
            ],
            goals,
        }
    }

    #[test]
    fn the_table_is_aligned_and_shows_whether_the_goal_is_met() {
        let table = report().table();
        let lines: Vec<&str> = table.lines().collect();
        let column = |line: &str| line.chars().position(|c| c == '×' || c == 'R');
        assert!(lines[1].starts_with("keyed send, req/s") && lines[1].ends_with("1.40×  ≥ 1.5 ✗"), "{table}");
        assert!(lines[2].ends_with("≤ 1 ✓"), "{table}");
        assert!(column(lines[0]).is_some_and(|start| Some(start + 4) == column(lines[1])), "{table}");
    }

    #[test]
    fn markdown_has_the_versions() {
        let markdown = report().markdown();
        assert!(markdown.contains("| keyed send, req/s | 280 | aws4fetch 1.0.20: 200 | 1.40× | ≥ 1.5 ✗ |\n"));
        assert!(markdown.ends_with("\n\n7 rounds; workerd 1.\n"), "{markdown}");
    }
}

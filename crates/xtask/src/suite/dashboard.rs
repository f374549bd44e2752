//! Running the dashboard's tests in a browser with Playwright.

use std::time::Instant;

use test_support::Result;

use super::{Suite, tally::Tally};
use crate::{
    dashboard, program,
    progress::{Elapsed, Progress},
};

const NAME: &str = "dashboard";

/// Checks the types of the tests.
pub(super) fn types(suite: &Suite<'_>) -> Result<()> {
    suite.run("dashboard-types", &mut dashboard::types(suite.tools)?)
}

/// Runs and counts the tests.
pub(super) fn run(suite: &Suite<'_>) -> Tally {
    let start = Instant::now();
    let mut tally = Tally::default();
    let result = playwright(suite, &mut tally);
    if result.is_ok() && tally.passed > 0 {
        println!("ok      {NAME}: {} passed, 0 failed, {}", tally.passed, Elapsed(start.elapsed()));
    }
    tally.complete(NAME, result, start.elapsed())
}

fn playwright(suite: &Suite<'_>, tally: &mut Tally) -> Result<()> {
    let (_env, mut playwright) = dashboard::prepare(suite.tools)?;
    playwright.args(["--project", "tests"]).env("FORCE_COLOR", "0");
    let progress = Progress::new(NAME);
    let mut done = 0;
    program::logged("Playwright", &mut playwright, &program::log_path(&suite.logs, NAME), |line| {
        let line = line.trim();
        if line.starts_with(['✓', '✘']) {
            done += 1;
            progress.print_occasionally(|| format!("{done} tests run"));
        }
        if line.starts_with('✘') {
            println!("        {line}");
        }
        if let Some(counts) = parse_summary(line) {
            *tally += counts;
        }
    })
}

/// Parses a line of the summary, such as `12 passed (34.5s)` or `3 failed`. A test that was skipped or interrupted, or that passed
/// only when retried, counts as failed.
fn parse_summary(line: &str) -> Option<Tally> {
    let (count, what) = line.split_once(' ')?;
    let count = count.parse().ok()?;
    match what.split(" (").next()? {
        "passed" => Some(Tally { passed: count, failed: 0 }),
        "failed" | "flaky" | "skipped" | "interrupted" | "did not run" => {
            Some(Tally { passed: 0, failed: count })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_summary_is_counted() {
        let counts = |line| parse_summary(line).map(|tally| (tally.passed, tally.failed));
        assert_eq!(counts("12 passed (1.2m)"), Some((12, 0)));
        for line in ["2 failed", "2 did not run", "2 flaky", "2 skipped", "2 interrupted"] {
            assert_eq!(counts(line), Some((0, 2)), "{line}");
        }
        for other in ["✓  1 [tests] › a.spec.ts:4:1 › 2 passed (26.9s)", "Running 12 tests using 2 workers"]
        {
            assert_eq!(counts(other), None, "{other}");
        }
    }
}

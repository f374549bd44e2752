//! The dashboard's tests in a real browser, by Playwright.

use std::time::Instant;

use test_support::{Error, Result};

use super::{Suite, tally::Tally};
use crate::{
    dashboard, program,
    progress::{Elapsed, Progress},
};

/// Checks the tests' types, runs the tests and counts them. What fails without a count, such as a env that doesn't start,
/// counts as one failure.
pub(super) fn run(suite: &Suite<'_>) -> Tally {
    let name = "dashboard";
    let start = Instant::now();
    let mut tally = Tally::default();
    match play(suite, &mut tally) {
        Ok(()) if tally == Tally::default() => {
            println!("FAILED  {name}: no test was run");
            tally.failed = 1;
        }
        Ok(()) => println!("ok      {name}: {} passed, 0 failed, {}", tally.passed, Elapsed(start.elapsed())),
        Err(error) => {
            tally.failed = tally.failed.max(1);
            let error = match error {
                Error::ProgramFailed { program, log, .. } => format!("{program} ended with\n{log}"),
                error => error.to_string(),
            };
            println!("FAILED  {name}, {}; {error}", Elapsed(start.elapsed()));
        }
    }
    tally
}

fn play(suite: &Suite<'_>, tally: &mut Tally) -> Result<()> {
    let mut types = dashboard::types(suite.tools)?;
    program::logged("tsc", &mut types, &program::log_of(&suite.logs, "dashboard-types"), |_| {})?;
    let (_lab, mut playwright) = dashboard::prepare(suite.tools)?;
    playwright.args(["--project", "tests"]).env("FORCE_COLOR", "0");
    let progress = Progress::new("dashboard");
    let mut done = 0;
    program::logged("Playwright", &mut playwright, &program::log_of(&suite.logs, "dashboard"), |line| {
        let line = line.trim();
        if line.starts_with(['✓', '✘']) {
            done += 1;
            progress.at_times(|| format!("{done} tests run"));
        }
        if line.starts_with('✘') {
            println!("        {line}");
        }
        if let Some(counted) = counted(line) {
            *tally += counted;
        }
    })
}

/// Reads a line of the summary at the end: `12 passed (34.5s)`, `3 failed`. A test that was skipped, cut off or good only at a
/// second try didn't pass.
fn counted(line: &str) -> Option<Tally> {
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
    fn the_summary_is_counted_and_nothing_else() {
        let counts = |line| counted(line).map(|tally| (tally.passed, tally.failed));
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

//! Running tests with Node.js's test runner.

use std::{process::Command, time::Instant};

use test_support::Result;

use super::{Suite, tally::Tally};
use crate::{program, progress::Elapsed};

/// Runs and counts the tests in a directory, relative to the root of the repository.
pub(super) fn run(suite: &Suite<'_>, name: &str, dir: &str) -> Tally {
    let start = Instant::now();
    let mut tally = Tally::default();
    let log = program::log_path(&suite.logs, name);
    let result = command(suite, dir).and_then(|mut node| {
        program::logged("node --test", &mut node, &log, |line| {
            if let Some(counts) = parse_summary(line) {
                tally += counts;
            } else if line.trim_start().starts_with("not ok") {
                println!("        {}", line.trim());
            }
        })
    });
    if result.is_ok() && tally.passed > 0 {
        println!("ok      {name}: {} passed, 0 failed, {}", tally.passed, Elapsed(start.elapsed()));
    }
    tally.complete(name, result, start.elapsed())
}

fn command(suite: &Suite<'_>, dir: &str) -> Result<Command> {
    let tools = suite.tools;
    let mut node = Command::new(tools.node()?);
    // The tests wait for timers and other processes most of the time.
    node.args(["--test", "--test-reporter=tap", "--test-concurrency=4"])
        .current_dir(tools.root().join(dir))
        .env("PATH", tools.path_with_node()?)
        .env("KRAITER_CHROMIUM", tools.chromium()?);
    Ok(node)
}

/// Parses a line of the summary, such as `# pass 12`. A skipped test counts as failed.
fn parse_summary(line: &str) -> Option<Tally> {
    let (what, count) = line.strip_prefix("# ")?.split_once(' ')?;
    let count = count.parse().ok()?;
    match what {
        "pass" => Some(Tally { passed: count, failed: 0 }),
        "fail" | "cancelled" | "skipped" | "todo" => Some(Tally { passed: 0, failed: count }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_summary_is_counted() {
        let counts = |line| parse_summary(line).map(|tally| (tally.passed, tally.failed));
        assert_eq!(counts("# pass 16"), Some((16, 0)));
        assert_eq!(counts("# fail 2"), Some((0, 2)));
        assert_eq!(counts("# skipped 1"), Some((0, 1)));
        for other in
            ["# tests 16", "# duration_ms 36171.09", "# Subtest: pass 3", "ok 1 - it runs", "    # pass 3"]
        {
            assert_eq!(counts(other), None, "{other}");
        }
    }
}

//! Tests by Node.js's own runner.

use std::{process::Command, time::Instant};

use test_support::{Error, Result};

use super::{Suite, tally::Tally};
use crate::{program, progress::Elapsed};

/// Runs the tests in a folder (from the clone's root) and counts them. What fails without a count counts as one failure.
pub(super) fn run(suite: &Suite<'_>, name: &str, folder: &str) -> Tally {
    let start = Instant::now();
    let mut tally = Tally::default();
    let log = program::log_of(&suite.logs, name);
    let ran = command(suite, folder).and_then(|mut node| {
        program::logged("node --test", &mut node, &log, |line| {
            if let Some(counted) = counted(line) {
                tally += counted;
            } else if line.trim_start().starts_with("not ok") {
                println!("        {}", line.trim());
            }
        })
    });
    match ran {
        Ok(()) if tally == Tally::default() => {
            println!("FAILED  {name}: no test was run");
            tally.failed = 1;
        }
        Ok(()) => println!("ok      {name}: {} passed, 0 failed, {}", tally.passed, Elapsed(start.elapsed())),
        Err(error) => {
            tally.failed = tally.failed.max(1);
            let error = match error {
                Error::ProgramFailed { log: end, .. } => format!("the end of {}:\n{end}", log.display()),
                error => error.to_string(),
            };
            println!("FAILED  {name}, {}; {error}", Elapsed(start.elapsed()));
        }
    }
    tally
}

fn command(suite: &Suite<'_>, folder: &str) -> Result<Command> {
    let tools = suite.tools;
    let mut node = Command::new(tools.node()?);
    node.args(["--test", "--test-reporter=tap"])
        .current_dir(tools.root().join(folder))
        .env("PATH", tools.path_with_node()?)
        .env("KRAITER_CHROMIUM", tools.chromium()?);
    Ok(node)
}

/// Reads a line of the summary at the end: `# pass 12`. What was skipped didn't pass.
fn counted(line: &str) -> Option<Tally> {
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
    fn the_summary_is_counted_and_nothing_else() {
        let counts = |line| counted(line).map(|tally| (tally.passed, tally.failed));
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

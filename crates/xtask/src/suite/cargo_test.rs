//! Running tests with `cargo test`.

use std::{process::Command, time::Instant};

use test_support::Result;

use super::{Suite, tally::Tally};
use crate::{
    program,
    progress::{Elapsed, Progress},
};

/// Returns the command that runs the tests of packages on the host.
pub(super) fn command(suite: &Suite<'_>, packages: &[&str]) -> Result<Command> {
    let mut cargo = suite.cargo()?;
    cargo.args(["test", "--no-fail-fast"]);
    for package in packages {
        cargo.args(["--package", package]);
    }
    Ok(cargo)
}

/// Runs and counts tests. Prints a line for each test binary, and the lines that tests mark as a summary.
pub(super) fn run(suite: &Suite<'_>, name: &str, command: Result<Command>) -> Tally {
    let start = Instant::now();
    let mut total = Tally::default();
    let log = program::log_path(&suite.logs, name);
    let mut binary = String::new();
    let mut binary_start = Instant::now();
    let progress = Progress::new(name);
    let mut crates = 0;
    let mut messages = FailureMessages::default();
    let result = command.and_then(|mut cargo| {
        program::logged("cargo test", &mut cargo, &log, |line| {
            if messages.contains(line) {
                println!("        {line}");
            }
            let line = line.trim();
            if line.starts_with("Compiling") {
                crates += 1;
                progress.print_occasionally(|| format!("{crates} crates compiled"));
            } else if let Some(running) = parse_running(line) {
                running.clone_into(&mut binary);
                binary_start = Instant::now();
            } else if line.starts_with("test ") && line.ends_with("FAILED") {
                println!("        {line}");
            } else if let Some(summary) = line.strip_prefix("summary: ") {
                println!("        {summary}");
            } else if let Some(tally) = Tally::from_result_line(line) {
                total += tally;
                if tally != Tally::default() {
                    let verdict = if tally.failed == 0 { "ok    " } else { "FAILED" };
                    let Tally { passed, failed } = tally;
                    println!(
                        "{verdict}  {}: {passed} passed, {failed} failed, {}",
                        title(&binary),
                        Elapsed(binary_start.elapsed())
                    );
                }
            }
        })
    });
    total.complete(name, result, start.elapsed())
}

/// Finds the messages of failed tests in the output of Rust's test harness. They stand between the first line `failures:` and
/// the second, which starts the list of names.
#[derive(Default)]
struct FailureMessages {
    is_open: bool,
    printed: usize,
}

impl FailureMessages {
    /// Maximum lines per test binary. The log has all.
    const MAX_LINES: usize = 100;

    /// Whether `line`, the next one, is to be printed as part of a message.
    fn contains(&mut self, line: &str) -> bool {
        if line == "failures:" {
            self.is_open = !self.is_open;
            self.printed = 0;
            return false;
        }
        let is_printed = self.is_open && !line.is_empty() && self.printed < Self::MAX_LINES;
        self.printed += usize::from(is_printed);
        is_printed
    }
}

/// Parses cargo's line about the test binary that it runs next. wasm-bindgen's test runner prints similar lines.
fn parse_running(line: &str) -> Option<&str> {
    let running = line.strip_prefix("Running ").filter(|binary| binary.ends_with(')'));
    running.or_else(|| line.strip_prefix("Doc-tests "))
}

/// Shortens `unittests src/lib.rs (target/debug/deps/domain-0123456789abcdef)` to `domain src/lib.rs`.
fn title(running: &str) -> String {
    let Some((source, path)) = running.trim_end_matches(')').split_once(" (") else {
        return format!("{running} (documentation)");
    };
    let file = path.rsplit('/').next().unwrap_or(path);
    let name = file.rsplit_once('-').map_or(file, |(name, _)| name);
    format!("{name} {}", source.trim_start_matches("unittests "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_cargos_lines_name_a_binary() {
        assert_eq!(parse_running("Running tests/a.rs (target/a-0123)"), Some("tests/a.rs (target/a-0123)"));
        assert_eq!(parse_running("Doc-tests domain"), Some("domain"));
        assert_eq!(parse_running("Running headless tests in Chrome on `http://127.0.0.1:1/`"), None);
    }

    #[test]
    fn messages_of_failed_tests_are_found() {
        let output = "test a ... FAILED\n\nfailures:\n\n---- a stdout ----\nleft: 1\nright: 2\n\nfailures:\n    a\n\ntest result: FAILED.";
        let mut messages = FailureMessages::default();
        let printed: Vec<_> = output.lines().filter(|line| messages.contains(line)).collect();
        assert_eq!(printed, ["---- a stdout ----", "left: 1", "right: 2"]);
    }

    #[test]
    fn long_messages_are_cut_per_binary() {
        let mut messages = FailureMessages::default();
        for _ in 0..2 {
            assert!(!messages.contains("failures:"));
            assert_eq!((0..500).filter(|_| messages.contains("x")).count(), FailureMessages::MAX_LINES);
            assert!(!messages.contains("failures:"));
        }
    }

    #[test]
    fn a_title_names_the_crate_and_the_file() {
        let running = "unittests src/lib.rs (target/debug/deps/domain-0123456789abcdef)";
        assert_eq!(title(running), "domain src/lib.rs");
        assert_eq!(title("tests/vectors.rs (/t/debug/deps/vectors-0123)"), "vectors tests/vectors.rs");
        assert_eq!(title("domain"), "domain (documentation)");
    }
}

//! Tests by `cargo test`.

use std::{process::Command, time::Instant};

use test_support::{Error, Result};

use super::{Suite, tally::Tally};
use crate::{
    program,
    progress::{Elapsed, Progress},
};

/// `cargo test` for packages on the host.
pub(super) fn command(suite: &Suite<'_>, packages: &[&str]) -> Result<Command> {
    let mut cargo = suite.cargo()?;
    cargo.args(["test", "--no-fail-fast"]);
    for package in packages {
        cargo.args(["--package", package]);
    }
    Ok(cargo)
}

/// Runs tests, prints a line for each binary of them, and counts them. What fails without a count, such as
/// code that doesn't compile, counts as one failure.
pub(super) fn run(suite: &Suite<'_>, name: &str, command: Result<Command>) -> Tally {
    let start = Instant::now();
    let mut total = Tally::default();
    let log = program::log_of(&suite.logs, name);
    let mut binary = String::new();
    let mut began = Instant::now();
    let progress = Progress::new(name);
    let mut crates = 0;
    let ran = command.and_then(|mut cargo| {
        program::logged("cargo test", &mut cargo, &log, |line| {
            let line = line.trim();
            if line.starts_with("Compiling") {
                crates += 1;
                progress.at_times(|| format!("{crates} crates compiled"));
            } else if let Some(title) = begun(line) {
                title.clone_into(&mut binary);
                began = Instant::now();
            } else if line.starts_with("test ") && line.ends_with("FAILED") {
                println!("        {line}");
            } else if let Some(tally) = Tally::of_line(line) {
                total.passed += tally.passed;
                total.failed += tally.failed;
                if tally != Tally::default() {
                    let verdict = if tally.failed == 0 { "ok    " } else { "FAILED" };
                    let Tally { passed, failed } = tally;
                    println!(
                        "{verdict}  {}: {passed} passed, {failed} failed, {}",
                        title(&binary),
                        Elapsed(began.elapsed())
                    );
                }
            }
        })
    });
    if let Err(error) = ran {
        if total.failed == 0 {
            total.failed = 1;
        }
        let error = match error {
            Error::ProgramFailed { log: end, .. } => format!("the end of {}:\n{end}", log.display()),
            error => error.to_string(),
        };
        println!("FAILED  {name}, {}; {error}", Elapsed(start.elapsed()));
    } else if total == Tally::default() {
        total.failed = 1;
        println!("FAILED  {name}: no test was run");
    }
    total
}

/// What cargo says when a binary of tests begins. The runner in a browser says something of its own after it.
fn begun(line: &str) -> Option<&str> {
    let running = line.strip_prefix("Running ").filter(|binary| binary.ends_with(')'));
    running.or_else(|| line.strip_prefix("Doc-tests "))
}

/// `unittests src/lib.rs (target/debug/deps/kraiter_core-0123456789abcdef)` as `kraiter_core src/lib.rs`.
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
    fn only_cargo_names_a_binary() {
        assert_eq!(begun("Running tests/a.rs (target/a-0123)"), Some("tests/a.rs (target/a-0123)"));
        assert_eq!(begun("Doc-tests kraiter_core"), Some("kraiter_core"));
        assert_eq!(begun("Running headless tests in Chrome on `http://127.0.0.1:1/`"), None);
    }

    #[test]
    fn a_title_names_crate_and_file() {
        let running = "unittests src/lib.rs (target/debug/deps/kraiter_core-0123456789abcdef)";
        assert_eq!(title(running), "kraiter_core src/lib.rs");
        assert_eq!(title("tests/vectors.rs (/t/debug/deps/vectors-0123)"), "vectors tests/vectors.rs");
        assert_eq!(title("kraiter_core"), "kraiter_core (documentation)");
    }
}

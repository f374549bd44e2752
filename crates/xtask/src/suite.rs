//! `cargo xtask test`: every check and test there is, with one line at the end that counts them.

mod cargo_test;
mod checks;
mod dashboard;
mod direction;
mod node_test;
mod tally;
mod wasm_test;

use std::{
    path::PathBuf,
    process::{Command, ExitCode},
    time::Instant,
};

use test_support::{Error, Result, tools::Tools};

use crate::{build, generate, program, progress::Elapsed, setup};
use tally::Tally;

/// The packages with tests that run on the host.
const HOST_PACKAGES: [&str; 5] = ["kraiter-core", "test-support", "xtask", "kraiter-worker", "sdk-wasm"];

/// How everything is run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run what takes long too: two thousand mails under mixed faults while the Worker is killed twenty times.
    #[arg(long)]
    thorough: bool,
}

/// What each part is given.
pub(crate) struct Suite<'a> {
    tools: &'a Tools,
    logs: PathBuf,
}

/// Runs everything, also after a failure.
///
/// # Errors
/// Where a tool is missing: then nothing was run.
pub(crate) fn run(tools: &Tools, options: &Options) -> Result<ExitCode> {
    let start = Instant::now();
    setup::ensure(tools, setup::EVERYTHING)?;
    let suite = Suite { tools, logs: tools.target().join("logs") };
    let mut tally = Tally::default();

    suite.part(&mut tally, "formatting", checks::formatting);
    suite.part(&mut tally, "words that core must not hold", checks::words);
    suite.part(&mut tally, "direction of dependencies", direction::check);
    suite.part(&mut tally, "generated files", |suite| generate::check(suite.tools));
    suite.part(&mut tally, "clippy", checks::clippy);
    suite.part(&mut tally, "core for wasm32", checks::core_for_wasm);
    tally += cargo_test::run(&suite, "host", cargo_test::command(&suite, &HOST_PACKAGES));
    tally += cargo_test::run(&suite, "in Chromium", wasm_test::command(&suite));
    suite.part(&mut tally, "package's build", |suite| build::package(suite.tools).map(drop));
    tally += node_test::run(&suite, "package where it is used", "tests/consumers");
    tally += node_test::run(&suite, "OpenAPI document where it is used", "tests/openapi");
    suite.part(&mut tally, "Worker's build", |suite| build::worker(suite.tools).map(drop));
    let mut end_to_end = cargo_test::command(&suite, &["kraiter-end-to-end"]);
    if let (true, Ok(command)) = (options.thorough, &mut end_to_end) {
        command.env("KRAITER_THOROUGH", "1");
    }
    tally += cargo_test::run(&suite, "end to end", end_to_end);
    tally += dashboard::run(&suite);

    println!("{} in all; logs in {}", Elapsed(start.elapsed()), suite.logs.display());
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(if tally.failed == 0 && tally.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Suite<'_> {
    /// Runs a check that counts as one.
    fn part(&self, tally: &mut Tally, name: &str, check: impl FnOnce(&Self) -> Result<()>) {
        let start = Instant::now();
        match check(self) {
            Ok(()) => {
                tally.passed += 1;
                println!("ok      {name}, {}", Elapsed(start.elapsed()));
            }
            Err(error) => {
                tally.failed += 1;
                println!("FAILED  {name}, {}\n{error}", Elapsed(start.elapsed()));
            }
        }
    }

    /// cargo in the clone's root, with what tests need to find the oracles.
    fn cargo(&self) -> Result<Command> {
        let mut cargo = program::cargo();
        cargo
            .current_dir(self.tools.root())
            .env("CARGO_TERM_COLOR", "never")
            .env("KRAITER_PYTHON", self.tools.python()?)
            .env("KRAITER_NODE", self.tools.node()?)
            // A snapshot that differs is a failure, not a new snapshot.
            .env("INSTA_UPDATE", "no");
        Ok(cargo)
    }

    /// Runs cargo with its output in a log of its own.
    fn run_cargo(&self, name: &str, arguments: &[&str]) -> Result<()> {
        program::logged(name, self.cargo()?.args(arguments), &program::log_of(&self.logs, name), |_| {})
    }
}

/// An error of a check, made of what it found.
fn found(what: &str, lines: &[String]) -> Result<()> {
    if lines.is_empty() { Ok(()) } else { Err(Error::Unexpected(format!("{what}:\n{}", lines.join("\n")))) }
}

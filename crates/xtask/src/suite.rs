//! `cargo xtask test`: runs all checks and tests and prints the total counts.
//!
//! Two lanes run concurrently: one for Rust code, one for everything else. Their builds use different target directories of cargo,
//! so they rarely wait for each other. The end-to-end tests and the dashboard's tests follow, one after the other, because they
//! have timeouts and measure rates.

mod cargo_test;
mod checks;
mod crashes;
mod dashboard;
mod deployment;
mod node_test;
mod npm_lock;
mod prose;
mod tally;
mod wasm_test;

use std::{
    path::PathBuf,
    process::{Command, ExitCode},
    thread,
    time::{Instant, SystemTime},
};

use tally::Tally;
use test_support::{Error, Result, tools::Tools};

use crate::{
    build, generate,
    packages::{FUZZ, LIBRARIES, OTHERS},
    program,
    progress::Elapsed,
    setup,
};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Also run the tests that take long: 2,000 emails with mixed faults while the Worker is killed 20 times, and a minute of mutated
    /// inputs for each fuzz target.
    #[arg(long)]
    thorough: bool,
}

impl Options {
    /// Lets the tests that a command runs know the options.
    fn apply(&self, mut command: Command) -> Command {
        if self.thorough {
            command.env("KRAITER_THOROUGH", "1");
        }
        command
    }
}

/// The context of every check and test.
pub(crate) struct Suite<'a> {
    tools: &'a Tools,
    logs: PathBuf,
}

/// Runs everything, even after a failure.
pub(crate) fn run(tools: &Tools, options: &Options) -> Result<ExitCode> {
    let start = Instant::now();
    setup::ensure(tools, setup::EVERYTHING)?;
    let suite = Suite { tools, logs: tools.target().join("logs") };
    let mut tally = Tally::default();

    tally += thread::scope(|scope| {
        let javascript = scope.spawn(|| suite.javascript());
        let mut tally = suite.rust(options);
        tally += javascript.join().unwrap_or(Tally { passed: 0, failed: 1 });
        tally
    });
    tally += suite.system(options);

    println!("{} in total, logs in {}", Elapsed(start.elapsed()), suite.logs.display());
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(if tally.failed == 0 && tally.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Rehearses a deployment on this machine. The Worker and the dashboard must be built.
pub(crate) fn rehearse_deployment(tools: &Tools) -> Result<()> {
    let tally = deployment::run(&Suite { tools, logs: tools.target().join("logs") });
    if tally.failed == 0 { Ok(()) } else { Err(Error::Unexpected("the rehearsal has failed".into())) }
}

impl Suite<'_> {
    /// Checks and tests of Rust code.
    fn rust(&self, options: &Options) -> Tally {
        let mut tally = Tally::default();
        self.check(&mut tally, "formatting", checks::formatting);
        self.check(&mut tally, "generated files", |suite| generate::check(suite.tools));
        self.check(&mut tally, "clippy", checks::clippy);
        self.check(&mut tally, "libraries for wasm32", checks::libraries_for_wasm);
        self.check(&mut tally, "documentation", checks::documentation);
        let packages = [&LIBRARIES[..], &OTHERS, &["attacks"]].concat();
        tally += cargo_test::run(self, "host", cargo_test::command(self, &packages));
        let fuzz = cargo_test::command(self, &[FUZZ]).map(|command| options.apply(command));
        tally += cargo_test::run(self, "fuzz", fuzz);
        tally += cargo_test::run(self, "in Chromium", wasm_test::command(self));
        tally
    }

    /// All other checks, the builds, and tests of the package and the OpenAPI document.
    fn javascript(&self) -> Tally {
        let mut tally = Tally::default();
        self.check(&mut tally, "spelling", checks::spelling);
        self.check(&mut tally, "phrases", prose::check);
        self.check(&mut tally, "Biome", checks::biome);
        self.check(&mut tally, "dependencies", checks::dependencies);
        self.check(&mut tally, "package-lock.json", npm_lock::check);
        self.check(&mut tally, "alerting rules", checks::alerts);
        tally += node_test::run(self, "consumers of the OpenAPI document", "tests/openapi");
        self.check(&mut tally, "types of the dashboard's tests", dashboard::types);
        self.check(&mut tally, "build of the package", |suite| build::package(suite.tools).map(drop));
        tally += node_test::run(self, "consumers of the package", "tests/consumers");
        tally += node_test::run(self, "code in the documentation", "tests/docs");
        self.check(&mut tally, "build of the Worker", |suite| build::worker(suite.tools).map(drop));
        self.check(&mut tally, "build of the dashboard", |suite| build::dashboard(suite.tools).map(drop));
        self.check(&mut tally, "build of the documentation", |suite| build::site(suite.tools).map(drop));
        tally
    }

    /// Tests of the Worker.
    fn system(&self, options: &Options) -> Tally {
        let mut tally = Tally::default();
        let start = SystemTime::now();
        let end_to_end = cargo_test::command(self, &["kraiter-end-to-end"]);
        let end_to_end = end_to_end.map(|command| options.apply(command));
        tally += cargo_test::run(self, "end to end", end_to_end);
        tally += deployment::run(self);
        tally += dashboard::run(self);
        crashes::report(&self.tools.target().join("local"), start, tally);
        tally
    }

    /// Runs a check, prints its result and counts it as one test.
    fn check(&self, tally: &mut Tally, name: &str, check: impl FnOnce(&Self) -> Result<()>) {
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

    /// Returns a command for cargo in the root of the repository, with the variables that tests need to find the oracles.
    fn cargo(&self) -> Result<Command> {
        let mut cargo = program::cargo();
        cargo
            .current_dir(self.tools.root())
            .env("CARGO_TERM_COLOR", "never")
            .env("KRAITER_PYTHON", self.tools.python()?)
            .env("KRAITER_NODE", self.tools.node()?)
            // A snapshot that differs fails the test.
            .env("INSTA_UPDATE", "no");
        Ok(cargo)
    }

    /// Runs a command and writes its output to the log `<name>.log`.
    fn run(&self, name: &str, command: &mut Command) -> Result<()> {
        program::logged(name, command, &program::log_path(&self.logs, name), |_| {})
    }
}

/// Fails with `lines` if there are any.
fn expect_none(what: &str, lines: &[String]) -> Result<()> {
    if lines.is_empty() { Ok(()) } else { Err(Error::Unexpected(format!("{what}:\n{}", lines.join("\n")))) }
}

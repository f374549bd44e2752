//! `cargo xtask dashboard`: runs the dashboard's Playwright tests against their own test environment.

use std::{ffi::OsString, process::Command, time::Duration};

use clap::Args;
use test_support::{
    Result,
    emulator::MAILBOX_ACCOUNT,
    process::ProcessGroup,
    test_env::{self, ADMIN_TOKEN, TestEnv},
    tools::Tools,
};

use crate::{build, setup};

/// Short enough for fast tests, long enough for a test to see each step.
const STEP_DELAY: Duration = Duration::from_millis(60);

#[derive(Args)]
pub(crate) struct Options {
    /// Arguments of Playwright, such as a file name, `--debug` or `--project screenshots`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Runs Playwright. Returns true if it succeeds.
pub(crate) fn run(tools: &Tools, options: &Options) -> Result<bool> {
    let (env, mut playwright) = prepare(tools)?;
    playwright.args(&options.arguments);
    let status = ProcessGroup::spawn("Playwright", &mut playwright)?.wait()?;
    drop(env);
    Ok(status.success())
}

/// Starts the test environment. Returns it and the command `playwright test`.
pub(crate) fn prepare(tools: &Tools) -> Result<(TestEnv, Command)> {
    setup::ensure(tools, &[setup::Need::Build, setup::Need::Run, setup::Need::Browser])?;
    build::worker(tools)?;
    build::site(tools)?;
    let env =
        TestEnv::start(&test_env::Options { name: "dashboard".into(), port: None, step_delay: STEP_DELAY })?;
    // Only this account's sandbox status can be set. All others have production access.
    env.emulator().set_sandbox(true)?;
    let mut command = program(tools, "playwright")?;
    command
        .arg("test")
        .env("KRAITER_URL", env.worker().origin())
        .env("KRAITER_ADMIN_TOKEN", ADMIN_TOKEN)
        .env("KRAITER_CONSOLE", env.console().origin())
        .env("KRAITER_RESOLVER", env.resolver().origin())
        .env("KRAITER_SANDBOX_ACCOUNT", MAILBOX_ACCOUNT)
        .env("KRAITER_CHROMIUM", tools.chromium()?)
        .env("KRAITER_TEST_RESULTS", tools.target().join("playwright"));
    Ok((env, command))
}

/// Returns the command that checks the types of the tests.
pub(crate) fn types(tools: &Tools) -> Result<Command> {
    let mut command = program(tools, "tsc")?;
    command.arg("--noEmit");
    Ok(command)
}

/// Returns a command that runs an npm program in the directory of the tests.
fn program(tools: &Tools, name: &str) -> Result<Command> {
    let mut command = Command::new(tools.node()?);
    command
        .arg(tools.npm_program(name)?)
        .current_dir(tools.root().join("tests").join("dashboard"))
        .env("PATH", tools.path_with_node()?);
    Ok(command)
}

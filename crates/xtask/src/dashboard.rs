//! The dashboard's tests in a real browser: Playwright, against a env of their own.

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

/// Fast enough not to be waited for, slow enough to be seen by a test.
const STEP_DELAY: Duration = Duration::from_millis(60);

/// What is handed on to Playwright.
#[derive(Args)]
pub(crate) struct Options {
    /// Playwright's own arguments, such as the name of a file, `--debug` or `--project screenshots`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Runs Playwright as it is told.
///
/// # Errors
/// Where something doesn't start, or a test fails.
pub(crate) fn run(tools: &Tools, options: &Options) -> Result<bool> {
    let (env, mut playwright) = prepare(tools)?;
    playwright.args(&options.arguments);
    let status = ProcessGroup::spawn("Playwright", &mut playwright)?.wait()?;
    drop(env);
    Ok(status.success())
}

/// Starts what the tests need; answers it with the command that runs them, `playwright test` and no argument more.
///
/// # Errors
/// Where a tool is missing, or something doesn't build or start.
pub(crate) fn prepare(tools: &Tools) -> Result<(TestEnv, Command)> {
    setup::ensure(tools, &[setup::Need::Build, setup::Need::Run, setup::Need::Browser])?;
    build::worker(tools)?;
    build::dashboard(tools)?;
    let env =
        TestEnv::start(&test_env::Options { name: "dashboard".into(), port: None, step_delay: STEP_DELAY })?;
    // The one account that can be in the sandbox is; all others aren't.
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

/// The command that checks the types of the tests.
///
/// # Errors
/// Where a tool is missing.
pub(crate) fn types(tools: &Tools) -> Result<Command> {
    let mut command = program(tools, "tsc")?;
    command.arg("--noEmit");
    Ok(command)
}

/// A program of the npm packages, in the folder of the tests.
fn program(tools: &Tools, name: &str) -> Result<Command> {
    let mut command = Command::new(tools.node()?);
    command
        .arg(tools.npm_program(name)?)
        .current_dir(tools.root().join("tests").join("dashboard"))
        .env("PATH", tools.path_with_node()?);
    Ok(command)
}

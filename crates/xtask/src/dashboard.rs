//! The dashboard's tests in a real browser: Playwright, against a lab of their own.

use std::{ffi::OsString, process::Command, time::Duration};

use clap::Args;
use test_support::{
    Result,
    emulator::MAILBOX_ACCOUNT,
    lab::{self, ADMIN_TOKEN, Lab},
    process::Group,
    toolbox::Toolbox,
};

use crate::{build, setup};

/// Fast enough not to be waited for, slow enough to be seen by a test.
const PACE: Duration = Duration::from_millis(60);

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
pub(crate) fn run(toolbox: &Toolbox, options: &Options) -> Result<bool> {
    let (lab, mut playwright) = prepare(toolbox)?;
    playwright.args(&options.arguments);
    let status = Group::spawn("Playwright", &mut playwright)?.wait()?;
    drop(lab);
    Ok(status.success())
}

/// Starts what the tests need; answers it with the command that runs them, `playwright test` and no argument more.
///
/// # Errors
/// Where a tool is missing, or something doesn't build or start.
pub(crate) fn prepare(toolbox: &Toolbox) -> Result<(Lab, Command)> {
    setup::ensure(toolbox, &[setup::Need::Build, setup::Need::Run, setup::Need::Browser])?;
    build::worker(toolbox)?;
    build::dashboard(toolbox)?;
    let lab = Lab::start(&lab::Options { name: "dashboard".into(), port: None, pace: PACE })?;
    // The one account that can be in the sandbox is; all others aren't.
    lab.emulator().set_sandbox(true)?;
    let mut command = program(toolbox, "playwright")?;
    command
        .arg("test")
        .env("KRAITER_URL", lab.worker().origin())
        .env("KRAITER_ADMIN_TOKEN", ADMIN_TOKEN)
        .env("KRAITER_CONSOLE", lab.console().origin())
        .env("KRAITER_RESOLVER", lab.resolver().origin())
        .env("KRAITER_SANDBOX_ACCOUNT", MAILBOX_ACCOUNT)
        .env("KRAITER_CHROMIUM", toolbox.chromium()?)
        .env("KRAITER_TEST_RESULTS", toolbox.target().join("playwright"));
    Ok((lab, command))
}

/// The command that checks the types of the tests.
///
/// # Errors
/// Where a tool is missing.
pub(crate) fn types(toolbox: &Toolbox) -> Result<Command> {
    let mut command = program(toolbox, "tsc")?;
    command.arg("--noEmit");
    Ok(command)
}

/// A program of the npm packages, in the folder of the tests.
fn program(toolbox: &Toolbox, name: &str) -> Result<Command> {
    let mut command = Command::new(toolbox.node()?);
    command
        .arg(toolbox.npm_program(name)?)
        .current_dir(toolbox.root().join("tests").join("dashboard"))
        .env("PATH", toolbox.path_with_node()?);
    Ok(command)
}

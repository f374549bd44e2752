//! Running WebAssembly tests in a browser.

use std::process::Command;

use test_support::{Error, Result};

use super::Suite;
use crate::wasm::{TARGET, Toolchain};

/// Returns the command that runs the tests of the package's WebAssembly module in Chromium, with wasm-bindgen's test runner.
pub(super) fn command(suite: &Suite<'_>) -> Result<Command> {
    let tools = suite.tools;
    let toolchain = Toolchain::find()
        .ok_or_else(|| Error::Unexpected("no toolchain has the target wasm32-unknown-unknown".into()))?;
    let runner = tools.wasm_bindgen()?.with_file_name("wasm-bindgen-test-runner");
    let mut cargo = suite.cargo()?;
    toolchain.select(&mut cargo);
    cargo
        .args(["test", "--package", "sdk-wasm", "--test", "browser", "--target", TARGET])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("CHROMEDRIVER", tools.chromedriver()?);
    Ok(cargo)
}

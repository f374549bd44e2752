//! Tests that are WebAssembly themselves, in a real browser.

use std::process::Command;

use test_support::{Error, Result};

use super::Suite;
use crate::wasm::{TARGET, Toolchain};

/// `cargo test` for the package's core, run by wasm-bindgen's runner in Chromium: what `wasm-pack test --headless --chrome` does, too.
pub(super) fn command(suite: &Suite<'_>) -> Result<Command> {
    let tools = suite.tools;
    let toolchain =
        Toolchain::find().ok_or_else(|| Error::Unexpected("no toolchain has the wasm target".into()))?;
    let runner = tools.wasm_bindgen()?.with_file_name("wasm-bindgen-test-runner");
    let mut cargo = suite.cargo()?;
    toolchain.choose(&mut cargo);
    cargo
        .args(["test", "--package", "sdk-wasm", "--test", "browser", "--target", TARGET])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("CHROMEDRIVER", tools.chromedriver()?);
    Ok(cargo)
}

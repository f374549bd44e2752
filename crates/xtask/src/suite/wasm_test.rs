//! Running WebAssembly tests in a browser.

use std::process::Command;

use test_support::{Error, Result, tools::path_with};

use super::Suite;
use crate::{program, wasm::Toolchain};

/// Returns the command that runs the tests of the package's WebAssembly module in Chromium. wasm-pack finds wasm-bindgen on PATH and
/// installs nothing.
pub(super) fn command(suite: &Suite<'_>) -> Result<Command> {
    let tools = suite.tools;
    let toolchain = Toolchain::find()
        .ok_or_else(|| Error::Unexpected("no toolchain has the target wasm32-unknown-unknown".into()))?;
    let mut wasm_pack = program::for_cargo(&tools.wasm_pack()?);
    toolchain.select(&mut wasm_pack);
    wasm_pack
        .args(["test", "--headless", "--chrome", "--mode", "no-install", "--chromedriver"])
        .arg(tools.chromedriver()?)
        .arg(tools.root().join("crates").join("sdk-wasm"))
        .env("CARGO_TERM_COLOR", "never")
        .env("PATH", path_with(&tools.wasm_bindgen()?)?);
    Ok(wasm_pack)
}

//! Optimisation of WebAssembly modules.

use std::{fs, path::Path, process::Command};

use test_support::{Error, Result, tools::Tools};

use crate::program;

/// Options for a small download. Measured: inlining makes a module's code 4 % smaller, but 10 % larger when it is compressed, and similar
/// functions compress better next to each other, which sorting by name achieves. Names are removed, so a stack trace only has the numbers
/// of functions.
const OPTIONS: [&str; 11] = [
    "-Oz",
    "--always-inline-max-function-size",
    "6",
    "--flexible-inline-max-function-size",
    "0",
    "--one-caller-inline-max-function-size",
    "0",
    "--reorder-functions-by-name",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// Features that the compiler and wasm-bindgen use. They are listed, so that the module never has one that a runtime doesn't know yet.
const FEATURES: [&str; 7] = [
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-exception-handling",
];

/// Optimises the module `input`, which needs its names, and writes it to `output`, which may be the same file.
pub(super) fn optimise(tools: &Tools, input: &Path, output: &Path, log: &Path) -> Result<()> {
    let temporary = output.with_extension("optimised");
    let mut command = Command::new(tools.npm_program("wasm-opt")?);
    command.arg(input).arg("-o").arg(&temporary).args(FEATURES).args(OPTIONS);
    program::logged("wasm-opt", command.env("PATH", tools.path_with_node()?), log, |_| {})?;
    fs::rename(&temporary, output).map_err(Error::io(format!("write {}", output.display())))
}

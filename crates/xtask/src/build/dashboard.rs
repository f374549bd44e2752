//! The build of the dashboard, with the TypeScript compiler and Vite.

use std::{ffi::OsStr, fs, path::PathBuf, process::Command};

use test_support::{Error, Result, tools::Tools};

use super::{sizes, stamp};
use crate::{program, setup};

/// Inputs of the build, relative to the root of the repository.
const INPUTS: [&str; 11] = [
    "package-lock.json",
    "pkg/dist",
    "pkg/index.d.ts",
    "pkg/index.js",
    "pkg/lib",
    "pkg/package.json",
    "www/index.html",
    "www/public",
    "www/src",
    "www/tsconfig.json",
    "www/vite.config.ts",
];

/// Builds the npm package and `www/dist` if their inputs have changed. Returns true if the dashboard was built.
pub(crate) fn dashboard(tools: &Tools) -> Result<bool> {
    super::package(tools)?;
    setup::ensure(tools, &[setup::Need::Build])?;
    let inputs = stamp::of_files(tools, "", &INPUTS)?;
    let stamp = tools.target().join("dashboard.stamp");
    let output = output(tools);
    if fs::read_to_string(&stamp).is_ok_and(|last| last == stamp::of_output(&inputs, &output)) {
        return Ok(false);
    }
    run(tools, "tsc", &["--noEmit"])?;
    run(tools, "vite", &["build", "--logLevel", "warn"])?;
    fs::write(&stamp, stamp::of_output(&inputs, &output))
        .map_err(Error::io(format!("write {}", stamp.display())))?;
    Ok(true)
}

/// Returns the name, size and gzip size of each file that every page loads, followed by the total. Excludes fonts, which are
/// loaded on demand.
pub(super) fn loaded(tools: &Tools) -> Result<Vec<(String, usize, usize)>> {
    let assets = output(tools).join("assets");
    let entries = fs::read_dir(&assets).map_err(Error::io(format!("read {}", assets.display())))?;
    let is_loaded =
        |path: &PathBuf| matches!(path.extension().and_then(OsStr::to_str), Some("js" | "css" | "wasm"));
    sizes(&entries.flatten().map(|entry| entry.path()).filter(is_loaded).collect::<Vec<_>>())
}

pub(super) fn output(tools: &Tools) -> PathBuf {
    source(tools).join("dist")
}

fn source(tools: &Tools) -> PathBuf {
    tools.root().join("www")
}

fn run(tools: &Tools, name: &str, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new(tools.node()?);
    command
        .arg(tools.npm_program(name)?)
        .args(arguments)
        .current_dir(source(tools))
        .env("PATH", tools.path_with_node()?)
        .env("NO_COLOR", "1");
    program::logged(name, &mut command, &log(tools, name), |_| {})
}

fn log(tools: &Tools, name: &str) -> PathBuf {
    tools.target().join("logs").join(format!("dashboard-{name}.log"))
}

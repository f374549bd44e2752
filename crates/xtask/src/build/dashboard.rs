//! The dashboard: checked by the TypeScript compiler, bundled by Vite around the npm package.

use std::{ffi::OsStr, fs, path::PathBuf, process::Command};

use test_support::{Error, Result, toolbox::Toolbox};

use super::{sizes, stamp};
use crate::{program, setup};

/// The files and folders that a build reads, from the clone's root.
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

/// Builds `www/dist`, and the package first, unless it is built of what is there now; answers whether it had to.
///
/// # Errors
/// Where a tool is missing, a type is wrong or the build fails.
pub(crate) fn dashboard(toolbox: &Toolbox) -> Result<bool> {
    super::package(toolbox)?;
    setup::ensure(toolbox, &[setup::Need::Build])?;
    let inputs = stamp::of_files(toolbox, "", &INPUTS)?;
    let stamp = toolbox.target().join("dashboard.stamp");
    let output = output(toolbox);
    if fs::read_to_string(&stamp).is_ok_and(|last| last == stamp::whole(&inputs, &output)) {
        return Ok(false);
    }
    run(toolbox, "tsc", &["--noEmit"])?;
    run(toolbox, "vite", &["build", "--logLevel", "warn"])?;
    fs::write(&stamp, stamp::whole(&inputs, &output))
        .map_err(Error::io(format!("write {}", stamp.display())))?;
    Ok(true)
}

/// The name, size and gzip size of each file that every page loads (fonts are loaded as they are needed), and of all together.
pub(super) fn loaded(toolbox: &Toolbox) -> Result<Vec<(String, usize, usize)>> {
    let assets = output(toolbox).join("assets");
    let entries = fs::read_dir(&assets).map_err(Error::io(format!("read {}", assets.display())))?;
    let is_loaded =
        |path: &PathBuf| matches!(path.extension().and_then(OsStr::to_str), Some("js" | "css" | "wasm"));
    sizes(&entries.flatten().map(|entry| entry.path()).filter(is_loaded).collect::<Vec<_>>())
}

fn output(toolbox: &Toolbox) -> PathBuf {
    source(toolbox).join("dist")
}

fn source(toolbox: &Toolbox) -> PathBuf {
    toolbox.root().join("www")
}

fn run(toolbox: &Toolbox, name: &str, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new(toolbox.node()?);
    command
        .arg(toolbox.npm_program(name)?)
        .args(arguments)
        .current_dir(source(toolbox))
        .env("PATH", toolbox.path_with_node()?);
    program::logged(name, &mut command, &log(toolbox, name), |_| {})
}

fn log(toolbox: &Toolbox, name: &str) -> PathBuf {
    toolbox.target().join("logs").join(format!("dashboard-{name}.log"))
}

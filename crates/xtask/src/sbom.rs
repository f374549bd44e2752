//! `cargo xtask sbom`: lists the components of the Worker and of the npm packages, in `CycloneDX` format.
//!
//! <https://cyclonedx.org/docs/1.6/json/>

use std::{fs, process::Command};

use serde_json::Value;
use test_support::{Error, Result, tools::Tools};

use crate::{
    program,
    setup::{self, Need},
};

/// Writes `worker.cdx.json` and `npm.cdx.json` to target/sbom.
pub(crate) fn run(tools: &Tools) -> Result<()> {
    setup::ensure(tools, &[Need::Build, Need::Sbom])?;
    let dir = tools.target().join("sbom");
    fs::create_dir_all(&dir).map_err(Error::io(format!("create {}", dir.display())))?;
    for (name, list) in [("worker", crates(tools)?), ("npm", npm_packages(tools)?)] {
        let path = dir.join(format!("{name}.cdx.json"));
        fs::write(&path, &list).map_err(Error::io(format!("write {}", path.display())))?;
        println!("{}: {} components", path.display(), count(&list)?);
    }
    Ok(())
}

fn crates(tools: &Tools) -> Result<String> {
    let mut command = Command::new(tools.cargo_sbom()?);
    command
        .args(["--cargo-package", "kraiter-worker", "--output-format", "cyclone_dx_json_1_6"])
        .arg("--project-directory")
        .arg(tools.root());
    program::output("cargo-sbom", &mut command)
}

fn npm_packages(tools: &Tools) -> Result<String> {
    let mut npm = Command::new("npm");
    npm.args(["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"])
        .current_dir(tools.root())
        .env("PATH", tools.path_with_node()?);
    program::output("npm sbom", &mut npm)
}

/// Returns the number of components. Fails if there are none.
fn count(list: &str) -> Result<usize> {
    let list: Value = serde_json::from_str(list)
        .map_err(|error| Error::Unexpected(format!("the list isn't JSON: {error}")))?;
    match list["components"].as_array().map_or(0, Vec::len) {
        0 => Err(Error::Unexpected("the list has no components".into())),
        count => Ok(count),
    }
}

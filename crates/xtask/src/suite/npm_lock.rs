//! Checks that npm can only install the files that package-lock.json names.

use std::{fs, path::Path};

use serde_json::Value;
use test_support::{Error, Result};

use super::{Suite, expect_none};

/// Packages that may have an install script. It isn't run: .npmrc sets `ignore-scripts`.
const WITH_SCRIPTS: [&str; 8] = [
    "node_modules/@parcel/watcher",
    "node_modules/bun",
    "node_modules/core-js",
    "node_modules/deno",
    "node_modules/es6-promise",
    "node_modules/esbuild",
    "node_modules/whatwg-url",
    "node_modules/workerd",
];

pub(super) fn check(suite: &Suite<'_>) -> Result<()> {
    let root = suite.tools.root();
    let lock = read(&root.join("package-lock.json"))?;
    let mut faults = faults(&lock);
    for line in ["ignore-scripts=true", "save-exact=true"] {
        if !read_text(&root.join(".npmrc"))?.lines().any(|other| other == line) {
            faults.push(format!(".npmrc doesn't have \"{line}\""));
        }
    }
    expect_none("package-lock.json", &faults)
}

fn faults(lock: &Value) -> Vec<String> {
    let packages = lock["packages"].as_object().into_iter().flatten();
    packages.flat_map(|(path, package)| faults_of(path, package)).collect()
}

fn faults_of(path: &str, package: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let is_installed = path.contains("node_modules/") && package["link"] != true;
    if !is_installed {
        // A package of this repository.
        for kind in ["dependencies", "devDependencies"] {
            for (name, version) in package[kind].as_object().into_iter().flatten() {
                if !is_exact(version) {
                    faults.push(format!("\"{path}\" uses {name} {version}, which isn't one exact version"));
                }
            }
        }
        return faults;
    }
    if !package["integrity"].as_str().is_some_and(|digest| digest.starts_with("sha512-")) {
        faults.push(format!("{path} has no SHA-512 digest"));
    }
    if package["resolved"].is_string() {
        faults.push(format!("{path} names the host it came from"));
    }
    if package["hasInstallScript"] == true && !WITH_SCRIPTS.contains(&path) {
        faults.push(format!("{path} has an install script"));
    }
    faults
}

/// Returns true for a version such as `1.2.3`, perhaps of a package under another name.
fn is_exact(version: &Value) -> bool {
    let Some(version) = version.as_str() else { return false };
    let alias = version.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@'));
    let version = alias.map_or(version, |(_, version)| version);
    let (core, _) = version.split_once('-').unwrap_or((version, ""));
    let numbers: Vec<_> = core.split('.').collect();
    numbers.len() == 3 && numbers.iter().all(|number| number.parse::<u32>().is_ok())
}

fn read(path: &Path) -> Result<Value> {
    serde_json::from_str(&read_text(path)?)
        .map_err(|error| Error::Unexpected(format!("{} isn't JSON: {error}", path.display())))
}

fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(Error::io(format!("read {}", path.display())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_fault_of_a_lock_is_named() {
        let lock = json!({ "packages": {
            "": { "devDependencies": { "exact": "1.2.3-rc.1", "range": "1.2.x" } },
            "node_modules/exact": { "integrity": "sha512-x" },
            "node_modules/mirror": { "integrity": "sha512-x", "resolved": "https://mirror.example/x.tgz" },
            "node_modules/script": { "integrity": "sha512-x", "hasInstallScript": true },
            "node_modules/esbuild": { "integrity": "sha512-x", "hasInstallScript": true },
            "node_modules/weak": { "integrity": "sha1-x" },
            "node_modules/@kraiter/sdk": { "resolved": "pkg", "link": true },
        }});
        assert_eq!(
            faults(&lock),
            [
                "\"\" uses range \"1.2.x\", which isn't one exact version",
                "node_modules/mirror names the host it came from",
                "node_modules/script has an install script",
                "node_modules/weak has no SHA-512 digest",
            ]
        );
    }
}

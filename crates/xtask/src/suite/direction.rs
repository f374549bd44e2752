//! Checks that dependencies point in one direction: core depends on no other crate of the workspace and on nothing that needs
//! JavaScript. Code for the browser doesn't depend on signing.

use test_support::Result;

use super::{Suite, expect_none};
use crate::{program, wasm::TARGET};

/// Crates that core must not depend on, with any features.
const NEVER: [&str; 10] = [
    "kraiter-worker",
    "test-support",
    "xtask",
    "worker",
    "wasm-bindgen",
    "wasm-bindgen-futures",
    "js-sys",
    "web-sys",
    "web-time",
    "schemars",
];

/// Crates that code for the browser must not depend on.
const NOT_IN_BROWSER: [&str; 7] =
    ["aws-sigv4", "aws-credential-types", "html5gum", "minijinja", "rsa", "x509-cert", "quick-xml"];

/// Further crates that the npm package must not depend on.
const NOT_BY_BROWSER: [&str; 4] = ["kraiter-worker", "test-support", "xtask", "worker"];

pub(super) fn check(suite: &Suite<'_>) -> Result<()> {
    let server = depends(suite, "kraiter-core", &["--features", "server"])?;
    let browser = depends(suite, "kraiter-core", &["--no-default-features"])?;
    let package = depends(suite, "sdk-wasm", &[])?;
    let lines: Vec<String> = forbidden(&server, &NEVER)
        .map(|name| format!("core depends on {name}"))
        .chain(forbidden(&browser, &NEVER).map(|name| format!("core without `server` depends on {name}")))
        .chain(
            forbidden(&browser, &NOT_IN_BROWSER)
                .map(|name| format!("core without `server` depends on {name}")),
        )
        .chain(
            forbidden(&package, &NOT_IN_BROWSER)
                .chain(forbidden(&package, &NOT_BY_BROWSER))
                .map(|name| format!("the npm package depends on {name}")),
        )
        .collect();
    expect_none("forbidden dependencies", &lines)
}

/// Returns all packages that `package` needs on wasm32, including itself.
fn depends(suite: &Suite<'_>, package: &str, features: &[&str]) -> Result<String> {
    let mut cargo = suite.cargo()?;
    cargo
        .args(["tree", "--package", package, "--target", TARGET])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(features);
    program::output("cargo tree", &mut cargo)
}

fn forbidden<'a>(tree: &'a str, names: &'a [&str]) -> impl Iterator<Item = &'a str> {
    names.iter().copied().filter(|name| tree.lines().any(|line| line.split(' ').next() == Some(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_package_is_found_by_its_exact_name() {
        let tree = "kraiter-core v0.1.0 (/x)\njs-sys v0.3.1\nrsa-extra v1.0.0\n";
        assert_eq!(forbidden(tree, &NEVER).collect::<Vec<_>>(), ["js-sys"]);
        assert_eq!(forbidden(tree, &NOT_IN_BROWSER).count(), 0);
    }
}

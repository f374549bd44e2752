//! Checks that count as one test each.

use std::{fs, path::Path, process::Command};

use test_support::{Error, Result};

use super::{Suite, expect_none};
use crate::wasm::{TARGET, Toolchain};

/// Words that core's source must not contain: it doesn't read the clock or use JavaScript.
const WORDS: [&str; 4] = ["wasm_bindgen", "worker::", "js_sys", "SystemTime::now"];

/// Runs `cargo fmt --check`.
pub(super) fn formatting(suite: &Suite<'_>) -> Result<()> {
    suite.run("fmt", suite.cargo()?.args(["fmt", "--all", "--check"]))
}

/// Runs clippy for all code, with warnings as errors.
pub(super) fn clippy(suite: &Suite<'_>) -> Result<()> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    suite.run("clippy", suite.cargo()?.args(arguments))
}

/// Builds the documentation of every crate, with warnings as errors.
pub(super) fn documentation(suite: &Suite<'_>) -> Result<()> {
    let mut cargo = suite.cargo()?;
    cargo.args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "--deny warnings");
    suite.run("doc", &mut cargo)
}

/// Checks that core compiles for wasm32, with and without the features that only a server needs.
pub(super) fn core_for_wasm(suite: &Suite<'_>) -> Result<()> {
    let toolchain = Toolchain::find()
        .ok_or_else(|| Error::Unexpected("no toolchain has the target wasm32-unknown-unknown".into()))?;
    for (name, features) in
        [("wasm-server", &["--features", "server"][..]), ("wasm-browser", &["--no-default-features"])]
    {
        let mut cargo = suite.cargo()?;
        toolchain.select(&mut cargo);
        cargo.args(["check", "--package", "kraiter-core", "--lib", "--target", TARGET]).args(features);
        suite.run(name, &mut cargo)?;
    }
    Ok(())
}

/// Checks licences, sources and banned crates with cargo-deny, as deny.toml says, and advisories if their database can be
/// downloaded.
pub(super) fn dependencies(suite: &Suite<'_>) -> Result<()> {
    let deny = |log: &str, arguments: &[&str]| {
        let mut command = Command::new(suite.tools.cargo_deny()?);
        command.current_dir(suite.tools.root()).args(["--color", "never"]).args(arguments);
        suite.run(log, &mut command)
    };
    deny("deny", &["check", "--hide-inclusion-graph", "bans", "licenses", "sources"])?;
    if deny("deny-fetch", &["fetch", "db"]).is_err() {
        println!("        skipped advisories: their database can't be downloaded");
        return Ok(());
    }
    deny("deny-advisories", &["check", "--disable-fetch", "advisories"])
}

/// Checks the format and style of JavaScript, TypeScript and JSON with Biome, as biome.json says.
pub(super) fn biome(suite: &Suite<'_>) -> Result<()> {
    let mut command = Command::new(suite.tools.node()?);
    command
        .arg(suite.tools.npm_program("biome")?)
        .args(["ci", "--colors=off", "--error-on-warnings"])
        .current_dir(suite.tools.root());
    suite.run("biome", &mut command)
}

/// Checks the spelling with typos, and that no word on the list in typos.toml is used.
#[allow(dead_code, reason = "used once the tree has none of the words")]
pub(super) fn spelling(suite: &Suite<'_>) -> Result<()> {
    let mut command = Command::new(suite.tools.typos()?);
    command.args(["--format", "brief", "--color", "never"]).current_dir(suite.tools.root());
    suite.run("typos", &mut command)
}

/// Checks that core's source contains none of [`WORDS`].
pub(super) fn words(suite: &Suite<'_>) -> Result<()> {
    let mut lines = Vec::new();
    search(&suite.tools.root().join("crates").join("core"), &mut lines)?;
    expect_none("core must not contain these words", &lines)
}

fn search(dir: &Path, lines: &mut Vec<String>) -> Result<()> {
    let entries = fs::read_dir(dir).map_err(Error::io(format!("read {}", dir.display())))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            search(&path, lines)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).map_err(Error::io(format!("read {}", path.display())))?;
            for (line, n) in text.lines().zip(1..) {
                if WORDS.iter().any(|word| line.contains(word)) {
                    lines.push(format!("{}:{n}: {}", path.display(), line.trim()));
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_word_is_reported_with_its_line() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("deep")).unwrap();
        fs::write(dir.path().join("deep").join("a.rs"), "fn a() {}\nlet now = SystemTime::now();\n").unwrap();
        fs::write(dir.path().join("b.rs"), "// Nothing.\n").unwrap();
        let mut lines = Vec::new();
        search(dir.path(), &mut lines).unwrap();
        assert_eq!(lines.len(), 1);
        assert!(lines[0].ends_with("deep/a.rs:2: let now = SystemTime::now();"), "{lines:?}");
    }
}

//! Checks of the source that count as one each.

use std::{fs, path::Path};

use test_support::{Error, Result};

use super::{Suite, found};
use crate::wasm::{TARGET, Toolchain};

/// What core must not name: it is given the time, and knows no JavaScript.
const WORDS: [&str; 4] = ["wasm_bindgen", "worker::", "js_sys", "SystemTime::now"];

/// `cargo fmt --check`.
pub(super) fn formatting(suite: &Suite<'_>) -> Result<()> {
    suite.run_cargo("fmt", &["fmt", "--all", "--check"])
}

/// clippy over everything, warnings as errors.
pub(super) fn clippy(suite: &Suite<'_>) -> Result<()> {
    suite.run_cargo("clippy", &["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"])
}

/// Core and what it depends on compile for the target of Worker and browser, with and without what only a server needs.
pub(super) fn core_for_wasm(suite: &Suite<'_>) -> Result<()> {
    let toolchain =
        Toolchain::find().ok_or_else(|| Error::Unexpected("no toolchain has the wasm target".into()))?;
    for (name, features) in
        [("wasm-server", &["--features", "server"][..]), ("wasm-browser", &["--no-default-features"])]
    {
        let mut cargo = suite.cargo()?;
        toolchain.choose(&mut cargo);
        cargo.args(["check", "--package", "kraiter-core", "--lib", "--target", TARGET]).args(features);
        crate::program::logged(name, &mut cargo, &crate::program::log_of(&suite.logs, name), |_| {})?;
    }
    Ok(())
}

/// No source of core holds one of [`WORDS`].
pub(super) fn words(suite: &Suite<'_>) -> Result<()> {
    let mut lines = Vec::new();
    search(&suite.tools.root().join("crates").join("core"), &mut lines)?;
    found("core must not name these", &lines)
}

fn search(folder: &Path, lines: &mut Vec<String>) -> Result<()> {
    let entries = fs::read_dir(folder).map_err(Error::io(format!("read {}", folder.display())))?;
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
    fn a_forbidden_word_is_found_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("deep")).unwrap();
        fs::write(folder.path().join("deep").join("a.rs"), "fn a() {}\nlet now = SystemTime::now();\n")
            .unwrap();
        fs::write(folder.path().join("b.rs"), "// Nothing.\n").unwrap();
        let mut lines = Vec::new();
        search(folder.path(), &mut lines).unwrap();
        assert_eq!(lines.len(), 1);
        assert!(lines[0].ends_with("deep/a.rs:2: let now = SystemTime::now();"), "{lines:?}");
    }
}

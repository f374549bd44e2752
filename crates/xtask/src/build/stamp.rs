//! Build stamps: digests of a build's inputs and output. A build is skipped if its stamp hasn't changed.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use test_support::{
    Error, Result,
    tools::{Tools, file_digest, sha256_hex},
};

use crate::{program, wasm::Toolchain};

/// Returns the digest of a Rust build's inputs: the files and directories `inputs`, relative to the root of the repository, and the
/// versions of the compiler and of `tool`.
pub(super) fn of_inputs(
    tools: &Tools,
    toolchain: Toolchain,
    tool: &str,
    inputs: &[impl AsRef<Path>],
) -> Result<String> {
    let mut rustc = Command::new("rustc");
    rustc.arg("-vV").current_dir(tools.root());
    toolchain.select(&mut rustc);
    of_files(tools, &format!("{}\n{tool}\n", program::output("rustc", &mut rustc)?), inputs)
}

/// Returns the digest of the files and directories `inputs` and of the text `versions`.
pub(super) fn of_files(tools: &Tools, versions: &str, inputs: &[impl AsRef<Path>]) -> Result<String> {
    let mut lines = vec![versions.to_owned()];
    for input in inputs {
        let mut files = BTreeMap::new();
        collect(&tools.root().join(input), &mut files)?;
        lines.extend(lines_of(&files));
    }
    Ok(sha256_hex(lines.concat().as_bytes()))
}

/// Returns the digest of a build's inputs and output, so that a changed or missing output is built again.
pub(super) fn of_output(inputs: &str, output: &Path) -> String {
    let mut files = BTreeMap::new();
    // A stamp of an unreadable output never matches a stored one.
    let readable = collect(output, &mut files).is_ok() && !files.is_empty();
    let lines = lines_of(&files).collect::<Vec<_>>().concat();
    sha256_hex(format!("{inputs}\n{readable}\n{lines}").as_bytes())
}

fn lines_of(files: &BTreeMap<PathBuf, String>) -> impl Iterator<Item = String> {
    files.iter().map(|(path, digest)| format!("{} {digest}\n", path.display()))
}

fn collect(path: &Path, files: &mut BTreeMap<PathBuf, String>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path).map_err(Error::io(format!("read {}", path.display())))?.flatten() {
            // The output directories of the Worker and of the documentation site are inside other directories.
            let is_other =
                ["build", "docs", "node_modules", "target"].iter().any(|name| entry.file_name() == *name);
            if !is_other {
                collect(&entry.path(), files)?;
            }
        }
        return Ok(());
    }
    let digest =
        file_digest(path).ok_or_else(|| Error::Unexpected(format!("cannot read {}", path.display())))?;
    files.insert(path.to_owned(), digest);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_added_or_missing_output_file_changes_the_stamp() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("index.js");
        fs::write(&file, "1").unwrap();
        let first = of_output("inputs", dir.path());
        assert_eq!(of_output("inputs", dir.path()), first);
        assert_ne!(of_output("others", dir.path()), first);
        fs::write(&file, "2").unwrap();
        assert_ne!(of_output("inputs", dir.path()), first);
        fs::write(&file, "1").unwrap();
        assert_eq!(of_output("inputs", dir.path()), first);
        fs::remove_file(&file).unwrap();
        assert_ne!(of_output("inputs", dir.path()), first);
    }
}

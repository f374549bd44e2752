//! What something was built of, as a digest, so that nothing is built twice.

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

/// The digest of everything that a build reads: `inputs` (from the clone's root), and the versions of compiler and `tool`.
///
/// # Errors
/// Where something can't be read.
pub(super) fn of_inputs(tools: &Tools, toolchain: Toolchain, tool: &str, inputs: &[&str]) -> Result<String> {
    let mut rustc = Command::new("rustc");
    rustc.arg("-vV").current_dir(tools.root());
    toolchain.choose(&mut rustc);
    of_files(tools, &format!("{}\n{tool}\n", program::output("rustc", &mut rustc)?), inputs)
}

/// The digest of a build that reads only files: `inputs` (from the clone's root), and the text `tools`.
///
/// # Errors
/// Where something can't be read.
pub(super) fn of_files(tools: &Tools, versions: &str, inputs: &[&str]) -> Result<String> {
    let mut lines = vec![versions.to_owned()];
    for input in inputs {
        let mut files = BTreeMap::new();
        collect(&tools.root().join(input), &mut files)?;
        lines.extend(described(&files));
    }
    Ok(sha256_hex(lines.concat().as_bytes()))
}

/// The digest of inputs and output together: an output that was touched or removed is built anew.
pub(super) fn whole(inputs: &str, output: &Path) -> String {
    let mut files = BTreeMap::new();
    // What can't be read has no digest, and so is built anew.
    let readable = collect(output, &mut files).is_ok() && !files.is_empty();
    let lines = described(&files).collect::<Vec<_>>().concat();
    sha256_hex(format!("{inputs}\n{readable}\n{lines}").as_bytes())
}

fn described(files: &BTreeMap<PathBuf, String>) -> impl Iterator<Item = String> {
    files.iter().map(|(path, digest)| format!("{} {digest}\n", path.display()))
}

fn collect(path: &Path, files: &mut BTreeMap<PathBuf, String>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path).map_err(Error::io(format!("read {}", path.display())))?.flatten() {
            // The Worker's own output lies among its inputs.
            if entry.file_name() != "build" && entry.file_name() != "target" {
                collect(&entry.path(), files)?;
            }
        }
        return Ok(());
    }
    let digest =
        file_digest(path).ok_or_else(|| Error::Unexpected(format!("{} can't be read", path.display())))?;
    files.insert(path.to_owned(), digest);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_new_or_lost_output_file_changes_the_stamp() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("index.js");
        fs::write(&file, "1").unwrap();
        let first = whole("inputs", folder.path());
        assert_eq!(whole("inputs", folder.path()), first);
        assert_ne!(whole("others", folder.path()), first);
        fs::write(&file, "2").unwrap();
        assert_ne!(whole("inputs", folder.path()), first);
        fs::write(&file, "1").unwrap();
        assert_eq!(whole("inputs", folder.path()), first);
        fs::remove_file(&file).unwrap();
        assert_ne!(whole("inputs", folder.path()), first);
    }
}

//! Messages stored in the Durable Objects, read from their SQLite files.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use test_support::{Error, Result};

use crate::harness::Harness;

/// Prints the number of chunks and outbox rows of an email in the given databases. Fails if none of them has an outbox.
const COUNT_SCRIPT: &str = "
const { DatabaseSync } = require('node:sqlite');
const [id, ...files] = process.argv.slice(1);
let rows = 0;
let outboxes = 0;
for (const file of files) {
  const database = new DatabaseSync(file, { readOnly: true });
  const tables = database.prepare(\"SELECT name FROM sqlite_master WHERE name IN ('outbox', 'outbox_pieces')\").all();
  if (tables.length !== 2) continue;
  outboxes += 1;
  rows += database.prepare('SELECT count(*) AS n FROM outbox_pieces WHERE mail = ?').get(id).n;
  rows += database.prepare(\"SELECT count(*) AS n FROM outbox WHERE id = ? AND email <> ''\").get(id).n;
}
if (outboxes === 0) throw new Error('no outbox found');
console.log(rows);
";

/// Returns the number of chunks and outbox rows of an email in the Durable Objects below `state`.
pub(super) fn count(harness: &Harness, state: &Path, id: &str) -> Result<u32> {
    let mut files = Vec::new();
    collect(state, &mut files)?;
    let output = Command::new(harness.tools.node()?)
        .args(["--no-warnings", "-e", COUNT_SCRIPT, "--", id])
        .args(files)
        .output()
        .map_err(Error::io("run node"))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    printed.trim().parse().map_err(|_| {
        Error::Unexpected(format!(
            "failed to count rows: {printed} {}",
            String::from_utf8_lossy(&output.stderr)
        ))
    })
}

/// Collects the databases of the Durable Objects below a directory.
fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in
        fs::read_dir(directory).map_err(Error::io(format!("read {}", directory.display())))?.flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "sqlite")
            && path.to_string_lossy().contains("OrganisationObject")
        {
            files.push(path);
        }
    }
    Ok(())
}

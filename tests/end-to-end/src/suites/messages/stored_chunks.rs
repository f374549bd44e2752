//! What the Durable Objects hold, read from their files as another program sees them.

use std::{fs, path::Path, process::Command};

use test_support::{Error, Result};

use crate::harness::Harness;

/// Prints how many pieces of a mail, and whether the mail itself, are in the databases named.
const COUNT_SCRIPT: &str = "
const { DatabaseSync } = require('node:sqlite');
const [id, ...files] = process.argv.slice(1);
let rows = 0;
for (const file of files) {
  const database = new DatabaseSync(file, { readOnly: true });
  const tables = database.prepare(\"SELECT name FROM sqlite_master WHERE name IN ('outbox', 'outbox_pieces')\").all();
  if (tables.length !== 2) continue;
  rows += database.prepare('SELECT count(*) AS n FROM outbox_pieces WHERE mail = ?').get(id).n;
  rows += database.prepare(\"SELECT count(*) AS n FROM outbox WHERE id = ? AND email <> ''\").get(id).n;
}
console.log(rows);
";

/// How many pieces of a mail, and the mail itself as one more, the Durable Objects hold whose storage is below `state`.
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
        Error::Unexpected(format!("no count: {printed} {}", String::from_utf8_lossy(&output.stderr)))
    })
}

fn collect(folder: &Path, files: &mut Vec<std::path::PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(Error::io(format!("read {}", folder.display())))?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "sqlite")
            && path.to_string_lossy().contains("AwsConnection")
        {
            files.push(path);
        }
    }
    Ok(())
}

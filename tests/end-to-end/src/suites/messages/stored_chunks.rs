//! Messages stored in the Durable Objects, read from their SQLite files.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use test_support::{Error, Result};

use crate::harness::Harness;

/// Prints the number of chunks of an email, plus one if its content is stored, in the given databases. Fails if none of them has the email.
const COUNT_SCRIPT: &str = "
const { DatabaseSync } = require('node:sqlite');
const [id, ...files] = process.argv.slice(1);
let found = 0;
let rows = 0;
for (const file of files) {
  const database = new DatabaseSync(file, { readOnly: true });
  if (!database.prepare(\"SELECT 1 FROM sqlite_master WHERE name = 'emails'\").get()) continue;
  const count = (sql) => database.prepare(sql).get(id).n;
  found += count('SELECT count(*) AS n FROM emails WHERE lower(hex(id)) = ?');
  rows += count('SELECT count(*) AS n FROM email_chunks WHERE lower(hex(email)) = ?');
  rows += count('SELECT count(*) AS n FROM emails WHERE lower(hex(id)) = ? AND content IS NOT NULL');
}
if (found !== 1) throw new Error(`${found} objects have the email`);
console.log(rows);
";

/// Returns how many rows hold content of an email in the Durable Objects below `state`.
pub(super) fn count(harness: &Harness, state: &Path, id: &str) -> Result<u32> {
    let mut files = Vec::new();
    collect(state, &mut files)?;
    let output = Command::new(harness.tools.node()?)
        .args(["--no-warnings", "-e", COUNT_SCRIPT, "--", id.rsplit('_').next().unwrap_or(id)])
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

//! The rows that a stopped Worker has left in D1 and its Durable Objects, read with SQLite. Searching the files instead
//! would also find deleted rows.

use std::{collections::BTreeMap, path::Path, process::Command};

use serde_json::Value;
use test_support::{Error, Result, tools::Tools};

/// Prints the rows of all databases below a directory as a JSON object by table, with bytes in hexadecimal. Skips wrangler's own request
/// traces and its stand-ins for Cloudflare's services.
const DUMP_SCRIPT: &str = r#"
import json, pathlib, sqlite3, sys
tables = {}
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.sqlite")):
    if "observability" in path.parts:
        continue
    database = sqlite3.connect(path)
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        if table.startswith("_mf_"):
            continue
        rows = database.execute(f'SELECT * FROM "{table}"').fetchall()
        texts = [[value.hex() if isinstance(value, bytes) else value for value in row] for row in rows]
        tables.setdefault(table, []).extend(texts)
print(json.dumps(tables))
"#;

/// All stored rows by table.
pub(crate) struct StoredRows(BTreeMap<String, Vec<Value>>);

impl StoredRows {
    /// Reads all databases below `state`. The Worker must be stopped.
    pub(crate) fn read(tools: &Tools, state: &Path) -> Result<Self> {
        let mut command = Command::new(tools.python()?);
        let output =
            command.args(["-c", DUMP_SCRIPT]).arg(state).output().map_err(Error::io("run Python"))?;
        serde_json::from_slice(&output.stdout).map(Self).map_err(|error| {
            let log = String::from_utf8_lossy(&output.stderr).into_owned();
            Error::Unexpected(format!("failed to read the storage: {error}\n{log}"))
        })
    }

    /// Returns the number of rows in a table. Fails if the table doesn't exist.
    pub(crate) fn count(&self, table: &str) -> Result<usize> {
        let rows = self.0.get(table);
        rows.map(Vec::len).ok_or_else(|| Error::Unexpected(format!("there is no table \"{table}\"")))
    }

    /// Returns the tables that have a row with an id, as text or as bytes.
    pub(crate) fn tables_with_id(&self, id: &str) -> Vec<&str> {
        self.tables_with(id.rsplit('_').next().unwrap_or(id))
    }

    /// Returns the tables that have a row containing `text`.
    pub(crate) fn tables_with(&self, text: &str) -> Vec<&str> {
        let has_text = |rows: &Vec<Value>| rows.iter().any(|row| row.to_string().contains(text));
        self.0.iter().filter(|(_, rows)| has_text(rows)).map(|(table, _)| table.as_str()).collect()
    }
}

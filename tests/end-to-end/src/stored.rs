//! What a Worker that has ended has left in D1 and its Durable Objects: every row, read by SQLite itself. The files alone don't tell, since
//! they still hold what was deleted.

use std::{collections::BTreeMap, path::Path, process::Command};

use serde_json::Value;
use test_support::{Error, Result, tools::Tools};

/// Prints a JSON object of each table's rows, of all databases below a folder together but for wrangler's own traces of requests.
const READ: &str = r#"
import json, pathlib, sqlite3, sys
tables = {}
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.sqlite")):
    if "observability" in path.parts:
        continue
    database = sqlite3.connect(path)
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        rows = database.execute(f'SELECT * FROM "{table}"').fetchall()
        texts = [[value.decode("latin-1") if isinstance(value, bytes) else value for value in row] for row in rows]
        tables.setdefault(table, []).extend(texts)
print(json.dumps(tables))
"#;

/// Every row, by table.
pub(crate) struct Stored(BTreeMap<String, Vec<Value>>);

impl Stored {
    /// Reads what lies below a folder, whose Worker must have ended.
    pub(crate) fn read(tools: &Tools, state: &Path) -> Result<Self> {
        let mut command = Command::new(tools.python()?);
        let output = command.args(["-c", READ]).arg(state).output().map_err(Error::io("run Python"))?;
        serde_json::from_slice(&output.stdout).map(Self).map_err(|error| {
            let log = String::from_utf8_lossy(&output.stderr).into_owned();
            Error::Unexpected(format!("the storage can't be read: {error}\n{log}"))
        })
    }

    /// How many rows a table has.
    pub(crate) fn count(&self, table: &str) -> usize {
        self.0.get(table).map_or(0, Vec::len)
    }

    /// The tables with a row that holds this text.
    pub(crate) fn tables_with(&self, text: &str) -> Vec<&str> {
        let holds = |rows: &Vec<Value>| rows.iter().any(|row| row.to_string().contains(text));
        self.0.iter().filter(|(_, rows)| holds(rows)).map(|(table, _)| table.as_str()).collect()
    }
}

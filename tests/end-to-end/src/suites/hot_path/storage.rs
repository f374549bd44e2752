//! Checks that no transaction has taken effect by half, in the SQLite file of the organisation's object.

use std::{path::Path, process::Command};

use test_support::{Error, Result, tools::Tools};

/// Prints each violated rule with the number of rows. The Worker may be running.
const CHECK_SCRIPT: &str = r#"
import pathlib, sqlite3, sys
rules = {
    "keys without an email, or emails without a key":
        "SELECT abs((SELECT count(*) FROM emails) - (SELECT count(*) FROM idempotency_keys))",
    "finished emails with content": "SELECT count(*) FROM emails WHERE phase = 5 AND content IS NOT NULL",
    "unfinished emails without content": "SELECT count(*) FROM emails WHERE phase < 5 AND content IS NULL",
    "sent emails that aren't finished":
        "SELECT count(*) FROM emails WHERE ses_message_id IS NOT NULL AND response IS NOT NULL AND phase < 5",
    "emails both in the queue and due": "SELECT count(*) FROM emails WHERE queue IS NOT NULL AND due_at IS NOT NULL",
}
if sys.argv[2] == "finished":
    rules["emails that aren't finished"] = "SELECT count(*) FROM emails WHERE phase < 5"
checked = 0
for path in pathlib.Path(sys.argv[1]).rglob("*OrganisationObject/*.sqlite"):
    if path.name == "metadata.sqlite":
        continue
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    checked += 1
    for rule, sql in rules.items():
        (count,) = database.execute(sql).fetchone()
        if count:
            print(f"{count} {rule}")
if checked != 1:
    print(f"{checked} objects instead of one")
"#;

/// Fails if a transaction of the organisation below `state` has taken effect by half. There must be only one, and all of its emails must have
/// been sent with an idempotency key. If `all_finished` is true, fails if an email isn't finished.
pub(super) fn check(tools: &Tools, state: &Path, all_finished: bool) -> Result<()> {
    let mut command = Command::new(tools.python()?);
    command.args(["-c", CHECK_SCRIPT]).arg(state).arg(if all_finished { "finished" } else { "" });
    let output = command.output().map_err(Error::io("run Python"))?;
    if output.status.success() && output.stdout.is_empty() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    Err(Error::Unexpected(format!("the storage has {}", String::from_utf8_lossy(&text))))
}

//! Running wrangler with the operator's login.

use std::{
    collections::BTreeSet,
    env,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::Value;
use test_support::{Error, Result, tools::Tools};

/// Number of lines of wrangler's output in an error.
const LOG_LINES: usize = 25;

/// The project's own wrangler, with the configuration of a deployment.
pub(super) struct Wrangler<'a> {
    pub(super) tools: &'a Tools,
    pub(super) config: PathBuf,
}

impl Wrangler<'_> {
    /// Runs wrangler and returns its standard output.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<String> {
        self.run_with(arguments, None)
    }

    /// Runs wrangler with this text as its standard input.
    pub(super) fn run_with(&self, arguments: &[&str], input: Option<&str>) -> Result<String> {
        let mut command = self.command(arguments)?;
        let name = format!("wrangler {}", arguments.join(" "));
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let started = || format!("run {name}");
        let mut child = command.spawn().map_err(Error::io(started()))?;
        if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
            stdin.write_all(input.as_bytes()).map_err(Error::io(started()))?;
        }
        let output = child.wait_with_output().map_err(Error::io(started()))?;
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(stdout);
        }
        let text = stdout + &String::from_utf8_lossy(&output.stderr);
        let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let log = lines[lines.len().saturating_sub(LOG_LINES)..].join("\n");
        Err(Error::ProgramFailed { program: name, status: output.status.to_string(), log })
    }

    fn command(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = self.tools.wrangler()?;
        command.args(arguments).arg("--config").arg(&self.config);
        if let Some(token) = env::var_os("CLOUDFLARE_API_TOKEN") {
            command.env("CLOUDFLARE_API_TOKEN", token);
        }
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
            command.env_remove(name);
        }
        Ok(command)
    }

    fn json(&self, arguments: &[&str]) -> Result<Value> {
        let text = self.run(arguments)?;
        serde_json::from_str(&text)
            .map_err(|error| Error::Unexpected(format!("wrangler {}: {error}", arguments.join(" "))))
    }

    /// Returns the IDs and names of the accounts that the operator is logged in to; none without a login.
    pub(super) fn accounts(&self) -> Result<Vec<(String, String)>> {
        let found = match self.json(&["whoami", "--json"]) {
            Err(Error::ProgramFailed { .. }) => return Ok(Vec::new()),
            found => found?,
        };
        let accounts = found["accounts"].as_array().into_iter().flatten();
        Ok(accounts.map(|account| (text(account, "id"), text(account, "name"))).collect())
    }

    /// Returns the ID of the database with this name.
    pub(super) fn database(&self, name: &str) -> Result<Option<String>> {
        let databases = self.json(&["d1", "list", "--json"])?;
        let mut databases = databases.as_array().into_iter().flatten();
        Ok(databases.find(|database| database["name"] == name).map(|database| text(database, "uuid")))
    }

    pub(super) fn has_pending_migrations(&self) -> Result<bool> {
        let list = self.run(&["d1", "migrations", "list", "DB", "--remote"])?;
        Ok(!list.contains("No migrations to apply"))
    }

    /// Returns the names of the Worker's secrets; none if the Worker doesn't exist.
    pub(super) fn secrets(&self) -> Result<BTreeSet<String>> {
        let secrets = match self.json(&["secret", "list", "--format", "json"]) {
            Err(error) if is_missing(&error) => return Ok(BTreeSet::new()),
            secrets => secrets?,
        };
        Ok(secrets.as_array().into_iter().flatten().map(|secret| text(secret, "name")).collect())
    }

    /// Returns the tag of the version that is running.
    pub(super) fn deployed_tag(&self) -> Result<Option<String>> {
        let deployment = match self.json(&["deployments", "status", "--json"]) {
            Err(error) if is_missing(&error) => return Ok(None),
            deployment => deployment?,
        };
        let versions = deployment["versions"].as_array().map(Vec::as_slice).unwrap_or_default();
        let [version] = versions else { return Ok(None) };
        let version = self.json(&["versions", "view", &text(version, "version_id"), "--json"])?;
        Ok(version["annotations"]["workers/tag"].as_str().map(str::to_owned))
    }
}

/// Returns true if the Worker doesn't exist yet.
fn is_missing(error: &Error) -> bool {
    matches!(error, Error::ProgramFailed { log, .. } if log.contains("not found") || log.contains("does not exist"))
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

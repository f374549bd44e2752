//! Checks that count as one test each.

use std::{ffi::OsStr, fs, process::Command};

use serde_json::{Value, json};
use test_support::{Error, Result};

use super::Suite;
use crate::{
    packages::LIBRARIES,
    wasm::{TARGET, Toolchain},
};

/// Runs `cargo fmt --check`.
pub(super) fn formatting(suite: &Suite<'_>) -> Result<()> {
    suite.run("fmt", suite.cargo()?.args(["fmt", "--all", "--check"]))
}

/// Runs clippy for all code, with warnings as errors.
pub(super) fn clippy(suite: &Suite<'_>) -> Result<()> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    suite.run("clippy", suite.cargo()?.args(arguments))
}

/// Builds the documentation of every crate, with warnings as errors.
pub(super) fn documentation(suite: &Suite<'_>) -> Result<()> {
    let mut cargo = suite.cargo()?;
    cargo.args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "--deny warnings");
    suite.run("doc", &mut cargo)
}

/// Checks that the libraries compile for wasm32.
pub(super) fn libraries_for_wasm(suite: &Suite<'_>) -> Result<()> {
    let toolchain = Toolchain::find()
        .ok_or_else(|| Error::Unexpected("no toolchain has the target wasm32-unknown-unknown".into()))?;
    let mut cargo = suite.cargo()?;
    toolchain.select(&mut cargo);
    cargo.args(["check", "--lib", "--target", TARGET]);
    cargo.args(LIBRARIES.iter().flat_map(|library| ["--package", library]));
    suite.run("wasm", &mut cargo)
}

/// Checks licences, sources and banned crates with cargo-deny, as deny.toml says, and advisories if their database can be
/// downloaded.
pub(super) fn dependencies(suite: &Suite<'_>) -> Result<()> {
    let deny = |log: &str, arguments: &[&str]| {
        let mut command = Command::new(suite.tools.cargo_deny()?);
        command.current_dir(suite.tools.root()).args(["--color", "never"]).args(arguments);
        suite.run(log, &mut command)
    };
    deny("deny", &["check", "--hide-inclusion-graph", "bans", "licenses", "sources"])?;
    if deny("deny-fetch", &["fetch", "db"]).is_err() {
        println!("        skipped advisories: their database can't be downloaded");
        return Ok(());
    }
    deny("deny-advisories", &["check", "--disable-fetch", "advisories"])
}

/// Checks the format and style of JavaScript, TypeScript and JSON with Biome, as biome.json says.
pub(super) fn biome(suite: &Suite<'_>) -> Result<()> {
    let mut command = Command::new(suite.tools.node()?);
    command
        .arg(suite.tools.npm_program("biome")?)
        .args(["ci", "--colors=off", "--error-on-warnings"])
        .current_dir(suite.tools.root());
    suite.run("biome", &mut command)
}

/// Checks the spelling with typos, and that no word on the list in typos.toml is used.
pub(super) fn spelling(suite: &Suite<'_>) -> Result<()> {
    let mut command = Command::new(suite.tools.typos()?);
    command.args(["--format", "brief", "--color", "never"]).current_dir(suite.tools.root());
    suite.run("typos", &mut command)
}

/// Checks the alerting rules and the queries of the Grafana dashboard with promtool, and runs the rules' tests.
pub(super) fn alerts(suite: &Suite<'_>) -> Result<()> {
    let docs = suite.tools.root().join("docs");
    let queries = suite.tools.target().join("grafana-queries.json");
    let dashboard = docs.join("grafana.json");
    let text = fs::read_to_string(&dashboard).map_err(Error::io(format!("read {}", dashboard.display())))?;
    let dashboard = serde_json::from_str(&text)
        .map_err(|error| Error::Unexpected(format!("{}: {error}", dashboard.display())))?;
    fs::write(&queries, recording_rules(&dashboard).to_string())
        .map_err(Error::io(format!("write {}", queries.display())))?;
    let promtool = |log: &str, arguments: [&OsStr; 3]| {
        let mut command = Command::new(suite.tools.promtool()?);
        suite.run(log, command.args(arguments).current_dir(&docs))
    };
    promtool("promtool-check", ["check".as_ref(), "rules".as_ref(), "alerts.yml".as_ref()])?;
    promtool("promtool-grafana", ["check".as_ref(), "rules".as_ref(), queries.as_os_str()])?;
    promtool("promtool-test", ["test".as_ref(), "rules".as_ref(), "alerts.test.yml".as_ref()])
}

/// Returns the queries of a dashboard as recording rules, which promtool can check. JSON is YAML, too.
fn recording_rules(dashboard: &Value) -> Value {
    let panels = dashboard["panels"].as_array().into_iter().flatten();
    let queries = panels.flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    let queries = queries.filter_map(|target| target["expr"].as_str());
    let rules = queries.enumerate().map(|(index, query)| {
        json!({ "record": format!("query_{index}"), "expr": query.replace("$__rate_interval", "5m") })
    });
    json!({ "groups": [{ "name": "dashboard", "rules": rules.collect::<Vec<_>>() }] })
}

//! What an email with three events occupies, and the CPU time that it takes.

use std::process::Command;

use serde::{Deserialize, Serialize};
use test_support::{Error, Result, tools::Tools};

use super::{
    Bench,
    contender::{Contender, Variant},
    email,
    events::Messages,
    rounds::{milliseconds, with_cpu_time},
    server::Server,
};
use crate::program;

/// Emails before the measurement, which create the tables' first pages.
const FIRST_EMAILS: u64 = 100;

/// What an email with the events Send, Delivery and Open uses.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Usage {
    /// Bytes in D1, indexes included.
    pub(super) d1_bytes: f64,
    /// Bytes in Durable Objects, indexes included.
    pub(super) object_bytes: f64,
    /// CPU time of workerd, with D1 and the objects' SQLite, in milliseconds.
    pub(super) cpu_milliseconds: f64,
}

/// Bytes as `benches/storage.mjs` prints them.
#[derive(Deserialize)]
struct Used {
    d1: f64,
    objects: f64,
}

/// Measures `emails` emails without an idempotency key: the records of keys expire after a day and don't add up.
pub(super) fn measure(bench: &Bench<'_>, emails: u64) -> Result<Usage> {
    let contender = Contender::kraiter(bench.tools, &bench.aws, Variant::Deployed)?;
    run(bench, &contender, FIRST_EMAILS)?;
    let before = used(bench.tools, &contender.server)?;
    let ((), cpu) = with_cpu_time(&contender.server, || run(bench, &contender, emails))?;
    let after = used(bench.tools, &contender.server)?;
    #[expect(clippy::cast_precision_loss, reason = "there are fewer than 2^52 emails")]
    let emails = emails as f64;
    Ok(Usage {
        d1_bytes: (after.d1 - before.d1) / emails,
        object_bytes: (after.objects - before.objects) / emails,
        cpu_milliseconds: milliseconds(cpu) / emails,
    })
}

/// Sends emails and posts the events of each.
fn run(bench: &Bench<'_>, contender: &Contender, emails: u64) -> Result<()> {
    let ids = email::send_many(contender, emails)?;
    Messages::sign(&ids, &bench.aws)?.post(contender).map(drop)
}

fn used(tools: &Tools, server: &Server) -> Result<Used> {
    let mut node = Command::new(tools.node()?);
    node.args(["--experimental-sqlite", "--disable-warning=ExperimentalWarning"])
        .arg(tools.root().join("benches").join("storage.mjs"))
        .arg(server.state());
    let json = program::output("benches/storage.mjs", &mut node)?;
    serde_json::from_str(&json).map_err(|error| Error::Unexpected(format!("benches/storage.mjs: {error}")))
}

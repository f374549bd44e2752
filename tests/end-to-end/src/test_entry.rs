//! Controls of a Worker that runs inside the test entry (`entry/worker.mjs`): its clock, its objects, and faults at numbered boundaries.

use http::StatusCode;
use serde_json::{Value, json};
use test_support::{Result, wait::Poll};
use time::Duration;

use crate::{polling::wait_for, standalone_worker::StandaloneWorker};

/// Setting with the milliseconds by which the Worker's clock is ahead when it starts.
pub(crate) const CLOCK_OFFSET: &str = "TEST_CLOCK_OFFSET_MS";

/// Setting that limits simultaneous connections to six, per "invocation" or per "object".
pub(crate) const CONNECTIONS: &str = "TEST_CONNECTIONS";

/// Log line of a Worker that blocks until it is killed.
const KILL_MARKER: &str = "TEST-ENTRY kill";

/// What happens at a boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The call throws.
    Throw,
    /// The process is killed.
    Kill,
    /// The organisation's object is removed from memory. What it has not stored yet is lost.
    Evict,
    /// A new instance of the object takes over. The old one continues without its storage.
    Supersede,
}

impl Fault {
    const fn name(self) -> &'static str {
        match self {
            Self::Throw => "throw",
            Self::Kill => "kill",
            Self::Evict => "evict",
            Self::Supersede => "supersede",
        }
    }
}

/// A point at which the Worker or the organisation's object used its storage or sent something.
#[derive(Clone, Debug)]
pub(crate) struct Boundary {
    /// "worker" or "`OrganisationObject`".
    pub(crate) actor: String,
    /// Such as "exec", "transaction", "commit", "fetch", "fetch response", "call" or "response".
    pub(crate) kind: String,
    /// SQL, the path of a fetch, or the binding of a call.
    pub(crate) detail: String,
    /// Rows that the statement has written, index entries included.
    pub(crate) rows_written: u64,
}

impl Boundary {
    fn parse(record: &Value) -> Self {
        let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
        Self {
            actor: text("actor"),
            kind: text("kind"),
            detail: text("detail"),
            rows_written: record["rowsWritten"].as_u64().unwrap_or_default(),
        }
    }
}

impl StandaloneWorker {
    /// Sets how far the Worker's clock is ahead. Alarms that are set already keep their time: [`Self::ring`] them.
    pub(crate) fn set_clock(&self, ahead: Duration) -> Result<()> {
        self.control(&format!("clock?offset={}", ahead.whole_milliseconds())).map(drop)
    }

    /// Records boundaries from now on.
    pub(crate) fn record(&self) -> Result<()> {
        self.control("arm?at=0").map(drop)
    }

    /// Records boundaries from now on, and lets a fault happen at number `at`, counted from 1.
    pub(crate) fn inject(&self, fault: Fault, at: usize) -> Result<()> {
        self.control(&format!("arm?at={at}&action={}", fault.name())).map(drop)
    }

    /// Stops recording, and returns the boundaries.
    pub(crate) fn stop_recording(&self) -> Result<Vec<Boundary>> {
        let recorded = self.control("disarm")?;
        Ok(recorded.as_array().into_iter().flatten().map(Boundary::parse).collect())
    }

    /// Runs the alarm of an organisation's object now, and returns when it has ended.
    pub(crate) fn ring(&self, organisation: &str) -> Result<()> {
        self.control_object("ring", organisation)
    }

    /// Removes the alarm of an organisation's object, as the runtime does after six failures.
    pub(crate) fn lose_alarm(&self, organisation: &str) -> Result<()> {
        self.control_object("lose-alarm", organisation)
    }

    /// Removes an organisation's object from memory.
    pub(crate) fn evict(&self, organisation: &str) -> Result<()> {
        // The request itself fails, because the object handles it.
        self.api().post(&control_path(&object_command("evict", organisation)), &json!({})).map(drop)
    }

    /// Kills the Worker when it blocks at the boundary of [`Fault::Kill`], unless `is_over` returns true first. Returns whether it was killed.
    pub(crate) fn kill_at_boundary(&self, is_over: impl Fn() -> bool) -> Result<bool> {
        let blocks = wait_for("the Worker to reach the boundary", || {
            Ok(if self.log().contains(KILL_MARKER) {
                Poll::Ready(true)
            } else if is_over() {
                Poll::Ready(false)
            } else {
                Poll::Pending(String::new())
            })
        })?;
        if blocks {
            self.send_kill()?;
        }
        Ok(blocks)
    }

    fn control_object(&self, command: &str, organisation: &str) -> Result<()> {
        self.control(&object_command(command, organisation)).map(drop)
    }

    fn control(&self, command: &str) -> Result<Value> {
        self.api().post(&control_path(command), &json!({}))?.expect_status(StatusCode::OK)
    }
}

fn object_command(command: &str, organisation: &str) -> String {
    format!("{command}?binding=ORGANISATION&name={organisation}")
}

fn control_path(command: &str) -> String {
    format!("/v1/test-entry/{command}")
}

//! A Worker that belongs to one case, which can misconfigure or kill it.

use std::{
    path::{Path, PathBuf},
    process,
    time::Duration,
};

use http::StatusCode;
use rustix::process::{Pid, Signal, kill_process_group};
use test_support::{
    Error, Result,
    api::{Api, ApiResponse},
    ports,
    process::{ProcessGroup, tail},
    tools::Tools,
    wait::{self, Poll},
    workerd::{IS_BUILT, write_settings},
};
use time::OffsetDateTime;

use crate::environment::Setting;

/// wrangler needs about five seconds to start, and longer while other cases run.
const START_TIMEOUT: Duration = Duration::from_mins(2);

/// Module with the test entry, relative to the root of the repository.
const TEST_ENTRY: &str = "tests/end-to-end/entry/worker.mjs";

/// What wrangler runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// The built Worker.
    Built,
    /// The built Worker inside the test entry, which [`crate::test_entry`] controls.
    Test,
}

/// A running Worker. Stops when dropped.
pub(crate) struct StandaloneWorker {
    api: Api,
    log: PathBuf,
    leader: Pid,
    process: ProcessGroup,
}

impl StandaloneWorker {
    /// Starts a Worker and waits until it responds. With an invalid setting, its response is an error.
    pub(crate) fn start(
        tools: &Tools,
        entry: Entry,
        port: u16,
        settings: &[Setting],
        state: &Path,
        logs: &Path,
    ) -> Result<Self> {
        let log = logs.join("worker.log");
        let mut command = tools.wrangler()?;
        command.arg("dev");
        if entry == Entry::Test {
            command.args([TEST_ENTRY, "--compatibility-flags", "nodejs_als"]);
        }
        command
            .args(["--local", "--ip", "127.0.0.1", "--port", &port.to_string()])
            .args(["--inspector-port", &ports::free()?.to_string(), "--show-interactive-dev-session=false"])
            .arg("--env-file")
            .arg(write_settings(settings, state)?)
            .arg("--persist-to")
            .arg(state)
            .env(IS_BUILT, "1");
        let mut process = ProcessGroup::spawn_logged("wrangler dev", &mut command, &log)?;
        let api = Api::new(format!("http://127.0.0.1:{port}"));
        wait::until("the Worker to respond", START_TIMEOUT, Duration::from_millis(100), || {
            if let Some(status) = process.try_wait()? {
                let log = tail(&log, 30);
                return Err(Error::ProgramFailed {
                    program: "wrangler dev".into(),
                    status: status.to_string(),
                    log,
                });
            }
            Ok(match api.get("/healthz") {
                // Until the Worker is ready, wrangler responds itself, without this header.
                Ok(response) if response.headers.contains_key("x-request-id") => Poll::Ready(()),
                Ok(response) => Poll::Pending(format!("{} {}", response.status, response.body)),
                Err(error) => Poll::Pending(error.to_string()),
            })
        })?;
        let leader = Pid::from_child(process.child());
        Ok(Self { api, log, leader, process })
    }

    /// Returns an API client without a key, at the Worker's own address.
    pub(crate) const fn api(&self) -> &Api {
        &self.api
    }

    pub(crate) fn get(&self, path: &str) -> Result<ApiResponse> {
        self.api.get(path)
    }

    /// Runs the scheduled handler as if the current time were `at`.
    pub(crate) fn run_scheduled(&self, at: OffsetDateTime) -> Result<()> {
        let milliseconds = at.unix_timestamp_nanos() / 1_000_000;
        let response = self.api.get(&format!("/cdn-cgi/local/scheduled?time={milliseconds}"))?;
        response.expect_status(StatusCode::OK).map(drop)
    }

    /// Returns everything that the Worker has logged.
    pub(crate) fn log(&self) -> String {
        tail(&self.log, usize::MAX)
    }

    /// Kills the Worker with SIGKILL, so that workerd can't finish any work.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.send_kill()?;
        self.process.wait().map(|_: process::ExitStatus| ())
    }

    /// Sends SIGKILL to the Worker's processes.
    pub(crate) fn send_kill(&self) -> Result<()> {
        kill_process_group(self.leader, Signal::KILL)
            .map_err(|error| Error::Unexpected(format!("failed to kill the Worker: {error}")))
    }
}

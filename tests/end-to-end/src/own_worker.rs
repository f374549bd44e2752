//! A Worker of a case's own: it may be set wrong, and it may be killed.

use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
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
    workerd::IS_BUILT,
};
use time::OffsetDateTime;

use crate::site::Setting;

/// wrangler starts in five seconds; the other cases share the machine.
const START: Duration = Duration::from_mins(2);

/// A running Worker. It ends when it is dropped.
pub(crate) struct OwnWorker {
    api: Api,
    log: PathBuf,
    process: ProcessGroup,
}

impl OwnWorker {
    /// Starts it and waits until it answers anything at all: where a setting is wrong, that is an error.
    pub(crate) fn start(
        tools: &Tools,
        port: u16,
        settings: &[Setting],
        state: &Path,
        logs: &Path,
    ) -> Result<Self> {
        let log = logs.join("worker.log");
        let mut command = tools.wrangler()?;
        command
            .args(["dev", "--local", "--ip", "127.0.0.1", "--port", &port.to_string()])
            .args(["--inspector-port", &ports::free()?.to_string(), "--show-interactive-dev-session=false"])
            .arg("--env-file")
            .arg(write(settings, state)?)
            .arg("--persist-to")
            .arg(state)
            .env(IS_BUILT, "1");
        let mut process = ProcessGroup::spawn_logged("wrangler dev", &mut command, &log)?;
        let api = Api::new(format!("http://127.0.0.1:{port}"));
        wait::until("the Worker to answer", START, Duration::from_millis(100), || {
            if let Some(status) = process.try_wait()? {
                let log = tail(&log, 30);
                return Err(Error::ProgramFailed {
                    program: "wrangler dev".into(),
                    status: status.to_string(),
                    log,
                });
            }
            Ok(match api.get("/healthz") {
                // wrangler answers, too, while the Worker isn't there yet.
                Ok(answer) if answer.headers.contains_key("x-request-id") => Poll::Ready(()),
                Ok(answer) => Poll::Pending(format!("{} {}", answer.status, answer.body)),
                Err(error) => Poll::Pending(error.to_string()),
            })
        })?;
        Ok(Self { api, log, process })
    }

    /// What it answers to `GET`.
    pub(crate) fn get(&self, path: &str) -> Result<ApiResponse> {
        self.api.get(path)
    }

    /// Lets it do what it does at set times, as if it were this time.
    pub(crate) fn ring(&self, at: OffsetDateTime) -> Result<()> {
        let milliseconds = at.unix_timestamp_nanos() / 1_000_000;
        let answer = self.api.get(&format!("/cdn-cgi/local/scheduled?time={milliseconds}"))?;
        answer.expect_status(StatusCode::OK).map(drop)
    }

    /// Everything it has logged.
    pub(crate) fn log(&self) -> String {
        tail(&self.log, usize::MAX)
    }

    /// Ends it as a power cut would: workerd gets no chance to finish anything.
    pub(crate) fn kill(mut self) -> Result<()> {
        let leader = Pid::from_child(self.process.child());
        kill_process_group(leader, Signal::KILL)
            .map_err(|error| Error::Unexpected(format!("the Worker can't be killed: {error}")))?;
        self.process.wait().map(|_: process::ExitStatus| ())
    }
}

/// Settings are secrets: they go to wrangler by a file that only its owner can read.
fn write(settings: &[Setting], state: &Path) -> Result<PathBuf> {
    let path = state.join("settings.env");
    let lines = settings.iter().flat_map(|(name, value)| [*name, "='", value, "'\n"]).collect::<String>();
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .and_then(|mut file| file.write_all(lines.as_bytes()))
        .map_err(Error::io(format!("write {}", path.display())))?;
    Ok(path)
}

//! Runs the Worker in workerd with `wrangler dev`, offline, with its own D1 database and Durable Objects.

use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use http::StatusCode;

use crate::{
    Error, Result,
    api::Api,
    ports,
    process::{self, ProcessGroup},
    tools::Tools,
    wait::{self, Poll},
};

/// wrangler starts in five seconds, but takes longer on a machine that is also compiling.
const START_TIMEOUT: Duration = Duration::from_mins(2);

/// Environment variable that makes wrangler.toml's build command do nothing, because the Worker is already built.
pub const IS_BUILT: &str = "KRAITER_WORKER_IS_BUILT";

pub struct Options<'a> {
    /// The port on 127.0.0.1.
    pub port: u16,
    /// Variables and secrets.
    pub settings: &'a [(&'a str, String)],
    /// The directory for the data of D1 and the Durable Objects.
    pub state: &'a Path,
    /// The log directory.
    pub logs: &'a Path,
}

/// A running Worker. Dropping it stops it.
pub struct Workerd {
    origin: String,
    log: PathBuf,
    _process: ProcessGroup,
}

/// Applies all migrations to the D1 database in `state`.
pub fn migrate(tools: &Tools, state: &Path, logs: &Path) -> Result<()> {
    let mut command = tools.wrangler()?;
    command.args(["d1", "migrations", "apply", "DB", "--local", "--persist-to"]).arg(state);
    let log = logs.join("migrations.log");
    let status = ProcessGroup::spawn_logged("wrangler d1 migrations apply", &mut command, &log)?.wait()?;
    if status.success() {
        Ok(())
    } else {
        let log = process::tail(&log, 20);
        Err(Error::ProgramFailed {
            program: "wrangler d1 migrations apply".into(),
            status: status.to_string(),
            log,
        })
    }
}

impl Workerd {
    /// Starts the Worker and waits until `/healthz` responds with 200.
    pub fn start(tools: &Tools, options: &Options<'_>) -> Result<Self> {
        let settings = write_settings(options)?;
        // wrangler fails if the dashboard's directory doesn't exist. The API doesn't need its files.
        let assets = tools.root().join("www").join("dist");
        fs::create_dir_all(&assets).map_err(Error::io(format!("create {}", assets.display())))?;
        let log = options.logs.join("worker.log");
        let mut command = tools.wrangler()?;
        command
            .args(["dev", "--local", "--ip", "127.0.0.1", "--port", &options.port.to_string()])
            .args(["--inspector-port", &ports::free()?.to_string(), "--show-interactive-dev-session=false"])
            .arg("--env-file")
            .arg(&settings)
            .arg("--persist-to")
            .arg(options.state)
            .env(IS_BUILT, "1")
            .stdin(Stdio::null());
        let mut process = ProcessGroup::spawn_logged("wrangler dev", &mut command, &log)?;
        let origin = format!("http://127.0.0.1:{}", options.port);
        let api = Api::new(&origin);
        let ready = wait::until(
            "the Worker to respond to /healthz with 200",
            START_TIMEOUT,
            Duration::from_millis(100),
            || {
                if let Some(status) = process.try_wait()? {
                    let log = process::tail(&log, 30);
                    return Err(Error::ProgramFailed {
                        program: "wrangler dev".into(),
                        status: status.to_string(),
                        log,
                    });
                }
                Ok(match api.get("/healthz") {
                    Ok(response) if response.status == StatusCode::OK => Poll::Ready(()),
                    Ok(response) => Poll::Pending(format!("{} {}", response.status, response.body)),
                    Err(error) => Poll::Pending(error.to_string()),
                })
            },
        );
        match ready {
            Ok(()) => Ok(Self { origin, log, _process: process }),
            Err(Error::Timeout { what, after, last }) => {
                let last = format!("{last}\n{}", process::tail(&log, 30));
                Err(Error::Timeout { what, after, last })
            }
            Err(error) => Err(error),
        }
    }

    /// Returns the origin, such as `http://127.0.0.1:8787`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns the whole log.
    #[must_use]
    pub fn log(&self) -> String {
        process::tail(&self.log, usize::MAX)
    }
}

/// Writes the settings to a file that only its owner can read, since a command line would show the secrets to other users.
fn write_settings(options: &Options<'_>) -> Result<PathBuf> {
    let path = options.state.join("settings.env");
    let mut lines = Vec::new();
    for (name, value) in options.settings {
        if value.contains(['\'', '\n']) {
            return Err(Error::Unexpected(format!(
                "the setting {name} must not contain a single quote or a line break"
            )));
        }
        lines.push(format!("{name}='{value}'\n"));
    }
    fs::create_dir_all(options.state).map_err(Error::io(format!("create {}", options.state.display())))?;
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .and_then(|mut file| file.write_all(lines.concat().as_bytes()))
        .map_err(Error::io(format!("write {}", path.display())))?;
    Ok(path)
}

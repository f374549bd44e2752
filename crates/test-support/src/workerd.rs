//! The Worker in workerd, by `wrangler dev`, offline, with a D1 database and Durable Objects of its own.

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

/// wrangler starts in five seconds; a machine that compiles at the same time takes longer.
const START: Duration = Duration::from_mins(2);

/// Set for what wrangler starts: the Worker is built, so wrangler.toml's build command has nothing to do.
pub const IS_BUILT: &str = "KRAITER_WORKER_IS_BUILT";

/// How the Worker is run.
pub struct Options<'a> {
    /// Where it listens on 127.0.0.1.
    pub port: u16,
    /// Its variables and secrets.
    pub settings: &'a [(&'a str, String)],
    /// Where D1 and the Durable Objects keep what they hold.
    pub state: &'a Path,
    /// Where its log goes.
    pub logs: &'a Path,
}

/// A running Worker. It ends when it is dropped.
pub struct Workerd {
    origin: String,
    log: PathBuf,
    _process: ProcessGroup,
}

/// Brings the D1 database in `state` up to the last migration.
///
/// # Errors
/// Where wrangler is missing or a migration fails.
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
    /// Starts it and waits until `/healthz` answers.
    ///
    /// # Errors
    /// Where wrangler is missing, ends, or the Worker doesn't answer in two minutes.
    pub fn start(tools: &Tools, options: &Options<'_>) -> Result<Self> {
        let settings = write_settings(options)?;
        // wrangler wants the folder of the dashboard to be there; the API doesn't need what is in it.
        let assets = tools.root().join("www").join("dist");
        fs::create_dir_all(&assets).map_err(Error::io(format!("make {}", assets.display())))?;
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
        let ready =
            wait::until("the Worker's /healthz to answer 200", START, Duration::from_millis(100), || {
                if let Some(status) = process.try_wait()? {
                    let log = process::tail(&log, 30);
                    return Err(Error::ProgramFailed {
                        program: "wrangler dev".into(),
                        status: status.to_string(),
                        log,
                    });
                }
                Ok(match api.get("/healthz") {
                    Ok(answer) if answer.status == StatusCode::OK => Poll::Ready(()),
                    Ok(answer) => Poll::Pending(format!("{} {}", answer.status, answer.body)),
                    Err(error) => Poll::Pending(error.to_string()),
                })
            });
        match ready {
            Ok(()) => Ok(Self { origin, log, _process: process }),
            Err(Error::Timeout { what, after, last }) => {
                let last = format!("{last}\n{}", process::tail(&log, 30));
                Err(Error::Timeout { what, after, last })
            }
            Err(error) => Err(error),
        }
    }

    /// Where it answers, such as `http://127.0.0.1:8787`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Everything it has logged.
    #[must_use]
    pub fn log(&self) -> String {
        process::tail(&self.log, usize::MAX)
    }
}

/// Settings are secrets: they go to wrangler by a file that only its owner can read, not by the command line.
fn write_settings(options: &Options<'_>) -> Result<PathBuf> {
    let path = options.state.join("settings.env");
    let mut lines = Vec::new();
    for (name, value) in options.settings {
        if value.contains(['\'', '\n']) {
            return Err(Error::Unexpected(format!("the setting {name} can't be quoted")));
        }
        lines.push(format!("{name}='{value}'\n"));
    }
    fs::create_dir_all(options.state).map_err(Error::io(format!("make {}", options.state.display())))?;
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

//! Runs the Worker in workerd with `wrangler dev`, offline, with its own D1 database and Durable Objects.

use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use http::StatusCode;

use crate::{
    Error, Result,
    api::Api,
    ports,
    process::{self, ProcessGroup},
    temp_dir::TempDir,
    tools::{Tools, sha256_hex},
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

/// Creates a D1 database with all migrations in the directory `state`. wrangler takes seconds to apply them, so it runs once per
/// set of migrations. Later calls copy its result.
pub fn migrate(tools: &Tools, state: &Path, logs: &Path) -> Result<()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let cache = tools.target().join("local").join("migrated").join(migrations_digest(tools)?);
    if !cache.is_dir() {
        apply_migrations(tools, &cache, logs)?;
    }
    copy_dir(&cache, state)
}

/// Returns the digest of everything that determines the migrated database.
fn migrations_digest(tools: &Tools) -> Result<String> {
    let read = |path: &Path| fs::read(path).map_err(Error::io(format!("read {}", path.display())));
    let dir = tools.root().join("migrations");
    let entries = fs::read_dir(&dir).map_err(Error::io(format!("read {}", dir.display())))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort_unstable();
    paths.extend(["wrangler.toml", "package-lock.json"].map(|name| tools.root().join(name)));
    let mut bytes = Vec::new();
    for path in &paths {
        bytes.extend_from_slice(path.file_name().unwrap_or_default().as_encoded_bytes());
        bytes.extend(read(path)?);
    }
    Ok(sha256_hex(&bytes))
}

/// Creates the directory `output` with a database that has all migrations.
fn apply_migrations(tools: &Tools, output: &Path, logs: &Path) -> Result<()> {
    let work = TempDir::new()?;
    let mut command = tools.wrangler()?;
    command.args(["d1", "migrations", "apply", "DB", "--local", "--persist-to"]).arg(work.path());
    let log = logs.join("migrations.log");
    let status = ProcessGroup::spawn_logged("wrangler d1 migrations apply", &mut command, &log)?.wait()?;
    if !status.success() {
        let log = process::tail(&log, 20);
        return Err(Error::ProgramFailed {
            program: "wrangler d1 migrations apply".into(),
            status: status.to_string(),
            log,
        });
    }
    // Renamed when complete, since another process may do the same.
    let partial = output.with_extension(format!("partial-{}", std::process::id()));
    copy_dir(work.path(), &partial)?;
    match fs::rename(&partial, output) {
        Err(_) if output.is_dir() => fs::remove_dir_all(&partial),
        renamed => renamed,
    }
    .map_err(Error::io(format!("write {}", output.display())))
}

/// Copies the contents of a directory over another, which is created if it doesn't exist.
pub fn copy_dir(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).map_err(Error::io(format!("create {}", to.display())))?;
    for entry in fs::read_dir(from).map_err(Error::io(format!("read {}", from.display())))?.flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy_dir(&from, &to)?;
        } else {
            fs::copy(&from, &to).map_err(Error::io(format!("write {}", to.display())))?;
        }
    }
    Ok(())
}

impl Workerd {
    /// Starts the Worker and waits until `/healthz` responds with 200.
    pub fn start(tools: &Tools, options: &Options<'_>) -> Result<Self> {
        let settings = write_settings(options.settings, options.state)?;
        add_openapi_document(tools)?;
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

/// Writes the one static asset that the API needs, so that the Worker can run without the dashboard.
fn add_openapi_document(tools: &Tools) -> Result<()> {
    let assets = tools.root().join("www").join("dist");
    fs::create_dir_all(&assets).map_err(Error::io(format!("create {}", assets.display())))?;
    let document = tools.root().join("docs").join("openapi.json");
    let text = fs::read(&document).map_err(Error::io(format!("read {}", document.display())))?;
    let asset = assets.join("openapi.json");
    // wrangler reloads a running Worker if an asset changes.
    if fs::read(&asset).is_ok_and(|current| current == text) {
        return Ok(());
    }
    fs::write(&asset, text).map_err(Error::io(format!("write {}", asset.display())))
}

/// Writes the settings to a file that only its owner can read, since a command line would show the secrets to other users.
pub fn write_settings(settings: &[(&str, String)], state: &Path) -> Result<PathBuf> {
    let path = state.join("settings.env");
    let mut lines = Vec::new();
    for (name, value) in settings {
        if value.contains(['\'', '\n']) {
            return Err(Error::Unexpected(format!(
                "the setting {name} must not contain a single quote or a line break"
            )));
        }
        lines.push(format!("{name}='{value}'\n"));
    }
    fs::create_dir_all(state).map_err(Error::io(format!("create {}", state.display())))?;
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

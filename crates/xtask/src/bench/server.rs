//! Running a Worker in its own workerd process, with its state in memory.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use serde::Deserialize;
use serde_json::{Value, json};
use test_support::{
    Error, Result,
    process::{ProcessGroup, tail},
    temp_dir::TempDir,
    tools::Tools,
};

/// A running Worker. Dropping it stops workerd and deletes its state.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pid: u32,
    /// workerd's program.
    pub(super) program: PathBuf,
    state: TempDir,
    log: PathBuf,
    _process: ProcessGroup,
}

/// The line that `launch.mjs` prints.
#[derive(Deserialize)]
struct Launched {
    address: SocketAddr,
    pid: u32,
    program: PathBuf,
}

impl Server {
    /// Starts a Worker. `config` is the configuration that `benches/launch.mjs` reads, without the state directory.
    pub(super) fn start(tools: &Tools, name: &str, mut config: Value) -> Result<Self> {
        let state = TempDir::in_memory()?;
        config["state"] = json!(state.path());
        let path = state.path().join("config.json");
        fs::write(&path, config.to_string()).map_err(Error::io(format!("write {}", path.display())))?;
        let log = tools.target().join("logs").join(format!("bench-{name}.log"));
        let file = fs::File::create(&log).map_err(Error::io(format!("write {}", log.display())))?;
        let mut command = Command::new(tools.node()?);
        command.arg(tools.root().join("benches").join("launch.mjs")).arg(&path).current_dir(tools.root());
        let mut process = ProcessGroup::spawn(name, command.stdout(Stdio::piped()).stderr(file))?;
        let mut line = String::new();
        if let Some(output) = process.child().stdout.take() {
            BufReader::new(output).read_line(&mut line).map_err(Error::io(format!("read from {name}")))?;
        }
        let Launched { address, pid, program } =
            serde_json::from_str(&line).map_err(|_| Error::ProgramFailed {
                program: format!("benches/launch.mjs for {name}"),
                status: "no address".into(),
                log: tail(&log, 25),
            })?;
        Ok(Self { address, pid, program, state, log, _process: process })
    }

    /// Returns the CPU time that workerd's threads have used.
    pub(super) fn cpu_time(&self) -> Result<Duration> {
        cpu_time(self.pid)
    }

    /// Returns the directory of the Worker's state.
    pub(super) fn state(&self) -> &Path {
        self.state.path()
    }

    /// Returns the end of the log of the launcher and workerd.
    pub(super) fn log_tail(&self) -> String {
        tail(&self.log, 15)
    }
}

/// Returns the CPU time that the threads of a process have used, to the nanosecond: `/proc/<pid>/stat` only has hundredths of a second.
/// workerd keeps its threads, so none is missing.
pub(super) fn cpu_time(pid: u32) -> Result<Duration> {
    let dir = format!("/proc/{pid}/task");
    let tasks = fs::read_dir(&dir).map_err(Error::io(format!("read {dir}")))?;
    let mut total = Duration::ZERO;
    for task in tasks.flatten() {
        // A thread that has just ended has no file.
        if let Ok(stat) = fs::read_to_string(task.path().join("schedstat")) {
            total += parse_schedstat(&stat)
                .ok_or_else(|| Error::Unexpected(format!("{}: {stat}", task.path().display())))?;
        }
    }
    Ok(total)
}

/// Parses the first field of `schedstat`: nanoseconds on a CPU.
fn parse_schedstat(stat: &str) -> Option<Duration> {
    Some(Duration::from_nanos(stat.split(' ').next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_the_first_field() {
        assert_eq!(parse_schedstat("1500000 9 7\n"), Some(Duration::from_micros(1500)));
        assert_eq!(parse_schedstat("\n"), None);
    }

    #[test]
    fn this_process_has_used_some_time() {
        assert!(cpu_time(std::process::id()).unwrap() > Duration::ZERO);
    }
}

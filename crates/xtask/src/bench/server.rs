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

/// The kernel counts a process's CPU time in hundredths of a second (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// A running Worker. Dropping it stops workerd and deletes its state.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pid: u32,
    state: TempDir,
    log: PathBuf,
    _process: ProcessGroup,
}

/// The line that `launch.mjs` prints.
#[derive(Deserialize)]
struct Launched {
    address: SocketAddr,
    pid: u32,
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
        let Launched { address, pid } = serde_json::from_str(&line).map_err(|_| Error::ProgramFailed {
            program: format!("benches/launch.mjs for {name}"),
            status: "no address".into(),
            log: tail(&log, 25),
        })?;
        Ok(Self { address, pid, state, log, _process: process })
    }

    /// Returns the CPU time that workerd has used, in user and kernel mode, all threads included.
    pub(super) fn cpu_time(&self) -> Result<Duration> {
        let path = format!("/proc/{}/stat", self.pid);
        let stat = fs::read_to_string(&path).map_err(Error::io(format!("read {path}")))?;
        parse_cpu_time(&stat).ok_or_else(|| Error::Unexpected(format!("{path}: {stat}")))
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

/// Parses `utime` and `stime` of `/proc/<pid>/stat`. The program's name may contain spaces and parentheses.
fn parse_cpu_time(stat: &str) -> Option<Duration> {
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks = fields.get(11)?.parse::<u32>().ok()? + fields.get(12)?.parse::<u32>().ok()?;
    Some(TICK * ticks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_user_and_kernel_time() {
        let stat =
            "7 (a) b) S 1 7 7 0 -1 4194560 1 0 0 0 120 30 9 9 20 0 8 0 100 1 1 18446744073709551615 1 1";
        assert_eq!(parse_cpu_time(stat), Some(Duration::from_millis(1500)));
        assert_eq!(parse_cpu_time("7 (a) S 1"), None);
    }
}

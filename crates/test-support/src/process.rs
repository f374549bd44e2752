//! Child processes, each in its own process group, so that its descendants are stopped with it.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process_group, test_kill_process_group, waitid,
};

use crate::{Error, Result, temp_dir};

/// How long a group may take to exit after SIGTERM before it is killed.
const GRACE_PERIOD: Duration = Duration::from_secs(3);

#[derive(Default)]
struct Running {
    groups: BTreeSet<i32>,
    stopping: bool,
}

static RUNNING: Mutex<Running> = Mutex::new(Running { groups: BTreeSet::new(), stopping: false });

fn running() -> MutexGuard<'static, Running> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A child process that leads a process group. Dropping it stops the whole group: SIGTERM first, SIGKILL after three seconds.
pub struct ProcessGroup {
    name: String,
    child: Child,
}

impl ProcessGroup {
    /// Starts `command` in a new process group, without standard input.
    pub fn spawn(name: &str, command: &mut Command) -> Result<Self> {
        // Hold the lock while starting, so that the signal handler sees every group.
        let mut running = running();
        if running.stopping {
            return Err(Error::Unexpected(format!("{name} was not started because the process is stopping")));
        }
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(Error::io(format!("start {name} ({})", command.get_program().display())))?;
        running.groups.insert(id(&child));
        Ok(Self { name: name.to_owned(), child })
    }

    /// Starts `command` like [`ProcessGroup::spawn`] and writes its output to the file `log`.
    pub fn spawn_logged(name: &str, command: &mut Command, log: &Path) -> Result<Self> {
        let file = File::create(log).map_err(Error::io(format!("write {}", log.display())))?;
        let copy = file.try_clone().map_err(Error::io(format!("write {}", log.display())))?;
        Self::spawn(name, command.stdout(copy).stderr(file))
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Returns the exit status, or `None` if the process is still running.
    pub fn try_wait(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().map_err(Error::io(format!("get the status of {}", self.name)))
    }

    /// Waits until the process exits.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        self.child.wait().map_err(Error::io(format!("wait for {}", self.name)))
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        let group = id(&self.child);
        signal(group, Signal::TERM);
        let start = Instant::now();
        while start.elapsed() < GRACE_PERIOD {
            // The group exists until its leader is reaped.
            let leader_ended = !matches!(self.child.try_wait(), Ok(None));
            if leader_ended && !exists(group) {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
        signal(group, Signal::KILL);
        // The process has exited or was killed; nothing can be done about an error here.
        let _ = self.child.wait();
        running().groups.remove(&group);
    }
}

fn id(child: &Child) -> i32 {
    // A process ID always fits: its type in the system is i32.
    i32::try_from(child.id()).unwrap_or(i32::MAX)
}

fn signal(group: i32, signal: Signal) {
    if let Some(group) = Pid::from_raw(group) {
        // An error means that the group is already gone.
        let _ = kill_process_group(group, signal);
    }
}

fn exists(group: i32) -> bool {
    Pid::from_raw(group).is_some_and(|group| test_kill_process_group(group).is_ok())
}

/// Returns true if a group's leader is still running. Doesn't reap a leader that has exited: its owner does.
fn is_leader_running(group: i32) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    Pid::from_raw(group).is_some_and(|pid| matches!(waitid(WaitId::Pid(pid), options), Ok(None)))
}

/// Installs a handler that, on Ctrl-C, SIGTERM or SIGHUP, stops every process group and exits with status 130.
pub fn stop_on_signal() -> Result<()> {
    ctrlc::set_handler(|| {
        stop_all();
        temp_dir::remove_all();
        std::process::exit(130);
    })
    .map_err(|error| Error::Unexpected(format!("cannot handle Ctrl-C: {error}")))
}

/// Stops every process group and prevents new ones.
fn stop_all() {
    let groups: Vec<i32> = {
        let mut running = running();
        running.stopping = true;
        running.groups.iter().copied().collect()
    };
    for &group in &groups {
        signal(group, Signal::TERM);
    }
    let start = Instant::now();
    while start.elapsed() < GRACE_PERIOD && groups.iter().any(|&group| is_leader_running(group)) {
        thread::sleep(Duration::from_millis(10));
    }
    for &group in &groups {
        signal(group, Signal::KILL);
    }
}

/// Returns the last `lines` lines of a log file, or an empty string if it can't be read.
#[must_use]
pub fn tail(log: &Path, lines: usize) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};

    use super::*;

    #[test]
    fn dropping_a_group_stops_the_leaders_descendants() {
        // Prints the grandchild's ID. The leader waits for its child and doesn't forward SIGTERM.
        let mut group = ProcessGroup::spawn(
            "sh",
            Command::new("sh").args(["-c", "sleep 600 & echo $!; wait"]).stdout(Stdio::piped()),
        )
        .unwrap();
        let mut line = String::new();
        BufReader::new(group.child().stdout.take().unwrap()).read_line(&mut line).unwrap();
        let grandchild = Pid::from_raw(line.trim().parse().unwrap()).unwrap();
        let leader = id(&group.child);
        assert!(exists(leader));
        drop(group);
        assert!(!exists(leader));
        // The grandchild is dead: gone, or a zombie that its new parent hasn't reaped yet.
        let state =
            fs::read_to_string(format!("/proc/{}/stat", grandchild.as_raw_nonzero())).unwrap_or_default();
        assert!(state.is_empty() || state.contains(") Z "), "{state}");
    }

    #[test]
    fn tail_returns_the_last_lines() {
        let dir = temp_dir::TempDir::new().unwrap();
        let log = dir.path().join("log");
        fs::write(&log, "a\nb\nc\n").unwrap();
        assert_eq!(tail(&log, 2), "b\nc");
        assert_eq!(tail(&log, 9), "a\nb\nc");
    }
}

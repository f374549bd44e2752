//! Child processes, each in a process group of its own, so that what they start ends with them.

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

/// How long a group may take to end by itself once it is asked.
const GRACE: Duration = Duration::from_secs(3);

#[derive(Default)]
struct Running {
    groups: BTreeSet<i32>,
    stopping: bool,
}

static RUNNING: Mutex<Running> = Mutex::new(Running { groups: BTreeSet::new(), stopping: false });

fn running() -> MutexGuard<'static, Running> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A child that leads a process group. Dropping it ends the whole group: asked first, killed after three seconds.
pub struct ProcessGroup {
    name: String,
    child: Child,
}

impl ProcessGroup {
    /// Starts `command` in a group of its own, without standard input; where its output goes is the command's matter.
    ///
    /// # Errors
    /// Where the program can't be started.
    pub fn spawn(name: &str, command: &mut Command) -> Result<Self> {
        // The lock is held over the start, so that a signal finds every group that exists.
        let mut running = running();
        if running.stopping {
            return Err(Error::Unexpected(format!("{name} was not started: we are stopping")));
        }
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(Error::io(format!("start {name} ({})", command.get_program().display())))?;
        running.groups.insert(id(&child));
        Ok(Self { name: name.to_owned(), child })
    }

    /// The same with both outputs written to the file `log`.
    ///
    /// # Errors
    /// Where the log can't be written or the program can't be started.
    pub fn spawn_logged(name: &str, command: &mut Command, log: &Path) -> Result<Self> {
        let file = File::create(log).map_err(Error::io(format!("write {}", log.display())))?;
        let copy = file.try_clone().map_err(Error::io(format!("write {}", log.display())))?;
        Self::spawn(name, command.stdout(copy).stderr(file))
    }

    /// The child itself, to read its pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// How it ended, where it has.
    ///
    /// # Errors
    /// Where the system can't say.
    pub fn try_wait(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().map_err(Error::io(format!("ask for {}", self.name)))
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// Where the system can't say.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        self.child.wait().map_err(Error::io(format!("wait for {}", self.name)))
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        let group = id(&self.child);
        signal(group, Signal::TERM);
        let start = Instant::now();
        while start.elapsed() < GRACE {
            // Reaping the leader is what lets its group vanish.
            let leader_ended = !matches!(self.child.try_wait(), Ok(None));
            if leader_ended && !exists(group) {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
        signal(group, Signal::KILL);
        // Killed or ended: either way this answers, and there is nobody to tell if it doesn't.
        let _ = self.child.wait();
        running().groups.remove(&group);
    }
}

fn id(child: &Child) -> i32 {
    // A process id fits: the system's own type is i32.
    i32::try_from(child.id()).unwrap_or(i32::MAX)
}

fn signal(group: i32, signal: Signal) {
    if let Some(group) = Pid::from_raw(group) {
        // A group that is gone is what is wanted.
        let _ = kill_process_group(group, signal);
    }
}

fn exists(group: i32) -> bool {
    Pid::from_raw(group).is_some_and(|group| test_kill_process_group(group).is_ok())
}

/// Whether a leader has yet to end. One that has is left for its owner to reap.
fn leader_runs(group: i32) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    Pid::from_raw(group).is_some_and(|pid| matches!(waitid(WaitId::Pid(pid), options), Ok(None)))
}

/// From now on Ctrl-C, SIGTERM and SIGHUP end every group that runs and then this process, with the exit status 130.
///
/// # Errors
/// Where the system takes no handler, or one is set already.
pub fn stop_on_signal() -> Result<()> {
    ctrlc::set_handler(|| {
        stop_all();
        temp_dir::remove_all();
        std::process::exit(130);
    })
    .map_err(|error| Error::Unexpected(format!("Ctrl-C can't be handled: {error}")))
}

/// Ends every group that runs, and lets no other start.
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
    while start.elapsed() < GRACE && groups.iter().any(|&group| leader_runs(group)) {
        thread::sleep(Duration::from_millis(10));
    }
    for &group in &groups {
        signal(group, Signal::KILL);
    }
}

/// The last `lines` lines of a log file; what can't be read is empty.
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
    fn dropping_a_group_ends_what_its_leader_started() {
        // The grandchild's id is printed; the leader ignores SIGTERM for as long as its child lives.
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
        // Re-parented and dead: gone, or a zombie that its new parent hasn't reaped yet.
        let state =
            fs::read_to_string(format!("/proc/{}/stat", grandchild.as_raw_nonzero())).unwrap_or_default();
        assert!(state.is_empty() || state.contains(") Z "), "{state}");
    }

    #[test]
    fn a_tail_is_the_last_lines() {
        let folder = temp_dir::TempDir::new().unwrap();
        let log = folder.path().join("log");
        fs::write(&log, "a\nb\nc\n").unwrap();
        assert_eq!(tail(&log, 2), "b\nc");
        assert_eq!(tail(&log, 9), "a\nb\nc");
    }
}

//! Crashes of the runtime during the tests. One shows up in a test only as a connection that was closed.

use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

use test_support::process::tail;
use walkdir::{DirEntry, WalkDir};

use super::tally::Tally;

/// What wrangler and workerd log when the runtime ends unexpectedly.
const SIGNS: [&str; 4] = ["crashed unexpectedly", "Received signal", "Fatal", "out of memory"];

/// Lines to print of the Worker's log that was written last, which may say why the Worker stopped responding.
const LAST_LINES: usize = 8;

/// Lines about crashes to print, and the length of each, which may contain a stack.
const MAX_LINES: usize = 20;
const MAX_LENGTH: usize = 300;

/// Prints what the logs in `folder` written since `start` say about crashes, and the end of the Worker's last one, if tests failed.
pub(super) fn report(folder: &Path, start: SystemTime, tally: Tally) {
    if tally.failed == 0 {
        return;
    }
    let written = |log: &PathBuf| log.metadata().and_then(|metadata| metadata.modified()).ok();
    let mut logs: Vec<_> = WalkDir::new(folder).into_iter().flatten().map(DirEntry::into_path).collect();
    logs.retain(|log| {
        let is_log = log.extension().is_some_and(|extension| extension == "log");
        is_log && written(log).is_some_and(|at| at >= start)
    });
    logs.sort_by_key(written);
    let signs = logs.iter().flat_map(|log| {
        let lines = signs(&tail(log, usize::MAX));
        lines.into_iter().map(|line| format!("{}: {line}", log.display())).collect::<Vec<_>>()
    });
    for line in signs.take(MAX_LINES) {
        println!("        {line}");
    }
    let worker = logs.iter().rev().find(|log| log.ends_with("worker.log"));
    for line in worker.map(|log| tail(log, LAST_LINES)).unwrap_or_default().lines() {
        println!("        {}", cut(line));
    }
}

fn signs(log: &str) -> Vec<String> {
    let is_sign = |line: &&str| SIGNS.iter().any(|sign| line.contains(sign));
    log.lines().filter(is_sign).map(cut).collect()
}

fn cut(line: &str) -> String {
    line.chars().take(MAX_LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_about_a_crash_are_found_and_they_are_cut() {
        let stack = "0".repeat(1_000);
        let log = format!("GET /healthz 200 OK\n*** Received signal #11: {stack}\nReady\n");
        let found = signs(&log);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("*** Received signal #11") && found[0].len() == MAX_LENGTH);
        assert_eq!(signs("GET /v1/emails 200 OK"), Vec::<String>::new());
    }
}

//! Running programs and logging their output.

use std::{
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use test_support::{
    Error, Result,
    process::{self, ProcessGroup},
};

/// Number of log lines in an error.
const LOG_LINES: usize = 25;

/// Runs `command`, writes its output to the file `log` and calls `on_line` for each line. A carriage return ends a line too,
/// since progress bars use it. Fails with the end of the log if the command fails.
pub(crate) fn logged(
    name: &str,
    command: &mut Command,
    log: &Path,
    mut on_line: impl FnMut(&str),
) -> Result<()> {
    if let Some(dir) = log.parent() {
        fs::create_dir_all(dir).map_err(Error::io(format!("create {}", dir.display())))?;
    }
    let mut file = File::create(log).map_err(Error::io(format!("write {}", log.display())))?;
    let (mut pipe, writer) = std::io::pipe().map_err(Error::io("create a pipe"))?;
    let copy = writer.try_clone().map_err(Error::io("create a pipe"))?;
    let mut group = ProcessGroup::spawn(name, command.stdout(copy).stderr(writer))?;
    // The command holds the write end of the pipe. Drop it, or reading never ends.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut buffer = [0; 8192];
    let mut line = Vec::new();
    loop {
        let n = match pipe.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(source) => return Err(Error::io(format!("read from {name}"))(source)),
        };
        file.write_all(&buffer[..n]).map_err(Error::io(format!("write {}", log.display())))?;
        for &byte in &buffer[..n] {
            if matches!(byte, b'\n' | b'\r') {
                on_line(&String::from_utf8_lossy(&line));
                line.clear();
            } else {
                line.push(byte);
            }
        }
    }
    on_line(&String::from_utf8_lossy(&line));
    let status = group.wait()?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::ProgramFailed {
            program: name.to_owned(),
            status: status.to_string(),
            log: process::tail(log, LOG_LINES),
        })
    }
}

/// Runs `command` and returns its standard output. Fails with its standard error if the command fails.
pub(crate) fn output(name: &str, command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(Error::io(format!("start {name}")))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(Error::ProgramFailed { program: name.to_owned(), status: output.status.to_string(), log })
    }
}

/// Returns a command for the `cargo` on PATH, so that rustup can choose the toolchain.
pub(crate) fn cargo() -> Command {
    for_cargo(Path::new("cargo"))
}

/// Returns a command for a program that runs cargo, without the variables that `cargo run` has set for this program.
pub(crate) fn for_cargo(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let inherited = name.to_str().is_some_and(|name| {
            name == "CARGO" || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        if inherited {
            command.env_remove(name);
        }
    }
    command
}

/// Returns the path of a log.
pub(crate) fn log_path(dir: &Path, name: &str) -> PathBuf {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    dir.join(format!("{name}.log"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_includes_the_end_of_the_log() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("new").join("sh.log");
        let mut lines = Vec::new();
        let error = logged(
            "sh",
            Command::new("sh").args(["-c", "printf 'a\\rb\\n'; echo no >&2; exit 3"]),
            &log,
            |line| {
                lines.push(line.to_owned());
            },
        );
        assert_eq!(lines, ["a", "b", "no", ""]);
        let text = error.unwrap_err().to_string();
        assert!(text.contains("no") && text.contains('3'), "{text}");
    }
}

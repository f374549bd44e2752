//! Installing Debian packages with apt-get, as root.

use std::{
    path::Path,
    process::Command,
    sync::{Mutex, MutexGuard, PoisonError},
};

use test_support::{Error, Result, tools::on_path};

use crate::program;

/// dpkg allows one process at a time. True once the package lists are up to date.
static LISTS_UPDATED: Mutex<bool> = Mutex::new(false);

/// Returns true if packages can be installed.
pub(crate) fn is_available() -> bool {
    on_path("apt-get").is_some() && is_root()
}

fn is_root() -> bool {
    let id = program::output("id", Command::new("id").arg("-u"));
    id.is_ok_and(|id| id.trim() == "0")
}

/// Installs packages. Updates the package lists first, once per run.
pub(crate) fn install(packages: &[&str], logs: &Path) -> Result<()> {
    if !is_available() {
        return Err(Error::Unexpected("installing packages requires root and apt-get".into()));
    }
    let _guard = update_lists(logs)?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages);
    apt_get(&arguments, &logs.join("apt-install.log"))
}

/// Downloads a package into a directory. Root is only needed to update the package lists.
pub(crate) fn download(package: &str, dir: &Path, logs: &Path) -> Result<()> {
    let _guard = if is_available() { Some(update_lists(logs)?) } else { None };
    let log = logs.join(format!("apt-download-{package}.log"));
    run(Command::new("apt-get").args(["download", package]).current_dir(dir), &log)
}

/// Updates the package lists once per run. Other installations wait until the guard is dropped.
fn update_lists(logs: &Path) -> Result<MutexGuard<'static, bool>> {
    let mut updated = LISTS_UPDATED.lock().unwrap_or_else(PoisonError::into_inner);
    if !*updated {
        apt_get(&["update"], &logs.join("apt-update.log"))?;
        *updated = true;
    }
    Ok(updated)
}

fn apt_get(arguments: &[&str], log: &Path) -> Result<()> {
    run(Command::new("apt-get").args(arguments), log)
}

fn run(command: &mut Command, log: &Path) -> Result<()> {
    command.env("DEBIAN_FRONTEND", "noninteractive");
    program::logged("apt-get", command, log, |_| {})
}

//! Debian's packages, for those who are root.

use std::{
    path::Path,
    process::Command,
    sync::{Mutex, PoisonError},
};

use test_support::{Error, Result, tools::on_path};

use crate::program;

/// dpkg lets one in at a time.
static ONE_AT_A_TIME: Mutex<bool> = Mutex::new(false);

/// Whether packages can be installed without asking anybody.
pub(crate) fn usable() -> bool {
    on_path("apt-get").is_some() && is_root()
}

fn is_root() -> bool {
    let id = program::output("id", Command::new("id").arg("-u"));
    id.is_ok_and(|id| id.trim() == "0")
}

/// Installs packages; the list of packages is brought up to date once in a run.
///
/// # Errors
/// Where it can't be done here, or apt-get fails.
pub(crate) fn install(packages: &[&str], logs: &Path) -> Result<()> {
    if !usable() {
        return Err(Error::Unexpected("packages can only be installed by root, with apt-get".into()));
    }
    let mut updated = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if !*updated {
        apt_get(&["update"], &logs.join("apt-update.log"))?;
        *updated = true;
    }
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages);
    apt_get(&arguments, &logs.join("apt-install.log"))
}

fn apt_get(arguments: &[&str], log: &Path) -> Result<()> {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    program::logged("apt-get", &mut command, log, |_| {})
}

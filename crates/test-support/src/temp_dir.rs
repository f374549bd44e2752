//! Temporary directories that are removed on drop and when a signal stops the process.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{Error, Result};

static LIVE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn live() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A new directory with a random name that only its owner can read.
pub struct TempDir(tempfile::TempDir);

impl TempDir {
    /// Creates a directory inside the system's directory for temporary files.
    pub fn new() -> Result<Self> {
        Self::inside(&env::temp_dir())
    }

    /// Creates a directory inside `/dev/shm`, which Linux keeps in memory.
    pub fn in_memory() -> Result<Self> {
        Self::inside(Path::new("/dev/shm"))
    }

    fn inside(parent: &Path) -> Result<Self> {
        let dir = tempfile::Builder::new()
            .prefix("kraiter-")
            .tempdir_in(parent)
            .map_err(Error::io("create a temporary directory"))?;
        live().insert(dir.path().to_owned());
        Ok(Self(dir))
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        live().remove(self.0.path());
    }
}

/// Removes every remaining directory. For the signal handler, since exiting drops nothing.
pub(crate) fn remove_all() {
    for path in live().iter() {
        // The process is exiting, so an error can't be handled.
        let _ = fs::remove_dir_all(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_folder_is_gone() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().to_owned();
        fs::write(path.join("file"), "x").unwrap();
        drop(dir);
        assert!(!path.exists());
    }
}

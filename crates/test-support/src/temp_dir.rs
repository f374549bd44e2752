//! Temporary folders that go when they are dropped, and also when a signal ends the process.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{Error, Result};

static KEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn kept() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A new folder with a random name, readable by its owner only.
pub struct TempDir(tempfile::TempDir);

impl TempDir {
    /// Makes one in the system's place for temporary files.
    ///
    /// # Errors
    /// Where it can't be made.
    pub fn new() -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("kraiter-")
            .tempdir()
            .map_err(Error::io("make a temporary folder"))?;
        kept().insert(folder.path().to_owned());
        Ok(Self(folder))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        kept().remove(self.0.path());
    }
}

/// Removes every folder that is still there; for the end by a signal, which drops nothing.
pub(crate) fn remove_all() {
    for path in kept().iter() {
        // The process ends: there is nobody to tell.
        let _ = fs::remove_dir_all(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_folder_is_gone() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().to_owned();
        fs::write(path.join("file"), "x").unwrap();
        drop(folder);
        assert!(!path.exists());
    }
}

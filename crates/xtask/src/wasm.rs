//! Finding a Rust toolchain with the target `wasm32-unknown-unknown`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::program;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The rustup name of Debian's toolchain.
pub(crate) const DEBIAN: &str = "debian-web";

/// A toolchain with the target's standard library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The default toolchain.
    Current,
    /// Debian's toolchain, linked into rustup.
    Debian,
}

impl Toolchain {
    /// Returns the first toolchain that has the target.
    pub(crate) fn find() -> Option<Self> {
        [Self::Current, Self::Debian].into_iter().find(|toolchain| toolchain.library_dir().is_some())
    }

    /// Returns the directory of the target's standard library.
    pub(crate) fn library_dir(self) -> Option<PathBuf> {
        let mut rustc = Command::new("rustc");
        rustc.args(["--print", "target-libdir", "--target", TARGET]);
        self.select(&mut rustc);
        let dir = PathBuf::from(program::output("rustc", &mut rustc).ok()?.trim());
        let has_std = fs::read_dir(&dir).ok()?.flatten().any(|entry| is_library(&entry.path(), "libstd-"));
        has_std.then_some(dir)
    }

    /// Selects this toolchain for `command`.
    pub(crate) fn select(self, command: &mut Command) {
        if self == Self::Debian {
            command.env("RUSTUP_TOOLCHAIN", DEBIAN);
        }
    }
}

/// Returns true if a file is a Rust library with this prefix.
pub(crate) fn is_library(path: &Path, prefix: &str) -> bool {
    path.extension().is_some_and(|extension| extension == "rlib")
        && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix))
}

//! The Rust toolchain that builds for `wasm32-unknown-unknown`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::program;

/// The target.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The name under which rustup knows Debian's own toolchain, where that one has the target.
pub(crate) const DEBIAN: &str = "debian-web";

/// A toolchain that has the target's standard library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The one that is used anyway.
    Current,
    /// Debian's, linked into rustup.
    Debian,
}

impl Toolchain {
    /// The first toolchain that has the target.
    pub(crate) fn find() -> Option<Self> {
        [Self::Current, Self::Debian].into_iter().find(|toolchain| toolchain.library().is_some())
    }

    /// Where its standard library for the target is.
    pub(crate) fn library(self) -> Option<PathBuf> {
        let mut rustc = Command::new("rustc");
        rustc.args(["--print", "target-libdir", "--target", TARGET]);
        self.choose(&mut rustc);
        let folder = PathBuf::from(program::output("rustc", &mut rustc).ok()?.trim());
        let has_std = fs::read_dir(&folder).ok()?.flatten().any(|entry| is_library(&entry.path(), "libstd-"));
        has_std.then_some(folder)
    }

    /// Makes rustup take this toolchain for `command`.
    pub(crate) fn choose(self, command: &mut Command) {
        if self == Self::Debian {
            command.env("RUSTUP_TOOLCHAIN", DEBIAN);
        }
    }
}

/// Whether a file is a Rust library whose name begins with `start`.
pub(crate) fn is_library(path: &Path, start: &str) -> bool {
    path.extension().is_some_and(|extension| extension == "rlib")
        && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start))
}

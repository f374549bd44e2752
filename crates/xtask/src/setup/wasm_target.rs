//! The standard library for `wasm32-unknown-unknown`: installed with rustup, otherwise Debian's toolchain with a standard library
//! built from Debian's source.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use test_support::{
    Error, Result,
    tools::{Tools, on_path},
};

use super::{Tool, create_empty_dir, logs};
use crate::{
    apt, program,
    progress::Progress,
    wasm::{DEBIAN, TARGET, Toolchain, is_library},
};

/// The Debian packages of the toolchain.
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];

/// The directory where Debian's rustc expects the target's libraries.
const DEBIAN_LIBRARY: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib";

pub(super) struct WasmTarget;

impl Tool for WasmTarget {
    fn name(&self) -> String {
        format!("Rust's {TARGET}")
    }

    fn purpose(&self) -> &'static str {
        "compiles the Worker and the package"
    }

    fn find(&self, _: &Tools) -> Option<PathBuf> {
        Toolchain::find()?.library_dir()
    }

    fn install(&self, tools: &Tools, progress: &Progress) -> Result<()> {
        let logs = logs(tools);
        if on_path("rustup").is_some() {
            let mut rustup = Command::new("rustup");
            rustup.args(["target", "add", TARGET]).current_dir(tools.root());
            match program::logged("rustup target add", &mut rustup, &logs.join("rustup.log"), |_| {}) {
                Ok(()) if self.find(tools).is_some() => return Ok(()),
                Ok(()) => progress.print("rustup added the target to another toolchain"),
                Err(error) if !apt::is_available() => return Err(error),
                Err(_) => progress.print("rustup cannot add the target, using Debian's toolchain"),
            }
        }
        apt::install(&PACKAGES, &logs)?;
        progress.print("building the standard library from Debian's source");
        build_std(&tools.cache().join("std"), Path::new(DEBIAN_LIBRARY), &logs, progress)?;
        if on_path("rustup").is_some() {
            let mut link = Command::new("rustup");
            link.args(["toolchain", "link", DEBIAN, "/usr"]);
            program::logged("rustup toolchain link", &mut link, &logs.join("rustup.log"), |_| {})?;
        }
        Ok(())
    }

    fn manual_steps(&self, _: &Tools) -> String {
        format!(
            "rustup target add {TARGET}   (needs access to static.rust-lang.org; on Debian, root can install \
             {} instead)",
            PACKAGES.join(", ")
        )
    }
}

/// Builds the standard library with Debian's toolchain in the directory `work` and copies it to `library`.
fn build_std(work: &Path, library: &Path, logs: &Path, progress: &Progress) -> Result<()> {
    create_empty_dir(work)?;
    let source = work.join("src");
    let write = |path: PathBuf, text: &str| {
        fs::write(&path, text).map_err(Error::io(format!("write {}", path.display())))
    };
    fs::create_dir_all(&source).map_err(Error::io(format!("create {}", source.display())))?;
    // An empty crate that depends on the standard library. Panics abort, as in the Worker.
    write(
        work.join("Cargo.toml"),
        "[package]\nname = \"empty_std_user\"\nedition = \"2024\"\n\n[profile.release]\npanic = \"abort\"\n\n[workspace]\n",
    )?;
    write(source.join("lib.rs"), "")?;

    let target = work.join("target");
    let mut cargo = Command::new("/usr/bin/cargo");
    cargo
        .args(["build", "--release", "--target", TARGET, "-Z", "build-std=std,panic_abort,proc_macro,test"])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(work)
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN")
        .env("RUSTC", "/usr/bin/rustc")
        // Debian's toolchain is stable, and `build-std` is an unstable feature.
        .env("RUSTC_BOOTSTRAP", "1")
        // Needed to link the Worker with `lto = true`.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes");
    let mut crates = 0;
    program::logged("cargo build (std)", &mut cargo, &logs.join("std.log"), |line| {
        if line.trim_start().starts_with("Compiling") {
            crates += 1;
            progress.print_occasionally(|| format!("{crates} crates of the standard library compiled"));
        }
    })?;

    fs::create_dir_all(library).map_err(Error::io(format!("create {}", library.display())))?;
    let built = target.join(TARGET).join("release").join("deps");
    let entries = fs::read_dir(&built).map_err(Error::io(format!("read {}", built.display())))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        if is_library(&path, "lib") && !is_library(&path, "libempty_std_user") {
            let to = library.join(path.file_name().unwrap_or_default());
            fs::copy(&path, &to).map_err(Error::io(format!("write {}", to.display())))?;
        }
    }
    fs::remove_dir_all(work).map_err(Error::io(format!("remove {}", work.display())))
}

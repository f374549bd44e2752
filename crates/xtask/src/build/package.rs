//! The npm package's WebAssembly module: built by cargo, bound by wasm-bindgen, made small by wasm-opt.

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use test_support::{Error, Result, tools::Tools};

use super::{sizes, stamp};
use crate::{
    program,
    progress::Progress,
    setup::{self, Need},
    wasm::{TARGET, Toolchain},
};

/// The files and folders that a build reads, from the clone's root.
const INPUTS: [&str; 7] = [
    "Cargo.toml",
    "Cargo.lock",
    "package-lock.json",
    "crates/core/Cargo.toml",
    "crates/core/src",
    "crates/sdk-wasm/Cargo.toml",
    "crates/sdk-wasm/src",
];

/// The most that a page may have to load, in bytes of gzip.
const LIMIT: usize = 60_000;

/// What the package's files are called.
const NAME: &str = "kraiter";

/// Builds `pkg/dist` unless it is built of what is there now; answers whether it had to.
///
/// # Errors
/// Where a tool is missing, the build fails, or the package is larger than it may be.
pub(crate) fn package(tools: &Tools) -> Result<bool> {
    setup::ensure(tools, &[Need::Build])?;
    let toolchain =
        Toolchain::find().ok_or_else(|| Error::Unexpected("no toolchain has the wasm target".into()))?;
    let tool = format!("wasm-bindgen {}", tools.locked_version("wasm-bindgen")?);
    let inputs = stamp::of_inputs(tools, toolchain, &tool, &INPUTS)?;
    let stamp = tools.target().join("package.stamp");
    let output = tools.root().join("pkg").join("dist");
    let is_built = fs::read_to_string(&stamp).is_ok_and(|last| last == stamp::whole(&inputs, &output));
    if !is_built {
        let work = tools.target().join("package");
        make(tools, toolchain, &work)?;
        replace(&work, &output)?;
        fs::write(&stamp, stamp::whole(&inputs, &output))
            .map_err(Error::io(format!("write {}", stamp.display())))?;
    }
    let size = loaded(tools)?.last().map_or(0, |(_, _, packed)| *packed);
    if size > LIMIT {
        return Err(Error::Unexpected(format!(
            "a page would load {size} bytes (gzip) of the package, more than {LIMIT}"
        )));
    }
    Ok(!is_built)
}

/// The name, size and gzip size of each file that a page loads, and of all together.
pub(super) fn loaded(tools: &Tools) -> Result<Vec<(String, usize, usize)>> {
    let package = tools.root().join("pkg");
    let mut files = vec![package.join("index.js")];
    for folder in ["dist", "lib"] {
        files.extend(super::files(&package.join(folder))?);
    }
    sizes(&files)
}

/// Makes the module and its JavaScript in the folder `work`.
fn make(tools: &Tools, toolchain: Toolchain, work: &Path) -> Result<()> {
    let compiled = compile(tools, toolchain)?;
    if work.exists() {
        fs::remove_dir_all(work).map_err(Error::io(format!("remove {}", work.display())))?;
    }
    let bound = work.join("bound");
    let mut bind = Command::new(tools.wasm_bindgen()?);
    bind.args(["--target", "web", "--no-typescript", "--omit-default-module-path"])
        .args(["--remove-name-section", "--remove-producers-section", "--out-name", NAME, "--out-dir"])
        .arg(&bound)
        .arg(compiled);
    run("wasm-bindgen", &mut bind, tools)?;

    let dist = work.join("dist");
    fs::create_dir_all(&dist).map_err(Error::io(format!("make {}", dist.display())))?;
    let wasm = format!("{NAME}_bg.wasm");
    let mut shrink = Command::new(tools.npm_program("wasm-opt")?);
    shrink.arg("-Oz").arg(bound.join(&wasm)).arg("-o").arg(dist.join(&wasm));
    run("wasm-opt", shrink.env("PATH", tools.path_with_node()?), tools)?;
    let script = format!("{NAME}.js");
    let mut minify = Command::new(tools.npm_program("esbuild")?);
    minify
        .arg(bound.join(&script))
        .args(["--minify", "--format=esm", "--target=es2022", "--log-level=warning"])
        .arg(format!("--outfile={}", dist.join(&script).display()));
    run("esbuild", minify.env("PATH", tools.path_with_node()?), tools)
}

/// Compiles the crate; answers where the module is.
fn compile(tools: &Tools, toolchain: Toolchain) -> Result<PathBuf> {
    let mut cargo = program::cargo();
    cargo
        .args(["build", "--release", "--package", "sdk-wasm", "--lib", "--target", TARGET])
        .current_dir(tools.root())
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_ENCODED_RUSTFLAGS", without_paths(tools).join("\u{1f}"));
    toolchain.choose(&mut cargo);
    let progress = Progress::new("package");
    let mut crates = 0;
    let log = tools.target().join("logs").join("package.log");
    program::logged("cargo build", &mut cargo, &log, |line| {
        if line.trim_start().starts_with("Compiling") {
            crates += 1;
            progress.at_times(|| format!("{crates} crates compiled"));
        }
    })?;
    Ok(tools.target().join(TARGET).join("release").join("sdk_wasm.wasm"))
}

/// Panics name source files: what is published must not tell where it was built.
fn without_paths(tools: &Tools) -> Vec<String> {
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let remap = |path: &Path, to: &str| format!("--remap-path-prefix={}={to}", path.display());
    let mut flags = vec![remap(tools.root(), "")];
    flags.extend(home.map(|home| remap(&home, "cargo")));
    flags
}

fn run(name: &str, command: &mut Command, tools: &Tools) -> Result<()> {
    let log = tools.target().join("logs").join(format!("package-{name}.log"));
    program::logged(name, command, &log, |_| {})
}

/// Puts what was made in the place of what was there.
fn replace(work: &Path, output: &Path) -> Result<()> {
    if output.exists() {
        fs::remove_dir_all(output).map_err(Error::io(format!("remove {}", output.display())))?;
    }
    fs::create_dir_all(output).map_err(Error::io(format!("make {}", output.display())))?;
    for file in super::files(&work.join("dist"))? {
        let to = output.join(file.file_name().unwrap_or(OsStr::new(NAME)));
        fs::copy(&file, &to).map_err(Error::io(format!("write {}", to.display())))?;
    }
    Ok(())
}

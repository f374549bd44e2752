//! The build of the npm package: its WebAssembly module, with cargo, wasm-bindgen and wasm-opt, and its entries, with esbuild.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use test_support::{Error, Result, tools::Tools};

use super::{sizes, stamp, wasm_opt};
use crate::{
    packages, program,
    progress::Progress,
    setup::{self, Need},
    wasm::{TARGET, Toolchain},
};

/// Maximum total size of the files that a page loads, in bytes of gzip.
const MAX_GZIP_SIZE: usize = 55_000;

/// The directory of the entry for pages in `dist`.
const PAGE: &str = "page";

/// The parts of the entry for pages that are loaded by what needs them: webhooks; emails with files, dates or React components.
const LATER: [&str; 2] = ["prepare-", "verify-"];

/// Base name of the generated files.
const NAME: &str = "kraiter";

/// The entries for servers: formats of esbuild and file names.
const SERVER_ENTRIES: [(&str, &str); 2] = [("esm", "server.js"), ("cjs", "server.cjs")];

/// Builds `pkg/dist`. Returns true if the WebAssembly module was built, because its inputs have changed. Fails if a page loads more than
/// [`MAX_GZIP_SIZE`].
pub(crate) fn package(tools: &Tools) -> Result<bool> {
    setup::ensure(tools, &[Need::Build])?;
    let toolchain = Toolchain::find()
        .ok_or_else(|| Error::Unexpected("no toolchain has the target wasm32-unknown-unknown".into()))?;
    let tool = format!("wasm-bindgen {}", tools.locked_version("wasm-bindgen")?);
    let sources = packages::build_inputs(&["crates/sdk-wasm/Cargo.toml", "crates/sdk-wasm/src"]);
    let inputs = stamp::of_inputs(tools, toolchain, &tool, &sources)?;
    let stamp = tools.target().join("package.stamp");
    let output = tools.root().join("pkg").join("dist");
    let is_current = fs::read_to_string(&stamp).is_ok_and(|last| last == stamp::of_output(&inputs, &output));
    if !is_current {
        let work = tools.target().join("package");
        build(tools, toolchain, &work)?;
        replace(&work, &output)?;
    }
    bundle_for_servers(tools)?;
    bundle_for_pages(tools, &output.join(PAGE))?;
    fs::write(&stamp, stamp::of_output(&inputs, &output))
        .map_err(Error::io(format!("write {}", stamp.display())))?;
    let size = loaded(tools)?.last().map_or(0, |(_, _, packed)| *packed);
    if size > MAX_GZIP_SIZE {
        return Err(Error::Unexpected(format!(
            "the package is {size} bytes (gzip), more than the limit of {MAX_GZIP_SIZE}"
        )));
    }
    Ok(!is_current)
}

/// Returns the name, size and gzip size of each file that a page loads, followed by the total.
pub(super) fn loaded(tools: &Tools) -> Result<Vec<(String, usize, usize)>> {
    let dist = tools.root().join("pkg").join("dist");
    let mut files = super::files(&dist.join(PAGE))?;
    files.retain(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        LATER.iter().all(|later| !name.starts_with(later))
    });
    files.push(dist.join(format!("{NAME}_bg.wasm")));
    sizes(&files)
}

/// Bundles and minifies `pkg/index.js`: a page loads few files, which compress better than their parts.
fn bundle_for_pages(tools: &Tools, output: &Path) -> Result<()> {
    // The names of its parts change with their content.
    if output.exists() {
        fs::remove_dir_all(output).map_err(Error::io(format!("remove {}", output.display())))?;
    }
    let mut bundle = Command::new(tools.npm_program("esbuild")?);
    bundle
        .args(["index.js", "--bundle", "--splitting", "--packages=external", "--minify"])
        .args(["--format=esm", "--target=es2022", "--log-level=warning"])
        .arg(format!("--outdir={}", output.display()))
        .current_dir(tools.root().join("pkg"));
    run("esbuild-page", bundle.env("PATH", tools.path_with_node()?), tools)
}

/// Builds the module and its JavaScript in the directory `work`.
fn build(tools: &Tools, toolchain: Toolchain, work: &Path) -> Result<()> {
    let compiled = compile(tools, toolchain)?;
    if work.exists() {
        fs::remove_dir_all(work).map_err(Error::io(format!("remove {}", work.display())))?;
    }
    let bound = work.join("bound");
    let mut bind = Command::new(tools.wasm_bindgen()?);
    bind.args(["--target", "web", "--no-typescript", "--omit-default-module-path"])
        .args(["--out-name", NAME, "--out-dir"])
        .arg(&bound)
        .arg(compiled);
    run("wasm-bindgen", &mut bind, tools)?;

    let dist = work.join("dist");
    fs::create_dir_all(&dist).map_err(Error::io(format!("create {}", dist.display())))?;
    let wasm = format!("{NAME}_bg.wasm");
    wasm_opt::optimise(tools, &bound.join(&wasm), &dist.join(&wasm), &log(tools, "wasm-opt"))?;
    let script = format!("{NAME}.js");
    let mut minify = Command::new(tools.npm_program("esbuild")?);
    minify
        .arg(bound.join(&script))
        .args(["--minify", "--format=esm", "--target=es2022", "--log-level=warning"])
        .args(["--bundle", "--external:*/lib/fetch.js"])
        .arg(format!("--inject:{}", tools.root().join("crates/sdk-wasm/src/web/fetch.js").display()))
        .arg(format!("--outfile={}", dist.join(&script).display()));
    run("esbuild", minify.env("PATH", tools.path_with_node()?), tools)
}

/// Bundles `pkg/server.js` into one file per module format, with the WebAssembly module in it. No later bundler has to find a file.
fn bundle_for_servers(tools: &Tools) -> Result<()> {
    for (format, file) in SERVER_ENTRIES {
        let mut bundle = Command::new(tools.npm_program("esbuild")?);
        bundle
            .args(["server.js", "--bundle", "--packages=external", "--platform=neutral", "--target=es2022"])
            .args(["--loader:.wasm=binary", "--log-level=warning"])
            .args([format!("--format={format}"), format!("--outfile=dist/{file}")])
            .current_dir(tools.root().join("pkg"))
            .env("PATH", tools.path_with_node()?);
        run("esbuild for servers", &mut bundle, tools)?;
    }
    Ok(())
}

/// Compiles the crate and returns the module's path.
fn compile(tools: &Tools, toolchain: Toolchain) -> Result<PathBuf> {
    let mut cargo = program::cargo();
    cargo
        .args(["build", "--release", "--package", "sdk-wasm", "--lib", "--target", TARGET])
        .current_dir(tools.root())
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_ENCODED_RUSTFLAGS", super::remap_path_flags(tools));
    toolchain.select(&mut cargo);
    let progress = Progress::new("package");
    let mut crates = 0;
    let log = tools.target().join("logs").join("package.log");
    program::logged("cargo build", &mut cargo, &log, |line| {
        if line.trim_start().starts_with("Compiling") {
            crates += 1;
            progress.print_occasionally(|| format!("{crates} crates compiled"));
        }
    })?;
    Ok(tools.target().join(TARGET).join("release").join("sdk_wasm.wasm"))
}

fn run(name: &str, command: &mut Command, tools: &Tools) -> Result<()> {
    program::logged(name, command, &log(tools, name), |_| {})
}

fn log(tools: &Tools, name: &str) -> PathBuf {
    program::log_path(&tools.target().join("logs"), &format!("package-{name}"))
}

/// Replaces the directory `output` with the built files.
fn replace(work: &Path, output: &Path) -> Result<()> {
    if output.exists() {
        fs::remove_dir_all(output).map_err(Error::io(format!("remove {}", output.display())))?;
    }
    fs::create_dir_all(output).map_err(Error::io(format!("create {}", output.display())))?;
    for file in super::files(&work.join("dist"))? {
        let to = output.join(file.file_name().unwrap_or(OsStr::new(NAME)));
        fs::copy(&file, &to).map_err(Error::io(format!("write {}", to.display())))?;
    }
    Ok(())
}

//! `cargo xtask build`: the Worker for Cloudflare, by worker-build, the npm package and the dashboard, with their sizes.

mod dashboard;
mod package;
mod stamp;

use std::{
    env,
    ffi::OsStr,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use flate2::{Compression, write::GzEncoder};
use test_support::{
    Error, Result,
    tools::{Tools, WORKER_BUILD},
    workerd::IS_BUILT,
};

use crate::{
    program,
    progress::{Elapsed, Progress},
    setup::{self, Need},
    wasm::Toolchain,
};

pub(crate) use dashboard::dashboard;
pub(crate) use package::package;

/// The files and folders that the Worker's build reads, from the clone's root.
const WORKER_INPUTS: [&str; 7] = [
    "Cargo.toml",
    "Cargo.lock",
    "package-lock.json",
    "crates/core/Cargo.toml",
    "crates/core/src",
    "crates/worker",
    "docs/openapi.json",
];

/// Builds what wrangler deploys, the dashboard with it, and what npm publishes; prints their sizes.
///
/// # Errors
/// Where a tool is missing or the build fails.
pub(crate) fn run(tools: &Tools) -> Result<()> {
    // wrangler.toml names this command as the way to build; who has built already says so.
    if env::var_os(IS_BUILT).is_some() {
        return Ok(());
    }
    let start = Instant::now();
    let is_new = worker(tools)?;
    report("Worker", is_new, start, &sizes(&files(&output(tools))?)?);
    let start = Instant::now();
    let is_new = package(tools)?;
    report("Package", is_new, start, &package::loaded(tools)?);
    let start = Instant::now();
    let is_new = dashboard(tools)?;
    report("Dashboard", is_new, start, &dashboard::loaded(tools)?);
    Ok(())
}

fn report(what: &str, is_new: bool, start: Instant, sizes: &[(String, usize, usize)]) {
    let how = if is_new { "built" } else { "unchanged" };
    println!("{what} {how}, {}", Elapsed(start.elapsed()));
    for (name, plain, packed) in sizes {
        println!("  {name}: {plain} bytes, {packed} gzip");
    }
}

/// Builds the Worker unless it is built of what is there now; answers whether it had to.
///
/// # Errors
/// Where a tool is missing or the build fails.
pub(crate) fn worker(tools: &Tools) -> Result<bool> {
    setup::ensure(tools, &[Need::Build])?;
    let toolchain =
        Toolchain::find().ok_or_else(|| Error::Unexpected("no toolchain has the wasm target".into()))?;
    let tool = format!("worker-build {WORKER_BUILD}");
    let inputs = stamp::of_inputs(tools, toolchain, &tool, &WORKER_INPUTS)?;
    let stamp = tools.target().join("worker-build.stamp");
    let output = output(tools);
    if fs::read_to_string(&stamp).is_ok_and(|last| last == stamp::whole(&inputs, &output)) {
        return Ok(false);
    }
    let crate_folder = tools.root().join("crates").join("worker");
    let mut command = Command::new(tools.worker_build()?);
    command
        .args(["--release"])
        .current_dir(&crate_folder)
        .env("WASM_BINDGEN_BIN", tools.wasm_bindgen()?)
        .env("WASM_OPT_BIN", tools.npm_program("wasm-opt")?)
        .env("ESBUILD_BIN", tools.npm_program("esbuild")?)
        .env("PATH", tools.path_with_node()?)
        // What `cargo run` has set for us is not for the build of another crate.
        .env_remove("CARGO_MANIFEST_DIR")
        .env_remove("CARGO_MANIFEST_PATH")
        .env_remove("CARGO");
    toolchain.choose(&mut command);
    let progress = Progress::new("Worker");
    let mut crates = 0;
    let log = tools.target().join("logs").join("worker-build.log");
    program::logged("worker-build", &mut command, &log, |line| {
        if line.trim_start().starts_with("Compiling") {
            crates += 1;
            progress.at_times(|| format!("{crates} crates compiled"));
        }
    })?;
    fs::write(&stamp, stamp::whole(&inputs, &output))
        .map_err(Error::io(format!("write {}", stamp.display())))?;
    Ok(true)
}

/// Where worker-build puts the Worker.
fn output(tools: &Tools) -> PathBuf {
    tools.root().join("crates").join("worker").join("build")
}

/// The scripts and modules in a folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(Error::io(format!("read {}", folder.display())))?;
    let paths = entries.flatten().map(|entry| entry.path());
    Ok(paths
        .filter(|path| matches!(path.extension().and_then(OsStr::to_str), Some("js" | "mjs" | "wasm")))
        .collect())
}

/// The name, size and gzip size of each file, and of all together.
fn sizes(files: &[PathBuf]) -> Result<Vec<(String, usize, usize)>> {
    let mut sizes = Vec::new();
    for path in files {
        let bytes = fs::read(path).map_err(Error::io(format!("read {}", path.display())))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        sizes.push((name, bytes.len(), gzip_size(&bytes)?));
    }
    sizes.sort();
    let (plain, packed) = sizes.iter().fold((0, 0), |(a, b), (_, plain, packed)| (a + plain, b + packed));
    sizes.push(("together".into(), plain, packed));
    Ok(sizes)
}

fn gzip_size(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).map_err(Error::io("compress"))?;
    Ok(encoder.finish().map_err(Error::io("compress"))?.len())
}

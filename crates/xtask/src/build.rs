//! `cargo xtask build`: builds the Worker, the npm package, the dashboard and the documentation site, and prints their sizes.

mod dashboard;
mod package;
mod site;
mod stamp;
mod wasm_opt;

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
};

use crate::{
    packages, program,
    progress::{Elapsed, Progress},
    setup::{self, Need},
    wasm::Toolchain,
};

pub(crate) use dashboard::dashboard;
pub(crate) use package::package;
pub(crate) use site::site;

/// Builds everything that is deployed or published and prints the sizes.
pub(crate) fn run(tools: &Tools) -> Result<()> {
    let start = Instant::now();
    let was_built = worker(tools)?;
    report("Worker", was_built, start, &sizes(&files(&output(tools))?)?);
    let start = Instant::now();
    let was_built = package(tools)?;
    report("Package", was_built, start, &package::loaded(tools)?);
    let start = Instant::now();
    let was_built = dashboard(tools)?;
    report("Dashboard", was_built, start, &dashboard::loaded(tools)?);
    let start = Instant::now();
    let was_built = site(tools)?;
    report("Documentation", was_built, start, &[]);
    Ok(())
}

fn report(what: &str, was_built: bool, start: Instant, sizes: &[(String, usize, usize)]) {
    let how = if was_built { "built" } else { "unchanged" };
    println!("{what} {how}, {}", Elapsed(start.elapsed()));
    for (name, plain, packed) in sizes {
        println!("  {name}: {plain} bytes, {packed} gzip");
    }
}

/// Builds the Worker if its inputs have changed. Returns true if it was built.
pub(crate) fn worker(tools: &Tools) -> Result<bool> {
    setup::ensure(tools, &[Need::Build])?;
    let toolchain = Toolchain::find()
        .ok_or_else(|| Error::Unexpected("no toolchain has the target wasm32-unknown-unknown".into()))?;
    let tool = format!("worker-build {WORKER_BUILD}");
    let inputs = stamp::of_inputs(
        tools,
        toolchain,
        &tool,
        &packages::build_inputs(&["crates/web-crypto", "crates/worker"]),
    )?;
    let stamp = tools.target().join("worker-build.stamp");
    let output = output(tools);
    if fs::read_to_string(&stamp).is_ok_and(|last| last == stamp::of_output(&inputs, &output)) {
        return Ok(false);
    }
    let crate_dir = tools.root().join("crates").join("worker");
    let mut command = Command::new(tools.worker_build()?);
    command
        // worker-build would keep the names of functions.
        .args(["--release", "--no-opt"])
        .current_dir(&crate_dir)
        .env("CARGO_ENCODED_RUSTFLAGS", remap_path_flags(tools))
        .env("WASM_BINDGEN_BIN", tools.wasm_bindgen()?)
        .env("ESBUILD_BIN", tools.npm_program("esbuild")?)
        .env("PATH", tools.path_with_node()?)
        // `cargo run` has set these for this program; they would mislead the build of another crate.
        .env_remove("CARGO_MANIFEST_DIR")
        .env_remove("CARGO_MANIFEST_PATH")
        .env_remove("CARGO");
    toolchain.select(&mut command);
    let progress = Progress::new("Worker");
    let mut crates = 0;
    let log = tools.target().join("logs").join("worker-build.log");
    program::logged("worker-build", &mut command, &log, |line| {
        if line.trim_start().starts_with("Compiling") {
            crates += 1;
            progress.print_occasionally(|| format!("{crates} crates compiled"));
        }
    })?;
    let module = output.join("index_bg.wasm");
    wasm_opt::optimise(tools, &module, &module, &tools.target().join("logs").join("worker-wasm-opt.log"))?;
    fs::write(&stamp, stamp::of_output(&inputs, &output))
        .map_err(Error::io(format!("write {}", stamp.display())))?;
    Ok(true)
}

/// Returns the gzip size of the built Worker.
pub(crate) fn worker_size(tools: &Tools) -> Result<usize> {
    Ok(total(&sizes(&files(&output(tools))?)?))
}

/// Returns the gzip size of what a page loads of the built package.
pub(crate) fn package_size(tools: &Tools) -> Result<usize> {
    Ok(total(&package::loaded(tools)?))
}

fn total(sizes: &[(String, usize, usize)]) -> usize {
    sizes.last().map_or(0, |(_, _, packed)| *packed)
}

/// Returns compiler flags, in cargo's encoding, that remove local paths from panic messages: the modules are public, and the paths make
/// them larger.
fn remap_path_flags(tools: &Tools) -> String {
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let mut flags = vec![format!("--remap-path-prefix={}/=", tools.root().display())];
    // A registry's directory is `registry/src/<index>`.
    let registries = home.and_then(|home| fs::read_dir(home.join("registry").join("src")).ok());
    for registry in registries.into_iter().flatten().flatten() {
        flags.push(format!("--remap-path-prefix={}/=", registry.path().display()));
    }
    flags.join("\u{1f}")
}

fn output(tools: &Tools) -> PathBuf {
    tools.root().join("crates").join("worker").join("build")
}

/// Returns the JavaScript and WebAssembly files in a directory.
fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir).map_err(Error::io(format!("read {}", dir.display())))?;
    let paths = entries.flatten().map(|entry| entry.path());
    Ok(paths
        .filter(|path| matches!(path.extension().and_then(OsStr::to_str), Some("js" | "mjs" | "wasm")))
        .collect())
}

/// Returns the name, size and gzip size of each file, followed by the total.
fn sizes(files: &[PathBuf]) -> Result<Vec<(String, usize, usize)>> {
    let mut sizes = Vec::new();
    for path in files {
        let bytes = fs::read(path).map_err(Error::io(format!("read {}", path.display())))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        sizes.push((name, bytes.len(), gzip_size(&bytes)?));
    }
    sizes.sort();
    let (plain, packed) = sizes.iter().fold((0, 0), |(a, b), (_, plain, packed)| (a + plain, b + packed));
    sizes.push(("total".into(), plain, packed));
    Ok(sizes)
}

pub(crate) fn gzip_size(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).map_err(Error::io("compress"))?;
    Ok(encoder.finish().map_err(Error::io("compress"))?.len())
}

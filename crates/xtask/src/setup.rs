//! Installing what is missing. What doesn't depend on each other is installed side by side.

mod cargo_tool;
mod chromium;
mod node;
mod npm;
mod python;
mod wasm_target;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    thread,
    time::Instant,
};

use test_support::{
    Error, Result,
    tools::{FAKECLOUD, FAKECLOUD_DIR, Tools, WORKER_BUILD},
};

use crate::progress::{Elapsed, Progress};
use cargo_tool::CargoTool;
use chromium::Chromium;
use node::Node;
use npm::NpmPackages;
use python::Python;
use wasm_target::WasmTarget;

/// Something that must be on the machine.
pub(crate) trait Tool: Sync {
    /// Its name, and its version where one is pinned.
    fn name(&self) -> String;

    /// What it is for, in a few words.
    fn purpose(&self) -> &'static str;

    /// Where it is, if it is there.
    fn found(&self, tools: &Tools) -> Option<PathBuf>;

    /// Puts it in place.
    fn install(&self, tools: &Tools, progress: &Progress) -> Result<()>;

    /// What a person does where this program can't.
    fn by_hand(&self, tools: &Tools) -> String;
}

/// What a command needs of the tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// To build the Worker.
    Build,
    /// To run it against a local AWS.
    Run,
    /// To ask the independent oracles in tests.
    Oracles,
    /// To test in a real browser.
    Browser,
}

/// For `cargo xtask setup` and `cargo xtask test`.
pub(crate) const EVERYTHING: &[Need] = &[Need::Build, Need::Run, Need::Oracles, Need::Browser];

/// Tools of which each waits for the one before it, each with what it is needed for.
type Row = Vec<(Need, Box<dyn Tool>)>;

/// The table of all tools, by rows that don't wait for each other. A new tool is one file and one entry.
pub(crate) fn table(tools: &Tools) -> Result<Vec<Row>> {
    let wasm_bindgen = tools.locked_version("wasm-bindgen")?;
    Ok(vec![
        vec![(Need::Build, Box::new(WasmTarget))],
        vec![(Need::Build, Box::new(Node)), (Need::Build, Box::new(NpmPackages))],
        vec![(Need::Oracles, Box::new(Python))],
        vec![(Need::Browser, Box::new(Chromium))],
        // One row: they share a target folder, and each takes all cores for itself.
        vec![
            (Need::Build, Box::new(CargoTool::new("worker-build", "worker-build", WORKER_BUILD).optimised())),
            // Without --locked: its lock names a version that was withdrawn.
            (
                Need::Build,
                Box::new(
                    CargoTool::new("wasm-bindgen-cli", "wasm-bindgen", &wasm_bindgen).optimised().unlocked(),
                ),
            ),
            (
                Need::Run,
                Box::new(
                    // It signs each event that it posts.
                    CargoTool::new("fakecloud", "fakecloud", FAKECLOUD)
                        .fast(&["num-bigint-dig", "rsa", "sha1", "sha2"])
                        .into_folder(FAKECLOUD_DIR),
                ),
            ),
        ],
    ])
}

/// Installs what is missing of what `needs` names; says nothing where all is there.
///
/// # Errors
/// One that names each tool that could not be installed, why, and what to do by hand.
pub(crate) fn ensure(tools: &Tools, needs: &[Need]) -> Result<()> {
    let missing = missing(tools, needs)?;
    if missing.is_empty() {
        return Ok(());
    }
    let start = Instant::now();
    let _lock = lock(tools)?;
    // Another run may have installed them while we waited.
    let missing = self::missing(tools, needs)?;
    let names: Vec<String> = missing.iter().flatten().map(|tool| tool.name()).collect();
    eprintln!("Installing what is missing: {}", names.join(", "));
    let failures: Vec<String> = thread::scope(|scope| {
        let rows: Vec<_> = missing.iter().map(|row| scope.spawn(|| install_row(tools, row))).collect();
        rows.into_iter()
            .flat_map(|row| row.join().unwrap_or_else(|_| vec!["the installation panicked".into()]))
            .collect()
    });
    if failures.is_empty() {
        // Four gigabytes that nothing needs any more.
        let _ = fs::remove_dir_all(build_folder(tools));
        eprintln!("All tools are there, {}", Elapsed(start.elapsed()));
        Ok(())
    } else {
        Err(Error::Unexpected(format!("not everything could be installed\n\n{}", failures.join("\n\n"))))
    }
}

/// The rows with only what is needed and not there.
fn missing(tools: &Tools, needs: &[Need]) -> Result<Vec<Vec<Box<dyn Tool>>>> {
    let rows = table(tools)?.into_iter().map(|row| {
        let wanted =
            row.into_iter().filter(|(need, tool)| needs.contains(need) && tool.found(tools).is_none());
        wanted.map(|(_, tool)| tool).collect::<Vec<_>>()
    });
    Ok(rows.filter(|row| !row.is_empty()).collect())
}

/// Installs a row's tools one after the other; after a failure the rest is tried too.
fn install_row(tools: &Tools, row: &[Box<dyn Tool>]) -> Vec<String> {
    let mut failures = Vec::new();
    for tool in row {
        let progress = Progress::new(tool.name());
        progress.say("installing");
        let outcome = tool.install(tools, &progress).and_then(|()| {
            tool.found(tools).ok_or_else(|| Error::Unexpected("it was installed and can't be found".into()))
        });
        match outcome {
            Ok(_) => progress.say("there"),
            Err(error) => {
                progress.say("failed");
                failures.push(format!("{}: {error}\nby hand: {}", tool.name(), tool.by_hand(tools)));
            }
        }
    }
    failures
}

/// One installation at a time on one cache.
fn lock(tools: &Tools) -> Result<File> {
    let path = tools.cache().join("lock");
    fs::create_dir_all(tools.cache()).map_err(Error::io(format!("make {}", tools.cache().display())))?;
    let file = File::create(&path).map_err(Error::io(format!("write {}", path.display())))?;
    if file.try_lock().is_err() {
        eprintln!("Waiting for another installation into {}", tools.cache().display());
        file.lock().map_err(Error::io(format!("lock {}", path.display())))?;
    }
    Ok(file)
}

/// Where installations log.
fn logs(tools: &Tools) -> PathBuf {
    tools.cache().join("logs")
}

/// The target folder that tools built from source share.
fn build_folder(tools: &Tools) -> PathBuf {
    tools.cache().join("build")
}

/// Marks a tool's folder as whole.
fn complete(folder: &Path) -> Result<()> {
    let path = folder.join(".complete");
    fs::write(&path, "").map_err(Error::io(format!("write {}", path.display())))
}

/// Removes what an interrupted installation left, and makes the folder anew.
fn begin(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Error::io(format!("remove {}", folder.display())))?;
    }
    fs::create_dir_all(folder).map_err(Error::io(format!("make {}", folder.display())))
}

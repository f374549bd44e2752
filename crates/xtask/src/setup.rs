//! `cargo xtask setup`: installs missing tools, independent ones concurrently.

mod cargo_tool;
mod chromium;
mod node;
mod npm;
mod promtool;
mod python;
mod wasm_target;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    thread,
    time::Instant,
};

use cargo_tool::CargoTool;
use chromium::Chromium;
use node::Node;
use npm::NpmPackages;
use promtool::Promtool;
use python::Python;
use test_support::{
    Error, Result,
    tools::{
        CARGO_DENY, CARGO_MUTANTS, CARGO_SBOM, FAKECLOUD, FAKECLOUD_DIR, TYPOS, Tools, WASM_PACK,
        WORKER_BUILD,
    },
};
use wasm_target::WasmTarget;

use crate::progress::{Elapsed, Progress};

/// A required tool.
pub(crate) trait Tool: Sync {
    /// Returns the name, and the version if it is pinned.
    fn name(&self) -> String;

    /// Returns what the tool is for, in a few words.
    fn purpose(&self) -> &'static str;

    /// Returns the tool's path if it is installed.
    fn find(&self, tools: &Tools) -> Option<PathBuf>;

    fn install(&self, tools: &Tools, progress: &Progress) -> Result<()>;

    /// Returns how to install the tool manually.
    fn manual_steps(&self, tools: &Tools) -> String;
}

/// What a tool is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Building the Worker, the package and the dashboard.
    Build,
    /// Running the Worker with an AWS emulator.
    Run,
    /// Comparing with independent implementations in tests.
    Oracles,
    /// Testing in a browser.
    Browser,
    /// Checking dependencies and spelling.
    Check,
    /// Changing the code to see whether a test notices.
    Mutants,
    /// Listing the components.
    Sbom,
}

/// What building, running and testing need.
pub(crate) const EVERYTHING: &[Need] = &[Need::Build, Need::Run, Need::Oracles, Need::Browser, Need::Check];

/// Tools that are installed one after the other, with the need for each.
type Group = Vec<(Need, Box<dyn Tool>)>;

/// Returns all tools. Different groups are installed concurrently. To add a tool, add a file and an entry here.
pub(crate) fn table(tools: &Tools) -> Result<Vec<Group>> {
    let cargo_tools = cargo_tools(&tools.locked_version("wasm-bindgen")?);
    Ok(vec![
        vec![(Need::Build, Box::new(WasmTarget))],
        vec![(Need::Build, Box::new(Node)), (Need::Build, Box::new(NpmPackages))],
        vec![(Need::Oracles, Box::new(Python))],
        vec![(Need::Browser, Box::new(Chromium)), (Need::Check, Box::new(Promtool))],
        // One group: they share a target directory, and each uses all cores.
        cargo_tools.into_iter().map(|(need, tool)| (need, Box::new(tool) as Box<dyn Tool>)).collect(),
    ])
}

fn cargo_tools(wasm_bindgen: &str) -> [(Need, CargoTool); 8] {
    [
        (Need::Build, CargoTool::new("worker-build", "worker-build", WORKER_BUILD).optimised()),
        // Without its lock file, which has a yanked version.
        (
            Need::Build,
            CargoTool::new("wasm-bindgen-cli", "wasm-bindgen", wasm_bindgen).optimised().without_lock(),
        ),
        (
            Need::Run,
            // It signs every event it posts, which is slow without optimisation.
            CargoTool::new("fakecloud", "fakecloud", FAKECLOUD)
                .optimise_dependencies(&["num-bigint-dig", "rsa", "sha1", "sha2"])
                .directory(FAKECLOUD_DIR),
        ),
        (Need::Browser, CargoTool::new("wasm-pack", "wasm-pack", WASM_PACK)),
        (Need::Check, CargoTool::new("cargo-deny", "cargo-deny", CARGO_DENY)),
        (Need::Check, CargoTool::new("typos-cli", "typos", TYPOS).optimised()),
        (Need::Mutants, CargoTool::new("cargo-mutants", "cargo-mutants", CARGO_MUTANTS)),
        (Need::Sbom, CargoTool::new("cargo-sbom", "cargo-sbom", CARGO_SBOM)),
    ]
}

/// Installs the missing tools for `needs`. Prints nothing if none is missing. Fails with the reason and the manual steps for each
/// tool that couldn't be installed.
pub(crate) fn ensure(tools: &Tools, needs: &[Need]) -> Result<()> {
    let missing = missing(tools, needs)?;
    if missing.is_empty() {
        return Ok(());
    }
    let start = Instant::now();
    let _lock = lock(tools)?;
    // Another process may have installed them while this one waited for the lock.
    let missing = self::missing(tools, needs)?;
    let names: Vec<String> = missing.iter().flatten().map(|tool| tool.name()).collect();
    eprintln!("Installing missing tools: {}", names.join(", "));
    let failures: Vec<String> = thread::scope(|scope| {
        let groups: Vec<_> =
            missing.iter().map(|group| scope.spawn(|| install_group(tools, group))).collect();
        groups
            .into_iter()
            .flat_map(|group| group.join().unwrap_or_else(|_| vec!["an installation panicked".into()]))
            .collect()
    });
    if failures.is_empty() {
        // Frees four gigabytes.
        let _ = fs::remove_dir_all(build_dir(tools));
        eprintln!("All tools are installed, {}", Elapsed(start.elapsed()));
        Ok(())
    } else {
        Err(Error::Unexpected(format!("some tools could not be installed\n\n{}", failures.join("\n\n"))))
    }
}

/// Returns the groups, reduced to the tools that are needed and missing.
fn missing(tools: &Tools, needs: &[Need]) -> Result<Vec<Vec<Box<dyn Tool>>>> {
    let groups = table(tools)?.into_iter().map(|group| {
        let wanted =
            group.into_iter().filter(|(need, tool)| needs.contains(need) && tool.find(tools).is_none());
        wanted.map(|(_, tool)| tool).collect::<Vec<_>>()
    });
    Ok(groups.filter(|group| !group.is_empty()).collect())
}

/// Installs the tools of a group, even if one fails. Returns a message per failure.
fn install_group(tools: &Tools, group: &[Box<dyn Tool>]) -> Vec<String> {
    let mut failures = Vec::new();
    for tool in group {
        let progress = Progress::new(tool.name());
        progress.print("installing");
        let outcome = tool.install(tools, &progress).and_then(|()| {
            tool.find(tools).ok_or_else(|| Error::Unexpected("it was installed but cannot be found".into()))
        });
        match outcome {
            Ok(_) => progress.print("installed"),
            Err(error) => {
                progress.print("failed");
                failures.push(format!(
                    "{}: {error}\nTo install it manually: {}",
                    tool.name(),
                    tool.manual_steps(tools)
                ));
            }
        }
    }
    failures
}

/// Locks the cache, since only one process may install tools at a time.
fn lock(tools: &Tools) -> Result<File> {
    let path = tools.cache().join("lock");
    fs::create_dir_all(tools.cache()).map_err(Error::io(format!("create {}", tools.cache().display())))?;
    let file = File::create(&path).map_err(Error::io(format!("write {}", path.display())))?;
    if file.try_lock().is_err() {
        eprintln!("Waiting for another process that installs into {}", tools.cache().display());
        file.lock().map_err(Error::io(format!("lock {}", path.display())))?;
    }
    Ok(file)
}

fn logs(tools: &Tools) -> PathBuf {
    tools.cache().join("logs")
}

/// Returns the target directory that tools built from source share.
fn build_dir(tools: &Tools) -> PathBuf {
    tools.cache().join("build")
}

/// Marks a tool's directory as complete.
fn mark_complete(dir: &Path) -> Result<()> {
    let path = dir.join(".complete");
    fs::write(&path, "").map_err(Error::io(format!("write {}", path.display())))
}

/// Creates an empty directory, removing the remains of an interrupted installation.
fn create_empty_dir(dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).map_err(Error::io(format!("remove {}", dir.display())))?;
    }
    fs::create_dir_all(dir).map_err(Error::io(format!("create {}", dir.display())))
}

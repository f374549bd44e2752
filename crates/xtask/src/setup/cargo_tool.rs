//! Programs from crates.io, installed as a binary if `cargo binstall` is available, otherwise built from source.

use std::path::PathBuf;

use test_support::{
    Error, Result,
    tools::{Tools, on_path},
};

use super::{Tool, build_dir, create_empty_dir, logs, mark_complete};
use crate::{program, progress::Progress};

pub(super) struct CargoTool {
    package: &'static str,
    program: &'static str,
    version: String,
    dir: &'static str,
    optimised: bool,
    /// Dependencies that are built with full optimisation.
    optimised_dependencies: &'static [&'static str],
    locked: bool,
}

impl CargoTool {
    pub(super) fn new(package: &'static str, program: &'static str, version: &str) -> Self {
        Self {
            package,
            program,
            version: version.to_owned(),
            dir: program,
            optimised: false,
            optimised_dependencies: &[],
            locked: true,
        }
    }

    /// Builds the program with basic optimisation. For programs that process large files.
    pub(super) fn optimised(mut self) -> Self {
        self.optimised = true;
        self
    }

    /// Builds these dependencies with full optimisation.
    pub(super) fn optimise_dependencies(mut self, dependencies: &'static [&'static str]) -> Self {
        self.optimised_dependencies = dependencies;
        self
    }

    /// Sets the name of the directory. Defaults to the program's name.
    pub(super) fn directory(mut self, dir: &'static str) -> Self {
        self.dir = dir;
        self
    }

    /// Ignores the published lock file and uses the newest compatible dependencies.
    pub(super) fn without_lock(mut self) -> Self {
        self.locked = false;
        self
    }

    fn dir(&self, tools: &Tools) -> PathBuf {
        tools.tool_dir(self.dir, &self.version)
    }

    /// Returns the arguments of `cargo install`. A debug build without debug information takes a third of a release build's time.
    fn arguments(&self) -> Vec<String> {
        let mut settings = vec!["profile.dev.debug=0".to_owned()];
        if self.optimised {
            settings.push("profile.dev.opt-level=1".to_owned());
        }
        settings.extend(
            self.optimised_dependencies.iter().map(|name| format!("profile.dev.package.{name}.opt-level=3")),
        );
        let fixed = ["install", self.package, "--version", &self.version, "--debug"].map(str::to_owned);
        let settings = settings.into_iter().flat_map(|setting| ["--config".to_owned(), setting]);
        let locked = self.locked.then(|| "--locked".to_owned());
        fixed.into_iter().chain(settings).chain(locked).collect()
    }

    /// Tries to download a published binary. Returns true if it succeeds.
    fn download(&self, tools: &Tools, progress: &Progress) -> bool {
        if on_path("cargo-binstall").is_none() {
            return false;
        }
        let mut command = program::cargo();
        command
            .args(["binstall", "--no-confirm", "--disable-strategies", "compile", "--root"])
            .arg(self.dir(tools))
            .arg(format!("{}@{}", self.package, self.version));
        let log = logs(tools).join(format!("{}-binstall.log", self.program));
        let downloaded = program::logged("cargo binstall", &mut command, &log, |_| {}).is_ok();
        if !downloaded {
            progress.print(format_args!("could not download a binary (see {})", log.display()));
        }
        downloaded
    }
}

impl Tool for CargoTool {
    fn name(&self) -> String {
        format!("{} {}", self.package, self.version)
    }

    fn purpose(&self) -> &'static str {
        match self.package {
            "fakecloud" => "AWS emulator",
            "worker-build" => "bundles the Worker",
            "wasm-pack" => "tests the package's WebAssembly module in a browser",
            "cargo-deny" => "checks licences and advisories of dependencies",
            "typos-cli" => "checks the spelling",
            "cargo-mutants" => "changes the code to see whether a test notices",
            "cargo-sbom" => "lists the crates of the Worker",
            _ => "JavaScript bindings; must match the library in Cargo.lock",
        }
    }

    fn find(&self, tools: &Tools) -> Option<PathBuf> {
        tools.cargo_tool(self.dir, self.program, &self.version)
    }

    fn install(&self, tools: &Tools, progress: &Progress) -> Result<()> {
        let dir = self.dir(tools);
        create_empty_dir(&dir)?;
        if self.download(tools, progress) {
            return mark_complete(&dir);
        }
        let mut command = program::cargo();
        command
            .args(self.arguments())
            .arg("--target-dir")
            .arg(build_dir(tools))
            .arg("--root")
            .arg(&dir)
            // Outside the repository, so that its .cargo/config.toml isn't used.
            .current_dir(tools.cache())
            .env("CARGO_TERM_PROGRESS_WHEN", "always")
            .env("CARGO_TERM_PROGRESS_WIDTH", "80")
            .env("CARGO_TERM_COLOR", "never");
        let log = program::log_path(&logs(tools), self.program);
        program::logged("cargo install", &mut command, &log, |line| {
            if let Some((done, all)) = parse_counts(line) {
                progress.print_occasionally(|| format!("{done} of {all} crates compiled"));
            }
        })?;
        if self.find(tools).is_none() {
            return Err(Error::Unexpected(format!("cargo installed no program in {}", dir.display())));
        }
        mark_complete(&dir)
    }

    fn manual_steps(&self, tools: &Tools) -> String {
        let locked = if self.locked { " --locked" } else { "" };
        format!(
            "cargo install {} --version {}{locked} --root {}   (needs a C compiler and access to crates.io)",
            self.package,
            self.version,
            self.dir(tools).display()
        )
    }
}

/// Parses the counts in `Building [====>   ] 12/345: serde, …`.
fn parse_counts(line: &str) -> Option<(u32, u32)> {
    let counts = line.split_once("] ")?.1;
    let (done, rest) = counts.split_once('/')?;
    let all: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((done.parse().ok()?, all.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_parsed_from_cargos_progress_bar() {
        assert_eq!(
            parse_counts("    Building [=====>                 ] 112/312: tokio, serde(build)"),
            Some((112, 312))
        );
        assert_eq!(parse_counts("   Compiling serde v1.0.0"), None);
        assert_eq!(parse_counts("    Updating crates.io index"), None);
    }
}

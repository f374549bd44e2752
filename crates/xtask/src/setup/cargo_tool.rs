//! A program from crates.io: published as a binary where `cargo binstall` is there to fetch it, built from source otherwise.

use std::path::PathBuf;

use test_support::{
    Error, Result,
    tools::{Tools, on_path},
};

use super::{Tool, begin, build_folder, complete, logs};
use crate::{program, progress::Progress};

pub(super) struct CargoTool {
    package: &'static str,
    program: &'static str,
    version: String,
    folder: &'static str,
    optimised: bool,
    /// Its dependencies that are fully optimised.
    fast: &'static [&'static str],
    locked: bool,
}

impl CargoTool {
    pub(super) fn new(package: &'static str, program: &'static str, version: &str) -> Self {
        Self {
            package,
            program,
            version: version.to_owned(),
            folder: program,
            optimised: false,
            fast: &[],
            locked: true,
        }
    }

    /// Built with some optimisation: for programs that work on large files.
    pub(super) fn optimised(mut self) -> Self {
        self.optimised = true;
        self
    }

    /// Built with these dependencies fully optimised: those that it computes with.
    pub(super) fn fast(mut self, dependencies: &'static [&'static str]) -> Self {
        self.fast = dependencies;
        self
    }

    /// Put into a folder of this name, instead of the program's.
    pub(super) fn into_folder(mut self, folder: &'static str) -> Self {
        self.folder = folder;
        self
    }

    /// Built with the newest fitting dependencies instead of those that its author had.
    pub(super) fn unlocked(mut self) -> Self {
        self.locked = false;
        self
    }

    fn dir(&self, tools: &Tools) -> PathBuf {
        tools.tool_dir(self.folder, &self.version)
    }

    /// The arguments of `cargo install`. A debug build without debug information takes a third of a release build's time.
    fn arguments(&self) -> Vec<String> {
        let mut settings = vec!["profile.dev.debug=0".to_owned()];
        if self.optimised {
            settings.push("profile.dev.opt-level=1".to_owned());
        }
        settings.extend(self.fast.iter().map(|name| format!("profile.dev.package.{name}.opt-level=3")));
        let fixed = ["install", self.package, "--version", &self.version, "--debug"].map(str::to_owned);
        let settings = settings.into_iter().flat_map(|setting| ["--config".to_owned(), setting]);
        let locked = self.locked.then(|| "--locked".to_owned());
        fixed.into_iter().chain(settings).chain(locked).collect()
    }

    /// Whether `cargo binstall` could fetch it.
    fn fetch(&self, tools: &Tools, progress: &Progress) -> bool {
        if on_path("cargo-binstall").is_none() {
            return false;
        }
        let mut command = program::cargo();
        command
            .args(["binstall", "--no-confirm", "--disable-strategies", "compile", "--root"])
            .arg(self.dir(tools))
            .arg(format!("{}@{}", self.package, self.version));
        let log = logs(tools).join(format!("{}-binstall.log", self.program));
        let fetched = program::logged("cargo binstall", &mut command, &log, |_| {}).is_ok();
        if !fetched {
            progress.say(format_args!("no published binary could be fetched (see {})", log.display()));
        }
        fetched
    }
}

impl Tool for CargoTool {
    fn name(&self) -> String {
        format!("{} {}", self.package, self.version)
    }

    fn purpose(&self) -> &'static str {
        match self.package {
            "fakecloud" => "the local AWS",
            "worker-build" => "makes the Worker of the crate",
            _ => "JavaScript bindings; as the library in Cargo.lock",
        }
    }

    fn found(&self, tools: &Tools) -> Option<PathBuf> {
        tools.cargo_tool(self.folder, self.program, &self.version)
    }

    fn install(&self, tools: &Tools, progress: &Progress) -> Result<()> {
        let folder = self.dir(tools);
        begin(&folder)?;
        if self.fetch(tools, progress) {
            return complete(&folder);
        }
        let mut command = program::cargo();
        command
            .args(self.arguments())
            .arg("--target-dir")
            .arg(build_folder(tools))
            .arg("--root")
            .arg(&folder)
            // Outside of the clone: its .cargo/config.toml is not for other people's programs.
            .current_dir(tools.cache())
            .env("CARGO_TERM_PROGRESS_WHEN", "always")
            .env("CARGO_TERM_PROGRESS_WIDTH", "80")
            .env("CARGO_TERM_COLOR", "never");
        let log = program::log_of(&logs(tools), self.program);
        program::logged("cargo install", &mut command, &log, |line| {
            if let Some((done, all)) = compiled(line) {
                progress.at_times(|| format!("{done} of {all} crates compiled"));
            }
        })?;
        if self.found(tools).is_none() {
            return Err(Error::Unexpected(format!("cargo left no program in {}", folder.display())));
        }
        complete(&folder)
    }

    fn by_hand(&self, tools: &Tools) -> String {
        let locked = if self.locked { " --locked" } else { "" };
        format!(
            "cargo install {} --version {}{locked} --root {}   (needs a C compiler, and crates.io)",
            self.package,
            self.version,
            self.dir(tools).display()
        )
    }
}

/// Reads `Building [====>   ] 12/345: serde, …`.
fn compiled(line: &str) -> Option<(u32, u32)> {
    let counts = line.split_once("] ")?.1;
    let (done, rest) = counts.split_once('/')?;
    let all: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((done.parse().ok()?, all.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_read_from_cargos_bar() {
        assert_eq!(
            compiled("    Building [=====>                 ] 112/312: tokio, serde(build)"),
            Some((112, 312))
        );
        assert_eq!(compiled("   Compiling serde v1.0.0"), None);
        assert_eq!(compiled("    Updating crates.io index"), None);
    }
}

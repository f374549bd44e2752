//! Finds the external tools and pins their versions. `cargo xtask setup` installs the ones that are missing.
//!
//! ```text
//! ${XDG_CACHE_HOME:-~/.cache}/kraiter-aws-setup/
//!   build/                     shared target directory for tools built from source, removed after the installation
//!   logs/<tool>.log            installation logs
//!   tools/<name>-<version>/    one directory per tool and version, complete if it has `.complete` or cargo's `.crates.toml`
//! ```

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// Version of the AWS emulator.
pub const FAKECLOUD: &str = "0.51.0";

/// Directory of the AWS emulator. The name includes the build options, so that a build with slow signatures isn't used instead.
pub const FAKECLOUD_DIR: &str = "fakecloud-fast-signatures";
/// Version of worker-build, which bundles a Rust crate as a Worker. Must match the version of the crate `worker`.
pub const WORKER_BUILD: &str = "0.8.7";
pub const CARGO_DENY: &str = "0.20.2";
pub const TYPOS: &str = "1.52.0";
pub const CARGO_MUTANTS: &str = "27.1.0";
pub const CARGO_SBOM: &str = "0.10.0";
pub const WASM_PACK: &str = "0.15.1";
/// Version of the Node.js that is installed if the one on PATH is older than [`MIN_NODE`].
pub const NODE: &str = "24.21.0";
/// The oldest Node.js that wrangler supports.
pub const MIN_NODE: (u32, u32) = (22, 12);

const SETUP: &str = "run \"cargo xtask setup\"";

/// Paths of the repository and its tools.
#[derive(Clone, Debug)]
pub struct Tools {
    root: PathBuf,
    cache: PathBuf,
}

impl Tools {
    /// Locates the repository and the current user's cache.
    pub fn locate() -> Result<Self> {
        // Set by `cargo run` and `cargo test`. Otherwise use the path at compile time.
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = package
            .ancestors()
            .find(|dir| dir.join("Cargo.lock").is_file())
            .ok_or_else(|| {
                Error::Unexpected(format!("found no Cargo.lock in or above {}", package.display()))
            })?
            .to_owned();
        let cache = env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| env::home_dir().map(|home| home.join(".cache")))
            .ok_or_else(|| Error::Unexpected("found no home directory; set XDG_CACHE_HOME".into()))?
            .join("kraiter-aws-setup");
        Ok(Self { root, cache })
    }

    /// Returns the root of the repository.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the cache directory, which all clones of this user share.
    #[must_use]
    pub fn cache(&self) -> &Path {
        &self.cache
    }

    /// Returns cargo's target directory, which also has the logs and the build stamps.
    #[must_use]
    pub fn target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.root.join("target"), |path| self.root.join(path))
    }

    /// Returns the directory of a tool's version.
    #[must_use]
    pub fn tool_dir(&self, name: &str, version: &str) -> PathBuf {
        self.cache.join("tools").join(format!("{name}-{version}"))
    }

    /// Finds a program that `cargo install` installed in the directory `dir`, or exactly this version of it on PATH.
    #[must_use]
    pub fn cargo_tool(&self, dir: &str, program: &str, version: &str) -> Option<PathBuf> {
        let dir = self.tool_dir(dir, version);
        let path = dir.join("bin").join(program);
        let is_complete = [".complete", ".crates.toml"].iter().any(|mark| dir.join(mark).is_file());
        if path.is_file() && is_complete {
            return Some(path);
        }
        let path = on_path(program)?;
        (version_of(&path).as_deref() == Some(version)).then_some(path)
    }

    pub fn fakecloud(&self) -> Result<PathBuf> {
        self.cargo_tool(FAKECLOUD_DIR, "fakecloud", FAKECLOUD).ok_or_else(|| missing("fakecloud", FAKECLOUD))
    }

    pub fn worker_build(&self) -> Result<PathBuf> {
        self.cargo_tool("worker-build", "worker-build", WORKER_BUILD)
            .ok_or_else(|| missing("worker-build", WORKER_BUILD))
    }

    pub fn cargo_deny(&self) -> Result<PathBuf> {
        self.cargo_tool("cargo-deny", "cargo-deny", CARGO_DENY)
            .ok_or_else(|| missing("cargo-deny", CARGO_DENY))
    }

    pub fn cargo_mutants(&self) -> Result<PathBuf> {
        self.cargo_tool("cargo-mutants", "cargo-mutants", CARGO_MUTANTS)
            .ok_or_else(|| missing("cargo-mutants", CARGO_MUTANTS))
    }

    pub fn cargo_sbom(&self) -> Result<PathBuf> {
        self.cargo_tool("cargo-sbom", "cargo-sbom", CARGO_SBOM)
            .ok_or_else(|| missing("cargo-sbom", CARGO_SBOM))
    }

    pub fn typos(&self) -> Result<PathBuf> {
        self.cargo_tool("typos", "typos", TYPOS).ok_or_else(|| missing("typos-cli", TYPOS))
    }

    /// Finds wasm-bindgen's program. Its version must be equal to the library's version in Cargo.lock.
    pub fn wasm_bindgen(&self) -> Result<PathBuf> {
        let version = self.locked_version("wasm-bindgen")?;
        self.cargo_tool("wasm-bindgen", "wasm-bindgen", &version)
            .ok_or_else(|| missing("wasm-bindgen-cli", &version))
    }

    pub fn wasm_pack(&self) -> Result<PathBuf> {
        self.cargo_tool("wasm-pack", "wasm-pack", WASM_PACK).ok_or_else(|| missing("wasm-pack", WASM_PACK))
    }

    /// Returns the version of a crate in Cargo.lock.
    pub fn locked_version(&self, name: &str) -> Result<String> {
        let path = self.root.join("Cargo.lock");
        let lock = fs::read_to_string(&path).map_err(Error::io(format!("read {}", path.display())))?;
        parse_locked_version(&lock, name)
            .map(str::to_owned)
            .ok_or_else(|| Error::Unexpected(format!("Cargo.lock has no {name}")))
    }

    /// Finds Node.js on PATH if wrangler supports its version, otherwise in the cache.
    pub fn node(&self) -> Result<PathBuf> {
        if let Some(node) = on_path("node")
            && version_of(&node).is_some_and(|version| is_supported_node(&version))
        {
            return Ok(node);
        }
        let dir = self.tool_dir("node", NODE);
        let node = dir.join("node_modules").join(".bin").join("node");
        if node.is_file() && dir.join(".complete").is_file() {
            return Ok(node);
        }
        Err(missing("Node.js", &format!("{}.{} or later", MIN_NODE.0, MIN_NODE.1)))
    }

    /// Finds Chromium or Chrome on PATH.
    pub fn chromium(&self) -> Result<PathBuf> {
        let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
        names.into_iter().find_map(on_path).ok_or_else(|| missing("Chromium", "(any version)"))
    }

    pub fn chromedriver(&self) -> Result<PathBuf> {
        on_path("chromedriver").ok_or_else(|| missing("ChromeDriver", "(Chromium's version)"))
    }

    /// Finds promtool on PATH or in the cache.
    pub fn promtool(&self) -> Result<PathBuf> {
        let dir = self.promtool_dir();
        let cached = Some(dir.join("usr/bin/promtool")).filter(|_| dir.join(".complete").is_file());
        on_path("promtool").or(cached).ok_or_else(|| missing("promtool", "(any version)"))
    }

    /// Returns the directory that Debian's package is extracted into.
    #[must_use]
    pub fn promtool_dir(&self) -> PathBuf {
        self.tool_dir("promtool", "debian")
    }

    /// Finds a program in `node_modules`. Fails if `node_modules` doesn't match package-lock.json.
    pub fn npm_program(&self, name: &str) -> Result<PathBuf> {
        let path = self.root.join("node_modules").join(".bin").join(name);
        if path.is_file() && self.npm_packages_are_current() { Ok(path) } else { Err(missing(name, "(npm)")) }
    }

    /// Returns true if `node_modules` was installed from the current package-lock.json.
    #[must_use]
    pub fn npm_packages_are_current(&self) -> bool {
        let stamp = fs::read_to_string(self.npm_stamp()).unwrap_or_default();
        file_digest(&self.root.join("package-lock.json")).is_some_and(|digest| digest == stamp)
    }

    /// Returns the path of the file with the digest of the package-lock.json that `node_modules` was installed from.
    #[must_use]
    pub fn npm_stamp(&self) -> PathBuf {
        self.root.join("node_modules").join(".package-lock.sha256")
    }

    /// Returns a command that runs wrangler in the root of the repository, with a supported Node.js first on PATH and without
    /// telemetry.
    pub fn wrangler(&self) -> Result<Command> {
        let mut command = Command::new(self.node()?);
        command.arg(self.npm_program("wrangler")?).current_dir(&self.root);
        command.env("PATH", self.path_with_node()?);
        command.env("WRANGLER_SEND_METRICS", "false").env("CI", "true").env("NO_COLOR", "1");
        // Local runs need no Cloudflare account.
        command.env_remove("CLOUDFLARE_API_TOKEN").env("WRANGLER_HIDE_BANNER", "true");
        Ok(command)
    }

    /// Returns PATH with the directory of [`Tools::node`] first, for programs that start with `#!/usr/bin/env node`.
    pub fn path_with_node(&self) -> Result<OsString> {
        path_with(&self.node()?)
    }

    /// Finds the Python of the virtual environment with the test oracles, such as botocore and cfn-lint.
    pub fn python(&self) -> Result<PathBuf> {
        let dir = self.python_dir()?;
        let python = dir.join("bin").join("python");
        if python.is_file() && dir.join(".complete").is_file() {
            return Ok(python);
        }
        Err(missing("Python with the test oracles", "(tests/oracles/requirements.txt)"))
    }

    /// Returns the directory of the Python virtual environment. Its name contains the digest of the requirements.
    pub fn python_dir(&self) -> Result<PathBuf> {
        let requirements = self.requirements();
        let digest = file_digest(&requirements)
            .ok_or_else(|| Error::Unexpected(format!("cannot read {}", requirements.display())))?;
        Ok(self.tool_dir("python", &digest[..12]))
    }

    #[must_use]
    pub fn requirements(&self) -> PathBuf {
        self.root.join("tests").join("oracles").join("requirements.txt")
    }
}

fn missing(tool: &str, version: &str) -> Error {
    Error::ToolMissing { tool: format!("{tool} {version}"), help: SETUP.to_owned() }
}

/// Returns PATH with the directory of `program` first.
pub fn path_with(program: &Path) -> Result<OsString> {
    let dir = program.parent().map(Path::to_owned).unwrap_or_default();
    let rest = env::var_os("PATH").unwrap_or_default();
    env::join_paths(std::iter::once(dir).chain(env::split_paths(&rest)))
        .map_err(|error| Error::Unexpected(format!("PATH: {error}")))
}

/// Finds a program on PATH.
#[must_use]
pub fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(program)).find(|path| path.is_file())
}

/// Runs `<program> --version` and returns the last word of the first line that starts with a digit, ignoring a leading `v`.
#[must_use]
pub fn version_of(program: &Path) -> Option<String> {
    let output =
        Command::new(program).arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let word = text.lines().next()?.split_whitespace().map(|word| word.trim_start_matches('v'));
    let mut words = word.filter(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    words.next_back().map(str::to_owned)
}

fn is_supported_node(version: &str) -> bool {
    let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or_default());
    (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default()) >= MIN_NODE
}

fn parse_locked_version<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let entry = format!("name = \"{name}\"\n");
    let after = lock.split(entry.as_str()).nth(1)?;
    after.lines().next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// Returns a file's SHA-256 digest in hexadecimal, or `None` if it can't be read.
#[must_use]
pub fn file_digest(path: &Path) -> Option<String> {
    Some(sha256_hex(&fs::read(path).ok()?))
}

/// Returns the SHA-256 digest in hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_is_supported_from_the_minimum_version_on() {
        assert!(is_supported_node("22.12.0") && is_supported_node("24.0.1"));
        assert!(!is_supported_node("22.11.9") && !is_supported_node("20.20.2") && !is_supported_node(""));
    }

    #[test]
    fn a_locked_version_belongs_to_the_exact_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.1\"\n";
        assert_eq!(parse_locked_version(lock, "wasm-bindgen"), Some("0.2.1"));
        assert_eq!(parse_locked_version(lock, "wasm"), None);
    }

    #[test]
    fn the_lock_file_has_wasm_bindgen() {
        assert!(Tools::locate().unwrap().locked_version("wasm-bindgen").unwrap().starts_with("0.2."));
    }
}

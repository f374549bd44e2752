//! Where the tools are. Versions are pinned here, and only here; `cargo xtask setup` puts in place what this doesn't find.
//!
//! ```text
//! ${XDG_CACHE_HOME:-~/.cache}/kraiter-aws-setup/
//!   build/                     the target folder that tools built from source share; removed when all are there
//!   logs/<tool>.log            what their installation wrote
//!   tools/<name>-<version>/    one folder a tool and version, complete once it holds `.complete` or cargo's `.crates.toml`
//! ```

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// The AWS emulator.
pub const FAKECLOUD: &str = "0.51.0";

/// Where it lies: how it is built belongs to the name, since a build that signs slowly won't do in this one's place.
pub const FAKECLOUD_DIR: &str = "fakecloud-fast-signatures";
/// What makes a Worker of a Rust crate; goes with the crate `worker` of the same version.
pub const WORKER_BUILD: &str = "0.8.7";
/// The Node.js that is fetched by npm where the one on PATH is older than [`NODE_LEAST`].
pub const NODE: &str = "24.21.0";
/// The oldest Node.js that wrangler takes.
pub const NODE_LEAST: (u32, u32) = (22, 12);

/// What every message about a missing tool says to do.
const SETUP: &str = "run `cargo xtask setup`";

/// Finds the tools.
#[derive(Clone, Debug)]
pub struct Tools {
    root: PathBuf,
    cache: PathBuf,
}

impl Tools {
    /// The tools of this clone and this user.
    ///
    /// # Errors
    /// Where the user has no home folder.
    pub fn locate() -> Result<Self> {
        // `cargo run` and `cargo test` say where the package is; without them it is where it was compiled.
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = package
            .ancestors()
            .find(|folder| folder.join("Cargo.lock").is_file())
            .ok_or_else(|| Error::Unexpected(format!("no Cargo.lock above {}", package.display())))?
            .to_owned();
        let cache = env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| env::home_dir().map(|home| home.join(".cache")))
            .ok_or_else(|| Error::Unexpected("no home folder: set XDG_CACHE_HOME".into()))?
            .join("kraiter-aws-setup");
        Ok(Self { root, cache })
    }

    /// The clone's root.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where tools are kept between runs and clones.
    #[must_use]
    pub fn cache(&self) -> &Path {
        &self.cache
    }

    /// The clone's `target` folder, for logs and stamps.
    #[must_use]
    pub fn target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.root.join("target"), |path| self.root.join(path))
    }

    /// The folder of a tool in one version.
    #[must_use]
    pub fn tool_dir(&self, name: &str, version: &str) -> PathBuf {
        self.cache.join("tools").join(format!("{name}-{version}"))
    }

    /// A program that `cargo install` put into the tool's folder, or that is on PATH in that very version.
    #[must_use]
    pub fn cargo_tool(&self, folder: &str, program: &str, version: &str) -> Option<PathBuf> {
        let folder = self.tool_dir(folder, version);
        let path = folder.join("bin").join(program);
        let whole = [".complete", ".crates.toml"].iter().any(|mark| folder.join(mark).is_file());
        if path.is_file() && whole {
            return Some(path);
        }
        let path = on_path(program)?;
        (version_of(&path).as_deref() == Some(version)).then_some(path)
    }

    /// The AWS emulator.
    ///
    /// # Errors
    /// [`Error::ToolMissing`].
    pub fn fakecloud(&self) -> Result<PathBuf> {
        self.cargo_tool(FAKECLOUD_DIR, "fakecloud", FAKECLOUD).ok_or_else(|| missing("fakecloud", FAKECLOUD))
    }

    /// worker-build.
    ///
    /// # Errors
    /// [`Error::ToolMissing`].
    pub fn worker_build(&self) -> Result<PathBuf> {
        self.cargo_tool("worker-build", "worker-build", WORKER_BUILD)
            .ok_or_else(|| missing("worker-build", WORKER_BUILD))
    }

    /// The wasm-bindgen program in the version that Cargo.lock has the library in: they must be equal.
    ///
    /// # Errors
    /// [`Error::ToolMissing`], or an unreadable Cargo.lock.
    pub fn wasm_bindgen(&self) -> Result<PathBuf> {
        let version = self.locked_version("wasm-bindgen")?;
        self.cargo_tool("wasm-bindgen", "wasm-bindgen", &version)
            .ok_or_else(|| missing("wasm-bindgen-cli", &version))
    }

    /// The version of a crate in Cargo.lock.
    ///
    /// # Errors
    /// Where Cargo.lock can't be read or doesn't have it.
    pub fn locked_version(&self, name: &str) -> Result<String> {
        let path = self.root.join("Cargo.lock");
        let lock = fs::read_to_string(&path).map_err(Error::io(format!("read {}", path.display())))?;
        parse_locked_version(&lock, name)
            .map(str::to_owned)
            .ok_or_else(|| Error::Unexpected(format!("Cargo.lock has no {name}")))
    }

    /// Node.js, new enough for wrangler: the one on PATH, or the one that npm fetched.
    ///
    /// # Errors
    /// [`Error::ToolMissing`].
    pub fn node(&self) -> Result<PathBuf> {
        if let Some(node) = on_path("node")
            && version_of(&node).is_some_and(|version| is_new_enough(&version))
        {
            return Ok(node);
        }
        let folder = self.tool_dir("node", NODE);
        let node = folder.join("node_modules").join(".bin").join("node");
        if node.is_file() && folder.join(".complete").is_file() {
            return Ok(node);
        }
        Err(missing("Node.js", &format!("{}.{} or later", NODE_LEAST.0, NODE_LEAST.1)))
    }

    /// The browser of the tests: Chromium, or Chrome, whichever is on PATH.
    ///
    /// # Errors
    /// [`Error::ToolMissing`].
    pub fn chromium(&self) -> Result<PathBuf> {
        let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
        names.into_iter().find_map(on_path).ok_or_else(|| missing("Chromium", "(any version)"))
    }

    /// What drives it for tests of WebAssembly.
    ///
    /// # Errors
    /// [`Error::ToolMissing`].
    pub fn chromedriver(&self) -> Result<PathBuf> {
        on_path("chromedriver").ok_or_else(|| missing("ChromeDriver", "(Chromium's version)"))
    }

    /// A program of the npm packages in the clone's `node_modules`.
    ///
    /// # Errors
    /// [`Error::ToolMissing`], also where package-lock.json has changed since they were installed.
    pub fn npm_program(&self, name: &str) -> Result<PathBuf> {
        let path = self.root.join("node_modules").join(".bin").join(name);
        if path.is_file() && self.npm_packages_are_current() { Ok(path) } else { Err(missing(name, "(npm)")) }
    }

    /// Whether `node_modules` is what package-lock.json says.
    #[must_use]
    pub fn npm_packages_are_current(&self) -> bool {
        let stamp = fs::read_to_string(self.npm_stamp()).unwrap_or_default();
        file_digest(&self.root.join("package-lock.json")).is_some_and(|digest| digest == stamp)
    }

    /// The file that names the lock which `node_modules` was installed from.
    #[must_use]
    pub fn npm_stamp(&self) -> PathBuf {
        self.root.join("node_modules").join(".package-lock.sha256")
    }

    /// wrangler, as a command that runs in the clone's root with the right Node.js first on its PATH, and tells nobody of it.
    ///
    /// # Errors
    /// [`Error::ToolMissing`].
    pub fn wrangler(&self) -> Result<Command> {
        let mut command = Command::new(self.node()?);
        command.arg(self.npm_program("wrangler")?).current_dir(&self.root);
        command.env("PATH", self.path_with_node()?);
        command.env("WRANGLER_SEND_METRICS", "false").env("CI", "true").env("NO_COLOR", "1");
        // A newer runtime or a login is nobody's wish here.
        command.env_remove("CLOUDFLARE_API_TOKEN").env("WRANGLER_HIDE_BANNER", "true");
        Ok(command)
    }

    /// PATH with the folder of [`Tools::node`] before all others, for programs that begin with `#!/usr/bin/env node`.
    ///
    /// # Errors
    /// [`Error::ToolMissing`].
    pub fn path_with_node(&self) -> Result<OsString> {
        let node = self.node()?;
        let folder = node.parent().map(Path::to_owned).unwrap_or_default();
        let rest = env::var_os("PATH").unwrap_or_default();
        env::join_paths(std::iter::once(folder).chain(env::split_paths(&rest)))
            .map_err(|error| Error::Unexpected(format!("PATH: {error}")))
    }

    /// The Python that has the oracles: botocore and cfn-lint.
    ///
    /// # Errors
    /// [`Error::ToolMissing`].
    pub fn python(&self) -> Result<PathBuf> {
        let folder = self.python_dir()?;
        let python = folder.join("bin").join("python");
        if python.is_file() && folder.join(".complete").is_file() {
            return Ok(python);
        }
        Err(missing("the Python of the oracles", "(tests/oracles/requirements.txt)"))
    }

    /// The folder of the Python virtual environment; its name holds the digest of the requirements.
    ///
    /// # Errors
    /// Where the requirements can't be read.
    pub fn python_dir(&self) -> Result<PathBuf> {
        let requirements = self.requirements();
        let digest = file_digest(&requirements)
            .ok_or_else(|| Error::Unexpected(format!("{} can't be read", requirements.display())))?;
        Ok(self.tool_dir("python", &digest[..12]))
    }

    /// What the oracles' Python has to hold.
    #[must_use]
    pub fn requirements(&self) -> PathBuf {
        self.root.join("tests").join("oracles").join("requirements.txt")
    }
}

fn missing(tool: &str, version: &str) -> Error {
    Error::ToolMissing { tool: format!("{tool} {version}"), help: SETUP.to_owned() }
}

/// A program on PATH.
#[must_use]
pub fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// The version that `<program> --version` prints: its last word that begins with a digit, without a leading `v`.
#[must_use]
pub fn version_of(program: &Path) -> Option<String> {
    let output =
        Command::new(program).arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let word = text.lines().next()?.split_whitespace().map(|word| word.trim_start_matches('v'));
    let mut words = word.filter(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    words.next_back().map(str::to_owned)
}

fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or_default());
    (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default()) >= NODE_LEAST
}

fn parse_locked_version<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let entry = format!("name = \"{name}\"\n");
    let after = lock.split(entry.as_str()).nth(1)?;
    after.lines().next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// The SHA-256 of a file in hexadecimal digits.
#[must_use]
pub fn file_digest(path: &Path) -> Option<String> {
    Some(sha256_hex(&fs::read(path).ok()?))
}

/// The SHA-256 of bytes in hexadecimal digits.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_is_new_enough_from_the_least_on() {
        assert!(is_new_enough("22.12.0") && is_new_enough("24.0.1"));
        assert!(!is_new_enough("22.11.9") && !is_new_enough("20.20.2") && !is_new_enough(""));
    }

    #[test]
    fn a_locked_version_is_that_of_the_whole_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.1\"\n";
        assert_eq!(parse_locked_version(lock, "wasm-bindgen"), Some("0.2.1"));
        assert_eq!(parse_locked_version(lock, "wasm"), None);
    }

    #[test]
    fn this_clone_locks_wasm_bindgen() {
        assert!(Tools::locate().unwrap().locked_version("wasm-bindgen").unwrap().starts_with("0.2."));
    }
}

//! The packages of the workspace.

/// The libraries that the Worker and the npm package are built from.
pub(crate) const LIBRARIES: [&str; 6] =
    ["aws-sans-io", "sns-verify", "email-message", "email-dns", "domain", "api-contract"];

/// The other packages with tests that run on the host.
pub(crate) const OTHERS: [&str; 5] = ["test-support", "xtask", "kraiter-worker", "sdk-wasm", "web-crypto"];

/// The fuzz targets.
pub(crate) const FUZZ: &str = "kraiter-fuzz";

/// Returns the inputs of a build that includes the libraries: files and directories relative to the root of the repository.
pub(crate) fn build_inputs(others: &[&str]) -> Vec<String> {
    let libraries = LIBRARIES
        .iter()
        .flat_map(|name| ["Cargo.toml", "src"].into_iter().map(move |path| format!("crates/{name}/{path}")));
    // The last two say how it is built.
    let common = [
        "Cargo.toml",
        "Cargo.lock",
        "package-lock.json",
        "crates/xtask/src/build",
        "crates/xtask/src/build.rs",
    ];
    common.iter().chain(others).map(|path| (*path).to_owned()).chain(libraries).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use test_support::tools::Tools;

    use super::*;

    #[test]
    fn every_crate_is_listed() {
        let tools = Tools::locate().unwrap();
        let entries = std::fs::read_dir(tools.root().join("crates")).unwrap().flatten();
        let crates = entries.filter(|entry| entry.path().join("Cargo.toml").is_file());
        let dirs: BTreeSet<_> = crates.map(|entry| entry.file_name().into_string().unwrap()).collect();
        let names =
            LIBRARIES.iter().chain(&OTHERS).map(|name| name.trim_start_matches("kraiter-").to_owned());
        assert_eq!(names.collect::<BTreeSet<_>>(), dirs);
    }
}

//! Checking values against the package's types, by the TypeScript compiler.

use std::{
    env,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde::Serialize;

/// A TypeScript module that is only compiled.
pub(crate) struct Module(String);

impl Module {
    pub(crate) fn new() -> Self {
        let package = root().join("pkg").join("index");
        Self(format!("import type * as sdk from '{}';\n", package.display()))
    }

    /// States that these values are of the type, with every property of it and no other.
    pub(crate) fn values<T: Serialize>(&mut self, name: &str, values: &[T]) -> &mut Self {
        let json = serde_json::to_string_pretty(values).unwrap();
        writeln!(self.0, "export const {}s: Required<sdk.{name}>[] = {json};", name.to_lowercase()).unwrap();
        self
    }

    /// States that this value is of the type.
    pub(crate) fn is_type(&mut self, name: &str, value: &impl Serialize) -> &mut Self {
        let json = serde_json::to_string_pretty(value).unwrap();
        let at = self.0.len();
        writeln!(self.0, "export const value{at}: sdk.{name} = {json};").unwrap();
        self
    }

    /// States that a union of texts is made of these and of no other.
    pub(crate) fn union(&mut self, union: &str, texts: impl IntoIterator<Item = String>) -> &mut Self {
        let names: Vec<String> = texts.into_iter().map(|text| format!("{text:?}: true")).collect();
        let at = self.0.len();
        writeln!(self.0, "export const all{at}: Record<{union}, true> = {{ {} }};", names.join(", "))
            .unwrap();
        self
    }

    /// What the compiler has against it; nothing where all is right.
    pub(crate) fn compile(&self) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("contract.ts");
        fs::write(&file, &self.0).unwrap();
        let node = env::var_os("KRAITER_NODE").unwrap_or_else(|| "node".into());
        let output = Command::new(node)
            .arg(root().join("node_modules").join(".bin").join("tsc"))
            .args(["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--module", "esnext"])
            .args([
                "--moduleResolution",
                "bundler",
                "--target",
                "es2022",
                "--lib",
                "es2023,dom",
                "--types",
                "",
            ])
            .arg(&file)
            .output()
            .expect("TypeScript runs by `cargo xtask test`");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).replace(&*folder.path().to_string_lossy(), "");
        assert_eq!(output.status.success(), said.is_empty(), "{said}");
        said
    }
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

//! Checks values against the package's types with the TypeScript compiler.

use std::{
    env,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde::Serialize;

/// A TypeScript module that is only type-checked.
pub(crate) struct Module(String);

impl Module {
    pub(crate) fn new() -> Self {
        let package = root().join("pkg").join("index");
        Self(format!("import type * as sdk from '{}';\n", package.display()))
    }

    /// Asserts that the values have exactly the properties of the type.
    pub(crate) fn values<T: Serialize>(&mut self, name: &str, values: &[T]) -> &mut Self {
        let json = serde_json::to_string_pretty(values).unwrap();
        writeln!(self.0, "export const {}s: Required<sdk.{name}>[] = {json};", name.to_lowercase()).unwrap();
        self
    }

    /// Asserts that the value has the type.
    pub(crate) fn is_type(&mut self, name: &str, value: &impl Serialize) -> &mut Self {
        let json = serde_json::to_string_pretty(value).unwrap();
        let at = self.0.len();
        writeln!(self.0, "export const value{at}: sdk.{name} = {json};").unwrap();
        self
    }

    /// Asserts that a union of strings has exactly these members.
    pub(crate) fn union(&mut self, union: &str, texts: impl IntoIterator<Item = String>) -> &mut Self {
        let names: Vec<String> = texts.into_iter().map(|text| format!("{text:?}: true")).collect();
        let at = self.0.len();
        writeln!(self.0, "export const all{at}: Record<{union}, true> = {{ {} }};", names.join(", "))
            .unwrap();
        self
    }

    /// Adds an expression.
    pub(crate) fn expression(&mut self, expression: &str) -> &mut Self {
        let at = self.0.len();
        writeln!(self.0, "export const value{at} = {expression};").unwrap();
        self
    }

    /// Returns the compiler's errors, or an empty string.
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
            .expect("node was not found: run `cargo xtask test`");
        let errors = [output.stdout, output.stderr].concat();
        let errors = String::from_utf8_lossy(&errors).replace(&*folder.path().to_string_lossy(), "");
        assert_eq!(output.status.success(), errors.is_empty(), "{errors}");
        errors
    }
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

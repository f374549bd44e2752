//! Calls `sns-validator`, the JavaScript library of AWS.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::json;

/// Returns the error of `sns-validator` for each body, or `None` if it accepts the body. Each certificate URL returns `certificate`.
pub(crate) fn validate(certificate: &str, bodies: &[String]) -> Vec<Option<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut node = Command::new("node")
        .arg("tests/oracles/sns_validator.mjs")
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node.js is required: run `cargo xtask test`");
    let input = json!({"certificate": certificate, "messages": bodies}).to_string();
    // A script that exits early closes the pipe. Its exit status is checked below.
    let _ = node.stdin.take().unwrap().write_all(input.as_bytes());
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "the npm package sns-validator is required: run `cargo xtask test`");
    let errors: Vec<Option<String>> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(errors.len(), bodies.len());
    errors
}

//! `cargo xtask openapi`: the API as an OpenAPI document, as the Worker serves it. A test of core fails where it is older than the source.

use std::fs;

use kraiter_core::api::openapi;
use test_support::{Error, Result, tools::Tools};

/// Writes `docs/openapi.json`.
///
/// # Errors
/// Where it can't be written.
pub(crate) fn run(tools: &Tools) -> Result<()> {
    let path = tools.root().join("docs").join("openapi.json");
    let text = openapi::text().map_err(|error| Error::Unexpected(format!("the document: {error}")))?;
    fs::write(&path, text).map_err(Error::io(format!("write {}", path.display())))?;
    println!("{}", path.display());
    Ok(())
}

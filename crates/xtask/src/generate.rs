//! `cargo xtask generate`: the files that are generated from the source and committed.

use std::{fs, io::ErrorKind, path::PathBuf};

use api_contract::openapi::{self, Audience};
use clap::Args;
use test_support::{Error, Result, tools::Tools};

use crate::{
    api_reference, errors_page, regions_table,
    typescript::{self, Package},
};

/// A generated file.
struct Generator {
    /// The path from the repository's root.
    path: &'static str,
    /// Returns the file's content.
    content: fn(&Tools) -> Result<String>,
}

/// Pages with a generated part.
const API_REFERENCE: &str = "docs/api-reference.md";
const AWS_SETUP: &str = "docs/aws-setup.md";
const ERRORS: &str = "docs/errors.md";

/// Every generated file. To add one, add a row.
const GENERATORS: [Generator; 7] = [
    Generator { path: "docs/openapi.json", content: |_| openapi(Audience::Customers) },
    Generator { path: "docs/openapi-operators.json", content: |_| openapi(Audience::Operators) },
    Generator {
        path: API_REFERENCE,
        content: |tools| page(tools, API_REFERENCE, api_reference::with_routes),
    },
    Generator { path: ERRORS, content: |tools| page(tools, ERRORS, errors_page::with_codes) },
    Generator { path: AWS_SETUP, content: |tools| page(tools, AWS_SETUP, regions_table::with_regions) },
    Generator { path: "pkg/lib/types.d.ts", content: |_| Ok(package()?.types) },
    Generator { path: "pkg/lib/resources.js", content: |_| Ok(package()?.resources) },
];

#[derive(Args)]
pub(crate) struct Options {
    /// Only check that the files are up to date; fail if one isn't.
    #[arg(long)]
    check: bool,
}

/// Writes every generated file, or checks them.
pub(crate) fn run(tools: &Tools, options: &Options) -> Result<()> {
    if options.check {
        return check(tools);
    }
    for file in outdated(tools)? {
        fs::write(&file.path, file.content).map_err(Error::io(format!("write {}", file.path.display())))?;
        println!("wrote {}", file.path.display());
    }
    Ok(())
}

/// Fails if a generated file is out of date, naming each.
pub(crate) fn check(tools: &Tools) -> Result<()> {
    let paths: Vec<_> = outdated(tools)?.iter().map(|file| file.path.display().to_string()).collect();
    if paths.is_empty() {
        return Ok(());
    }
    Err(Error::Unexpected(format!(
        "out of date: {}. Run \"cargo xtask generate\" and commit the result.",
        paths.join(", ")
    )))
}

/// A file that differs from its generator's output.
struct Outdated {
    path: PathBuf,
    content: String,
}

fn outdated(tools: &Tools) -> Result<Vec<Outdated>> {
    let mut files = Vec::new();
    for generator in &GENERATORS {
        let path = tools.root().join(generator.path);
        let content = (generator.content)(tools)?;
        let current = match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            current => Some(current.map_err(Error::io(format!("read {}", path.display())))?),
        };
        if current.as_ref() != Some(&content) {
            files.push(Outdated { path, content });
        }
    }
    Ok(files)
}

/// Returns a page with its generated part replaced.
fn page(tools: &Tools, name: &str, replaced: fn(&str) -> Option<String>) -> Result<String> {
    let path = tools.root().join(name);
    let page = fs::read_to_string(&path).map_err(Error::io(format!("read {}", path.display())))?;
    replaced(&page).ok_or_else(|| Error::Unexpected(format!("{name} has no markers for its generated part")))
}

fn openapi(audience: Audience) -> Result<String> {
    openapi::text(audience).map_err(|error| Error::Unexpected(format!("the OpenAPI document: {error}")))
}

fn package() -> Result<Package> {
    typescript::package().map_err(|error| Error::Unexpected(format!("the package's types: {error}")))
}

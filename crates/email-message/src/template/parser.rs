//! Parsing of a template's parts.

use minijinja::{
    machinery::{ast::Stmt, parse},
    syntax::SyntaxConfig,
};

use super::{error::TemplateError, limits, part::Part, syntax_error};

/// Returns Jinja's delimiters. A block on a line of its own renders no empty line.
pub(super) fn syntax_config() -> SyntaxConfig {
    // Building fails only for delimiters of one's own.
    SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().unwrap_or_default()
}

/// Parses a part and passes its syntax tree to `visit`. Returns the fuel for parsing and compiling it, too.
pub(super) fn parse_part<T>(
    part: Part,
    source: &str,
    visit: impl FnOnce(&Stmt<'_>) -> Result<T, TemplateError>,
) -> Result<(T, u64), TemplateError> {
    let syntax = syntax_config();
    let fuel = limits::check(part, source, &syntax)?;
    let tree = parse(source, part.name(), syntax.clone())
        .map_err(|error| syntax_error::from_parser(part, source, syntax, &error))?;
    Ok((visit(&tree)?, fuel))
}

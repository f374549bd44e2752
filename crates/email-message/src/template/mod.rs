//! Templates with variables and bounded rendering cost.
//!
//! A template has a subject, HTML, text or both, with `{{ variables }}` in Jinja syntax. It is rendered by `minijinja`, restricted to
//! what emails need: values, `if`, `for`, `set`, and a few filters and tests. There are no functions, macros or includes, and values in
//! HTML are always escaped.
//!
//! Templates and variables may be hostile. These modules limit their cost:
//!
//! - `limits` limits nesting before the engine's recursive parser runs;
//! - `analysis` rejects syntax whose cost the engine does not count;
//! - `engine` stops rendering when a limit on work, which includes output, is reached;
//! - [`Budget`] limits the total for all emails of a batch;
//! - `value_path` makes lookups and comparisons take constant time.

mod analysis;
mod arithmetic;
mod budget;
mod builtins;
mod comparison;
mod engine;
mod error;
mod filters;
mod fuel;
mod limits;
mod operators;
mod parser;
mod part;
mod position;
mod sample;
mod source;
mod syntax_error;
mod token_lines;
mod undefined_tracker;
mod value_path;
mod variables;

pub use crate::html::html_to_text;
pub use analysis::TemplateVariable;
pub use budget::Budget;
pub use error::{ErrorLocation, TemplateError};
pub use part::{MAX_RENDERED_BYTES, MAX_SOURCE_BYTES, Part};
pub use position::Position;
pub use source::{Rendered, Template, TemplateSource};
pub use variables::{MAX_VARIABLE_BYTES, Variables};

#[cfg(test)]
mod tests;

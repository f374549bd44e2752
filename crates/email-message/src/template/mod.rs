//! Mails that are written once and filled in for each recipient.
//!
//! A template has a subject, HTML, text or both, and names in `{{ }}` that variables stand in for. It is Jinja, by `minijinja`, but only what
//! a mail needs: values, `if`, `for`, `set`, a few filters and tests. There are no functions, no macros, no other templates to include, and no
//! way to write a value into HTML unescaped.
//!
//! A customer writes templates and variables, so both may be meant to harm. What bounds them:
//!
//! - `shape` counts how deep a text nests before the engine's parser follows it;
//! - `uses` lets nothing through whose cost the engine doesn't count;
//! - `engine` counts what is done and what is written, and stops;
//! - [`Budget`] is what the mails of a batch have together;
//! - `place` hands over values so that lookups and comparisons take a short time whatever their length.
//!
//! A rendered template is an email's content like any other: it is rendered before the mail is accepted, and a later change
//! of the template doesn't reach it.
mod budget;
mod engine;
mod error;
mod html_text;
mod place;
mod shape;
mod source;
mod uses;
mod variables;
pub use budget::Budget;
use engine::{FILTERS, TESTS};
pub use error::{TemplateError, Whereabouts};
pub use html_text::html_to_text;
pub use source::{
    MAX_RENDERED_BYTES, MAX_SOURCE_BYTES, MAX_VARIABLE_BYTES, Part, Rendered, Template, TemplateDraft,
};
pub use variables::Variables;

use serde::{Deserialize, Serialize};

/// A variable of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TemplateVariable {
    /// The name. For `{{ order.number }}` it is `order`.
    pub name: String,
    /// Whether a value is required. It isn't if the template has a `default` or tests `is defined`.
    pub required: bool,
}

#[cfg(test)]
mod tests;

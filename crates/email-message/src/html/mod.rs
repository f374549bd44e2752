//! Conversion of HTML to plain text.

mod attributes;
mod before_body;
mod body;
mod characters;
mod doctype;
mod foreign;
mod link;
mod parser;
mod stack;
mod style;
mod table;
mod tag;
mod text;
mod tokens;
mod tree;
mod work;

pub use text::html_to_text;
pub(crate) use text::html_to_text_within;

#[cfg(test)]
mod tests;

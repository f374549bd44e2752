//! Parts of a template.

use std::fmt;

/// The maximum length of a template's HTML or text, in bytes.
pub const MAX_SOURCE_BYTES: usize = 256 * 1024;

/// The maximum length of rendered HTML or text, in bytes.
pub const MAX_RENDERED_BYTES: usize = 512 * 1024;

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The subject line.
    Subject,
    /// The HTML body.
    Html,
    /// The plain-text body.
    Text,
}

impl Part {
    /// Returns the field name: `subject`, `html` or `text`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Html => "html",
            Self::Text => "text",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

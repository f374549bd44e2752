//! What is wrong with a template, or with what it is filled with.

use std::fmt;

use super::{FILTERS, MAX_RENDERED_BYTES, MAX_SOURCE_BYTES, MAX_VARIABLE_BYTES, Part};
use crate::subject::MAX_SUBJECT_CHARS;

/// Why a template can't be taken, or not be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TemplateError {
    /// The part's text isn't a template.
    Syntax {
        /// The part.
        part: Part,
        /// The line, from 1.
        line: usize,
        /// What is wrong there, or what was expected.
        message: String,
    },
    /// The part's text has something that no template has here.
    NotAllowed {
        /// The part.
        part: Part,
        /// The line, from 1.
        line: usize,
        /// What it has.
        message: String,
    },
    /// No subject, or one that isn't a line of text.
    Subject,
    /// There is neither HTML nor text.
    NoContent,
    /// The part is longer than a template may be.
    TooLong {
        /// The part.
        part: Part,
    },
    /// A variable that the template uses isn't given.
    MissingVariable {
        /// Its place among the variables: `order.items[2].price`.
        place: String,
    },
    /// A variable is given that the template doesn't use.
    UnknownVariable {
        /// Its name.
        name: String,
        /// Those that the template uses.
        used: Vec<String>,
    },
    /// The variables have more text than is taken.
    VariablesTooLong,
    /// A variable would break the subject's line.
    LineBreak {
        /// Its place among the variables.
        place: String,
    },
    /// The template fails on these variables.
    Failed {
        /// The part.
        part: Part,
        /// The line, from 1.
        line: usize,
        /// Why.
        message: String,
    },
    /// Filling the part takes more work than is done for one.
    TooCostly {
        /// The part.
        part: Part,
    },
    /// The part gets longer than is sent.
    TooLarge {
        /// The part.
        part: Part,
    },
    /// The other mails of the batch have taken what there is for all.
    BatchSpent,
    /// Nothing comes out that could be read.
    Empty {
        /// The part that there is.
        part: Part,
    },
}

impl TemplateError {
    /// The stable code, as it stands in the `code` of a problem document.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "template_syntax",
            Self::NotAllowed { .. } => "template_not_allowed",
            Self::Subject | Self::LineBreak { .. } => "invalid_subject",
            Self::NoContent => "missing_content",
            Self::TooLong { .. } => "template_too_long",
            Self::MissingVariable { .. } => "missing_variable",
            Self::UnknownVariable { .. } => "unknown_variable",
            Self::VariablesTooLong => "variables_too_long",
            Self::Failed { .. } => "template_failed",
            Self::TooCostly { .. } => "template_too_much_work",
            Self::TooLarge { .. } => "template_rendered_too_long",
            Self::BatchSpent => "batch_too_much_work",
            Self::Empty { .. } => "template_empty",
        }
    }

    /// Where it is.
    #[must_use]
    pub fn place(&self) -> Whereabouts<'_> {
        match self {
            Self::Syntax { part, .. }
            | Self::NotAllowed { part, .. }
            | Self::TooLong { part }
            | Self::Failed { part, .. }
            | Self::TooCostly { part }
            | Self::TooLarge { part }
            | Self::Empty { part } => Whereabouts::Part(*part),
            Self::Subject | Self::BatchSpent => Whereabouts::Part(Part::Subject),
            Self::NoContent => Whereabouts::Part(Part::Text),
            Self::MissingVariable { place } | Self::LineBreak { place } => Whereabouts::Variable(place),
            Self::UnknownVariable { name, .. } => Whereabouts::Variable(name),
            Self::VariablesTooLong => Whereabouts::Variables,
        }
    }

    /// How to mend it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Syntax { .. } | Self::NotAllowed { .. } => {
                "A template has {{ variables }}, {% if %}, {% for %} and {% set %} in the way of Jinja, and nothing else."
            }
            Self::Subject | Self::LineBreak { .. } => {
                "Take line breaks and other control characters out of it."
            }
            Self::NoContent => "Give html, text or both.",
            Self::TooLong { .. } => "Link to what is large instead of sending it.",
            Self::MissingVariable { .. } => {
                "Give it, be it null; or let the template do without it: {% if x is defined %}, {{ x | default(\"…\") }}."
            }
            Self::UnknownVariable { .. } => "Leave it out, or correct its name.",
            Self::VariablesTooLong => "Leave out what the template doesn't show.",
            Self::Failed { .. } => "Correct the template, or the variables that it is filled with.",
            Self::TooCostly { .. } => {
                "Go through shorter lists, and through fewer of them inside each other."
            }
            Self::TooLarge { .. } => "Go through shorter lists, or link to what is long.",
            Self::BatchSpent => "Send it in the next batch.",
            Self::Empty { .. } => "Let the template say something whatever its variables are.",
        }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { part, line, message }
            | Self::NotAllowed { part, line, message }
            | Self::Failed { part, line, message } => {
                write!(f, "`{part}`, line {line}: {message}")
            }
            Self::Subject => write!(f, "a subject is one line of 1 to {MAX_SUBJECT_CHARS} characters"),
            Self::NoContent => f.write_str("html or text is needed"),
            Self::TooLong { part } => {
                write!(f, "`{part}` has at most {MAX_SOURCE_BYTES} bytes in a template")
            }
            Self::MissingVariable { place } => {
                write!(f, "the template needs `{place}`, and it isn't among the variables")
            }
            Self::UnknownVariable { name, used } if used.is_empty() => {
                write!(f, "the template uses no variables, so not `{name}` either")
            }
            Self::UnknownVariable { name, used } => {
                write!(f, "the template doesn't use `{name}`; it uses {}", listed(used))
            }
            Self::VariablesTooLong => {
                write!(f, "the variables have at most {MAX_VARIABLE_BYTES} bytes of text together")
            }
            Self::LineBreak { place } => {
                write!(f, "`{place}` has a line break or another control character, and the subject shows it")
            }
            Self::TooCostly { part } => write!(f, "`{part}` takes more work than is done for a template"),
            Self::TooLarge { part } => {
                write!(f, "`{part}` gets longer than {MAX_RENDERED_BYTES} bytes with these variables")
            }
            Self::BatchSpent => {
                f.write_str("the mails before it in the batch took the work that is done for a batch")
            }
            Self::Empty { part } => write!(f, "`{part}` gets empty with these variables"),
        }
    }
}

impl std::error::Error for TemplateError {}

/// Where an error is: in a part of the template, or in what it is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereabouts<'a> {
    /// In this part.
    Part(Part),
    /// In the variable at this place.
    Variable(&'a str),
    /// In all variables together.
    Variables,
}

/// Names in a sentence: at most ten of them.
fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(10).map(|name| format!("`{name}`")).collect();
    let more = names.len() - shown.len();
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

/// What is said of a filter that there isn't.
pub(super) fn no_such_filter(name: &str) -> String {
    match name {
        "safe" | "escape" | "e" | "forceescape" => {
            format!("there is no filter `{name}`: HTML is always escaped, by itself")
        }
        _ => format!("there is no filter `{name}`; there are {}", FILTERS.join(", ")),
    }
}

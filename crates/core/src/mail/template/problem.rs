//! What is wrong with a template or its variables.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TemplatePart {
    /// The subject.
    Subject,
    /// The HTML part.
    Html,
    /// The text part.
    Text,
}

impl TemplatePart {
    /// Its name, as the field of a request.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Html => "html",
            Self::Text => "text",
        }
    }
}

impl fmt::Display for TemplatePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is wrong.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TemplateProblem {
    /// A part that must be there is missing or empty.
    #[error("`{part}` is needed")]
    Missing {
        /// The part.
        part: TemplatePart,
    },
    /// A part's source is too long.
    #[error("`{part}` has more than {} bytes", super::MAX_SOURCE_BYTES)]
    SourceTooLong {
        /// The part.
        part: TemplatePart,
    },
    /// A part can't be read.
    #[error("line {line} of `{part}`: {message}")]
    Syntax {
        /// The part.
        part: TemplatePart,
        /// The line, from 1.
        line: usize,
        /// What the engine says.
        message: String,
    },
    /// A part does something that templates here can't.
    #[error("line {line} of `{part}`: {what} can't be used in a template")]
    NotAllowed {
        /// The part.
        part: TemplatePart,
        /// The line, from 1.
        line: usize,
        /// What it does.
        what: String,
    },
    /// A variable that the template names isn't given.
    #[error("the template needs the variable `{name}`")]
    MissingVariable {
        /// Its name, with dots.
        name: String,
    },
    /// A variable is given that the template doesn't name.
    #[error("the template has no variable `{name}`")]
    UnknownVariable {
        /// Its name.
        name: String,
    },
    /// The variables are too long.
    #[error("the variables have more than {} bytes as JSON", super::MAX_VARIABLES_BYTES)]
    VariablesTooLong,
    /// Something within a variable isn't there.
    #[error("{}a value that `{part}` names isn't in the variables", line.map(|line| format!("line {line}: ")).unwrap_or_default())]
    Undefined {
        /// The part.
        part: TemplatePart,
        /// The line, from 1.
        line: Option<usize>,
    },
    /// The engine has to do more than it may.
    #[error("`{part}` takes too much work with these variables: it has loops over too many values")]
    TooMuchWork {
        /// The part.
        part: TemplatePart,
    },
    /// What comes out is too long.
    #[error("`{part}` has more than {} bytes with these variables", super::MAX_RENDERED_BYTES)]
    RenderedTooLong {
        /// The part.
        part: TemplatePart,
    },
}

impl TemplateProblem {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "missing_field",
            Self::SourceTooLong { .. } => "template_too_long",
            Self::Syntax { .. } => "template_syntax",
            Self::NotAllowed { .. } => "template_not_allowed",
            Self::MissingVariable { .. } => "missing_variable",
            Self::UnknownVariable { .. } => "unknown_variable",
            Self::VariablesTooLong => "variables_too_long",
            Self::Undefined { .. } => "undefined_variable",
            Self::TooMuchWork { .. } => "template_too_much_work",
            Self::RenderedTooLong { .. } => "template_rendered_too_long",
        }
    }

    /// The field that is wrong: a part, or a variable.
    #[must_use]
    pub fn field(&self) -> String {
        match self {
            Self::Missing { part }
            | Self::SourceTooLong { part }
            | Self::Syntax { part, .. }
            | Self::NotAllowed { part, .. } => part.name().to_owned(),
            Self::MissingVariable { name } | Self::UnknownVariable { name } => format!("variables.{name}"),
            Self::VariablesTooLong
            | Self::Undefined { .. }
            | Self::TooMuchWork { .. }
            | Self::RenderedTooLong { .. } => "variables".to_owned(),
        }
    }

    /// How to mend it; empty where the message says it all.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::NotAllowed { .. } => {
                "A template has {{ variables }}, {% if %} and {% for %}, comparisons, and the filters upper, lower, trim, capitalize, \
                 length and default. Compute everything else in your program and pass it as a variable."
            }
            Self::MissingVariable { .. } => {
                "Give every variable that the template names; null counts as given."
            }
            Self::UnknownVariable { .. } => "Leave it out, or use it in the template.",
            _ => "",
        }
    }
}

/// The engine's own words about a part.
pub(super) fn syntax(part: TemplatePart, error: &minijinja::Error) -> TemplateProblem {
    let message = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    TemplateProblem::Syntax { part, line: error.line().unwrap_or(1), message }
}

//! Errors of templates and their variables.

use thiserror::Error;

use super::{
    part::{MAX_RENDERED_BYTES, MAX_SOURCE_BYTES, Part},
    position::Position,
    variables::MAX_VARIABLE_BYTES,
};
use crate::subject::MAX_SUBJECT_CHARS;

/// A template that is invalid or cannot be rendered.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum TemplateError {
    /// A syntax error.
    #[error("\"{part}\", {position}: {message}")]
    Syntax {
        /// The part of the template.
        part: Part,
        /// The position of the error.
        position: Position,
        /// The error, or what the parser expected.
        message: String,
        /// What the author probably meant, and how to write it.
        hint: Option<&'static str>,
    },
    /// Syntax that is valid Jinja but not supported here, or nested too deep.
    #[error("\"{part}\", {position}: {message}")]
    NotAllowed {
        /// The part of the template.
        part: Part,
        /// The position of the error.
        position: Position,
        /// The error message.
        message: String,
    },
    /// The subject is missing, too long or not a single line.
    #[error("a subject must be one line of 1 to {MAX_SUBJECT_CHARS} characters")]
    Subject,
    /// The template has neither HTML nor text.
    #[error("html or text is required")]
    NoContent,
    /// The part is longer than [`MAX_SOURCE_BYTES`].
    #[error("\"{part}\" must not be longer than {MAX_SOURCE_BYTES} bytes")]
    TooLong {
        /// The part of the template.
        part: Part,
    },
    /// A variable that the template requires is missing.
    #[error("the variable \"{path}\" is missing")]
    MissingVariable {
        /// The path of the variable, such as `order.items[2].price`.
        path: String,
    },
    /// A variable that the template does not use.
    #[error("the template does not use the variable \"{name}\"; it uses {}", quoted_list(used))]
    UnknownVariable {
        /// The name of the variable.
        name: String,
        /// The variables that the template uses.
        used: Vec<String>,
    },
    /// The variables are longer than [`MAX_VARIABLE_BYTES`].
    #[error("the variables must not have more than {MAX_VARIABLE_BYTES} bytes of text in total")]
    VariablesTooLong,
    /// A variable in the subject contains a line break.
    #[error("the subject uses \"{path}\", so it must not contain line breaks or other control characters")]
    LineBreak {
        /// The path of the variable.
        path: String,
    },
    /// Rendering fails with these variables.
    #[error("\"{part}\", {position}: {message}")]
    Failed {
        /// The part of the template.
        part: Part,
        /// The position of the error.
        position: Position,
        /// The error message.
        message: String,
    },
    /// Rendering the part takes too many steps.
    #[error("rendering \"{part}\" takes too many steps")]
    TooCostly {
        /// The part of the template.
        part: Part,
    },
    /// The rendered part is longer than [`MAX_RENDERED_BYTES`].
    #[error("the rendered \"{part}\" must not be longer than {MAX_RENDERED_BYTES} bytes")]
    TooLarge {
        /// The part of the template.
        part: Part,
    },
    /// The batch has no budget left for this email.
    #[error("the emails before this one used up the rendering budget of the batch")]
    BatchBudgetExceeded,
    /// The rendered email has no content.
    #[error("the rendered \"{part}\" is empty")]
    Empty {
        /// The part of the template.
        part: Part,
    },
}

impl TemplateError {
    /// Returns the stable, machine-readable code.
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
            Self::BatchBudgetExceeded => "batch_too_much_work",
            Self::Empty { .. } => "template_empty",
        }
    }

    /// Returns the location of the error.
    #[must_use]
    pub fn location(&self) -> ErrorLocation<'_> {
        match self {
            Self::Syntax { part, .. }
            | Self::NotAllowed { part, .. }
            | Self::TooLong { part }
            | Self::Failed { part, .. }
            | Self::TooCostly { part }
            | Self::TooLarge { part }
            | Self::Empty { part } => ErrorLocation::Part(*part),
            Self::Subject | Self::BatchBudgetExceeded => ErrorLocation::Part(Part::Subject),
            Self::NoContent => ErrorLocation::Part(Part::Text),
            Self::MissingVariable { path } | Self::LineBreak { path } => ErrorLocation::Variable(path),
            Self::UnknownVariable { name, .. } => ErrorLocation::Variable(name),
            Self::VariablesTooLong => ErrorLocation::Variables,
        }
    }

    /// Returns a sentence that says how to fix the error.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Syntax { hint: Some(hint), .. } => hint,
            Self::Syntax { .. } | Self::NotAllowed { .. } => {
                "Use only {{ variables }}, {% if %}, {% for %} and {% set %} in Jinja syntax."
            }
            Self::Subject | Self::LineBreak { .. } => "Remove line breaks and other control characters.",
            Self::NoContent => "Add html, text or both.",
            Self::TooLong { .. } => "Link to large content instead of including it.",
            Self::MissingVariable { .. } => {
                "Add it (null is allowed), or make it optional in the template: {% if x is defined %} or {{ x | default(\"…\") }}."
            }
            Self::UnknownVariable { .. } => "Remove the variable or correct its name.",
            Self::VariablesTooLong => "Include only values that the template uses.",
            Self::Failed { .. } => "Correct the template or its variables.",
            Self::TooCostly { .. } => {
                "Use shorter lists or fewer nested loops, or add a text if it is generated from the HTML."
            }
            Self::TooLarge { .. } => "Use shorter lists, or link to long content.",
            Self::BatchBudgetExceeded => "Send this email in another batch.",
            Self::Empty { .. } => {
                "Change the template so that it has content for all values of its variables."
            }
        }
    }

    /// Converts an error of the engine while it renders.
    pub(super) fn failed(part: Part, position: Position, error: &minijinja::Error) -> Self {
        let message = match error.kind() {
            minijinja::ErrorKind::UndefinedError => "an undefined value is used".to_owned(),
            _ => engine_message(error),
        };
        Self::Failed { part, position, message }
    }
}

/// The location of an error: a part of the template, or its variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorLocation<'a> {
    /// A part of the template.
    Part(Part),
    /// The variable at this path.
    Variable(&'a str),
    /// All variables together.
    Variables,
}

fn engine_message(error: &minijinja::Error) -> String {
    let message = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    message.replace('`', "\"")
}

/// Lists at most ten names.
fn quoted_list(names: &[String]) -> String {
    if names.is_empty() {
        return "no variables".to_owned();
    }
    let shown: Vec<String> = names.iter().take(10).map(|name| format!("\"{name}\"")).collect();
    let more = names.len() - shown.len();
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

//! Errors in a field of a request.

use domain::ValidationError;
use thiserror::Error;

/// The error for a field that is missing or invalid.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct FieldError {
    /// The field's path in the JSON, such as `to[1]` or `headers.X-Campaign`.
    pub field: String,
    /// The stable code.
    pub code: &'static str,
    /// Description of the error, in lower case and without a full stop at the end.
    pub message: String,
    /// How to fix it. Empty if `message` is enough.
    pub help: &'static str,
}

/// The most characters of a field's name that a response or a log line contains. The caller may have made it up.
const MAX_NAME: usize = 100;

/// The most characters of a message about a field, which may contain names.
const MAX_MESSAGE: usize = 1_000;

/// Returns the first `max` characters.
fn cut(mut text: String, max: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(max) {
        text.truncate(end);
    }
    text
}

/// Returns a field's name as responses and log lines contain it.
pub(crate) fn cut_name(name: impl Into<String>) -> String {
    cut(name.into(), MAX_NAME)
}

impl FieldError {
    /// Creates an error without a help text.
    #[must_use]
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into(), help: "" }
    }

    /// Returns the message as a sentence, for people: it starts with a capital letter and ends with a full stop.
    #[must_use]
    pub fn sentence(&self) -> String {
        let message = cut(self.message.clone(), MAX_MESSAGE);
        let message = message.as_str();
        let first_word = message.split(' ').next().unwrap_or_default();
        let mut characters = message.chars();
        // A word with other characters can be a name, such as "replyTo".
        let mut sentence = match characters.next() {
            Some(first) if first_word.bytes().all(|byte| byte.is_ascii_lowercase()) => {
                first.to_ascii_uppercase().to_string() + characters.as_str()
            }
            _ => message.to_owned(),
        };
        if !sentence.ends_with(['.', '!', '?']) {
            sentence.push('.');
        }
        sentence
    }

    /// Creates the error for a required field that is missing or empty.
    #[must_use]
    pub fn missing(field: impl Into<String>) -> Self {
        let field = field.into();
        let message = format!("\"{field}\" is required");
        Self::new(field, "missing_field", message)
    }

    /// Creates the error for a query parameter that the route doesn't have.
    #[must_use]
    pub fn unknown_parameter(name: &str) -> Self {
        let name = cut_name(name);
        let message = format!("\"{name}\" is not a parameter of this route");
        Self::new(name, "unknown_field", message)
    }

    /// Creates the error for a value that must be one of `names`.
    #[must_use]
    pub fn not_one_of(field: &str, code: &'static str, names: &[&str; 2]) -> Self {
        let [one, other] = names;
        Self::new(field, code, format!("\"{field}\" must be {one} or {other}"))
    }

    /// Returns a function that converts the error of parsing a field's value.
    pub fn invalid<E: Into<ValidationError>>(field: impl Into<String>) -> impl FnOnce(E) -> Self {
        |error| {
            let error = error.into();
            Self { field: field.into(), code: error.code(), message: error.to_string(), help: error.help() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_for_people_is_a_sentence() {
        for (message, sentence) in [
            ("an AWS account ID has exactly 12 digits", "An AWS account ID has exactly 12 digits."),
            ("\"region\" is required", "\"region\" is required."),
            ("replyTo is too long", "replyTo is too long."),
            ("Amazon SES rejects it.", "Amazon SES rejects it."),
            ("", "."),
        ] {
            assert_eq!(FieldError::new("x", "x", message).sentence(), sentence);
        }
    }
}

//! A field of a request that is wrong.

use domain::ValidationError;

/// A field that is missing or wrong, by its name in the JSON (`to[1]`, `headers.X-Campaign`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's path.
    pub field: String,
    /// The stable code.
    pub code: &'static str,
    /// Description of the error.
    pub message: String,
    /// How to mend it; empty where the message says it all.
    pub help: &'static str,
}

impl FieldError {
    /// A field's error.
    #[must_use]
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into(), help: "" }
    }

    /// A field that must be there and isn't, or is empty.
    #[must_use]
    pub fn missing(field: impl Into<String>) -> Self {
        let field = field.into();
        let message = format!("`{field}` is needed");
        Self::new(field, "missing_field", message)
    }

    /// A field whose text is not a valid value.
    pub fn invalid<E: Into<ValidationError>>(field: impl Into<String>) -> impl FnOnce(E) -> Self {
        |error| {
            let error = error.into();
            Self { field: field.into(), code: error.code(), message: error.to_string(), help: error.help() }
        }
    }
}

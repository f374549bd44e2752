//! Names that customers choose.

use super::FieldError;

/// Validates a name of 1 to 100 characters without control characters, and trims it.
pub(super) fn parse(text: &str) -> Result<String, FieldError> {
    let name = text.trim();
    match name.chars().count() {
        0 => Err(FieldError::missing("name")),
        1..=100 if !name.chars().any(char::is_control) => Ok(name.to_owned()),
        _ => Err(FieldError::new(
            "name",
            "invalid_name",
            "a name has 1 to 100 characters and no control characters",
        )),
    }
}

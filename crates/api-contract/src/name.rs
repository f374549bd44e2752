//! Names that customers choose.

use email_message::is_plain_line;

use super::FieldError;

/// Validates a name of 1 to 100 characters, and trims it. Control and bidirectional-override characters are invalid.
pub(super) fn parse(text: &str) -> Result<String, FieldError> {
    let name = text.trim();
    match name.chars().count() {
        0 => Err(FieldError::missing("name")),
        1..=100 if is_plain_line(name) => Ok(name.to_owned()),
        _ => Err(FieldError::new(
            "name",
            "invalid_name",
            "a name has 1 to 100 characters and no control or bidirectional-override characters",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_script_are_accepted() {
        for name in ["Main key", "  Café ", "שלום", "مفتاح 1", "鍵", "\u{200f}שלום!"] {
            assert_eq!(parse(name).unwrap(), name.trim());
        }
    }

    #[test]
    fn names_that_are_shown_as_others_are_refused() {
        for character in [
            '\n', '\0', '\u{7f}', '\u{85}', '\u{2028}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}',
            '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
        ] {
            assert_eq!(parse(&format!("a{character}b")).unwrap_err().code, "invalid_name", "{character:?}");
        }
    }
}

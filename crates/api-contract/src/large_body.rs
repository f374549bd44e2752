//! Limits the memory that parsing a large JSON body takes.
//!
//! A JSON parser borrows a string from the body, unless it contains escapes: then it allocates a copy. A list of a million short items
//! takes far more memory than its JSON. Therefore common escapes are removed in place, and everything except long strings counts toward
//! the limit of an ordinary body.

use super::{ApiError, FieldError, MAX_BODY_BYTES};

/// Strings of this length or more don't count toward the structure limit.
const LONG_STRING: usize = 1024;

/// Maximum length of a string with remaining escapes: enough for HTML of the maximum size whose characters outside of ASCII are all
/// escaped, such as `\u0416`.
const MAX_ESCAPED: usize = 3 * domain::email::MAX_CONTENT_BYTES;

/// Replaces each escape of a printable ASCII character by the character itself, in place. PHP writes `\/` and Java `\u003d`, for example.
/// The JSON keeps its meaning.
///
/// # Errors
/// Fails with [`ApiError::BodyTooLarge`] if more than [`MAX_BODY_BYTES`] are not part of long strings, and with [`ApiError::Field`] if a
/// very long string contains other escapes.
pub fn unescape_json_in_place(body: &mut Vec<u8>) -> Result<(), ApiError> {
    let (mut read, mut written, mut structure) = (0, 0, 0);
    while read < body.len() {
        let byte = body[read];
        body[written] = byte;
        (read, written, structure) = (read + 1, written + 1, structure + 1);
        if byte == b'"' {
            let text = text(body, read, written);
            let length = text.written - written;
            if text.has_escapes && length > MAX_ESCAPED {
                return Err(FieldError {
                    help: "Encode the body in UTF-8 without escapes, and base64 without line breaks.",
                    ..FieldError::new(
                        "body",
                        "content_too_long",
                        "a string with escape sequences is too long",
                    )
                }
                .into());
            }
            (read, written) = (text.read, text.written);
            structure += if length < LONG_STRING { length } else { 0 };
        }
        if structure > MAX_BODY_BYTES {
            return Err(ApiError::BodyTooLarge { limit: MAX_BODY_BYTES });
        }
    }
    body.truncate(written);
    Ok(())
}

struct Text {
    read: usize,
    written: usize,
    has_escapes: bool,
}

/// Moves a string up to its closing quote.
fn text(body: &mut [u8], mut read: usize, mut written: usize) -> Text {
    let mut has_escapes = false;
    while read < body.len() && body[read] != b'"' {
        if body[read] == b'\\' {
            if let Some((plain, length)) = plain(&body[read + 1..]) {
                body[written] = plain;
                (read, written) = (read + 1 + length, written + 1);
                continue;
            }
            has_escapes = true;
            // An escaped quote doesn't end the string.
            body[written] = b'\\';
            (read, written) = (read + 1, written + 1);
            if read == body.len() {
                break;
            }
        }
        body[written] = body[read];
        (read, written) = (read + 1, written + 1);
    }
    Text { read, written, has_escapes }
}

/// Returns the printable character that an escape stands for, and the length of the escape without its backslash.
fn plain(escape: &[u8]) -> Option<(u8, usize)> {
    match escape {
        [b'/', ..] => Some((b'/', 1)),
        [b'u', b'0', b'0', high, low, ..] => {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let code = u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?;
            (matches!(code, b' '..=b'~') && !matches!(code, b'"' | b'\\')).then_some((code, 5))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn unescaped(json: &str) -> Result<String, ApiError> {
        let mut body = json.as_bytes().to_vec();
        unescape_json_in_place(&mut body).map(|()| String::from_utf8(body).unwrap())
    }

    #[test]
    fn escapes_of_printable_characters_are_replaced() {
        for (json, expected) in [
            (r#"{"a":"x\/y\/\/z"}"#, r#"{"a":"x/y//z"}"#),
            (r#"{"a":"AA\u003d\u003D"}"#, r#"{"a":"AA=="}"#),
            (r#"{"a\/b":"\\\/\"\/"}"#, r#"{"a/b":"\\/\"/"}"#),
            (r#"["\u0022\u005c\u000a\n\u0416\u00e9"]"#, r#"["\u0022\u005c\u000a\n\u0416\u00e9"]"#),
            // Invalid JSON stays invalid.
            (r#"{"a":"x\"#, r#"{"a":"x\"#),
            (r#"{"a":"\u00"#, r#"{"a":"\u00"#),
            (r"{\/}", r"{\/}"),
        ] {
            assert_eq!(unescaped(json).unwrap(), expected, "{json}");
        }
    }

    #[test]
    fn many_short_values_are_limited_and_long_strings_are_not() {
        let long = format!(r#"{{"a":"{}"}}"#, "A".repeat(3 * MAX_BODY_BYTES));
        assert_eq!(unescaped(&long).unwrap(), long);
        for short in ["1,", "\"\",", "[],"] {
            let many = format!("[{}0]", short.repeat(MAX_BODY_BYTES / short.len() + 1));
            assert_eq!(unescaped(&many).unwrap_err(), ApiError::BodyTooLarge { limit: MAX_BODY_BYTES });
        }
    }

    #[test]
    fn a_very_long_string_must_not_contain_other_escapes() {
        let long = |escape: &str| format!(r#"{{"a":"{}{escape}"}}"#, "A".repeat(MAX_ESCAPED));
        assert!(unescaped(&long(r"\/")).is_ok());
        assert_eq!(unescaped(&long(r"\n")).unwrap_err().code(), "content_too_long");
    }

    proptest! {
        #[test]
        fn the_json_keeps_its_meaning(text in "[\\PC\r\n\"\\\\/=]{0,40}", name in "[a-z/\"]{0,5}") {
            let value = json!({ name: [text, 1, null, true] });
            let php = value.to_string().replace('/', "\\/").replace('=', "\\u003d");
            prop_assert_eq!(serde_json::from_str::<Value>(&unescaped(&php).unwrap()).unwrap(), value);
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60), json in "[{}\\[\\]\",:u0a\\\\/]{0,40}") {
            let _ = unescape_json_in_place(&mut bytes.clone());
            let _ = unescape_json_in_place(&mut json.into_bytes());
        }
    }
}

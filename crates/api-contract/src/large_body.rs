//! What keeps a large body from costing much more memory than its length.
//!
//! A JSON reader borrows a text as it stands there, but for one with escapes, which it has to write anew; and a list of a million short items
//! takes far more room than its text. So some escapes are taken out where they stand, and what isn't long texts is bounded as every other
//! body is.

use super::{ApiError, FieldError, MAX_BODY_BYTES};

/// A text from which on it doesn't count as structure.
const LONG: usize = 1024;

/// The longest text that may have escapes other than those that are taken out: HTML of the most bytes, each character beyond ASCII
/// written as `\u0416`.
const MAX_ESCAPED: usize = 3 * domain::email::MAX_CONTENT_BYTES;

/// Writes every escape as the character itself that stands for a printable one of ASCII, where it stands: `\/` as PHP writes it, `\u003d` as
/// Java does. The JSON says the same.
///
/// # Errors
/// [`ApiError::BodyTooLarge`] where more than [`MAX_BODY_BYTES`] of it aren't long texts, [`ApiError::Field`] where a very long text has
/// other escapes.
pub fn slim(body: &mut Vec<u8>) -> Result<(), ApiError> {
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
                    help: "Write its characters as they are, in UTF-8, and give base64 without line breaks.",
                    ..FieldError::new("body", "content_too_long", "a text with escapes is too long")
                }
                .into());
            }
            (read, written) = (text.read, text.written);
            structure += if length < LONG { length } else { 0 };
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

/// Moves a text up to its closing quote.
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
            // An escaped quote ends nothing.
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

/// The printable character that an escape stands for, and the escape's length behind the backslash.
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

    fn slimmed(json: &str) -> Result<String, ApiError> {
        let mut body = json.as_bytes().to_vec();
        slim(&mut body).map(|()| String::from_utf8(body).unwrap())
    }

    #[test]
    fn escapes_of_printable_characters_are_taken_out() {
        for (json, slim) in [
            (r#"{"a":"x\/y\/\/z"}"#, r#"{"a":"x/y//z"}"#),
            (r#"{"a":"AA\u003d\u003D"}"#, r#"{"a":"AA=="}"#),
            (r#"{"a\/b":"\\\/\"\/"}"#, r#"{"a/b":"\\/\"/"}"#),
            (r#"["\u0022\u005c\u000a\n\u0416\u00e9"]"#, r#"["\u0022\u005c\u000a\n\u0416\u00e9"]"#),
            // What isn't JSON stays none.
            (r#"{"a":"x\"#, r#"{"a":"x\"#),
            (r#"{"a":"\u00"#, r#"{"a":"\u00"#),
            (r"{\/}", r"{\/}"),
        ] {
            assert_eq!(slimmed(json).unwrap(), slim, "{json}");
        }
    }

    #[test]
    fn many_short_things_are_bounded_and_long_texts_are_not() {
        let long = format!(r#"{{"a":"{}"}}"#, "A".repeat(3 * MAX_BODY_BYTES));
        assert_eq!(slimmed(&long).unwrap(), long);
        for short in ["1,", "\"\",", "[],"] {
            let many = format!("[{}0]", short.repeat(MAX_BODY_BYTES / short.len() + 1));
            assert_eq!(slimmed(&many).unwrap_err(), ApiError::BodyTooLarge { limit: MAX_BODY_BYTES });
        }
    }

    #[test]
    fn a_very_long_text_has_no_other_escapes() {
        let long = |escape: &str| format!(r#"{{"a":"{}{escape}"}}"#, "A".repeat(MAX_ESCAPED));
        assert!(slimmed(&long(r"\/")).is_ok());
        assert_eq!(slimmed(&long(r"\n")).unwrap_err().code(), "content_too_long");
    }

    proptest! {
        #[test]
        fn the_json_says_the_same(text in "[\\PC\r\n\"\\\\/=]{0,40}", name in "[a-z/\"]{0,5}") {
            let value = json!({ name: [text, 1, null, true] });
            let php = value.to_string().replace('/', "\\/").replace('=', "\\u003d");
            prop_assert_eq!(serde_json::from_str::<Value>(&slimmed(&php).unwrap()).unwrap(), value);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60), json in "[{}\\[\\]\",:u0a\\\\/]{0,40}") {
            let _ = slim(&mut bytes.clone());
            let _ = slim(&mut json.into_bytes());
        }
    }
}

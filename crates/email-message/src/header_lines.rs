//! Header lines of a message.

use std::io::{self, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::encoded_word;

/// Characters that are percent-encoded in parameter values.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// The length after which a line is folded at the next space.
///
/// <https://www.rfc-editor.org/rfc/rfc5322#section-2.1.1>
const LINE_LENGTH: usize = 76;

/// Writes a header with a value in printable ASCII. Unfolding the lines gives the same value.
pub(super) fn write(output: &mut impl Write, name: &str, value: &str) -> io::Result<()> {
    write!(output, "{name}:")?;
    let mut length = name.len() + 1;
    for (index, word) in value.split(' ').enumerate() {
        // Lines that consist of spaces are not allowed, so runs of spaces are not folded.
        if index > 0 && !word.is_empty() && length + 1 + word.len() > LINE_LENGTH {
            output.write_all(b"\r\n")?;
            length = 0;
        }
        output.write_all(b" ")?;
        output.write_all(word.as_bytes())?;
        length += 1 + word.len();
    }
    output.write_all(b"\r\n")
}

/// Returns `text` as a header value, with encoded words if needed.
pub(super) fn encode_text(text: &str) -> String {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && text.trim() == text
        && !text.contains("=?")
        // Some mail clients collapse several spaces at a fold.
        && !text.contains("  ")
        && text.split(' ').all(|word| word.len() < LINE_LENGTH);
    if is_plain { text.to_owned() } else { encoded_word::encode(text) }
}

/// The maximum length of a quoted parameter value. Such a value ends before its line could be folded, which would change the value.
const MAX_QUOTED: usize = 30;

/// Returns a header parameter: quoted if the value is short and plain, otherwise encoded as in RFC 2231, in parts that fit into a line.
///
/// <https://www.rfc-editor.org/rfc/rfc2231#section-4.1>
pub(super) fn parameter(name: &str, value: &str) -> String {
    if is_quotable(value) {
        return format!("{name}=\"{value}\"");
    }
    let mut parts = vec![String::from("UTF-8''")];
    // No part splits a character, because some mail clients decode each part separately.
    for character in value.chars() {
        let mut bytes = [0; 4];
        let encoded = utf8_percent_encode(character.encode_utf8(&mut bytes), ENCODED).to_string();
        match parts.last_mut() {
            Some(part) if part.len() + encoded.len() <= 50 => part.push_str(&encoded),
            _ => parts.push(encoded),
        }
    }
    let parts = parts.iter().enumerate().map(|(index, part)| format!("{name}*{index}*={part}"));
    parts.collect::<Vec<_>>().join("; ")
}

/// Returns whether `value` can be quoted without escapes or folding.
pub(super) fn is_quotable(value: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_. ()[],;&+=@!#$^{}~".contains(&byte);
    value.len() <= MAX_QUOTED && value.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(name: &str, value: &str) -> String {
        let mut output = Vec::new();
        write(&mut output, name, value).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn a_parameter_is_quoted_or_split_into_numbered_parts() {
        assert_eq!(parameter("filename", "my report (1).pdf"), "filename=\"my report (1).pdf\"");
        assert_eq!(parameter("filename", "é.pdf"), "filename*0*=UTF-8''%C3%A9.pdf");
        assert_eq!(parameter("filename", "a\".pdf"), "filename*0*=UTF-8''a%22.pdf");
        let long = parameter("filename", &"ж".repeat(20));
        assert!(long.contains("; filename*1*=%"), "{long}");
    }

    #[test]
    fn a_subject_is_encoded_only_if_needed() {
        assert_eq!(encode_text("Hello, world"), "Hello, world");
        for encoded in ["Grüße", " a", "a ", "a  b", "=?UTF-8?Q?x?=", &"x".repeat(300)] {
            assert!(encode_text(encoded).starts_with("=?UTF-8?B?"), "{encoded:?}");
        }
    }

    proptest! {
        #[test]
        fn folded_lines_are_short_and_unfold_to_the_value(words in proptest::collection::vec("[!-~]{0,30}", 0..30)) {
            let value = words.join(" ");
            let lines = line("X-Test", &value);
            let folded = lines.strip_suffix("\r\n").unwrap();
            prop_assert!(folded.split("\r\n").all(|line| line.len() <= LINE_LENGTH + 31), "{:?}", lines);
            prop_assert!(folded.split("\r\n").skip(1).all(|line| !line.trim().is_empty()), "{:?}", lines);
            prop_assert_eq!(lines.replace("\r\n", ""), format!("X-Test: {value}"));
        }
    }
}

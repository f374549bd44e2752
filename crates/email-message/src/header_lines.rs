//! A message's headers as lines.

use std::io::{self, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::encoded_word;

/// What doesn't stand in a parameter's value as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// Lines are folded behind so many characters where a space lets them.
///
/// <https://www.rfc-editor.org/rfc/rfc5322#section-2.1.1>
const LINE: usize = 76;

/// Writes a header of printable ASCII. Where it is folded, what is unfolded is the same value again.
pub(super) fn write(output: &mut impl Write, name: &str, value: &str) -> io::Result<()> {
    write!(output, "{name}:")?;
    let mut length = name.len() + 1;
    for (index, word) in value.split(' ').enumerate() {
        // A line of spaces alone isn't allowed, so a run of them isn't cut.
        if index > 0 && !word.is_empty() && length + 1 + word.len() > LINE {
            output.write_all(b"\r\n")?;
            length = 0;
        }
        output.write_all(b" ")?;
        output.write_all(word.as_bytes())?;
        length += 1 + word.len();
    }
    output.write_all(b"\r\n")
}

/// A text of any script as a header's value.
pub(super) fn text(text: &str) -> String {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && text.trim() == text
        && !text.contains("=?")
        // Not every reader keeps several spaces where a line is folded.
        && !text.contains("  ")
        && text.split(' ').all(|word| word.len() < LINE);
    if is_plain { text.to_owned() } else { encoded_word::encode(text) }
}

/// The longest value of a parameter that stands in quotes: behind the name of any header of a part it ends before the line may be folded,
/// which inside of quotes would change it.
const QUOTED: usize = 30;

/// A parameter whose value may have any character: as it is where it is short and plain, else by RFC 2231, in parts that fit into a line.
///
/// <https://www.rfc-editor.org/rfc/rfc2231#section-4.1>
pub(super) fn parameter(name: &str, value: &str) -> String {
    if is_quotable(value) {
        return format!("{name}=\"{value}\"");
    }
    let mut parts = vec![String::from("UTF-8''")];
    // No character is cut in two: not every reader would join it again.
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

/// Whether a text may stand in quotes as it is.
pub(super) fn is_quotable(value: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_. ()[],;&+=@!#$^{}~".contains(&byte);
    value.len() <= QUOTED && value.bytes().all(is_fine)
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
    fn a_parameter_is_plain_or_in_numbered_parts() {
        assert_eq!(parameter("filename", "my report (1).pdf"), "filename=\"my report (1).pdf\"");
        assert_eq!(parameter("filename", "é.pdf"), "filename*0*=UTF-8''%C3%A9.pdf");
        assert_eq!(parameter("filename", "a\".pdf"), "filename*0*=UTF-8''a%22.pdf");
        let long = parameter("filename", &"ж".repeat(20));
        assert!(long.contains("; filename*1*=%"), "{long}");
    }

    #[test]
    fn a_subject_is_encoded_where_it_has_to_be() {
        assert_eq!(text("Hello, world"), "Hello, world");
        for encoded in ["Grüße", " a", "a ", "a  b", "=?UTF-8?Q?x?=", &"x".repeat(300)] {
            assert!(text(encoded).starts_with("=?UTF-8?B?"), "{encoded:?}");
        }
    }

    proptest! {
        #[test]
        fn folded_lines_are_short_and_unfold_to_the_value(words in proptest::collection::vec("[!-~]{0,30}", 0..30)) {
            let value = words.join(" ");
            let lines = line("X-Test", &value);
            let folded = lines.strip_suffix("\r\n").unwrap();
            prop_assert!(folded.split("\r\n").all(|line| line.len() <= LINE + 31), "{:?}", lines);
            prop_assert!(folded.split("\r\n").skip(1).all(|line| !line.trim().is_empty()), "{:?}", lines);
            prop_assert_eq!(lines.replace("\r\n", ""), format!("X-Test: {value}"));
        }
    }
}

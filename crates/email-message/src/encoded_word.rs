//! Encoded words: text in headers that is not ASCII.

use base64::{Engine, engine::general_purpose::STANDARD};

/// Bytes of text per encoded word: a word has at most 75 characters, and after 12 characters of framing 15 base64 groups are left.
const BYTES_PER_WORD: usize = 45;

/// Bytes of text in the first word: a line with an encoded word has at most 76 characters, and a name such as `Reply-To: ` precedes it.
const BYTES_IN_FIRST_WORD: usize = 39;

/// Encodes `text` as space-separated encoded words in UTF-8 and base64. No word splits a character.
///
/// <https://www.rfc-editor.org/rfc/rfc2047#section-2>
pub(super) fn encode(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let max = if words.is_empty() { BYTES_IN_FIRST_WORD } else { BYTES_PER_WORD };
        let (word, after) = rest.split_at(rest.floor_char_boundary(max));
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str("=?UTF-8?B?");
        STANDARD.encode_string(word, &mut words);
        words.push_str("?=");
        rest = after;
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(words: &str) -> String {
        let bytes = words.split(' ').map(|word| {
            let inner = word.strip_prefix("=?UTF-8?B?").unwrap().strip_suffix("?=").unwrap();
            String::from_utf8(STANDARD.decode(inner).unwrap()).expect("a word contains whole characters")
        });
        bytes.collect()
    }

    #[test]
    fn a_short_name_becomes_one_word() {
        assert_eq!(encode("Zoë"), "=?UTF-8?B?Wm/Dqw==?=");
    }

    proptest! {
        #[test]
        fn words_are_short_ascii_and_decode_to_the_text(text in "\\PC{1,200}") {
            let words = encode(&text);
            prop_assert!(words.split(' ').all(|word| word.len() <= 75));
            prop_assert!("Reply-To: ".len() + words.split(' ').next().unwrap().len() <= 76);
            prop_assert!(words.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
            prop_assert_eq!(decode(&words), text);
        }
    }
}

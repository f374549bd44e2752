//! Percent-encoding as Signature Version 4 wants it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters of RFC 3986.
const RESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One segment of a path: a slash in it is encoded too.
pub fn path_segment(text: &str) -> impl std::fmt::Display {
    utf8_percent_encode(text, &RESERVED)
}

/// Several segments: slashes stay.
pub fn path(text: &str) -> impl std::fmt::Display {
    const KEPT: AsciiSet = RESERVED.remove(b'/');
    utf8_percent_encode(text, &KEPT)
}

/// An `application/x-www-form-urlencoded` body, as the Query protocol of STS and SNS wants it.
pub fn form<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(path_segment("a.b-c_d~e@f/g h%é").to_string(), "a.b-c_d~e%40f%2Fg%20h%25%C3%A9");
        assert_eq!(path("folder/a b+c").to_string(), "folder/a%20b%2Bc");
    }

    proptest! {
        #[test]
        fn an_encoded_segment_is_one_segment_and_decodes_to_itself(text in "\\PC{0,40}") {
            let encoded = path_segment(&text).to_string();
            prop_assert!(encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
            let decoded = percent_encoding::percent_decode_str(&encoded).decode_utf8().unwrap();
            prop_assert_eq!(decoded, text);
        }
    }
}

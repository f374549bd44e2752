//! Percent-encoding for requests that are signed with Signature Version 4.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Every character except the unreserved ones of RFC 3986.
const RESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Encodes one path segment, including slashes.
///
/// ```
/// assert_eq!(aws_sans_io::encode::path_segment("a/b c").to_string(), "a%2Fb%20c");
/// ```
#[must_use]
pub fn path_segment(text: &str) -> impl std::fmt::Display {
    utf8_percent_encode(text, &RESERVED)
}

/// Encodes a path, keeping its slashes.
///
/// ```
/// assert_eq!(aws_sans_io::encode::path("a/b c").to_string(), "a/b%20c");
/// ```
#[must_use]
pub fn path(text: &str) -> impl std::fmt::Display {
    const RESERVED_IN_PATH: AsciiSet = RESERVED.remove(b'/');
    utf8_percent_encode(text, &RESERVED_IN_PATH)
}

/// Encodes an `application/x-www-form-urlencoded` body, as the AWS Query protocol requires.
///
/// ```
/// assert_eq!(aws_sans_io::encode::form([("Action", "GetCallerIdentity")]), "Action=GetCallerIdentity");
/// ```
pub fn form<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_unreserved_characters_are_not_encoded() {
        assert_eq!(path_segment("a.b-c_d~e@f/g h%é").to_string(), "a.b-c_d~e%40f%2Fg%20h%25%C3%A9");
        assert_eq!(path("folder/a b+c").to_string(), "folder/a%20b%2Bc");
    }

    proptest! {
        #[test]
        fn an_encoded_segment_decodes_to_the_original_text(text in "\\PC{0,40}") {
            let encoded = path_segment(&text).to_string();
            prop_assert!(encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
            let decoded = percent_encoding::percent_decode_str(&encoded).decode_utf8().unwrap();
            prop_assert_eq!(decoded, text);
        }
    }
}

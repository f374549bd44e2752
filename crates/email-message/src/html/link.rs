//! Addresses of links.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

const SCHEMES: [&str; 4] = ["https://", "http://", "mailto:", "tel:"];

/// Characters that end an address in plain text, and that browsers encode.
///
/// <https://url.spec.whatwg.org/#query-percent-encode-set>
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>');

/// Returns the address of a link as it is written into a text, or `None` if it leads nowhere outside the email.
pub(super) fn address(href: &str) -> Option<String> {
    let trimmed = href.trim_matches(|c: char| c.is_ascii_control() || c == ' ');
    let is_external = SCHEMES
        .iter()
        .any(|scheme| trimmed.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    is_external.then(|| {
        // Browsers remove line breaks and tabs: https://url.spec.whatwg.org/#concept-basic-url-parser
        let mut address = String::with_capacity(trimmed.len());
        for character in trimmed.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')) {
            let mut bytes = [0; 4];
            let text: &str = character.encode_utf8(&mut bytes);
            // Other letters stay readable.
            if character.is_ascii() || character.is_whitespace() || character.is_control() {
                address.extend(utf8_percent_encode(text, ENCODED));
            } else {
                address.push(character);
            }
        }
        address
    })
}

/// Returns whether a link's text is its address.
pub(super) fn is_same_address(label: &str, address: &str) -> bool {
    let bare = |text: &str| {
        let text = SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme)).unwrap_or(text);
        text.trim_end_matches('/').to_owned()
    };
    !label.is_empty() && bare(label) == bare(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_in_an_address_are_encoded_as_in_browsers() {
        for (href, written) in [
            (" https://example.com/?q=Ada Lovelace\n", Some("https://example.com/?q=Ada%20Lovelace")),
            ("ht\ntps://example.com", None),
            ("https://exa\nmple.com/\ta", Some("https://example.com/a")),
            ("HTTPS://example.com/ü\u{a0}\"<>", Some("HTTPS://example.com/ü%C2%A0%22%3C%3E")),
            ("mailto:a@example.com", Some("mailto:a@example.com")),
            ("javascript:x()", None),
            ("#top", None),
            ("", None),
        ] {
            assert_eq!(address(href).as_deref(), written, "{href:?}");
        }
    }

    #[test]
    fn a_text_is_the_address_with_or_without_its_scheme() {
        assert!(is_same_address("example.com", "https://example.com/"));
        assert!(is_same_address("help@example.com", "mailto:help@example.com"));
        assert!(!is_same_address("", "https://") && !is_same_address("example.com", "https://example.com/a"));
    }
}

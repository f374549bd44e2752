//! Domain names of mail.

use url::Host;

/// A domain with at least two labels, in lower-case ASCII (an international one in punycode); `None` for the addresses of
/// machines and anything else.
///
/// <https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2>
pub fn to_ascii(text: &str) -> Option<String> {
    // A URL's host may be percent-encoded, and loses tabs and line breaks; a mail domain is what it is.
    if text.contains(|character: char| character == '%' || character.is_control()) {
        return None;
    }
    let Ok(Host::Domain(domain)) = Host::parse(text) else {
        return None;
    };
    let label_is_right = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    (domain.len() <= 253 && domain.contains('.') && domain.split('.').all(label_is_right)).then_some(domain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn international_names_become_punycode_and_letters_small() {
        assert_eq!(to_ascii("Example.COM").as_deref(), Some("example.com"));
        assert_eq!(to_ascii("Bücher.example").as_deref(), Some("xn--bcher-kva.example"));
        assert_eq!(to_ascii("例え.テスト").as_deref(), Some("xn--r8jz45g.xn--zckzah"));
    }

    #[test]
    fn what_no_mail_goes_to_is_refused() {
        for wrong in [
            "",
            "localhost",
            "127.0.0.1",
            "0x7f.1",
            "[::1]",
            "a..com",
            ".a.com",
            "a.com.",
            "-a.com",
            "a-.com",
            "a_b.com",
            "a b.com",
            "a.com/",
            "a.com:25",
            "https://a.com",
            "ex%61mple.com",
            "a\r\nb.com",
            "a.com\n",
            "\ta.com",
            "xn--\u{0}.com",
        ] {
            assert_eq!(to_ascii(wrong), None, "{wrong:?}");
        }
        assert_eq!(to_ascii(&format!("{}.com", "x".repeat(64))), None);
        assert_eq!(to_ascii(&format!("{}com", "abcdefg.".repeat(32))), None);
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_plain_and_stays_as_it_is(text in "\\PC{0,30}|[a-zé.-]{1,30}") {
            if let Some(domain) = to_ascii(&text) {
                prop_assert!(domain.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.'));
                prop_assert_eq!(to_ascii(&domain), Some(domain));
            }
        }
    }
}

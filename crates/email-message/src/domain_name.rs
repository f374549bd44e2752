//! Domain names.

use url::Host;

/// Converts a domain to lower-case ASCII (an international one to punycode). Returns `None` for IP addresses, domains with a single
/// label and anything else that email cannot be sent to.
///
/// <https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2>
pub(crate) fn domain_to_ascii(text: &str) -> Option<String> {
    // URL hosts may be percent-encoded and lose tabs and line breaks; email domains must not.
    if text.contains(|character: char| character == '%' || character.is_control()) {
        return None;
    }
    let Ok(Host::Domain(domain)) = Host::parse(text) else {
        return None;
    };
    let is_valid_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    (domain.len() <= 253 && domain.contains('.') && domain.split('.').all(is_valid_label)).then_some(domain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn international_domains_become_punycode_in_lower_case() {
        assert_eq!(domain_to_ascii("Example.COM").as_deref(), Some("example.com"));
        assert_eq!(domain_to_ascii("Bücher.example").as_deref(), Some("xn--bcher-kva.example"));
        assert_eq!(domain_to_ascii("例え.テスト").as_deref(), Some("xn--r8jz45g.xn--zckzah"));
    }

    #[test]
    fn invalid_domains_are_rejected() {
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
            assert_eq!(domain_to_ascii(wrong), None, "{wrong:?}");
        }
        assert_eq!(domain_to_ascii(&format!("{}.com", "x".repeat(64))), None);
        assert_eq!(domain_to_ascii(&format!("{}com", "abcdefg.".repeat(32))), None);
    }

    proptest! {
        #[test]
        fn accepted_domains_are_ascii_and_converting_them_again_changes_nothing(text in "\\PC{0,30}|[a-zé.-]{1,30}") {
            if let Some(domain) = domain_to_ascii(&text) {
                prop_assert!(domain.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.'));
                prop_assert_eq!(domain_to_ascii(&domain), Some(domain));
            }
        }
    }
}

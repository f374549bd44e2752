//! Domain names.

/// Converts a domain to lower-case ASCII (an international one to punycode). Returns `None` for IP addresses, domains with a single
/// label and anything else that email cannot be sent to.
///
/// <https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2>
pub(crate) fn domain_to_ascii(text: &str) -> Option<String> {
    // Before the conversion, which would interpret the delimiters of URLs.
    let is_allowed = |character: char| {
        !character.is_ascii() || character.is_ascii_alphanumeric() || character == '-' || character == '.'
    };
    if !text.chars().all(is_allowed) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let domain = if lower.is_ascii() { lower } else { international_to_ascii(&lower)? };
    let is_valid_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_valid = domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(is_valid_label)
        && !domain.rsplit('.').next().is_some_and(is_number);
    is_valid.then_some(domain)
}

/// Returns whether a last label makes a domain an IPv4 address.
///
/// <https://url.spec.whatwg.org/#ends-in-a-number-checker>
fn is_number(label: &str) -> bool {
    match label.strip_prefix("0x") {
        Some(digits) => digits.bytes().all(|digit| digit.is_ascii_hexdigit()),
        None => label.bytes().all(|digit| digit.is_ascii_digit()),
    }
}

/// Converts a domain to ASCII as browsers do.
///
/// <https://url.spec.whatwg.org/#concept-domain-to-ascii>
#[cfg(not(all(target_arch = "wasm32", feature = "js")))]
fn international_to_ascii(domain: &str) -> Option<String> {
    match url::Host::parse(domain) {
        Ok(url::Host::Domain(domain)) => Some(domain),
        _ => None,
    }
}

#[cfg(all(target_arch = "wasm32", feature = "js"))]
fn international_to_ascii(domain: &str) -> Option<String> {
    use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_name = URL)]
        type Url;
        #[wasm_bindgen(constructor, js_class = "URL", catch)]
        fn new(url: &str) -> Result<Url, JsValue>;
        #[wasm_bindgen(method, getter)]
        fn hostname(this: &Url) -> String;
    }

    Url::new(&format!("http://{domain}")).ok().map(|url| url.hostname())
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

    #[test]
    fn a_domain_that_ends_like_an_ip_address_is_rejected() {
        for wrong in ["a.1", "1.2.3.4.5", "a.0x", "a.0xff", "a.0XfF", "１２７.０.０.１", "例え.1"] {
            assert_eq!(domain_to_ascii(wrong), None, "{wrong}");
        }
        for right in ["1.a", "a.0xg", "0x1.example", "a.1a"] {
            assert_eq!(domain_to_ascii(right).as_deref(), Some(right));
        }
    }

    #[test]
    fn invalid_international_domains_are_rejected() {
        for wrong in ["a\u{3000}b.com", "a／b.com", "a＠b.com", "\u{301}a.com"] {
            assert_eq!(domain_to_ascii(wrong), None, "{wrong:?}");
        }
        assert_eq!(domain_to_ascii("xn--bcher-kva.Example").as_deref(), Some("xn--bcher-kva.example"));
    }

    proptest! {
        #[test]
        fn ascii_domains_are_accepted_as_by_browsers(text in "[a-zA-Z0-9.-]{0,12}(\\.(com|0x[0-9a-g]{0,2}|[0-9]{1,3}))?") {
            // Browsers also decode punycode, to check it.
            prop_assume!(!text.to_ascii_lowercase().contains("xn--"));
            let browser = match url::Host::parse(&text) {
                Ok(url::Host::Domain(domain)) => Some(domain),
                _ => None,
            };
            if let Some(domain) = domain_to_ascii(&text) {
                prop_assert_eq!(Some(domain), browser);
            }
        }

        #[test]
        fn accepted_domains_are_ascii_and_converting_them_again_changes_nothing(text in "\\PC{0,30}|[a-zé.-]{1,30}") {
            if let Some(domain) = domain_to_ascii(&text) {
                prop_assert!(domain.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.'));
                prop_assert_eq!(domain_to_ascii(&domain), Some(domain));
            }
        }
    }
}

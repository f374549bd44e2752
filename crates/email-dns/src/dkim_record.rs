//! The text of a record that holds a DKIM key.
//!
//! <https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1>

use aws_sans_io::dkim::PublicKey;

/// The key in the text of a TXT record, its spaces removed; `None` where the text is no key of RSA's, or one that was taken back.
pub(super) fn key_in(text: &str) -> Option<String> {
    let mut key = None;
    for tag in text.split(';').map(str::trim).filter(|tag| !tag.is_empty()) {
        let (name, value) = tag.split_once('=')?;
        match (name.trim(), value.trim()) {
            ("v", "DKIM1") | ("k", "rsa") => {}
            ("v" | "k", _) => return None,
            ("p", value) => {
                key = Some(value.chars().filter(|character| !character.is_whitespace()).collect());
            }
            _ => {}
        }
    }
    key.filter(|key: &String| !key.is_empty())
}

/// Whether the text publishes this key; any key where it isn't known which.
pub(super) fn publishes(text: &str, key: Option<&PublicKey>) -> bool {
    key_in(text).is_some_and(|found| key.is_none_or(|key| key.as_str() == found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_however_it_is_written() {
        for text in [
            "p=MIIB",
            "v=DKIM1; k=rsa; p=MIIB",
            "v=DKIM1;k=rsa;p=MIIB;",
            " k = rsa ; h=sha256; t=s; p = MI IB ",
        ] {
            assert_eq!(key_in(text).as_deref(), Some("MIIB"), "{text}");
        }
        for text in ["", "p=", "v=DKIM1; p=", "v=DKIM2; p=MIIB", "k=ed25519; p=MIIB", "MIIB", "v=spf1 -all"] {
            assert_eq!(key_in(text), None, "{text}");
        }
    }
}

//! TXT records with DKIM keys.
//!
//! <https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1>

use aws_sans_io::dkim::PublicKey;

/// Parses the RSA key in a TXT record and removes its spaces. Returns `None` if the text has no RSA key or the key was revoked.
pub(super) fn parse_key(text: &str) -> Option<String> {
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

/// Returns whether the text contains `key`, or any key if `key` is `None`.
pub(super) fn contains_key(text: &str, key: Option<&PublicKey>) -> bool {
    parse_key(text).is_some_and(|found| key.is_none_or(|key| key.as_str() == found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_parsed_in_any_notation() {
        for text in [
            "p=MIIB",
            "v=DKIM1; k=rsa; p=MIIB",
            "v=DKIM1;k=rsa;p=MIIB;",
            " k = rsa ; h=sha256; t=s; p = MI IB ",
        ] {
            assert_eq!(parse_key(text).as_deref(), Some("MIIB"), "{text}");
        }
        for text in ["", "p=", "v=DKIM1; p=", "v=DKIM2; p=MIIB", "k=ed25519; p=MIIB", "MIIB", "v=spf1 -all"] {
            assert_eq!(parse_key(text), None, "{text}");
        }
    }
}

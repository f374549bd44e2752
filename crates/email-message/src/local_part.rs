//! The part of an address before the `@`.

use std::borrow::Cow;

use crate::validation_error::ValidationError;

/// <https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.1>
const MAX_BYTES: usize = 64;

/// Domains of Japanese mobile carriers, and of their subdomains. They issued addresses with dots in places that RFC 5321 allows in quotes
/// only, such as `aaa..bbbb@docomo.ne.jp`, and their customers write them without quotes.
const CARRIERS: [&str; 7] = [
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "au.com",
    "softbank.ne.jp",
    "vodafone.ne.jp",
    "disney.ne.jp",
    "uqmobile.jp",
];

/// Returns the local part as it is sent: in quotes only if RFC 5321 requires them.
///
/// <https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2>
pub(crate) fn normalise(written: &str, domain: &str) -> Result<String, ValidationError> {
    let is_atom_text = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let quoted = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let text = match quoted {
        Some(inner) => unescape(inner).ok_or(ValidationError::EmailAddress)?.into(),
        None => Cow::from(written),
    };
    if quoted.is_none() && !text.chars().all(|c| is_atom_text(c) || !c.is_ascii()) {
        return Err(ValidationError::EmailAddress);
    }
    if !text.is_ascii() {
        return Err(ValidationError::EmailAddressNotAscii);
    }
    let is_plain = text.chars().all(is_atom_text) && text.split('.').all(|atom| !atom.is_empty());
    let local = if is_plain {
        text.into_owned()
    } else if !text.is_empty() && (quoted.is_some() || is_carrier(domain)) {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        return Err(ValidationError::EmailAddress);
    };
    if local.len() <= MAX_BYTES { Ok(local) } else { Err(ValidationError::EmailAddress) }
}

/// Removes the backslashes of a quoted string. Returns `None` if it contains a bare quotation mark or a control character.
fn unescape(quoted: &str) -> Option<String> {
    let mut text = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return None,
            '\\' => text.push(characters.next()?),
            other => text.push(other),
        }
    }
    (!text.contains(char::is_control)).then_some(text)
}

fn is_carrier(domain: &str) -> bool {
    CARRIERS.iter().any(|carrier| {
        domain.strip_suffix(carrier).is_some_and(|subdomain| subdomain.is_empty() || subdomain.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(written: &str) -> Option<String> {
        normalise(written, "example.com").ok()
    }

    #[test]
    fn quotes_are_kept_only_where_rfc_5321_requires_them() {
        for (written, sent) in [
            ("ada", "ada"),
            ("\"ada\"", "ada"),
            ("\"a\\d\\a\"", "ada"),
            ("\".ada\"", "\".ada\""),
            ("\"a b\"", "\"a b\""),
            (r#""a\"b\\""#, r#""a\"b\\""#),
        ] {
            assert_eq!(local(written).as_deref(), Some(sent), "{written}");
        }
    }

    #[test]
    fn invalid_quoted_strings_are_rejected() {
        for wrong in
            ["\"", "\"\"", "\"a", "a\"", "\"a\"b\"", "\"a\\\"", "\"a\u{7f}\"", "\"a\nb\"", "a b", "a\\b"]
        {
            assert_eq!(local(wrong), None, "{wrong:?}");
        }
        assert_eq!(local(&format!("\"{} \"", "x".repeat(62))), None);
        assert_eq!(normalise("\"é\"", "example.com"), Err(ValidationError::EmailAddressNotAscii));
    }

    #[test]
    fn misplaced_dots_need_quotes_except_at_the_carriers_that_issued_them() {
        for (written, domain, sent) in [
            ("a..b", "docomo.ne.jp", Some("\"a..b\"")),
            (".a.", "x.ezweb.ne.jp", Some("\".a.\"")),
            ("a..b", "example.com", None),
            ("a..b", "notdocomo.ne.jp", None),
            ("a b.", "docomo.ne.jp", None),
        ] {
            assert_eq!(normalise(written, domain).ok().as_deref(), sent, "{written}@{domain}");
        }
    }
}

//! Email addresses.

use std::{fmt, str::FromStr};

use serde_with::{DeserializeFromStr, SerializeDisplay};

use crate::{
    domain_name::domain_to_ascii, encoded_word, local_part, subject::is_plain_line,
    validation_error::ValidationError,
};

/// The maximum length of an address in SMTP.
/// <https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.3>
const MAX_ADDRESS_BYTES: usize = 254;

/// The maximum length of a mailbox in SES, as it is sent: with the encoded name. SES reports `Address length is more than 320 bytes long`.
const MAX_HEADER_BYTES: usize = 320;

/// An email address with an optional display name.
///
/// The part before the `@` is ASCII, as SES requires, and in quotes only if it needs them; an international domain is stored in punycode.
/// The name has no control characters, so a mailbox cannot inject headers into a message. Serializes as text:
/// `Name <name@example.com>`.
///
/// ```
/// use email_message::Mailbox;
///
/// let mailbox: Mailbox = "Zoë Müller <Zoe@Bücher.example>".parse().unwrap();
/// assert_eq!(mailbox.name(), Some("Zoë Müller"));
/// assert_eq!(mailbox.address(), "Zoe@xn--bcher-kva.example");
/// assert_eq!(mailbox.to_header(), "=?UTF-8?B?Wm/DqyBNw7xsbGVy?= <Zoe@xn--bcher-kva.example>");
/// ```
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_RequestSyntax>
#[derive(Clone, Debug, PartialEq, Eq, Hash, SerializeDisplay, DeserializeFromStr)]
pub struct Mailbox {
    name: Option<String>,
    address: String,
}

impl Mailbox {
    /// Returns the display name, decoded.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the address without the name, such as `name@example.com`. The domain is in lower case.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns the domain of the address.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.address.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Returns the names of the identities that allow to send from the address: the address, its domain and that one's parent domains.
    ///
    /// <https://docs.aws.amazon.com/ses/latest/dg/verify-addresses-and-domains.html>
    pub fn identities(&self) -> impl Iterator<Item = &str> {
        let domains = std::iter::successors(Some(self.domain()), |domain| Some(domain.split_once('.')?.1));
        std::iter::once(self.address()).chain(domains.filter(|domain| domain.contains('.')))
    }

    /// Returns the mailbox as a header value in printable ASCII; other names become encoded words.
    #[must_use]
    pub fn to_header(&self) -> String {
        match &self.name {
            // Mail clients would decode a plain name that looks like an encoded word.
            Some(name) if !name.is_ascii() || name.contains("=?") => {
                format!("{} <{}>", encoded_word::encode(name), self.address)
            }
            _ => self.to_string(),
        }
    }
}

/// Writes the mailbox in a form that parses back to the same value.
impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(name) = &self.name else {
            return f.write_str(&self.address);
        };
        let is_atom = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~ ".contains(c) || !c.is_ascii();
        if name.chars().all(is_atom) {
            write!(f, "{name} <{}>", self.address)
        } else {
            write!(f, "\"{}\" <{}>", name.replace('\\', "\\\\").replace('"', "\\\""), self.address)
        }
    }
}

impl FromStr for Mailbox {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let text = text.trim();
        let Some(before) = text.strip_suffix('>') else {
            return Ok(Self { name: None, address: address(text)? });
        };
        let (name, inner) = match before.strip_prefix('"') {
            Some(quoted) => quoted_name(quoted)?,
            None => plain_name(before)?,
        };
        let mailbox = Self { name: display_name(&name)?, address: address(inner)? };
        if mailbox.to_header().len() <= MAX_HEADER_BYTES {
            Ok(mailbox)
        } else {
            Err(ValidationError::DisplayName)
        }
    }
}

/// Parses `name" <address`, the text after the opening quote.
fn quoted_name(text: &str) -> Result<(String, &str), ValidationError> {
    let mut name = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next().ok_or(ValidationError::EmailAddress)? {
            '"' => break,
            '\\' => name.push(characters.next().ok_or(ValidationError::EmailAddress)?),
            other => name.push(other),
        }
    }
    let address = characters.as_str().trim_start().strip_prefix('<').ok_or(ValidationError::EmailAddress)?;
    Ok((name, address))
}

/// Parses `name <address`. A name that could be another address requires quotes, so that no recipient is mistaken for a name.
fn plain_name(text: &str) -> Result<(String, &str), ValidationError> {
    let (name, address) = text.split_once('<').ok_or(ValidationError::EmailAddress)?;
    if name.contains([',', ';', '@', '"', '\\', '>']) {
        Err(ValidationError::DisplayName)
    } else {
        Ok((name.into(), address))
    }
}

fn display_name(text: &str) -> Result<Option<String>, ValidationError> {
    let name = text.trim();
    if !is_plain_line(name) {
        return Err(ValidationError::DisplayName);
    }
    Ok((!name.is_empty()).then(|| name.to_owned()))
}

fn address(text: &str) -> Result<String, ValidationError> {
    let (local, domain) = text.rsplit_once('@').ok_or(ValidationError::EmailAddress)?;
    let domain = domain_to_ascii(domain).ok_or(ValidationError::EmailAddress)?;
    let address = format!("{}@{domain}", local_part::normalise(local, &domain)?);
    if address.len() <= MAX_ADDRESS_BYTES { Ok(address) } else { Err(ValidationError::EmailAddress) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<Mailbox, ValidationError> {
        text.parse()
    }

    #[test]
    fn the_identities_of_an_address_are_itself_and_its_domains() {
        let mailbox = parse("Ada <ada@mail.example.com>").unwrap();
        let identities: Vec<_> = mailbox.identities().collect();
        assert_eq!(identities, ["ada@mail.example.com", "mail.example.com", "example.com"]);
    }

    #[test]
    fn names_and_addresses_are_separated() {
        for (text, name, address) in [
            ("me@example.com", None, "me@example.com"),
            ("  me@EXAMPLE.com ", None, "me@example.com"),
            ("<me@example.com>", None, "me@example.com"),
            ("Me <me@example.com>", Some("Me"), "me@example.com"),
            ("J. R. (Jim) Doe <me@example.com>", Some("J. R. (Jim) Doe"), "me@example.com"),
            ("\"Doe, Jane\" <Jane.Doe+x@example.com>", Some("Doe, Jane"), "Jane.Doe+x@example.com"),
            (
                r#""a \"b\" \\ <c@d.example>" <me@example.com>"#,
                Some(r#"a "b" \ <c@d.example>"#),
                "me@example.com",
            ),
            ("\"\" <me@example.com>", None, "me@example.com"),
            ("me@bücher.example", None, "me@xn--bcher-kva.example"),
        ] {
            let mailbox = parse(text).unwrap();
            assert_eq!((mailbox.name(), mailbox.address()), (name, address), "{text}");
        }
    }

    #[test]
    fn invalid_mailboxes_are_rejected_with_the_reason() {
        for (wrong, reason) in [
            ("", ValidationError::EmailAddress),
            ("me", ValidationError::EmailAddress),
            ("me@", ValidationError::EmailAddress),
            ("@example.com", ValidationError::EmailAddress),
            ("me@localhost", ValidationError::EmailAddress),
            ("me@[127.0.0.1]", ValidationError::EmailAddress),
            ("me@127.0.0.1", ValidationError::EmailAddress),
            ("me@a@example.com", ValidationError::EmailAddress),
            ("me@example.com, you@example.com", ValidationError::EmailAddress),
            ("me@example.com\r\nBcc: you@example.com", ValidationError::EmailAddress),
            ("me@exa%6dple.com", ValidationError::EmailAddress),
            (".me@example.com", ValidationError::EmailAddress),
            ("me..you@example.com", ValidationError::EmailAddress),
            ("\"m\te\"@example.com", ValidationError::EmailAddress),
            ("\"m\"e@example.com", ValidationError::EmailAddress),
            ("Me <me@example.com", ValidationError::EmailAddress),
            ("Me me@example.com>", ValidationError::EmailAddress),
            ("<<me@example.com>>", ValidationError::EmailAddress),
            ("\"Me <me@example.com>", ValidationError::EmailAddress),
            ("\"Me\" x <me@example.com>", ValidationError::EmailAddress),
            ("grün@example.com", ValidationError::EmailAddressNotAscii),
            ("you@example.com, Me <me@example.com>", ValidationError::DisplayName),
            ("Doe, Jane <me@example.com>", ValidationError::DisplayName),
            ("Me\r\nBcc: you@example.com <me@example.com>", ValidationError::DisplayName),
            ("\"Me\r\nX: y\" <me@example.com>", ValidationError::DisplayName),
            ("Me\u{0} <me@example.com>", ValidationError::DisplayName),
            ("Me\u{2028}X <me@example.com>", ValidationError::DisplayName),
            ("Me \u{202e}moc.elpmaxe@em <me@example.com>", ValidationError::DisplayName),
            ("\"\u{2066}Me\u{2069}\" <me@example.com>", ValidationError::DisplayName),
        ] {
            assert_eq!(parse(wrong), Err(reason), "{wrong:?}");
        }
        assert_eq!(parse(&format!("{}@example.com", "x".repeat(65))), Err(ValidationError::EmailAddress));
        let domain = format!("{}.com", "abcdefg.".repeat(30).trim_end_matches('.'));
        assert_eq!(parse(&format!("{}@{domain}", "x".repeat(60))), Err(ValidationError::EmailAddress));
    }

    #[test]
    fn the_length_of_a_mailbox_is_counted_as_it_is_sent() {
        for character in ["x", "é", "漢", "\u{1f600}"] {
            let mut accepted = 0;
            for count in 1..=320 {
                let name = character.repeat(count);
                let mailbox = Mailbox { name: Some(name.clone()), address: "me@example.com".into() };
                let is_accepted = parse(&format!("{name} <me@example.com>")).is_ok();
                assert_eq!(is_accepted, mailbox.to_header().len() <= 320, "{name}");
                accepted += usize::from(is_accepted);
            }
            assert!((40..320).contains(&accepted), "{character}: {accepted}");
        }
        let quoted = "\\\"".repeat(160);
        assert_eq!(parse(&format!("\"{quoted}\" <me@example.com>")), Err(ValidationError::DisplayName));
    }

    #[test]
    fn equivalent_spellings_of_an_address_become_one() {
        for (text, address) in [
            ("\"aaa..bbbb\"@docomo.ne.jp", "\"aaa..bbbb\"@docomo.ne.jp"),
            ("aaa..bbbb@docomo.ne.jp", "\"aaa..bbbb\"@docomo.ne.jp"),
            ("ada.@EZweb.ne.jp", "\"ada.\"@ezweb.ne.jp"),
            ("Ada <ada.@t.vodafone.ne.jp>", "\"ada.\"@t.vodafone.ne.jp"),
            ("\"ada.l\"@example.com", "ada.l@example.com"),
            ("Ada <\"a@b, <c>\"@example.com>", "\"a@b, <c>\"@example.com"),
        ] {
            let mailbox = parse(text).unwrap();
            assert_eq!((mailbox.address(), mailbox.domain().contains('@')), (address, false), "{text}");
            assert_eq!(parse(address).unwrap().address(), address);
        }
    }

    #[test]
    fn a_header_is_ascii_and_decodes_to_the_original_name() {
        for (text, header) in [
            ("me@example.com", "me@example.com"),
            ("Me <me@example.com>", "Me <me@example.com>"),
            ("\"Doe, \\\"J\\\"\" <me@example.com>", "\"Doe, \\\"J\\\"\" <me@example.com>"),
            ("Zoë <me@example.com>", "=?UTF-8?B?Wm/Dqw==?= <me@example.com>"),
            (
                "=?UTF-8?B?Wm/Dqw==?= <me@example.com>",
                "=?UTF-8?B?PT9VVEYtOD9CP1dtL0Rxdz09Pz0=?= <me@example.com>",
            ),
        ] {
            assert_eq!(parse(text).unwrap().to_header(), header);
        }
    }

    proptest! {
        #[test]
        fn accepted_mailboxes_parse_back_and_cannot_inject_headers(
            text in "\\PC{0,40}|\"[ -~]{0,9}\"@[a-z]{1,3}\\.jp|\"?[\\PC\r\n]{0,20}\"? ?<[a-z.+]{1,8}@[a-zé]{1,9}\\.com>|[ -~\r\n]{0,30}",
        ) {
            if let Ok(mailbox) = parse(&text) {
                prop_assert_eq!(parse(&mailbox.to_string()), Ok(mailbox.clone()));
                let header = mailbox.to_header();
                prop_assert!(header.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{}", header);
                prop_assert!(header.ends_with(mailbox.address()) || header.ends_with('>'));
                prop_assert!(!mailbox.domain().is_empty());
            }
        }

        #[test]
        fn any_printable_name_in_quotes_is_preserved(name in "[^\\p{C}\\p{Z}]([^\\p{C}\\p{Z}]| ){0,40}") {
            let quoted = format!("\"{}\" <me@example.com>", name.replace('\\', "\\\\").replace('"', "\\\""));
            let mailbox = parse(&quoted).unwrap();
            prop_assert_eq!(mailbox.name(), Some(name.trim()));
            prop_assert_eq!(parse(&mailbox.to_string()), Ok(mailbox));
        }
    }
}

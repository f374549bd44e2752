//! Tokens: hashes of the values of an email that a summary can exclude.

use std::borrow::Cow;

use aws_sans_io::Region;
use email_message::Mailbox;

use crate::{TemplateId, delivery::EmailHead};

/// The hash of a value together with its field, so that a sender isn't mistaken for a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token(pub(super) u64);

/// The fields that have tokens.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
enum Field {
    To,
    ToDomain,
    From,
    FromDomain,
    TagName,
    Tag,
    Template,
    Region,
}

/// <http://www.isthe.com/chongo/tech/comp/fnv/>
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

impl Token {
    /// Creates a token. The end of every part but the last is marked, so that parts can't be confused.
    fn new(field: Field, parts: &[&[u8]]) -> Self {
        let mut hash = FNV_OFFSET;
        let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
        add(field as u8);
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                // In no text: UTF-8 doesn't use it.
                add(0xff);
            }
            part.iter().copied().for_each(&mut add);
        }
        // The last bytes have changed only some bits so far.
        hash ^= hash >> 32;
        hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(hash ^ hash >> 29)
    }

    pub(super) fn to(address: &str) -> Self {
        Self::new(Field::To, &[address.as_bytes()])
    }

    pub(super) fn to_domain(domain: &str) -> Self {
        Self::new(Field::ToDomain, &[domain.as_bytes()])
    }

    pub(super) fn from(address: &str) -> Self {
        Self::new(Field::From, &[address.as_bytes()])
    }

    pub(super) fn from_domain(domain: &str) -> Self {
        Self::new(Field::FromDomain, &[domain.as_bytes()])
    }

    pub(super) fn tag_name(name: &str) -> Self {
        Self::new(Field::TagName, &[name.as_bytes()])
    }

    pub(super) fn tag(name: &str, value: &str) -> Self {
        Self::new(Field::Tag, &[name.as_bytes(), value.as_bytes()])
    }

    pub(super) fn template(template: TemplateId) -> Self {
        Self::new(Field::Template, &[&template.to_bytes()])
    }

    pub(super) fn region(region: Region) -> Self {
        Self::new(Field::Region, &[&[region.number()]])
    }
}

/// Passes every token of an email to `add`, some more than once.
pub fn tokens(head: &EmailHead, region: Region, mut add: impl FnMut(Token)) {
    let from = address(&head.from);
    add(Token::from(&from));
    add(Token::from_domain(domain(&from)));
    for to in recipients(head) {
        let to = address(to);
        add(Token::to(&to));
        add(Token::to_domain(domain(&to)));
    }
    for (name, value) in &head.tags {
        add(Token::tag_name(name));
        add(Token::tag(name, value));
    }
    if let Some(template) = head.template {
        add(Token::template(template));
    }
    add(Token::region(region));
}

/// Returns the recipients of an email.
pub(super) fn recipients(head: &EmailHead) -> impl Iterator<Item = &String> {
    head.to.iter().chain(&head.cc).chain(&head.bcc)
}

/// Returns the address of a mailbox in the form in which addresses are compared.
pub(super) fn address(mailbox: &str) -> Cow<'_, str> {
    let address: Cow<'_, str> = if !mailbox.ends_with('>') {
        mailbox.into()
    } else if !mailbox.contains('"') {
        mailbox.rsplit_once('<').map_or(mailbox, |(_, address)| address.trim_end_matches('>')).into()
    } else {
        // A name or a local part in quotes may contain any character.
        mailbox.parse::<Mailbox>().map_or(mailbox.into(), |mailbox| mailbox.address().to_owned().into())
    };
    if address.bytes().any(|byte| byte.is_ascii_uppercase()) {
        address.to_ascii_lowercase().into()
    } else {
        address
    }
}

/// Returns the domain of an address.
pub(super) fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_in_every_form_of_a_mailbox() {
        for (mailbox, expected) in [
            ("Ada@Example.com", "ada@example.com"),
            ("Ada <ada@example.com>", "ada@example.com"),
            (r#""Ada, <x@y.example>" <ada@example.com>"#, "ada@example.com"),
            (r#"Ada <"a<b"@example.com>"#, r#""a<b"@example.com"#),
        ] {
            assert_eq!(address(mailbox), expected, "{mailbox}");
        }
    }

    #[test]
    fn equal_texts_in_different_fields_have_different_tokens() {
        let text = "example.com";
        let mut all = vec![
            Token::to(text),
            Token::to_domain(text),
            Token::from(text),
            Token::from_domain(text),
            Token::tag_name(text),
            Token::tag(text, ""),
            Token::tag("example", ".com"),
            Token::tag("", text),
        ];
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}

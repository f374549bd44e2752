//! Identities that email is sent from.

use std::{fmt, str::FromStr};

use serde_with::{DeserializeFromStr, SerializeDisplay};

use crate::{address::Mailbox, domain_name::domain_to_ascii, validation_error::ValidationError};

/// A domain or a single email address that SES verifies before it sends from it. The domain is in lower-case ASCII.
///
/// ```
/// use email_message::SenderIdentity;
///
/// let identity: SenderIdentity = "Bücher.example".parse().unwrap();
/// assert!(identity.is_domain());
/// assert_eq!(identity.as_str(), "xn--bcher-kva.example");
/// ```
///
/// <https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash, SerializeDisplay, DeserializeFromStr)]
pub struct SenderIdentity(String);

impl SenderIdentity {
    /// Returns the name of the identity at SES.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the identity is a domain. Otherwise it is an email address.
    #[must_use]
    pub fn is_domain(&self) -> bool {
        !self.0.contains('@')
    }
}

impl FromStr for SenderIdentity {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        if !text.contains('@') {
            // Copied names often have spaces around them.
            return domain_to_ascii(text.trim_matches(' ')).map(Self).ok_or(ValidationError::Domain);
        }
        match text.parse::<Mailbox>()? {
            mailbox if mailbox.name().is_none() => Ok(Self(mailbox.address().to_owned())),
            _ => Err(ValidationError::EmailAddress),
        }
    }
}

impl fmt::Display for SenderIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_and_addresses_are_distinguished_and_normalised() {
        let parse = |text: &str| text.parse::<SenderIdentity>();
        for (text, written, is_domain) in [
            ("Example.COM", "example.com", true),
            ("bücher.example", "xn--bcher-kva.example", true),
            (" example.com ", "example.com", true),
            ("Me@Example.com", "Me@example.com", false),
        ] {
            let identity = parse(text).unwrap();
            assert_eq!((identity.as_str(), identity.is_domain()), (written, is_domain));
        }
        for wrong in
            ["", "localhost", "127.0.0.1", "exa mple.com", "https://a.com", "a.com/x", "a.com?x", "a.com\n"]
        {
            assert_eq!(parse(wrong), Err(ValidationError::Domain), "{wrong}");
        }
        for wrong in ["@a.com", "a@", "a@b@c.com", "a@[127.0.0.1]", "Me <me@example.com>", "a@b.com/x"] {
            assert_eq!(parse(wrong), Err(ValidationError::EmailAddress), "{wrong}");
        }
    }
}

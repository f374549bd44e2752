//! An address, as it is compared.

use std::{fmt, str::FromStr};

use email_message::{Mailbox, ValidationError};
use serde::{Deserialize, Serialize};

/// An address in small letters, an international domain in punycode.
///
/// A domain has no case. What stands before the `@` has one by the letter of RFC 5321, and at no mail provider that people use: so
/// `Ada@example.com` and `ada@example.com` are one here, since mail that comes back from one would come back from the other. Nothing
/// else is made equal: `ada+news@example.com` is another address than `ada@example.com`.
///
/// ```
/// use domain::suppression::AddressKey;
///
/// let key: AddressKey = "Ada.L@Bücher.example".parse().unwrap();
/// assert_eq!(key.as_str(), "ada.l@xn--bcher-kva.example");
/// ```
///
/// <https://www.rfc-editor.org/rfc/rfc5321#section-2.4>
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AddressKey(String);

impl AddressKey {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address in a request's path, percent-encoded; `None` where it is none.
    #[must_use]
    pub fn from_path(segment: &str) -> Option<Self> {
        percent_encoding::percent_decode_str(segment).decode_utf8().ok()?.parse().ok()
    }
}

impl From<&Mailbox> for AddressKey {
    fn from(mailbox: &Mailbox) -> Self {
        Self(mailbox.address().to_ascii_lowercase())
    }
}

impl FromStr for AddressKey {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        match text.parse::<Mailbox>()? {
            mailbox if mailbox.name().is_none() => Ok(Self::from(&mailbox)),
            _ => Err(ValidationError::EmailAddress),
        }
    }
}

impl TryFrom<String> for AddressKey {
    type Error = ValidationError;

    fn try_from(text: String) -> Result<Self, ValidationError> {
        text.parse()
    }
}

impl From<AddressKey> for String {
    fn from(key: AddressKey) -> Self {
        key.0
    }
}

impl fmt::Display for AddressKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_make_no_difference_and_everything_else_does() {
        let key = |text: &str| text.parse::<AddressKey>().unwrap();
        assert_eq!(key("ADA@Example.COM"), key("ada@example.com"));
        assert_eq!(key("<ada@example.com>"), key("ada@example.com"));
        assert_ne!(key("ada+news@example.com"), key("ada@example.com"));
        assert_ne!(key("a.da@example.com"), key("ada@example.com"));
        assert_eq!("Ada <ada@example.com>".parse::<AddressKey>(), Err(ValidationError::EmailAddress));
        assert_eq!("ada".parse::<AddressKey>(), Err(ValidationError::EmailAddress));
    }

    #[test]
    fn a_path_is_decoded_once() {
        let key = |segment| AddressKey::from_path(segment).map(String::from);
        assert_eq!(key("Ada%2Bnews%40example.com").as_deref(), Some("ada+news@example.com"));
        assert_eq!(key("ada@example.com").as_deref(), Some("ada@example.com"));
        // It isn't the query of a form.
        assert_eq!(key("ada+news@example.com").as_deref(), Some("ada+news@example.com"));
        // What is decoded once holds a percent sign, which stays one.
        assert_eq!(key("a%2540b@example.com").as_deref(), Some("a%40b@example.com"));
        for wrong in ["", "ada", "%ff@example.com", "ada@example.com%00", "ada%0d%0a@example.com"] {
            assert_eq!(key(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn an_address_has_one_key_whoever_writes_it(text in "[a-zA-Z.+]{1,10}@[a-zA-Z]{1,5}\\.(com|EXAMPLE)") {
            if let Ok(key) = text.parse::<AddressKey>() {
                prop_assert_eq!(text.to_uppercase().parse::<AddressKey>(), Ok(key.clone()));
                prop_assert_eq!(key.to_string().parse::<AddressKey>(), Ok(key));
            }
        }
    }
}

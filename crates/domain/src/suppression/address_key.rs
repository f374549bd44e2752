//! Addresses in the form in which they are compared.

use std::{fmt, str::FromStr};

use email_message::{Mailbox, ValidationError};
use serde_with::{DeserializeFromStr, SerializeDisplay};

/// An address in lower case, with an international domain in Punycode.
///
/// Domains are case-insensitive. Local parts are case-sensitive in RFC 5321 but not at common providers, so `Ada@example.com` and
/// `ada@example.com` are the same address. Nothing else is normalised: `ada+news@example.com` and `ada@example.com` are different.
///
/// ```
/// use domain::suppression::AddressKey;
///
/// let key: AddressKey = "Ada.L@Bücher.example".parse().unwrap();
/// assert_eq!(key.as_str(), "ada.l@xn--bcher-kva.example");
/// ```
///
/// <https://www.rfc-editor.org/rfc/rfc5321#section-2.4>
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, SerializeDisplay, DeserializeFromStr)]
pub struct AddressKey(String);

impl AddressKey {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses the percent-encoded address in a request's path.
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

impl fmt::Display for AddressKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(feature = "schemars")]
crate::schema!(AddressKey, "Address", {
    "type": "string",
    "format": "email",
    "description": "An email address without a display name. Case-insensitive.",
    "examples": ["ada@example.net"],
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_case_is_normalised() {
        let key = |text: &str| text.parse::<AddressKey>().unwrap();
        assert_eq!(key("ADA@Example.COM"), key("ada@example.com"));
        assert_eq!(key("<ada@example.com>"), key("ada@example.com"));
        assert_ne!(key("ada+news@example.com"), key("ada@example.com"));
        assert_ne!(key("a.da@example.com"), key("ada@example.com"));
        assert_eq!("Ada <ada@example.com>".parse::<AddressKey>(), Err(ValidationError::EmailAddress));
        assert_eq!("ada".parse::<AddressKey>(), Err(ValidationError::EmailAddress));
    }

    #[test]
    fn a_path_is_percent_decoded_once() {
        let key = |segment| AddressKey::from_path(segment).map(|key| key.to_string());
        assert_eq!(key("Ada%2Bnews%40example.com").as_deref(), Some("ada+news@example.com"));
        assert_eq!(key("ada@example.com").as_deref(), Some("ada@example.com"));
        // A plus sign is not a space, as it is in forms.
        assert_eq!(key("ada+news@example.com").as_deref(), Some("ada+news@example.com"));
        // The decoded percent sign is not decoded again.
        assert_eq!(key("a%2540b@example.com").as_deref(), Some("a%40b@example.com"));
        for invalid in ["", "ada", "%ff@example.com", "ada@example.com%00", "ada%0d%0a@example.com"] {
            assert_eq!(key(invalid), None, "{invalid}");
        }
    }

    proptest! {
        #[test]
        fn an_address_has_the_same_key_in_upper_and_lower_case(text in "[a-zA-Z.+]{1,10}@[a-zA-Z]{1,5}\\.(com|EXAMPLE)") {
            if let Ok(key) = text.parse::<AddressKey>() {
                prop_assert_eq!(text.to_uppercase().parse::<AddressKey>(), Ok(key.clone()));
                prop_assert_eq!(key.to_string().parse::<AddressKey>(), Ok(key));
            }
        }
    }
}

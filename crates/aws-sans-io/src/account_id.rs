//! AWS account IDs.

use std::{fmt, str::FromStr};

use serde_with::{DeserializeFromStr, SerializeDisplay};

use crate::ValidationError;

/// An AWS account ID: exactly 12 digits, including leading zeros. The AWS console shows it with hyphens, which are accepted and removed.
///
/// ```
/// use aws_sans_io::AccountId;
///
/// assert_eq!("012345678901".parse::<AccountId>()?.to_string(), "012345678901");
/// assert_eq!("0123-4567-8901".parse::<AccountId>()?.as_str(), "012345678901");
/// assert!("12345".parse::<AccountId>().is_err());
/// # Ok::<(), aws_sans_io::ValidationError>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html)
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, SerializeDisplay, DeserializeFromStr)]
pub struct AccountId(String);

impl AccountId {
    /// Returns the 12 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses 12 digits without hyphens, as in an ARN.
    pub(crate) fn from_digits(text: &str) -> Result<Self, ValidationError> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValidationError::AccountId)
        }
    }
}

impl FromStr for AccountId {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let text = text.trim();
        let groups: Vec<&str> = text.split('-').collect();
        if groups.len() == 3 && groups.iter().all(|group| group.len() == 4) {
            Self::from_digits(&groups.concat())
        } else {
            Self::from_digits(text)
        }
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_id_has_exactly_twelve_ascii_digits() {
        for invalid in [
            "",
            "12345678901",
            "1234567890123",
            "12345678901a",
            "1234-56789012",
            "12-345678-9012",
            "１２３４",
        ] {
            assert_eq!(invalid.parse::<AccountId>(), Err(ValidationError::AccountId), "{invalid:?}");
        }
    }

    #[test]
    fn the_consoles_hyphens_and_surrounding_white_space_are_removed() {
        for text in ["1234-5678-9012", " 123456789012\n", "1234-5678-9012\r\n"] {
            assert_eq!(text.parse::<AccountId>().unwrap().as_str(), "123456789012", "{text:?}");
        }
    }

    #[test]
    fn the_json_form_is_a_string() {
        let id: AccountId = serde_json::from_str("\"012345678901\"").unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"012345678901\"");

        let error = serde_json::from_str::<AccountId>("12345678901").unwrap_err();
        assert!(error.to_string().contains("expected a string"), "{error}");
        let error = serde_json::from_str::<AccountId>("\"1\"").unwrap_err();
        assert!(error.to_string().starts_with("an AWS account ID has exactly 12 digits"), "{error}");
    }
}

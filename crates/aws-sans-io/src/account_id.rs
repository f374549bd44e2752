//! The twelve digits that name an AWS account.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::ValidationError;

/// An AWS account id: exactly twelve digits, leading zeros kept.
///
/// ```
/// use aws_sans_io::AccountId;
/// assert_eq!("012345678901".parse::<AccountId>().unwrap().to_string(), "012345678901");
/// assert!("12345".parse::<AccountId>().is_err());
/// ```
///
/// <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(String);

impl AccountId {
    /// The twelve digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountId {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValidationError::AccountId)
        }
    }
}

impl TryFrom<String> for AccountId {
    type Error = ValidationError;

    fn try_from(text: String) -> Result<Self, ValidationError> {
        text.parse()
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> Self {
        id.0
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
    fn anything_but_twelve_ascii_digits_is_refused() {
        for wrong in ["", "12345678901", "1234567890123", "12345678901a", " 123456789012", "１２３４"] {
            assert_eq!(wrong.parse::<AccountId>(), Err(ValidationError::AccountId), "{wrong:?}");
        }
    }
}

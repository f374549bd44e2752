//! Which of a domain's keys a signature names.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::ValidationError;

/// The name of a key below `_domainkey`: one label of letters, digits and inner hyphens, as SES takes it, in small letters.
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DkimSigningAttributes.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Selector(String);

impl Selector {
    /// The label.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the public key is published for `domain`.
    #[must_use]
    pub fn record_name(&self, domain: &str) -> String {
        format!("{}._domainkey.{domain}", self.0)
    }
}

impl FromStr for Selector {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let is_label = (1..=63).contains(&text.len())
            && text.bytes().all(is_inner)
            && !text.starts_with('-')
            && !text.ends_with('-');
        if is_label { Ok(Self(text.to_ascii_lowercase())) } else { Err(ValidationError::DkimSelector) }
    }
}

impl TryFrom<String> for Selector {
    type Error = ValidationError;

    fn try_from(text: String) -> Result<Self, ValidationError> {
        text.parse()
    }
}

impl From<Selector> for String {
    fn from(selector: Selector) -> Self {
        selector.0
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_is_one_label() {
        let selector: Selector = "Mail-2026".parse().unwrap();
        assert_eq!(selector.record_name("example.com"), "mail-2026._domainkey.example.com");
        assert!("a".repeat(63).parse::<Selector>().is_ok());
        for wrong in ["", "-a", "a-", "a.b", "a_b", "a b", "a\n", "é", "*", &"a".repeat(64)] {
            assert_eq!(wrong.parse::<Selector>(), Err(ValidationError::DkimSelector), "{wrong:?}");
        }
    }
}

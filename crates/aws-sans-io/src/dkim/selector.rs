//! DKIM selectors.

use std::{fmt, str::FromStr};

use serde_with::{DeserializeFromStr, SerializeDisplay};

use crate::ValidationError;

/// A DKIM selector: the name of a key below `_domainkey`.
///
/// SES accepts a single label of letters, digits and inner hyphens. It is stored in lower case.
///
/// ```
/// use aws_sans_io::dkim::Selector;
///
/// let selector: Selector = "Example2026".parse()?;
/// assert_eq!(selector.record_name("example.com"), "example2026._domainkey.example.com");
/// # Ok::<(), aws_sans_io::ValidationError>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DkimSigningAttributes.html)
#[derive(Clone, Debug, PartialEq, Eq, Hash, SerializeDisplay, DeserializeFromStr)]
pub struct Selector(String);

impl Selector {
    /// Returns the label.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name of the DNS record that publishes the public key for `domain`.
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

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_is_a_single_label() {
        let selector: Selector = "Mail-2026".parse().unwrap();
        assert_eq!(selector.record_name("example.com"), "mail-2026._domainkey.example.com");
        assert!("a".repeat(63).parse::<Selector>().is_ok());
        for invalid in ["", "-a", "a-", "a.b", "a_b", "a b", "a\n", "é", "*", &"a".repeat(64)] {
            assert_eq!(invalid.parse::<Selector>(), Err(ValidationError::DkimSelector), "{invalid:?}");
        }
    }
}

//! Role session names.

use std::{fmt, str::FromStr};

use crate::ValidationError;

/// A role session name: 2 to 64 letters, digits and `_+=,.@-`.
///
/// It identifies the session in AWS CloudTrail.
///
/// ```
/// use aws_sans_io::sts::RoleSessionName;
///
/// let name: RoleSessionName = "example-session".parse()?;
/// assert_eq!(name.as_str(), "example-session");
/// assert!("example session".parse::<RoleSessionName>().is_err());
/// # Ok::<(), aws_sans_io::ValidationError>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_RequestParameters)
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoleSessionName(String);

const MIN_LENGTH: usize = 2;
const MAX_LENGTH: usize = 64;

fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_+=,.@-".contains(character)
}

impl RoleSessionName {
    /// Converts any text to a session name.
    ///
    /// Replaces each disallowed character by a hyphen, truncates the text to 64 characters and pads it with hyphens to 2.
    ///
    /// ```
    /// use aws_sans_io::sts::RoleSessionName;
    ///
    /// assert_eq!(RoleSessionName::sanitise("example session").as_str(), "example-session");
    /// ```
    #[must_use]
    pub fn sanitise(text: &str) -> Self {
        let characters = text.chars().map(|character| if is_allowed(character) { character } else { '-' });
        let mut name: String = characters.take(MAX_LENGTH).collect();
        while name.len() < MIN_LENGTH {
            name.push('-');
        }
        Self(name)
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RoleSessionName {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        if (MIN_LENGTH..=MAX_LENGTH).contains(&text.len()) && text.chars().all(is_allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValidationError::RoleSessionName)
        }
    }
}

impl fmt::Display for RoleSessionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_sts_rejects_are_invalid() {
        for invalid in ["", "a", "a b", "a/b", "a:b", "é-é", "a\nb", &"x".repeat(65)] {
            assert_eq!(
                invalid.parse::<RoleSessionName>(),
                Err(ValidationError::RoleSessionName),
                "{invalid:?}"
            );
        }
        assert!("_+=,.@-".parse::<RoleSessionName>().is_ok());
    }

    proptest! {
        #[test]
        fn a_sanitised_name_is_valid(text in "\\PC{0,90}") {
            let name = RoleSessionName::sanitise(&text);
            prop_assert_eq!(name.as_str().parse::<RoleSessionName>(), Ok(name.clone()));
        }

        #[test]
        fn a_valid_name_is_not_changed(text in "[A-Za-z0-9_+=,.@-]{2,64}") {
            let name = RoleSessionName::sanitise(&text);
            prop_assert_eq!(name.as_str(), text);
        }
    }
}

//! The name under which a session of ours stands in the customer's `CloudTrail`.

use std::{fmt, str::FromStr};

use crate::ValidationError;

/// A role session name: 2 to 64 letters, digits and `_+=,.@-`. It shows in the customer's `CloudTrail`, so it says who is there and
/// for whom.
///
/// ```
/// use aws_sans_io::sts::RoleSessionName;
///
/// let name = RoleSessionName::of_organisation("01JD3Y9ZV8Q6W3K7F2M5X4T1RB");
/// assert_eq!(name.as_str(), "kraiter-01JD3Y9ZV8Q6W3K7F2M5X4T1RB");
/// ```
///
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_RequestParameters>
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoleSessionName(String);

const PREFIX: &str = "kraiter-";
const MAX_LENGTH: usize = 64;

fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_+=,.@-".contains(character)
}

impl RoleSessionName {
    /// The name for an organisation's sessions. An id as this product makes it stands in it unchanged; of any other text, each
    /// character that isn't allowed becomes a hyphen and what is too long is cut off.
    #[must_use]
    pub fn of_organisation(id: &str) -> Self {
        let id = id.chars().map(|character| if is_allowed(character) { character } else { '-' });
        Self(PREFIX.chars().chain(id).take(MAX_LENGTH).collect())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RoleSessionName {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        if (2..=MAX_LENGTH).contains(&text.len()) && text.chars().all(is_allowed) {
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
    fn what_sts_would_refuse_is_refused() {
        for wrong in ["", "a", "a b", "a/b", "a:b", "é-é", "a\nb", &"x".repeat(65)] {
            assert_eq!(wrong.parse::<RoleSessionName>(), Err(ValidationError::RoleSessionName), "{wrong:?}");
        }
        assert!("_+=,.@-".parse::<RoleSessionName>().is_ok());
    }

    proptest! {
        #[test]
        fn an_organisations_name_is_always_one_that_sts_takes(id in "\\PC{0,90}") {
            let name = RoleSessionName::of_organisation(&id);
            prop_assert_eq!(name.as_str().parse::<RoleSessionName>(), Ok(name.clone()));
        }

        #[test]
        fn two_organisations_have_two_names(a in "[0-9A-HJKMNP-TV-Z]{26}", b in "[0-9A-HJKMNP-TV-Z]{26}") {
            let same = RoleSessionName::of_organisation(&a) == RoleSessionName::of_organisation(&b);
            prop_assert_eq!(same, a == b);
        }
    }
}

//! The external ID that keeps one organisation's role out of another's reach.

use std::{fmt, str::FromStr};

use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};

use crate::ValidationError;

/// An organisation's external ID: four lower-case letters or digits, a hyphen, and 128 random bits in lower-case base32.
///
/// It is unique and hard to guess, but not a secret: it stands in the role's trust policy for everybody in the account to read.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ExternalId(String);

impl ExternalId {
    /// A new external ID from 20 random bytes: four choose the prefix, sixteen are the random part.
    #[must_use]
    pub fn from_random(random: &[u8; 20]) -> Self {
        const PREFIX: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let (prefix, rest) = random.split_at(4);
        let mut text: String = prefix.iter().map(|byte| char::from(PREFIX[usize::from(byte % 32)])).collect();
        text.push('-');
        text.push_str(&BASE32_NOPAD.encode(rest).to_ascii_lowercase());
        Self(text)
    }

    /// The whole external ID.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ExternalId {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let (prefix, rest) = text.split_once('-').ok_or(ValidationError::ExternalId)?;
        let prefix_is_right = prefix.len() == 4
            && prefix.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        // Written out: a base32 decoder would be half of what a browser loads. 26 characters of five bits hold 128 and two to
        // spare; those must be zero, so that one value has one spelling.
        let bits = |byte: u8| match byte {
            b'a'..=b'z' => Some(byte - b'a'),
            b'2'..=b'7' => Some(byte - b'2' + 26),
            _ => None,
        };
        let rest_is_right = rest.len() == 26
            && rest.bytes().all(|byte| bits(byte).is_some())
            && rest.bytes().last().and_then(bits).is_some_and(|last| last % 4 == 0);
        if prefix_is_right && rest_is_right {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValidationError::ExternalId)
        }
    }
}

impl TryFrom<String> for ExternalId {
    type Error = ValidationError;

    fn try_from(text: String) -> Result<Self, ValidationError> {
        text.parse()
    }
}

impl From<ExternalId> for String {
    fn from(id: ExternalId) -> Self {
        id.0
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_kraiter_would_not_have_made_is_refused() {
        for wrong in [
            "",
            "mxk7-your-external-id",
            "MXK7-aaaaaaaaaaaaaaaaaaaaaaaaaa",
            "mxk7-aaaaaaaaaaaaaaaaaaaaaaaaa",
            "mxk7-aaaaaaaaaaaaaaaaaaaaaaaaab",
            "mxk7-AAAAAAAAAAAAAAAAAAAAAAAAAA",
            "mxk-aaaaaaaaaaaaaaaaaaaaaaaaaa",
            "mxk7-aaaaaaaaaaaaaaaaaaaaaaaaaa ",
        ] {
            assert_eq!(wrong.parse::<ExternalId>(), Err(ValidationError::ExternalId), "{wrong:?}");
        }
        assert!("mxk7-aaaaaaaaaaaaaaaaaaaaaaaaaa".parse::<ExternalId>().is_ok());
    }

    proptest! {
        #[test]
        fn what_is_made_is_read_back(random: [u8; 20]) {
            let id = ExternalId::from_random(&random);
            prop_assert_eq!(id.as_str().parse(), Ok(id.clone()));
        }

        #[test]
        fn what_is_taken_is_what_base32_decodes_to_128_bits(rest in "[a-z2-7]{26}|[a-z0-9]{24,28}") {
            let bits = BASE32_NOPAD.decode(rest.to_ascii_uppercase().as_bytes());
            let is_right = bits.is_ok_and(|bits| bits.len() == 16);
            prop_assert_eq!(format!("mxk7-{rest}").parse::<ExternalId>().is_ok(), is_right);
        }
    }
}

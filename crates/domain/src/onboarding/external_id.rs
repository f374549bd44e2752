//! The external ID that protects an organisation's role from other organisations.

use std::{fmt, str::FromStr};

use base32ct::{Base32Unpadded, Encoding};
use serde_with::{DeserializeFromStr, SerializeDisplay};

use crate::ValidationError;

/// An organisation's external ID: four lower-case letters or digits, a hyphen, and 128 random bits in lower-case base32.
///
/// It is unique and hard to guess, but not a secret: everybody in the account can read it in the role's trust policy.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash, SerializeDisplay, DeserializeFromStr)]
pub struct ExternalId(String);

impl ExternalId {
    /// Creates an external ID from 20 random bytes: four for the prefix, sixteen for the random part.
    #[must_use]
    pub fn from_random(random: &[u8; 20]) -> Self {
        const PREFIX: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let (prefix, rest) = random.split_at(4);
        let mut text: String = prefix.iter().map(|byte| char::from(PREFIX[usize::from(byte % 32)])).collect();
        text.push('-');
        text.push_str(&Base32Unpadded::encode_string(rest));
        Self(text)
    }

    /// Returns an external ID that no organisation has, to find out whether a role accepts others than this one.
    ///
    /// It begins and ends like this one, so a trust policy that accepts a prefix or a suffix followed by anything accepts it, too. The 12
    /// characters in between are random.
    #[must_use]
    pub fn decoy(&self, random: &[u8; 20]) -> Self {
        const RANDOM: std::ops::Range<usize> = 12..24;
        let Self(mut text) = self.clone();
        text.replace_range(RANDOM, &Self::from_random(random).0[RANDOM]);
        Self(text)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ExternalId {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let (prefix, rest) = text.split_once('-').ok_or(ValidationError::ExternalId)?;
        let is_valid_prefix = prefix.len() == 4
            && prefix.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        // Not a base32 decoder, which would be half of the SDK's wasm. 26 characters of five bits hold 128 bits and two more,
        // which must be zero so that each value has one spelling.
        let bits = |byte: u8| match byte {
            b'a'..=b'z' => Some(byte - b'a'),
            b'2'..=b'7' => Some(byte - b'2' + 26),
            _ => None,
        };
        let is_valid_rest = rest.len() == 26
            && rest.bytes().all(|byte| bits(byte).is_some())
            && rest.bytes().last().and_then(bits).is_some_and(|last| last % 4 == 0);
        if is_valid_prefix && is_valid_rest {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValidationError::ExternalId)
        }
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(feature = "schemars")]
crate::text_schema!(
    ExternalId,
    "ExternalId",
    "^[a-z0-9]{4}-[a-z2-7]{25}[aeimquy4]$",
    "mxk7-ae5x4z6kq2m7w3nbtv5jc2hdpi",
    "The external ID of an organisation, which Kraiter generates."
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_that_kraiter_cannot_have_created_is_rejected() {
        for invalid in [
            "",
            "mxk7-your-external-id",
            "MXK7-aaaaaaaaaaaaaaaaaaaaaaaaaa",
            "mxk7-aaaaaaaaaaaaaaaaaaaaaaaaa",
            "mxk7-aaaaaaaaaaaaaaaaaaaaaaaaab",
            "mxk7-AAAAAAAAAAAAAAAAAAAAAAAAAA",
            "mxk-aaaaaaaaaaaaaaaaaaaaaaaaaa",
            "mxk7-aaaaaaaaaaaaaaaaaaaaaaaaaa ",
        ] {
            assert_eq!(invalid.parse::<ExternalId>(), Err(ValidationError::ExternalId), "{invalid:?}");
        }
        assert!("mxk7-aaaaaaaaaaaaaaaaaaaaaaaaaa".parse::<ExternalId>().is_ok());
    }

    #[cfg(feature = "schemars")]
    #[test]
    fn the_pattern_matches_only_valid_ids() {
        crate::schema::assert_accepts_pattern::<ExternalId>();
    }

    proptest! {
        #[test]
        fn a_created_id_parses_to_itself(random: [u8; 20]) {
            let id = ExternalId::from_random(&random);
            prop_assert_eq!(id.as_str().parse(), Ok(id.clone()));
        }

        #[test]
        fn a_decoy_is_another_valid_id_with_the_same_start_and_end(own: [u8; 20], random: [u8; 20]) {
            prop_assume!(own[8..] != random[8..]);
            let own = ExternalId::from_random(&own);
            let decoy = own.decoy(&random);
            prop_assert_eq!(decoy.as_str().parse(), Ok(decoy.clone()));
            prop_assert!(decoy.as_str()[..12] == own.as_str()[..12] && decoy.as_str()[24..] == own.as_str()[24..]);
        }

        #[test]
        fn only_base32_of_128_bits_is_accepted(rest in "[a-z2-7]{26}|[a-z0-9]{24,28}") {
            let bits = Base32Unpadded::decode_vec(&rest).ok();
            let is_valid = bits.is_some_and(|bits| bits.len() == 16 && Base32Unpadded::encode_string(&bits) == rest);
            prop_assert_eq!(format!("mxk7-{rest}").parse::<ExternalId>().is_ok(), is_valid);
        }
    }
}

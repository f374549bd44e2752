//! The length of a key that SES makes.

use serde::{Deserialize, Serialize};

use crate::ValidationError;

/// How long SES's own key is to be.
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DkimSigningAttributes.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub enum KeyLength {
    /// For DNS hosts that can't hold a longer record.
    Rsa1024,
    /// SES's default.
    Rsa2048,
}

impl KeyLength {
    /// In bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::Rsa1024 => 1024,
            Self::Rsa2048 => 2048,
        }
    }

    /// SES's word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rsa1024 => "RSA_1024_BIT",
            Self::Rsa2048 => "RSA_2048_BIT",
        }
    }

    /// The length that SES calls by this word; `None` for a word that is newer than this.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Rsa1024, Self::Rsa2048].into_iter().find(|length| length.name() == name)
    }
}

impl TryFrom<u32> for KeyLength {
    type Error = ValidationError;

    fn try_from(bits: u32) -> Result<Self, ValidationError> {
        [Self::Rsa1024, Self::Rsa2048]
            .into_iter()
            .find(|length| length.bits() == bits)
            .ok_or(ValidationError::DkimKeyLength)
    }
}

impl From<KeyLength> for u32 {
    fn from(length: KeyLength) -> Self {
        length.bits()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sess_two_lengths_and_no_other() {
        for (bits, name) in [(1024, "RSA_1024_BIT"), (2048, "RSA_2048_BIT")] {
            let length = KeyLength::try_from(bits).unwrap();
            assert_eq!((length.bits(), length.name()), (bits, name));
            assert_eq!(KeyLength::from_name(name), Some(length));
        }
        for wrong in [0, 512, 1023, 3072, 4096] {
            assert_eq!(KeyLength::try_from(wrong), Err(ValidationError::DkimKeyLength));
        }
        assert_eq!(KeyLength::from_name("RSA_4096_BIT"), None);
    }
}

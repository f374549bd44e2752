//! Length of an Easy DKIM key.

use serde::{Deserialize, Serialize};

use crate::ValidationError;

/// The length of an Easy DKIM key. Its JSON form is the number of bits.
///
/// ```
/// use aws_sans_io::dkim::KeyLength;
///
/// assert_eq!(KeyLength::try_from(2048)?.name(), "RSA_2048_BIT");
/// assert!(KeyLength::try_from(4096).is_err());
/// # Ok::<(), aws_sans_io::ValidationError>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DkimSigningAttributes.html)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub enum KeyLength {
    /// 1024 bits, for DNS providers that don't support longer records.
    Rsa1024,
    /// 2048 bits, the default of SES.
    Rsa2048,
}

impl KeyLength {
    /// Returns the length in bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::Rsa1024 => 1024,
            Self::Rsa2048 => 2048,
        }
    }

    /// Returns the name in the SES API, such as `RSA_2048_BIT`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rsa1024 => "RSA_1024_BIT",
            Self::Rsa2048 => "RSA_2048_BIT",
        }
    }

    /// Returns the length with this name in the SES API, or `None` if the name is unknown.
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
    fn ses_supports_two_key_lengths() {
        for (bits, name) in [(1024, "RSA_1024_BIT"), (2048, "RSA_2048_BIT")] {
            let length = KeyLength::try_from(bits).unwrap();
            assert_eq!((length.bits(), length.name()), (bits, name));
            assert_eq!(KeyLength::from_name(name), Some(length));
        }
        for unsupported in [0, 512, 1023, 3072, 4096] {
            assert_eq!(KeyLength::try_from(unsupported), Err(ValidationError::DkimKeyLength));
        }
        assert_eq!(KeyLength::from_name("RSA_4096_BIT"), None);
    }
}

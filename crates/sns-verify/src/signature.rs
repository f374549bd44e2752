//! Signatures of messages.

use std::{fmt, str::FromStr};

use thiserror::Error;

#[cfg(feature = "rsa")]
use crate::Certificate;

/// The version of a signature, which is a setting of the topic.
///
/// ```
/// use sns_verify::SignatureVersion;
///
/// assert_eq!("2".parse(), Ok(SignatureVersion::Two));
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-configure-message-signature.html)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureVersion {
    /// `1`, the default: RSA PKCS#1 v1.5 with SHA-1. SHA-1 collisions don't help an attacker here: anyone who can publish one text
    /// of a colliding pair to the topic can also publish the other.
    One,
    /// `2`: RSA PKCS#1 v1.5 with SHA-256.
    Two,
}

/// The error of a text that is not a [`SignatureVersion`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a signature version is 1 or 2")]
pub struct ParseSignatureVersionError;

impl FromStr for SignatureVersion {
    type Err = ParseSignatureVersionError;

    fn from_str(text: &str) -> Result<Self, ParseSignatureVersionError> {
        match text {
            "1" => Ok(Self::One),
            "2" => Ok(Self::Two),
            _ => Err(ParseSignatureVersionError),
        }
    }
}

/// Returns the string that SNS signs: the name and value of each field, each followed by a newline. `fields` must be sorted by the
/// bytes of their names.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html>
pub(super) fn string_to_sign(fields: &[(&str, &str)]) -> String {
    debug_assert!(
        fields.is_sorted_by_key(|(name, _)| *name),
        "SNS signs the fields sorted by the bytes of their names"
    );
    let length = fields.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
    let mut text = String::with_capacity(length);
    for (name, value) in fields {
        for part in [name, "\n", value, "\n"] {
            text.push_str(part);
        }
    }
    text
}

/// A signature, and what it is verified with.
///
/// Passed to the function of [`Checked::verify_with`](crate::Checked::verify_with). The algorithm is RSA PKCS#1 v1.5, with the hash
/// function of the [`version`](Self::version).
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Signature<'a> {
    /// The version, which determines the hash function.
    pub version: SignatureVersion,
    /// The certificate's RSA key as the DER encoding of its `SubjectPublicKeyInfo`, which Web Crypto calls `spki`.
    pub public_key: &'a [u8],
    /// The signed bytes. They contain the message, so don't log them.
    pub signed: &'a [u8],
    /// The signature of [`signed`](Self::signed).
    pub signature: &'a [u8],
}

impl fmt::Debug for Signature<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signature").field("version", &self.version).finish_non_exhaustive()
    }
}

#[cfg(feature = "rsa")]
impl Signature<'_> {
    /// Returns whether the signature is valid. `certificate` is the one with the key.
    pub(super) fn is_valid(&self, certificate: &Certificate) -> bool {
        use rsa::{
            pkcs1v15::{self, VerifyingKey},
            signature::Verifier,
        };

        let Ok(signature) = pkcs1v15::Signature::try_from(self.signature) else {
            return false;
        };
        let key = certificate.key().clone();
        match self.version {
            SignatureVersion::One => {
                VerifyingKey::<sha1::Sha1>::new(key).verify(self.signed, &signature).is_ok()
            }
            SignatureVersion::Two => {
                VerifyingKey::<sha2::Sha256>::new(key).verify(self.signed, &signature).is_ok()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_and_each_value_ends_with_a_newline() {
        let text =
            string_to_sign(&[("Message", "two\nlines"), ("MessageId", "id"), ("Type", "Notification")]);
        assert_eq!(text, "Message\ntwo\nlines\nMessageId\nid\nType\nNotification\n");
    }

    #[test]
    fn there_are_two_signature_versions() {
        assert_eq!("1".parse(), Ok(SignatureVersion::One));
        assert_eq!("2".parse(), Ok(SignatureVersion::Two));
        for invalid in ["", "0", "3", "01", "1 ", "V1"] {
            assert_eq!(invalid.parse::<SignatureVersion>(), Err(ParseSignatureVersionError), "{invalid:?}");
        }
    }
}

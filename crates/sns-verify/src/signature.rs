//! Signatures of messages.

use std::str::FromStr;

use rsa::{
    PublicKey,
    pkcs1v15::{Signature, VerifyingKey},
    signature::Verifier,
};
use sha1::Sha1;
use sha2::Sha256;
use thiserror::Error;

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

/// Returns whether `signature` is a signature of `text` by the owner of `key`.
pub(super) fn is_valid(version: SignatureVersion, key: &PublicKey, text: &str, signature: &[u8]) -> bool {
    let Ok(signature) = Signature::try_from(signature) else {
        return false;
    };
    let text = text.as_bytes();
    match version {
        SignatureVersion::One => VerifyingKey::<Sha1>::new(key.clone()).verify(text, &signature).is_ok(),
        SignatureVersion::Two => VerifyingKey::<Sha256>::new(key.clone()).verify(text, &signature).is_ok(),
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

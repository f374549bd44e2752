//! What SNS signs, and whether it did.

use std::str::FromStr;

use rsa::{
    PublicKey,
    pkcs1v15::{Signature, VerifyingKey},
    signature::Verifier,
};
use sha1::Sha1;
use sha2::Sha256;

/// How a message is signed; a setting of the topic.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-configure-message-signature.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureVersion {
    /// `1`: RSA PKCS#1 v1.5 with SHA-1; what a topic has unless told otherwise. Collisions of SHA-1 can be made, but gain
    /// nothing here: whoever may publish one text of a colliding pair to the topic may publish the other one too.
    One,
    /// `2`: RSA PKCS#1 v1.5 with SHA-256.
    Two,
}

/// A version that isn't known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownVersion;

impl FromStr for SignatureVersion {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        match text {
            "1" => Ok(Self::One),
            "2" => Ok(Self::Two),
            _ => Err(UnknownVersion),
        }
    }
}

/// The string that SNS signs: each field's name and value, each followed by a newline. `fields` are in the byte order of their
/// names.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html>
pub(super) fn string_to_sign(fields: &[(&str, &str)]) -> String {
    debug_assert!(
        fields.is_sorted_by_key(|(name, _)| *name),
        "SNS signs the fields in the byte order of their names"
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

/// Whether `signature` was made over `signed` with the private half of `key`.
pub(super) fn is_right(version: SignatureVersion, key: &PublicKey, signed: &str, signature: &[u8]) -> bool {
    let Ok(signature) = Signature::try_from(signature) else {
        return false;
    };
    let signed = signed.as_bytes();
    match version {
        SignatureVersion::One => VerifyingKey::<Sha1>::new(key.clone()).verify(signed, &signature).is_ok(),
        SignatureVersion::Two => VerifyingKey::<Sha256>::new(key.clone()).verify(signed, &signature).is_ok(),
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
    fn there_are_two_versions() {
        assert_eq!("1".parse(), Ok(SignatureVersion::One));
        assert_eq!("2".parse(), Ok(SignatureVersion::Two));
        for wrong in ["", "0", "3", "01", "1 ", "V1"] {
            assert_eq!(wrong.parse::<SignatureVersion>(), Err(UnknownVersion), "{wrong:?}");
        }
    }
}

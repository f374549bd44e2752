//! The secret that authenticates values that come back to Kraiter, such as unsubscribe links.

use std::{fmt, str::FromStr};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::ValidationError;

/// The minimum length in bytes: the security level of SHA-256.
const MIN_LENGTH: usize = 32;

/// The settings `SIGNING_SECRET` and `SIGNING_SECRET_PREVIOUS`. A signature for one purpose is invalid for every other.
#[derive(Clone)]
pub struct SigningSecret {
    current: Zeroizing<Vec<u8>>,
    previous: Option<Zeroizing<Vec<u8>>>,
}

impl SigningSecret {
    /// Also accepts signatures of the secret that this one replaced.
    #[must_use]
    pub fn with_previous(self, previous: Option<Self>) -> Self {
        Self { previous: previous.map(|secret| secret.current), ..self }
    }

    /// Returns the HMAC-SHA256 of `message` with a key derived for `purpose`.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc2104>
    #[must_use]
    pub fn sign(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        mac(&self.current, purpose, message).finalize().into_bytes().into()
    }

    /// Returns [`Self::sign`] with the current secret, then with the previous one.
    pub fn sign_with_each(&self, purpose: &str, message: &[u8]) -> impl Iterator<Item = [u8; 32]> {
        self.secrets().map(move |secret| mac(secret, purpose, message).finalize().into_bytes().into())
    }

    /// Returns whether `signature` is that of [`Self::sign`] with the current or previous secret, each in constant time.
    #[must_use]
    pub fn verify(&self, purpose: &str, message: &[u8], signature: &[u8]) -> bool {
        self.secrets().any(|secret| mac(secret, purpose, message).verify_slice(signature).is_ok())
    }

    fn secrets(&self) -> impl Iterator<Item = &[u8]> {
        [&self.current].into_iter().chain(&self.previous).map(|secret| secret.as_slice())
    }
}

fn mac(secret: &[u8], purpose: &str, message: &[u8]) -> Hmac<Sha256> {
    let key = hmac(secret, purpose.as_bytes()).finalize().into_bytes();
    hmac(&key, message)
}

#[expect(clippy::expect_used, reason = "HMAC accepts keys of any length")]
pub(crate) fn hmac(key: &[u8], message: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(message);
    mac
}

impl FromStr for SigningSecret {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        if text.len() >= MIN_LENGTH && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self { current: Zeroizing::new(text.as_bytes().to_vec()), previous: None })
        } else {
            Err(ValidationError::SigningSecret)
        }
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(byte: char, length: usize) -> SigningSecret {
        byte.to_string().repeat(length).parse().unwrap()
    }

    #[test]
    fn a_signature_is_valid_only_for_its_secret_purpose_and_message() {
        let signature = secret('a', 32).sign("one", b"message");
        assert!(secret('a', 32).verify("one", b"message", &signature));
        for (other, purpose, message) in [
            (secret('b', 32), "one", "message"),
            (secret('a', 33), "one", "message"),
            (secret('a', 32), "two", "message"),
            (secret('a', 32), "one", "message."),
        ] {
            assert!(!other.verify(purpose, message.as_bytes(), &signature));
        }
        assert!(!secret('a', 32).verify("one", b"message", &signature[..31]));
        assert!(!secret('a', 32).verify("one", b"message", b""));
    }

    #[test]
    fn a_signature_of_the_previous_secret_is_valid_and_new_ones_use_the_current() {
        let (old, new) = (secret('a', 32), secret('b', 32));
        let both = new.clone().with_previous(Some(old.clone()));
        assert!(both.verify("one", b"message", &old.sign("one", b"message")));
        assert!(!both.verify("two", b"message", &old.sign("one", b"message")));
        assert_eq!(both.sign("one", b"message"), new.sign("one", b"message"));
        let each: Vec<_> = both.sign_with_each("one", b"message").collect();
        assert_eq!(each, [new.sign("one", b"message"), old.sign("one", b"message")]);
        let none = new.clone().with_previous(None);
        assert!(!none.verify("one", b"message", &old.sign("one", b"message")));
    }

    /// Cases 1 and 6 of <https://www.rfc-editor.org/rfc/rfc4231>: a key shorter and one longer than a block.
    #[test]
    fn the_hmac_equals_the_rfcs_test_vectors() {
        let cases: [(&[u8], &[u8], &str); 2] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, message, expected) in cases {
            assert_eq!(base16ct::lower::encode_string(&hmac(key, message).finalize().into_bytes()), expected);
        }
    }

    #[test]
    fn a_short_secret_is_rejected_and_none_is_printed() {
        for invalid in ["", "0123456789abcdef0123456789abcde", "0123456789abcdef 0123456789abcdef"] {
            assert_eq!(invalid.parse::<SigningSecret>().unwrap_err(), ValidationError::SigningSecret);
        }
        assert_eq!(format!("{:?}", secret('a', 32)), "SigningSecret([redacted])");
    }
}

//! The secret that proves that something which comes back was given out by us.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::SettingError;

/// The shortest, in bytes: as many as the digest's security has.
const SHORTEST: usize = 32;

/// `SIGNING_SECRET`: what it signs for one purpose is worth nothing for another.
#[derive(Clone)]
pub struct SigningSecret(Zeroizing<Vec<u8>>);

impl SigningSecret {
    /// Validates the setting.
    ///
    /// # Errors
    /// [`SettingError`] if the text is too short or not printable ASCII.
    pub fn new(text: &str) -> Result<Self, SettingError> {
        if text.len() >= SHORTEST && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(Zeroizing::new(text.as_bytes().to_vec())))
        } else {
            let message = format!(
                "it must have at least {SHORTEST} printable ASCII characters without spaces, such as `openssl rand -hex 32` prints"
            );
            Err(SettingError { setting: "SIGNING_SECRET", message })
        }
    }

    /// The HMAC-SHA256 of `message` under a key of this purpose's own.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc2104>
    #[must_use]
    pub fn sign(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        self.mac(purpose, message).finalize().into_bytes().into()
    }

    /// Whether `signature` is what [`Self::sign`] makes; in a time that tells nothing of where it differs.
    #[must_use]
    pub fn has_signed(&self, purpose: &str, message: &[u8], signature: &[u8]) -> bool {
        self.mac(purpose, message).verify_slice(signature).is_ok()
    }

    fn mac(&self, purpose: &str, message: &[u8]) -> Hmac<Sha256> {
        let key = keyed(&self.0, purpose.as_bytes()).finalize().into_bytes();
        keyed(&key, message)
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
fn keyed(key: &[u8], message: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(message);
    mac
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
        SigningSecret::new(&byte.to_string().repeat(length)).unwrap()
    }

    #[test]
    fn a_signature_holds_for_its_secret_its_purpose_and_its_message_only() {
        let signature = secret('a', 32).sign("one", b"message");
        assert!(secret('a', 32).has_signed("one", b"message", &signature));
        for (other, purpose, message) in [
            (secret('b', 32), "one", "message"),
            (secret('a', 33), "one", "message"),
            (secret('a', 32), "two", "message"),
            (secret('a', 32), "one", "message."),
        ] {
            assert!(!other.has_signed(purpose, message.as_bytes(), &signature));
        }
        assert!(!secret('a', 32).has_signed("one", b"message", &signature[..31]));
        assert!(!secret('a', 32).has_signed("one", b"message", b""));
    }

    /// Cases 1 and 6 of <https://www.rfc-editor.org/rfc/rfc4231>: a key shorter than a block, and one that is longer.
    #[test]
    fn the_hmac_is_that_of_the_rfc() {
        let cases: [(&[u8], &[u8], &str); 2] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, message, expected) in cases {
            assert_eq!(
                data_encoding::HEXLOWER.encode(&keyed(key, message).finalize().into_bytes()),
                expected
            );
        }
    }

    #[test]
    fn a_short_secret_is_refused_and_none_is_printed() {
        for wrong in ["", "0123456789abcdef0123456789abcde", "0123456789abcdef 0123456789abcdef"] {
            assert_eq!(SigningSecret::new(wrong).unwrap_err().setting, "SIGNING_SECRET");
        }
        assert_eq!(format!("{:?}", secret('a', 32)), "SigningSecret([redacted])");
    }
}

//! Choice of the key that signs a domain's email.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use zeroize::Zeroizing;

use super::{KeyLength, PrivateKey, Selector};

/// The key that SES signs a domain's email with.
///
/// The serialised form contains the private key in plain text.
///
/// ```
/// use aws_sans_io::dkim::{KeyLength, Signing};
///
/// let signing = Signing::EasyDkim { key_length: Some(KeyLength::Rsa2048) };
/// assert_eq!(signing.redact("Identity example.com"), "Identity example.com");
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DkimSigningAttributes.html)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signing {
    /// A key that SES creates and rotates (Easy DKIM).
    EasyDkim {
        /// Length of the key. If it is `None`, SES chooses.
        key_length: Option<KeyLength>,
    },
    /// Your own key (BYODKIM).
    Byodkim {
        /// Name under which the public key is published.
        selector: Selector,
        /// The private key.
        #[serde(serialize_with = "serialize_private_key", deserialize_with = "deserialize_private_key")]
        private_key: PrivateKey,
    },
}

/// Shortest part of a key that [`Signing::redact`] recognises, in characters.
const MIN_REDACTED_LENGTH: usize = 24;

impl Signing {
    /// Replaces each part of the private key in `text` by `[redacted]`.
    ///
    /// Apply it to error messages of AWS, which may quote the request.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let Self::Byodkim { private_key, .. } = self else { return text.to_owned() };
        let is_base64 = |character: char| character.is_ascii_alphanumeric() || "+/=".contains(character);
        let words = text.split_inclusive(|character| !is_base64(character)).map(|word| {
            let inner = word.trim_end_matches(|character| !is_base64(character));
            let is_key = inner.len() >= MIN_REDACTED_LENGTH && private_key.expose_secret().contains(inner);
            if is_key { word.replacen(inner, "[redacted]", 1) } else { word.to_owned() }
        });
        words.collect()
    }
}

fn serialize_private_key<S: Serializer>(key: &PrivateKey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(key.expose_secret())
}

fn deserialize_private_key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PrivateKey, D::Error> {
    let text = Zeroizing::new(String::deserialize(deserializer)?);
    text.parse().map_err(D::Error::custom)
}

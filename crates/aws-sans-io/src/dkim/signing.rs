//! Which key a domain's mail is to be signed with.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use zeroize::Zeroizing;

use super::{KeyLength, PrivateKey, Selector};

/// How SES is to sign a domain's mail.
///
/// It can be written and read so that it reaches the one place that talks to SES; nothing else may write it anywhere.
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DkimSigningAttributes.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signing {
    /// By a key that SES makes and renews (Easy DKIM).
    EasyDkim {
        /// How long it is; SES's default unless told.
        key_length: Option<KeyLength>,
    },
    /// By a key that the customer brings (BYODKIM).
    OwnKey {
        /// Where the public half is published.
        selector: Selector,
        /// The key.
        #[serde(serialize_with = "hand_over", deserialize_with = "take_over")]
        private_key: PrivateKey,
    },
}

/// The shortest piece of a key that is taken for one.
const MIN_PIECE: usize = 24;

impl Signing {
    /// A text of somebody who was handed the key, without it: AWS's sentences may quote what they are about.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let Self::OwnKey { private_key, .. } = self else { return text.to_owned() };
        let is_base64 = |character: char| character.is_ascii_alphanumeric() || "+/=".contains(character);
        let pieces = text.split_inclusive(|character| !is_base64(character)).map(|piece| {
            let inner = piece.trim_end_matches(|character| !is_base64(character));
            let is_key = inner.len() >= MIN_PIECE && private_key.reveal().contains(inner);
            if is_key { piece.replacen(inner, "[redacted]", 1) } else { piece.to_owned() }
        });
        pieces.collect()
    }
}

fn hand_over<S: Serializer>(key: &PrivateKey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(key.reveal())
}

fn take_over<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PrivateKey, D::Error> {
    let text = Zeroizing::new(String::deserialize(deserializer)?);
    text.parse().map_err(D::Error::custom)
}

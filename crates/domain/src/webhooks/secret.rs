//! Secrets of endpoints, and signatures as in Standard Webhooks.
//!
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::Mac;
use serde_with::{DeserializeFromStr, SerializeDisplay};
use thiserror::Error;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::signing_secret::hmac;

const PREFIX: &str = "whsec_";

/// The bytes of a secret: Standard Webhooks recommends 24 to 64.
const BYTES: usize = 32;

/// The secret that signs the webhooks of an endpoint: `whsec_` and base64.
#[derive(Clone, PartialEq, Eq, SerializeDisplay, DeserializeFromStr)]
pub struct WebhookSecret(Zeroizing<[u8; BYTES]>);

/// The error for a text that is no secret.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not a secret of a webhook endpoint")]
pub struct ParseSecretError;

impl WebhookSecret {
    /// Creates a secret from random bytes.
    #[must_use]
    pub fn from_random(random: [u8; BYTES]) -> Self {
        Self(Zeroizing::new(random))
    }

    fn signature(&self, id: &str, timestamp: i64, body: &str) -> String {
        let message = format!("{id}.{timestamp}.{body}");
        STANDARD.encode(hmac(&*self.0, message.as_bytes()).finalize().into_bytes())
    }
}

/// Returns the headers of a webhook: `webhook-id`, `webhook-timestamp` and `webhook-signature`, with one signature for each secret.
#[must_use]
pub fn sign<'a>(
    secrets: impl IntoIterator<Item = &'a WebhookSecret>,
    id: &str,
    now: OffsetDateTime,
    body: &str,
) -> [(&'static str, String); 3] {
    let timestamp = now.unix_timestamp();
    let signatures =
        secrets.into_iter().map(|secret| format!("v1,{}", secret.signature(id, timestamp, body)));
    [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signatures.collect::<Vec<_>>().join(" ")),
    ]
}

impl fmt::Display for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", STANDARD.encode(*self.0))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret([redacted])")
    }
}

impl FromStr for WebhookSecret {
    type Err = ParseSecretError;

    fn from_str(text: &str) -> Result<Self, ParseSecretError> {
        let bytes = text.strip_prefix(PREFIX).and_then(|base64| STANDARD.decode(base64).ok());
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(ParseSecretError)?;
        Ok(Self::from_random(bytes))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);

    #[derive(serde::Deserialize)]
    struct Vector {
        secret: WebhookSecret,
        id: String,
        timestamp: i64,
        body: String,
        signature: String,
    }

    /// The npm package `standardwebhooks` verifies the same vector in `tests/consumers`.
    #[test]
    fn a_signature_is_that_of_standard_webhooks() {
        let text = include_str!("../../../../tests/vectors/webhook.json");
        let vector: Vector = serde_json::from_str(text).unwrap();
        let now = OffsetDateTime::from_unix_timestamp(vector.timestamp).unwrap();
        let [id, timestamp, signature] = sign([&vector.secret], &vector.id, now, &vector.body);
        assert_eq!((id.1, timestamp.1), (vector.id, vector.timestamp.to_string()));
        assert_eq!(signature.1, vector.signature);
    }

    #[test]
    fn a_signature_covers_id_time_and_body() {
        let secret = WebhookSecret::from_random([7; BYTES]);
        let signature = |id, now, body| sign([&secret], id, now, body)[2].clone();
        let signed = signature("evt_1", NOW, "{}");
        for other in [
            signature("evt_2", NOW, "{}"),
            signature("evt_1", NOW + time::Duration::SECOND, "{}"),
            signature("evt_1", NOW, "{ }"),
        ] {
            assert_ne!(other, signed);
        }
    }

    #[test]
    fn while_a_secret_is_rotated_both_sign() {
        let [old, new] = [1, 2].map(|byte| WebhookSecret::from_random([byte; BYTES]));
        let signature =
            |secrets: &[&WebhookSecret]| sign(secrets.iter().copied(), "evt_1", NOW, "{}")[2].1.clone();
        let both = signature(&[&new, &old]);
        assert_eq!(both, format!("{} {}", signature(&[&new]), signature(&[&old])));
    }

    #[test]
    fn a_secret_is_restored_from_its_text_and_never_printed_by_accident() {
        let secret = WebhookSecret::from_random([7; BYTES]);
        assert_eq!(secret.to_string().parse(), Ok(secret.clone()));
        assert_eq!(format!("{secret:?}"), "WebhookSecret([redacted])");
        for invalid in ["", "whsec_", "whsec_AAAA", "secret", "whsec_!"] {
            assert_eq!(invalid.parse::<WebhookSecret>(), Err(ParseSecretError));
        }
    }
}

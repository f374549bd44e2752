//! SNS messages signed by the tests, for messages that the local AWS never sends. The AWS proxy serves the certificate.

use crate::{Error, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use rsa::{PrivateKey, pkcs8::DecodePrivateKey};
use serde_json::{Map, Value, json};
use sha1::Sha1;
use sha2::Sha256;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Path of the signing certificate at the AWS proxy.
pub const VALID_CERTIFICATE: &str = "/sns-certificates/valid.pem";

/// The test key of `sns-verify`, which is public.
const SIGNING_KEY: &str = include_str!("../../sns-verify/tests/vectors/key.pem");

/// The name of each certificate, and its file.
const CERTIFICATES: [(&str, &str); 6] = [
    ("valid", include_str!("../../sns-verify/tests/vectors/certificates/sns.pem")),
    ("expired", include_str!("../../sns-verify/tests/vectors/certificates/expired.pem")),
    ("not-yet-valid", include_str!("../../sns-verify/tests/vectors/certificates/not-yet-valid.pem")),
    ("other-key", include_str!("../../sns-verify/tests/vectors/certificates/other-key.pem")),
    ("short-key", include_str!("../../sns-verify/tests/vectors/certificates/short-key.pem")),
    ("elliptic-curve", include_str!("../../sns-verify/tests/vectors/certificates/elliptic-curve.pem")),
];

/// Returns the certificate at a path, which may have further directories below `/sns-certificates`.
#[must_use]
pub fn certificate(path: &str) -> Option<&'static str> {
    let name = path.strip_prefix("/sns-certificates/")?.strip_suffix(".pem")?.rsplit('/').next()?;
    CERTIFICATES.iter().find(|(known, _)| *known == name).map(|(_, pem)| *pem)
}

/// An SNS message that is not signed yet.
#[derive(Clone, Debug)]
pub struct SnsMessage(Map<String, Value>);

impl SnsMessage {
    /// Creates a message with the current time. `aws` is the origin of its certificate URL.
    #[must_use]
    pub fn new(message_type: &str, topic_arn: &str, aws: &str) -> Self {
        let mut fields = Map::new();
        let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        set("Type", json!(message_type));
        set("MessageId", json!(message_id()));
        if message_type != "Notification" {
            set("Token", json!("2336412f37fb687f5d51e6e241d09c805a5a57b30d712f794cc5f6a988666d92"));
            set("SubscribeURL", json!("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"));
        }
        set("TopicArn", json!(topic_arn));
        set("Message", json!("A message of the tests."));
        set("Timestamp", json!(sns_timestamp(OffsetDateTime::now_utc())));
        set("SignatureVersion", json!("2"));
        set("SigningCertURL", json!(format!("{aws}{VALID_CERTIFICATE}")));
        Self(fields)
    }

    /// Sets a field.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// Sets the timestamp.
    #[must_use]
    pub fn at(self, at: OffsetDateTime) -> Self {
        self.with("Timestamp", sns_timestamp(at))
    }

    /// Signs the message with the algorithm of its `SignatureVersion`.
    pub fn sign(self) -> Result<Value> {
        let failed = |error: &dyn std::fmt::Display| Error::Unexpected(format!("sign a message: {error}"));
        let der: String = SIGNING_KEY.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(der).map_err(|error| failed(&error))?;
        let key = PrivateKey::from_pkcs8_der(&der).map_err(|error| failed(&error))?;
        let text = self.string_to_sign();
        let signature = if self.0.get("SignatureVersion") == Some(&json!("1")) {
            key.pkcs1v15_sign::<Sha1>(text.as_bytes())
        } else {
            key.pkcs1v15_sign::<Sha256>(text.as_bytes())
        };
        let signature = signature.map_err(|error| failed(&error))?;
        Ok(Value::Object(self.with("Signature", STANDARD.encode(signature)).0))
    }

    fn string_to_sign(&self) -> String {
        let names =
            ["Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token", "TopicArn", "Type"];
        let signed = names.iter().filter_map(|name| Some((*name, self.0.get(*name)?.as_str()?)));
        signed.flat_map(|(name, value)| [name, "\n", value, "\n"]).collect()
    }
}

/// Returns the body of a signed notification with `message`.
pub fn signed_notification(topic_arn: &str, aws: &str, message: &str) -> Result<String> {
    Ok(SnsMessage::new("Notification", topic_arn, aws).with("Message", message).sign()?.to_string())
}

/// Returns an SES event about the email `id`. `details` is the object specific to the event type.
#[must_use]
pub fn ses_event(id: &str, event_type: &str, to: &[&str], details: &Value, at: OffsetDateTime) -> String {
    let at = sns_timestamp(at);
    let mut event = json!({
        "eventType": event_type,
        "mail": {
            "timestamp": at,
            "messageId": "0102018e-0000",
            "destination": to,
            "tags": { "kraiter-message-id": [id] },
        },
    });
    let member = event_type.to_lowercase();
    event[&member] = details.clone();
    event[&member]["timestamp"] = json!(at);
    event.to_string()
}

/// Formats a time as SNS does: RFC 3339 with milliseconds.
#[must_use]
pub fn sns_timestamp(at: OffsetDateTime) -> String {
    let milliseconds = at.replace_nanosecond(at.nanosecond() / 1_000_000 * 1_000_000).unwrap_or(at);
    milliseconds.format(&Rfc3339).unwrap_or_default()
}

/// Returns a random SNS message ID.
#[must_use]
pub fn message_id() -> String {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let random = || RandomState::new().build_hasher().finish();
    let (high, low) = (random(), random());
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

//! SNS messages that the local AWS never sends, signed with a key whose certificate the wiretap hands out.

use base64::{Engine, engine::general_purpose::STANDARD};
use rsa::{PrivateKey, pkcs8::DecodePrivateKey};
use serde_json::{Map, Value, json};
use sha1::Sha1;
use sha2::Sha256;
use test_support::{Error, Result};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Where the certificate lies, below the AWS of the Worker.
pub(crate) const VALID: &str = "/forger/valid.pem";

/// The same key's certificate that ended years ago.
pub(crate) const EXPIRED: &str = "/forger/expired.pem";

const KEY: &str = include_str!("../fixtures/forger-key.pem");

/// The certificate that lies at this path, in whatever folder below `/forger`.
pub(crate) fn certificate(path: &str) -> Option<&'static str> {
    let path = path.strip_prefix("/forger/")?;
    match path.rsplit('/').next() {
        Some("valid.pem") => Some(include_str!("../fixtures/forger.pem")),
        Some("expired.pem") => Some(include_str!("../fixtures/forger-expired.pem")),
        _ => None,
    }
}

/// A message to be: fields of SNS by their names, in SNS's order.
#[derive(Clone, Debug)]
pub(crate) struct Forgery(Map<String, Value>);

impl Forgery {
    /// A message of one type from a topic, published now, whose certificate lies at the AWS at `aws`.
    pub(crate) fn new(kind: &str, topic: &str, aws: &str) -> Self {
        let mut fields = Map::new();
        let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        set("Type", json!(kind));
        set("MessageId", json!(message_id()));
        if kind != "Notification" {
            set("Token", json!("2336412f37fb687f5d51e6e241d09c805a5a57b30d712f794cc5f6a988666d92"));
            set("SubscribeURL", json!("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"));
        }
        set("TopicArn", json!(topic));
        set("Message", json!("A message of the tests."));
        set("Timestamp", json!(written(OffsetDateTime::now_utc())));
        set("SignatureVersion", json!("2"));
        set("SigningCertURL", json!(format!("{aws}{}", VALID)));
        Self(fields)
    }

    /// The same with one field changed, before it is signed.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// The same with this time.
    #[must_use]
    pub(crate) fn at(self, at: OffsetDateTime) -> Self {
        self.with("Timestamp", written(at))
    }

    /// The message, signed as its `SignatureVersion` says.
    pub(crate) fn sign(self) -> Result<Value> {
        let wrong = |error: &dyn std::fmt::Display| Error::Unexpected(format!("sign a message: {error}"));
        let der: String = KEY.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(der).map_err(|error| wrong(&error))?;
        let key = PrivateKey::from_pkcs8_der(&der).map_err(|error| wrong(&error))?;
        let text = self.to_sign();
        let signature = if self.0.get("SignatureVersion") == Some(&json!("1")) {
            key.pkcs1v15_sign::<Sha1>(text.as_bytes())
        } else {
            key.pkcs1v15_sign::<Sha256>(text.as_bytes())
        };
        let signature = signature.map_err(|error| wrong(&error))?;
        Ok(Value::Object(self.with("Signature", STANDARD.encode(signature)).0))
    }

    fn to_sign(&self) -> String {
        let names =
            ["Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token", "TopicArn", "Type"];
        let signed = names.iter().filter_map(|name| Some((*name, self.0.get(*name)?.as_str()?)));
        signed.flat_map(|(name, value)| [name, "\n", value, "\n"]).collect()
    }
}

/// An event of SES about the mail of this id to these addresses, at this time; the details are those that its kind has.
pub(crate) fn ses_event(id: &str, kind: &str, to: &[&str], details: &Value, at: OffsetDateTime) -> String {
    let at = written(at);
    let mut event = json!({
        "eventType": kind,
        "mail": {
            "timestamp": at,
            "messageId": "0102018e-0000",
            "destination": to,
            "tags": { "kraiter-message-id": [id] },
        },
    });
    let member = kind.to_lowercase();
    event[&member] = details.clone();
    event[&member]["timestamp"] = json!(at);
    event.to_string()
}

/// A time as SNS writes it.
pub(crate) fn written(at: OffsetDateTime) -> String {
    let milliseconds = at.replace_nanosecond(at.nanosecond() / 1_000_000 * 1_000_000).unwrap_or(at);
    milliseconds.format(&Rfc3339).unwrap_or_default()
}

/// A new identifier in SNS's form.
pub(crate) fn message_id() -> String {
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

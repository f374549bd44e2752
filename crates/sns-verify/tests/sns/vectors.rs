//! The files of `tests/vectors/sns`, and messages signed by their key while the test runs.

use std::{fs, path::PathBuf};

use aws_sans_io::{Endpoint, TopicArn};
use base64::{Engine, engine::general_purpose::STANDARD};
use rsa::{
    PrivateKey,
    pkcs1v15::SigningKey,
    pkcs8::DecodePrivateKey,
    signature::{SignatureEncoding, Signer},
};
use serde_json::{Map, Value};
use sha1::Sha1;
use sha2::Sha256;
use sns_verify::{Admitted, Certificate, CertificateUrl, Expected, Message, Rejection, Verified};
use time::{OffsetDateTime, macros::datetime};

/// Half a minute after the vectors' messages.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-24 14:44:40 UTC);

/// The address that the vectors' messages name.
pub(crate) const CERTIFICATE_URL: &str =
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem";

/// Every message of the vectors.
pub(crate) const MESSAGES: [&str; 8] = [
    "notification-v1",
    "notification-v2",
    "notification-with-attributes-v1",
    "notification-without-subject-v2",
    "subscription-confirmation-v1",
    "subscription-confirmation-v2",
    "unsubscribe-confirmation-v1",
    "unsubscribe-confirmation-v2",
];

/// The file of that name.
pub(crate) fn file(name: &str) -> Vec<u8> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/sns")).join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A message of the vectors, as posted.
pub(crate) fn posted(name: &str) -> Vec<u8> {
    file(&format!("messages/{name}.json"))
}

/// A message of the vectors, as fields to change.
pub(crate) fn fields(name: &str) -> Map<String, Value> {
    serde_json::from_slice(&posted(name)).unwrap()
}

/// The topic of the vectors.
pub(crate) fn topic() -> TopicArn {
    "arn:aws:sns:eu-west-1:123456789012:kraiter-events".parse().unwrap()
}

/// The certificate of that name, as if fetched from where the vectors' messages say.
pub(crate) fn certificate(name: &str) -> Result<Certificate, Rejection> {
    let url = CertificateUrl::from_message(CERTIFICATE_URL, topic().region(), &Endpoint::aws())?;
    Certificate::from_pem(&url, &file(&format!("certificates/{name}.pem")))
}

/// All steps up to the certificate.
pub(crate) fn admit(body: &[u8]) -> Result<Admitted, Rejection> {
    Message::parse(body)?.admit(Expected::Topic(&topic()), &Endpoint::aws(), NOW)
}

/// All steps.
pub(crate) fn verify(body: &[u8]) -> Result<Verified<Message>, Rejection> {
    admit(body)?.verify(&certificate("sns")?, NOW)
}

/// The vectors' key, which signs as SNS does.
pub(crate) struct Sns(PrivateKey);

impl Sns {
    /// Reads the key.
    pub(crate) fn new() -> Self {
        let pem = String::from_utf8(file("key.pem")).unwrap();
        Self(PrivateKey::from_pkcs8_pem(&pem).unwrap())
    }

    /// The fields with a right signature: over `signed`, in that order, whatever the fields are.
    pub(crate) fn sign(
        &self,
        mut fields: Map<String, Value>,
        signed: &[&str],
        version: &str,
    ) -> Map<String, Value> {
        let lines: Vec<_> = signed.iter().flat_map(|name| [*name, fields[*name].as_str().unwrap()]).collect();
        let text = lines.join("\n") + "\n";
        let signature = match version {
            "1" => SigningKey::<Sha1>::new(self.0.clone()).sign(text.as_bytes()).to_vec(),
            _ => SigningKey::<Sha256>::new(self.0.clone()).sign(text.as_bytes()).to_vec(),
        };
        fields.insert("SignatureVersion".into(), version.into());
        fields.insert("Signature".into(), STANDARD.encode(signature).into());
        fields
    }

    /// A notification of the vectors' topic.
    pub(crate) fn notification(
        &self,
        text: &str,
        subject: Option<&str>,
        version: &str,
    ) -> Map<String, Value> {
        let mut notification = fields("notification-v2");
        notification.insert("Message".into(), text.into());
        if let Some(subject) = subject {
            notification.insert("Subject".into(), subject.into());
            let signed = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
            self.sign(notification, &signed, version)
        } else {
            notification.shift_remove("Subject");
            self.sign(notification, &["Message", "MessageId", "Timestamp", "TopicArn", "Type"], version)
        }
    }

    /// A subscription's confirmation for the vectors' topic.
    pub(crate) fn confirmation(&self, kind: &str, text: &str, version: &str) -> Map<String, Value> {
        let mut confirmation = fields("subscription-confirmation-v2");
        confirmation.insert("Type".into(), kind.into());
        confirmation.insert("Message".into(), text.into());
        let signed = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
        self.sign(confirmation, &signed, version)
    }
}

/// The body that these fields make.
pub(crate) fn body(fields: &Map<String, Value>) -> Vec<u8> {
    serde_json::to_vec(fields).unwrap()
}

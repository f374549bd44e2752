//! The files of `tests/vectors`, and new messages signed with their key.

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
use sns_verify::{Certificate, CertificateUrl, Checked, Expected, Message, Rejection, Verified};
use time::{OffsetDateTime, macros::datetime};

/// Time half a minute after the messages of the vectors.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-24 14:44:40 UTC);

/// Certificate URL of the messages.
pub(crate) const CERTIFICATE_URL: &str =
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem";

/// Names of all messages.
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

/// Returns the content of a file.
pub(crate) fn file(name: &str) -> Vec<u8> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors")).join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the body of a message.
pub(crate) fn posted(name: &str) -> Vec<u8> {
    file(&format!("messages/{name}.json"))
}

/// Returns the fields of a message.
pub(crate) fn fields(name: &str) -> Map<String, Value> {
    serde_json::from_slice(&posted(name)).unwrap()
}

/// Returns the topic of the messages.
pub(crate) fn topic() -> TopicArn {
    "arn:aws:sns:eu-west-1:123456789012:example-events".parse().unwrap()
}

/// Returns a certificate, as if downloaded from [`CERTIFICATE_URL`].
pub(crate) fn certificate(name: &str) -> Result<Certificate, Rejection> {
    let url = CertificateUrl::parse(CERTIFICATE_URL, topic().region(), &Endpoint::aws())?;
    Certificate::from_pem(&url, &file(&format!("certificates/{name}.pem")))
}

/// Performs all steps before the verification of the signature.
pub(crate) fn check(body: &[u8]) -> Result<Checked, Rejection> {
    Message::parse(body)?.check(Expected::Topic(&topic()), &Endpoint::aws(), NOW)
}

/// Performs all steps.
pub(crate) fn verify(body: &[u8]) -> Result<Verified<Message>, Rejection> {
    check(body)?.verify(&certificate("sns")?, NOW)
}

/// The test key, which signs messages like SNS.
pub(crate) struct TestKey(PrivateKey);

impl TestKey {
    /// Reads the test key.
    pub(crate) fn new() -> Self {
        let pem = String::from_utf8(file("key.pem")).unwrap();
        Self(PrivateKey::from_pkcs8_pem(&pem).unwrap())
    }

    /// Adds a signature of the fields `signed`, in the given order.
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

    /// Returns a notification of the topic.
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
}

/// Returns the JSON body of these fields.
pub(crate) fn body(fields: &Map<String, Value>) -> Vec<u8> {
    serde_json::to_vec(fields).unwrap()
}

//! Messages that Amazon SNS signed itself, with the certificates that it published at their time.

use aws_sans_io::Endpoint;
use sns_verify::{Certificate, ConfirmSubscription, Content, Expected, Message, Rejection, Verified};
use time::Duration;

use crate::vectors::{body, file};

/// Each message and its certificate.
const GENUINE: [(&str, &str); 6] = [
    ("notification-v1", "certificate-2022"),
    ("notification-v2", "certificate-2022"),
    ("notification-with-subject-v1", "certificate-2022"),
    ("notification-with-subject-v2", "certificate-2022"),
    ("notification-2026-v2", "certificate-2026"),
    ("subscription-confirmation-2026-v1", "certificate-2026"),
];

/// Verifies a message ten seconds after its timestamp.
fn verify(posted: &[u8], certificate: &str) -> Result<Verified<Message>, Rejection> {
    let message: serde_json::Value = serde_json::from_slice(posted).unwrap();
    let rfc3339 = &time::format_description::well_known::Rfc3339;
    let timestamp = time::OffsetDateTime::parse(message["Timestamp"].as_str().unwrap(), rfc3339).unwrap();
    let now = timestamp + Duration::seconds(10);
    let message = Message::parse(posted)?;
    let topic = message.claimed_topic().clone();
    let checked = message.check(Expected::Topic(&topic), &Endpoint::aws(), now)?;
    let pem = file(&format!("aws/{certificate}.pem"));
    let certificate = Certificate::from_pem(checked.certificate_url(), &pem)?;
    checked.verify(&certificate, now)
}

#[test]
fn every_message_that_aws_signed_is_verified_with_its_certificate() {
    for (name, certificate) in GENUINE {
        let message = verify(&file(&format!("aws/{name}.json")), certificate)
            .unwrap_or_else(|rejection| panic!("{name}: {rejection}"));
        match &message.content {
            Content::Notification { subject, .. } => {
                assert_eq!(subject.is_some(), name.contains("with-subject"), "{name}");
            }
            Content::SubscriptionConfirmation { .. } => {
                let confirm = ConfirmSubscription::from_message(&message).unwrap();
                assert_eq!(confirm.region().name(), "us-west-2");
            }
            Content::UnsubscribeConfirmation => panic!("{name}"),
        }
    }
}

#[test]
fn a_changed_message_of_aws_is_rejected() {
    for (name, certificate) in GENUINE {
        let original: serde_json::Map<_, _> =
            serde_json::from_slice(&file(&format!("aws/{name}.json"))).unwrap();
        for field in ["Message", "Subject", "Token"] {
            let Some(text) = original.get(field).and_then(|text| text.as_str()) else { continue };
            let mut changed = original.clone();
            changed.insert(field.to_owned(), format!("{text}0").into());
            let rejection = verify(&body(&changed), certificate).unwrap_err();
            assert_eq!(rejection, Rejection::SignatureWrong, "{name}: {field}");
        }
    }
}

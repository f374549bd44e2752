//! Verification of messages and their content.

use aws_sans_io::{Endpoint, Operation, ses::event::Notification};
use serde_json::Value;
use sns_verify::{Certificate, ConfirmSubscription, Content, Expected, Message, Rejection, age};
use time::Duration;

use crate::vectors::{
    CERTIFICATE_URL, MESSAGES, NOW, TestKey, body, certificate, check, fields, file, posted, topic, verify,
};

#[test]
fn every_message_is_verified_in_both_signature_versions() {
    for name in MESSAGES {
        let message = verify(&posted(name)).unwrap_or_else(|rejection| panic!("{name}: {rejection}"));
        assert_eq!(message.topic, topic(), "{name}");
    }
}

#[test]
fn a_notification_contains_the_published_text() {
    let message = verify(&posted("notification-without-subject-v2")).unwrap();
    assert_eq!(message.id.as_str(), "9d2c5580-b61d-550c-8583-37a582870907");
    assert_eq!(message.timestamp, time::macros::datetime!(2026-11-24 14:44:10.873 UTC));
    let text = "Grüße,\n\"zwei\" Zeilen\t\\ \u{1F4EC}\n".to_owned();
    assert_eq!(message.content, Content::Notification { subject: None, text });

    let message = verify(&posted("notification-v1")).unwrap().into_inner();
    let Content::Notification { subject: Some(subject), text } = message.content else { panic!() };
    assert_eq!(subject, "Amazon SES Email Event Notification");
    assert!(matches!(Notification::parse(&text, "message-id", NOW), Ok(Notification::Event(_))));
}

#[test]
fn a_subscription_is_confirmed_with_topic_and_token_instead_of_the_url_in_the_message() {
    let message = verify(&posted("subscription-confirmation-v2")).unwrap();
    let confirm = ConfirmSubscription::from_message(&message).unwrap();
    assert_eq!(confirm.region().name(), "eu-west-1");
    let token = "2336412f37fb687f5d51e6e2425929f5".repeat(8);
    assert_eq!(
        confirm.request().unwrap().uri().to_string(),
        format!(
            "/?Action=ConfirmSubscription&Version=2010-03-31\
             &TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Aexample-events&Token={token}"
        )
    );
}

#[test]
fn debug_output_contains_neither_the_token_nor_the_subscribe_url() {
    for name in ["subscription-confirmation-v2", "unsubscribe-confirmation-v1"] {
        let posted = posted(name);
        let printed = format!("{:?}{:?}{:?}", Message::parse(&posted), check(&posted), verify(&posted));
        assert!(!printed.contains("2336412f") && !printed.contains("Action="), "{printed}");
    }
}

#[test]
fn an_unsubscribe_confirmation_cannot_be_confirmed() {
    let message = verify(&posted("unsubscribe-confirmation-v2")).unwrap();
    assert_eq!(message.content, Content::UnsubscribeConfirmation);
    assert_eq!(ConfirmSubscription::from_message(&message), None);
}

#[test]
fn a_topic_must_be_in_the_expected_region_and_account() {
    let check = |region: &str, account: &str| {
        let expected =
            Expected::AnyTopicIn { region: region.parse().unwrap(), account: &account.parse().unwrap() };
        let message = Message::parse(&posted("subscription-confirmation-v2")).unwrap();
        message.check(expected, &Endpoint::aws(), NOW).map(|checked| checked.certificate_url().to_string())
    };
    assert_eq!(check("eu-west-1", "123456789012"), Ok(CERTIFICATE_URL.to_owned()));
    assert_eq!(check("eu-west-2", "123456789012"), Err(Rejection::RegionUnexpected));
    assert_eq!(check("eu-west-1", "210987654321"), Err(Rejection::AccountUnexpected));
}

#[test]
fn a_validly_signed_message_of_another_topic_is_rejected() {
    let mut notification = fields("notification-v2");
    notification.insert("TopicArn".into(), "arn:aws:sns:eu-west-1:210987654321:example-events".into());
    let signed = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
    let notification = TestKey::new().sign(notification, &signed, "2");
    assert_eq!(check(&body(&notification)).err(), Some(Rejection::TopicUnexpected));
}

#[test]
fn a_message_may_be_six_hours_old_or_five_minutes_ahead() {
    let timestamp = time::macros::datetime!(2026-11-24 14:44:10.873 UTC);
    let check = |now| {
        Message::parse(&posted("notification-v2")).unwrap().check(
            Expected::Topic(&topic()),
            &Endpoint::aws(),
            now,
        )
    };
    assert!(check(timestamp + age::MAX_AGE).is_ok());
    assert!(check(timestamp - age::MAX_CLOCK_SKEW).is_ok());
    assert_eq!(check(timestamp + age::MAX_AGE + Duration::SECOND).err(), Some(Rejection::TooOld));
    assert_eq!(
        check(timestamp - age::MAX_CLOCK_SKEW - Duration::SECOND).err(),
        Some(Rejection::FromTheFuture)
    );
}

#[test]
fn a_rejection_names_the_missing_field() {
    let common =
        ["MessageId", "TopicArn", "Timestamp", "Message", "SignatureVersion", "Signature", "SigningCertURL"];
    for (name, more) in
        [("notification-v2", &[][..]), ("subscription-confirmation-v2", &["Token", "SubscribeURL"])]
    {
        for field in common.iter().chain(more) {
            let mut message = fields(name);
            message.shift_remove(*field);
            let rejection = Message::parse(&body(&message)).unwrap_err();
            assert_eq!(rejection, Rejection::FieldMissing { field }, "{name} without {field}");
            for invalid in [Value::Null, 7.into(), Value::Array(vec![]), Value::Object(fields(name))] {
                message.insert((*field).to_owned(), invalid);
                let rejection = Message::parse(&body(&message)).unwrap_err();
                assert_eq!(rejection, Rejection::FieldInvalid { field }, "{name} with an invalid {field}");
            }
        }
    }
    let mut message = fields("notification-v2");
    message.shift_remove("Type");
    assert_eq!(Message::parse(&body(&message)).unwrap_err(), Rejection::FieldMissing { field: "Type" });
}

#[test]
fn a_rejection_names_the_invalid_field() {
    let cases = [
        ("MessageId", "1", Rejection::FieldInvalid { field: "MessageId" }),
        ("TopicArn", "arn:aws:sqs:eu-west-1:123456789012:a", Rejection::FieldInvalid { field: "TopicArn" }),
        (
            "TopicArn",
            "arn:aws-cn:sns:cn-north-1:123456789012:a",
            Rejection::FieldInvalid { field: "TopicArn" },
        ),
        (
            "TopicArn",
            "arn:aws:sns:eu-west-1:123456789012:example-events\n",
            Rejection::FieldInvalid { field: "TopicArn" },
        ),
        (
            "TopicArn",
            " arn:aws:sns:eu-west-1:123456789012:example-events",
            Rejection::FieldInvalid { field: "TopicArn" },
        ),
        ("Timestamp", "yesterday", Rejection::FieldInvalid { field: "Timestamp" }),
        ("Timestamp", "2026-11-24T14:44:10.873Z\n", Rejection::FieldInvalid { field: "Timestamp" }),
        ("Subject", "two\nlines", Rejection::FieldInvalid { field: "Subject" }),
        ("Signature", "not base64!", Rejection::FieldInvalid { field: "Signature" }),
        ("SignatureVersion", "3", Rejection::SignatureVersionUnknown),
        ("SignatureVersion", "", Rejection::SignatureVersionUnknown),
        ("Type", "notification", Rejection::TypeUnknown),
        ("Type", "", Rejection::TypeUnknown),
    ];
    for (field, invalid, rejection) in cases {
        let mut message = fields("notification-v2");
        message.insert(field.into(), invalid.into());
        assert_eq!(Message::parse(&body(&message)).unwrap_err(), rejection, "{field}: {invalid:?}");
    }
    for (field, invalid) in [("Token", "a&b"), ("Token", ""), ("SubscribeURL", "https://a\n")] {
        let mut message = fields("subscription-confirmation-v2");
        message.insert(field.into(), invalid.into());
        assert_eq!(
            Message::parse(&body(&message)).unwrap_err(),
            Rejection::FieldInvalid { field },
            "{invalid:?}"
        );
    }
}

#[test]
fn raw_message_delivery_is_recognised() {
    assert_eq!(Message::parse(&file("events/bounce.json")).unwrap_err(), Rejection::EnvelopeMissing);
}

/// The signed string contains names and values in sequence. With line breaks in other fields, a publisher could move text from one
/// field to the next and create a second message ID.
#[test]
fn text_cannot_be_moved_between_signed_fields() {
    let inner_id = "00000000-0000-4000-8000-000000000000";
    let published = format!("text\nMessageId\n{inner_id}\nSubject\nshifted");
    let honest = TestKey::new().notification(&published, None, "2");
    assert!(verify(&body(&honest)).is_ok());

    let mut shifted = honest.clone();
    let outer_id = honest["MessageId"].as_str().unwrap();
    shifted.insert("Subject".into(), format!("shifted\nMessageId\n{outer_id}").into());
    shifted.insert("MessageId".into(), inner_id.into());
    shifted.insert("Message".into(), "text".into());
    assert_eq!(verify(&body(&shifted)).unwrap_err(), Rejection::FieldInvalid { field: "Subject" });
}

#[test]
fn unsigned_fields_are_ignored() {
    let mut message = fields("notification-v2");
    for (field, value) in [("UnsubscribeURL", "https://evil.example"), ("Token", "t"), ("SubscribeURL", "u")]
    {
        message.insert(field.into(), value.into());
    }
    message.insert("Other".into(), serde_json::json!({"a": [1, {"Type": 5}]}));
    let changed = verify(&body(&message)).unwrap();
    assert_eq!(changed, verify(&posted("notification-v2")).unwrap());
}

/// Emulators write nanoseconds and an offset, and have other certificate URLs.
#[test]
fn a_message_of_an_emulator_is_only_verified_with_its_endpoint() {
    let url = "http://127.0.0.1:4566/_emulator/sns/cert.pem";
    let mut message = fields("notification-v2");
    message.insert("Timestamp".into(), "2026-11-24T14:44:10.845500081+00:00".into());
    message.insert("SigningCertURL".into(), url.into());
    let signed = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
    let message = body(&TestKey::new().sign(message, &signed, "2"));
    let check =
        |endpoint: &Endpoint| Message::parse(&message)?.check(Expected::Topic(&topic()), endpoint, NOW);

    let checked = check(&"http://127.0.0.1:4566".parse().unwrap()).unwrap();
    assert_eq!(checked.certificate_url().as_str(), url);
    let certificate_of_emulator =
        Certificate::from_pem(checked.certificate_url(), &file("certificates/other-name.pem")).unwrap();
    let timestamp = checked.clone().verify(&certificate_of_emulator, NOW).unwrap().timestamp;
    assert_eq!(timestamp, time::macros::datetime!(2026-11-24 14:44:10.845_500_081 UTC));

    let certificate_of_aws = certificate("sns").unwrap();
    assert_eq!(checked.verify(&certificate_of_aws, NOW).unwrap_err(), Rejection::CertificateMismatch);
    assert_eq!(check(&Endpoint::aws()).unwrap_err(), Rejection::CertificateUrlRefused);
}

//! Which messages pass, and what of them can be used.

use aws_sans_io::{Endpoint, Operation, ses::event::Notification};
use serde_json::Value;
use sns_verify::{Certificate, ConfirmSubscription, Content, Expected, Message, Rejection, age};
use time::Duration;

use crate::vectors::{
    CERTIFICATE_URL, MESSAGES, NOW, Sns, admit, body, certificate, fields, file, posted, topic, verify,
};

#[test]
fn what_sns_signed_passes_in_both_versions() {
    for name in MESSAGES {
        let message = verify(&posted(name)).unwrap_or_else(|rejection| panic!("{name}: {rejection}"));
        assert_eq!(message.topic, topic(), "{name}");
    }
}

#[test]
fn a_notification_says_what_was_published() {
    let message = verify(&posted("notification-without-subject-v2")).unwrap();
    assert_eq!(message.id.as_str(), "9d2c5580-b61d-550c-8583-37a582870907");
    assert_eq!(message.at, time::macros::datetime!(2026-11-24 14:44:10.873 UTC));
    let text = "Grüße,\n\"zwei\" Zeilen\t\\ \u{1F4EC}\n".to_owned();
    assert_eq!(message.content, Content::Notification { subject: None, text });

    let message = verify(&posted("notification-v1")).unwrap().into_inner();
    let Content::Notification { subject: Some(subject), text } = message.content else { panic!() };
    assert_eq!(subject, "Amazon SES Email Event Notification");
    assert!(matches!(Notification::parse(&text, "kraiter-message-id"), Ok(Notification::Event(_))));
}

#[test]
fn a_subscription_is_confirmed_by_topic_and_token_never_by_the_address_in_the_message() {
    let message = verify(&posted("subscription-confirmation-v2")).unwrap();
    let confirm = ConfirmSubscription::answering(&message).unwrap();
    assert_eq!(confirm.region().name(), "eu-west-1");
    let token = "2336412f37fb687f5d51e6e2425929f5".repeat(8);
    assert_eq!(
        confirm.request().unwrap().uri().to_string(),
        format!(
            "/?Action=ConfirmSubscription&Version=2010-03-31\
             &TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Akraiter-events&Token={token}"
        )
    );
}

#[test]
fn neither_the_address_nor_the_token_of_a_message_shows() {
    for name in ["subscription-confirmation-v2", "unsubscribe-confirmation-v1"] {
        let posted = posted(name);
        let shown = format!("{:?}{:?}{:?}", Message::parse(&posted), admit(&posted), verify(&posted));
        assert!(!shown.contains("2336412f") && !shown.contains("Action="), "{shown}");
    }
}

#[test]
fn an_unsubscription_cannot_be_confirmed() {
    let message = verify(&posted("unsubscribe-confirmation-v2")).unwrap();
    assert_eq!(message.content, Content::UnsubscribeConfirmation);
    assert_eq!(ConfirmSubscription::answering(&message), None);
}

#[test]
fn the_first_message_of_a_stack_is_held_to_its_region_and_account() {
    let admit = |region: &str, account: &str| {
        let expected =
            Expected::Stack { region: region.parse().unwrap(), account: &account.parse().unwrap() };
        let message = Message::parse(&posted("subscription-confirmation-v2")).unwrap();
        message.admit(expected, &Endpoint::aws(), NOW).map(|admitted| admitted.certificate_url().to_string())
    };
    assert_eq!(admit("eu-west-1", "123456789012"), Ok(CERTIFICATE_URL.to_owned()));
    assert_eq!(admit("eu-west-2", "123456789012"), Err(Rejection::RegionUnexpected));
    assert_eq!(admit("eu-west-1", "210987654321"), Err(Rejection::AccountUnexpected));
}

#[test]
fn a_rightly_signed_message_of_another_topic_is_refused() {
    let mut notification = fields("notification-v2");
    notification.insert("TopicArn".into(), "arn:aws:sns:eu-west-1:210987654321:kraiter-events".into());
    let signed = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
    let notification = Sns::new().sign(notification, &signed, "2");
    assert_eq!(admit(&body(&notification)).err(), Some(Rejection::TopicUnexpected));
}

#[test]
fn a_message_passes_from_six_hours_back_to_five_minutes_ahead() {
    let at = time::macros::datetime!(2026-11-24 14:44:10.873 UTC);
    let admit = |now| {
        Message::parse(&posted("notification-v2")).unwrap().admit(
            Expected::Topic(&topic()),
            &Endpoint::aws(),
            now,
        )
    };
    assert!(admit(at + age::MAX_AGE).is_ok());
    assert!(admit(at - age::MAX_AHEAD).is_ok());
    assert_eq!(admit(at + age::MAX_AGE + Duration::SECOND).err(), Some(Rejection::TooOld));
    assert_eq!(admit(at - age::MAX_AHEAD - Duration::SECOND).err(), Some(Rejection::FromTheFuture));
}

#[test]
fn a_field_that_is_missing_is_named() {
    let common =
        ["MessageId", "TopicArn", "Timestamp", "Message", "SignatureVersion", "Signature", "SigningCertURL"];
    for (name, more) in
        [("notification-v2", &[][..]), ("subscription-confirmation-v2", &["Token", "SubscribeURL"])]
    {
        for field in common.iter().chain(more) {
            let mut message = fields(name);
            message.shift_remove(*field);
            let refused = Message::parse(&body(&message)).unwrap_err();
            assert_eq!(refused, Rejection::FieldMissing { field }, "{name} without {field}");
            for wrong in [Value::Null, 7.into(), Value::Array(vec![]), Value::Object(fields(name))] {
                message.insert((*field).to_owned(), wrong);
                let refused = Message::parse(&body(&message)).unwrap_err();
                assert_eq!(refused, Rejection::FieldInvalid { field }, "{name} with a wrong {field}");
            }
        }
    }
    let mut message = fields("notification-v2");
    message.shift_remove("Type");
    assert_eq!(Message::parse(&body(&message)).unwrap_err(), Rejection::FieldMissing { field: "Type" });
}

#[test]
fn a_field_that_is_not_what_sns_documents_is_named() {
    let cases = [
        ("MessageId", "1", Rejection::FieldInvalid { field: "MessageId" }),
        ("TopicArn", "arn:aws:sqs:eu-west-1:123456789012:a", Rejection::FieldInvalid { field: "TopicArn" }),
        (
            "TopicArn",
            "arn:aws-cn:sns:cn-north-1:123456789012:a",
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
    for (field, wrong, rejection) in cases {
        let mut message = fields("notification-v2");
        message.insert(field.into(), wrong.into());
        assert_eq!(Message::parse(&body(&message)).unwrap_err(), rejection, "{field}: {wrong:?}");
    }
    for (field, wrong) in [("Token", "a&b"), ("Token", ""), ("SubscribeURL", "https://a\n")] {
        let mut message = fields("subscription-confirmation-v2");
        message.insert(field.into(), wrong.into());
        assert_eq!(
            Message::parse(&body(&message)).unwrap_err(),
            Rejection::FieldInvalid { field },
            "{wrong:?}"
        );
    }
}

#[test]
fn an_event_posted_raw_is_told_apart() {
    assert_eq!(Message::parse(&file("events/bounce.json")).unwrap_err(), Rejection::EnvelopeMissing);
}

/// Names and values stand in the signed string one after the other, so text could be shifted from a field that may hold a
/// newline into the next ones. Whoever may publish would give one message two ids.
#[test]
fn a_signed_string_is_read_in_one_way_only() {
    let inner_id = "00000000-0000-4000-8000-000000000000";
    let published = format!("text\nMessageId\n{inner_id}\nSubject\nshifted");
    let honest = Sns::new().notification(&published, None, "2");
    assert!(verify(&body(&honest)).is_ok());

    let mut shifted = honest.clone();
    let outer_id = honest["MessageId"].as_str().unwrap();
    shifted.insert("Subject".into(), format!("shifted\nMessageId\n{outer_id}").into());
    shifted.insert("MessageId".into(), inner_id.into());
    shifted.insert("Message".into(), "text".into());
    assert_eq!(verify(&body(&shifted)).unwrap_err(), Rejection::FieldInvalid { field: "Subject" });
}

#[test]
fn what_is_not_signed_changes_nothing() {
    let mut message = fields("notification-v2");
    for (field, value) in [("UnsubscribeURL", "https://evil.example"), ("Token", "t"), ("SubscribeURL", "u")]
    {
        message.insert(field.into(), value.into());
    }
    message.insert("Other".into(), serde_json::json!({"a": [1, {"Type": 5}]}));
    let changed = verify(&body(&message)).unwrap();
    assert_eq!(changed, verify(&posted("notification-v2")).unwrap());
}

/// What stands in for AWS writes nanoseconds and an offset, and hands out its certificate at an address of its own.
#[test]
fn the_shape_of_a_stand_in_on_loopback_passes_with_its_endpoint_only() {
    let url = "http://127.0.0.1:4566/_stand-in/sns/cert.pem";
    let mut message = fields("notification-v2");
    message.insert("Timestamp".into(), "2026-11-24T14:44:10.845500081+00:00".into());
    message.insert("SigningCertURL".into(), url.into());
    let signed = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
    let message = body(&Sns::new().sign(message, &signed, "2"));
    let admit =
        |endpoint: &Endpoint| Message::parse(&message)?.admit(Expected::Topic(&topic()), endpoint, NOW);

    let admitted = admit(&"http://127.0.0.1:4566".parse().unwrap()).unwrap();
    assert_eq!(admitted.certificate_url().as_str(), url);
    let stand_in =
        Certificate::from_pem(admitted.certificate_url(), &file("certificates/other-name.pem")).unwrap();
    let at = admitted.clone().verify(&stand_in, NOW).unwrap().at;
    assert_eq!(at, time::macros::datetime!(2026-11-24 14:44:10.845_500_081 UTC));

    let from_aws = certificate("sns").unwrap();
    assert_eq!(admitted.verify(&from_aws, NOW).unwrap_err(), Rejection::CertificateMismatch);
    assert_eq!(admit(&Endpoint::aws()).unwrap_err(), Rejection::CertificateUrlRefused);
}

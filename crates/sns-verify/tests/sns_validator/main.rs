//! Comparison with `sns-validator`, the JavaScript library of AWS. Every difference is listed here.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a helper fails the test")]

#[path = "../sns/vectors.rs"]
#[allow(dead_code, reason = "shared with another test")]
mod vectors;

mod oracle;

use serde_json::{Map, Value};
use sns_verify::Rejection;

use crate::vectors::{CERTIFICATE_URL, MESSAGES, TestKey, body, fields, file, posted, verify};

fn validate(bodies: &[String]) -> Vec<Option<String>> {
    oracle::validate(&String::from_utf8(file("certificates/sns.pem")).unwrap(), bodies)
}

fn is_accepted(body: &str) -> bool {
    verify(body.as_bytes()).is_ok()
}

/// Returns messages that both implementations accept.
///
/// There is no UnsubscribeConfirmation: unlike the AWS documentation and the AWS SDK for Java, `sns-validator` omits its token
/// from the signed string.
fn valid_messages() -> Vec<Map<String, Value>> {
    let key = TestKey::new();
    let vectors = MESSAGES.into_iter().filter(|name| !name.starts_with("unsubscribe")).map(fields);
    let texts =
        ["", "\n", "Type\nNotification\n", "\u{0}\u{7f}\u{2028}\u{1F4EC}é", "{\"a\": \"\\u00e9\\n\"}"];
    let signed = texts.into_iter().flat_map(|text| {
        [
            key.notification(text, Some("a subject: Ü"), "2"),
            key.notification(text, Some(""), "2"),
            key.notification(text, None, "1"),
            confirmation(&key, text),
        ]
    });
    vectors.chain(signed).collect()
}

fn confirmation(key: &TestKey, text: &str) -> Map<String, Value> {
    let mut confirmation = fields("subscription-confirmation-v2");
    confirmation.insert("Message".into(), text.into());
    let signed = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
    key.sign(confirmation, &signed, "2")
}

/// Returns other JSON forms of the same fields.
fn rewritten(message: &Map<String, Value>) -> Vec<String> {
    let reversed: Map<_, _> =
        message.iter().rev().map(|(name, value)| (name.clone(), value.clone())).collect();
    let escaped: String = serde_json::to_string(message)
        .unwrap()
        .chars()
        .flat_map(|c| if c.is_ascii() { vec![c] } else { escape(c).chars().collect() })
        .collect();
    let mut extended = message.clone();
    extended.insert("SequenceNumber".into(), "10000000000000000000".into());
    [
        serde_json::to_string(message).unwrap(),
        serde_json::to_string_pretty(message).unwrap(),
        serde_json::to_string(&reversed).unwrap(),
        serde_json::to_string(&extended).unwrap(),
        escaped,
    ]
    .into()
}

fn escape(character: char) -> String {
    let units: Vec<_> =
        character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
    units.concat()
}

/// Returns changed messages: other signed fields, signatures and certificate URLs, and missing fields.
fn mutated(message: &Map<String, Value>) -> Vec<String> {
    let mut all = vec![];
    let mut push = |field: &str, value: Option<String>| {
        let mut changed = message.clone();
        match value {
            Some(value) => changed.insert(field.to_owned(), value.into()),
            None => changed.shift_remove(field),
        };
        if changed != *message {
            all.push(serde_json::to_string(&changed).unwrap());
        }
    };
    let optional =
        if message.contains_key("Token") { ["Token", "SubscribeURL"] } else { ["Subject", "Subject"] };
    for field in
        ["Message", "MessageId", "Timestamp", "TopicArn", "Type", "Signature"].into_iter().chain(optional)
    {
        let Some(text) = message.get(field).and_then(Value::as_str) else {
            push(field, Some(String::new()));
            continue;
        };
        push(field, None);
        push(field, Some(String::new()));
        push(field, Some(text.to_uppercase()));
        push(field, Some(text.chars().rev().collect()));
        push(field, Some(text.chars().skip(1).collect()));
        if field != "Signature" {
            push(field, Some(format!("{text} ")));
            push(field, Some(format!("{text}\n")));
            push(field, Some(format!("\u{feff}{text}")));
        }
    }
    for version in ["", "0", "3", "1 ", if message["SignatureVersion"] == "1" { "2" } else { "1" }] {
        push("SignatureVersion", Some(version.to_owned()));
    }
    push("SignatureVersion", None);
    push("SigningCertURL", None);
    for url in [
        "https://evil.example/SimpleNotificationService-0a.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0a.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0a.pem",
        "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem",
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.txt",
        "https://sns.eu-west-1.amazonaws.com:444/SimpleNotificationService-0a.pem",
    ] {
        push("SigningCertURL", Some(url.to_owned()));
    }
    all
}

#[test]
fn both_accept_other_json_forms_of_a_signed_message() {
    let bodies: Vec<String> = valid_messages().iter().flat_map(rewritten).collect();
    assert!(bodies.len() >= 100, "{}", bodies.len());
    for (body, error) in bodies.iter().zip(validate(&bodies)) {
        assert_eq!((is_accepted(body), error), (true, None), "{body}");
    }
}

#[test]
fn both_reject_changed_messages() {
    let bodies: Vec<String> = valid_messages().iter().flat_map(mutated).collect();
    assert!(bodies.len() >= 1000, "{}", bodies.len());
    for (body, error) in bodies.iter().zip(validate(&bodies)) {
        assert!(error.is_some(), "sns-validator accepts {body}");
        assert!(!is_accepted(body), "sns-verify accepts {body}, but sns-validator returns {error:?}");
    }
}

/// A message that only one implementation accepts.
struct Difference {
    rule: &'static str,
    body: String,
    /// The code of the rejection by `sns-verify`.
    code: Option<&'static str>,
    /// Whether `sns-validator` accepts it.
    is_accepted_by_validator: bool,
}

fn differences() -> Vec<Difference> {
    let key = TestKey::new();
    let original = fields("notification-v2");
    let with = |field: &str, value: Value| {
        let mut message = original.clone();
        message.insert(field.into(), value);
        serde_json::to_string(&message).unwrap()
    };
    let posted_text = String::from_utf8(posted("notification-v2")).unwrap();
    let signature = original["Signature"].as_str().unwrap();
    let re_signed = |field: &str, value: &str| {
        let mut message = original.clone();
        message.insert(field.into(), value.into());
        let signed = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
        String::from_utf8(body(&key.sign(message, &signed, "2"))).unwrap()
    };
    let shifted = {
        let inner_id = "00000000-0000-4000-8000-000000000000";
        let mut message =
            key.notification(&format!("text\nMessageId\n{inner_id}\nSubject\nshifted"), None, "2");
        let outer_id = message["MessageId"].as_str().unwrap().to_owned();
        message.insert("Subject".into(), format!("shifted\nMessageId\n{outer_id}").into());
        message.insert("MessageId".into(), inner_id.into());
        message.insert("Message".into(), "text".into());
        String::from_utf8(body(&message)).unwrap()
    };
    let unsubscribe = String::from_utf8(posted("unsubscribe-confirmation-v2")).unwrap();

    let only_rejected_by_sns_verify = [
        (
            "a similar host",
            "sns_certificate_url_refused",
            with(
                "SigningCertURL",
                "https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-0a.pem".into(),
            ),
        ),
        (
            "a certificate of another region",
            "sns_certificate_url_refused",
            with("SigningCertURL", CERTIFICATE_URL.replace("eu-west-1", "us-east-1").into()),
        ),
        (
            "a certificate of another partition",
            "sns_certificate_url_refused",
            with("SigningCertURL", CERTIFICATE_URL.replace("amazonaws.com", "amazonaws.com.cn").into()),
        ),
        (
            "user information in the address",
            "sns_certificate_url_refused",
            with("SigningCertURL", CERTIFICATE_URL.replace("https://", "https://user@").into()),
        ),
        (
            "another path",
            "sns_certificate_url_refused",
            with("SigningCertURL", "https://sns.eu-west-1.amazonaws.com/?Action=Publish&x=.pem".into()),
        ),
        (
            "a duplicate field",
            "sns_field_repeated",
            posted_text.replacen('{', "{\"Type\":\"SubscriptionConfirmation\",", 1),
        ),
        (
            "a signature with characters other than base64",
            "sns_field_invalid",
            with("Signature", format!("{signature}!").into()),
        ),
        (
            "a number instead of a string",
            "sns_field_invalid",
            re_signed("Message", "5").replace("\"Message\":\"5\"", "\"Message\":5"),
        ),
        ("a message that is too old", "sns_too_old", re_signed("Timestamp", "2026-11-23T14:44:10.873Z")),
        (
            "a message from another topic",
            "sns_topic_unexpected",
            re_signed("TopicArn", "arn:aws:sns:eu-west-1:210987654321:example-events"),
        ),
        ("an ID that isn't a UUID", "sns_field_invalid", re_signed("MessageId", "1")),
        ("an unknown type", "sns_type_unknown", re_signed("Type", "Announcement")),
        ("text moved between fields", "sns_field_invalid", shifted),
    ];
    let only_rejected_by_validator = [
        ("the token of an UnsubscribeConfirmation", unsubscribe),
        ("an unsigned URL in a notification", with("SubscribeURL", "https://evil.example".into())),
    ];
    let by_validator = only_rejected_by_validator.map(|(rule, body)| Difference {
        rule,
        body,
        code: None,
        is_accepted_by_validator: false,
    });
    let by_sns_verify = only_rejected_by_sns_verify.map(|(rule, code, body)| Difference {
        rule,
        body,
        code: Some(code),
        is_accepted_by_validator: true,
    });
    by_validator.into_iter().chain(by_sns_verify).collect()
}

#[test]
fn no_other_rule_differs() {
    let differences = differences();
    let bodies: Vec<String> = differences.iter().map(|difference| difference.body.clone()).collect();
    for (Difference { rule, body, code, is_accepted_by_validator }, error) in
        differences.iter().zip(validate(&bodies))
    {
        let actual = verify(body.as_bytes()).err().map(Rejection::code);
        assert_eq!(actual, *code, "sns-verify: {rule}");
        assert_eq!(error.is_none(), *is_accepted_by_validator, "sns-validator: {rule}: {error:?}");
    }
}

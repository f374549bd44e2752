//! AWS's own `sns-validator` agrees, and where it doesn't, the difference is one of those listed here.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Map, Value, json};
use sns_verify::Rejection;

use crate::vectors::{CERTIFICATE_URL, MESSAGES, Sns, body, fields, file, posted, verify};

/// What `sns-validator` says of each body: `None` where it passes.
fn ask(bodies: &[String]) -> Vec<Option<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut node = Command::new("node")
        .arg("tests/oracles/sns_validator.mjs")
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node.js is needed: run it by `cargo xtask test`");
    let certificate = String::from_utf8(file("certificates/sns.pem")).unwrap();
    let question = json!({"certificate": certificate, "messages": bodies}).to_string();
    // A script that ends early closes the pipe; its output tells, below.
    let _ = node.stdin.take().unwrap().write_all(question.as_bytes());
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "the npm package sns-validator is needed: run it by `cargo xtask test`");
    let answer: Vec<Option<String>> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer.len(), bodies.len());
    answer
}

fn passes_here(body: &str) -> bool {
    verify(body.as_bytes()).is_ok()
}

/// `sns-validator` leaves the token out of the signed string of an UnsubscribeConfirmation, unlike AWS's documentation and its
/// SDK for Java: those are no ground to compare on.
fn comparable() -> Vec<Map<String, Value>> {
    let sns = Sns::new();
    let vectors = MESSAGES.into_iter().filter(|name| !name.starts_with("unsubscribe")).map(fields);
    let texts =
        ["", "\n", "Type\nNotification\n", "\u{0}\u{7f}\u{2028}\u{1F4EC}é", "{\"a\": \"\\u00e9\\n\"}"];
    let signed = texts.into_iter().flat_map(|text| {
        [
            sns.notification(text, Some("a subject: Ü"), "2"),
            sns.notification(text, Some(""), "2"),
            sns.notification(text, None, "1"),
            sns.confirmation("SubscriptionConfirmation", text, "2"),
        ]
    });
    vectors.chain(signed).collect()
}

/// The same fields, written otherwise.
fn rewritten(message: &Map<String, Value>) -> Vec<String> {
    let backwards: Map<_, _> =
        message.iter().rev().map(|(name, value)| (name.clone(), value.clone())).collect();
    let escaped: String = serde_json::to_string(message)
        .unwrap()
        .chars()
        .flat_map(|c| if c.is_ascii() { vec![c] } else { escape(c).chars().collect() })
        .collect();
    let mut more = message.clone();
    more.insert("SequenceNumber".into(), "10000000000000000000".into());
    [
        serde_json::to_string(message).unwrap(),
        serde_json::to_string_pretty(message).unwrap(),
        serde_json::to_string(&backwards).unwrap(),
        serde_json::to_string(&more).unwrap(),
        escaped,
    ]
    .into()
}

fn escape(character: char) -> String {
    let units: Vec<_> =
        character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
    units.concat()
}

/// Changes of what is signed, of the signature, and of what must be there.
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
fn it_agrees_on_what_sns_signed_however_it_is_written() {
    let bodies: Vec<String> = comparable().iter().flat_map(rewritten).collect();
    assert!(bodies.len() >= 100, "{}", bodies.len());
    for (body, refused) in bodies.iter().zip(ask(&bodies)) {
        assert_eq!((passes_here(body), refused), (true, None), "{body}");
    }
}

#[test]
fn it_agrees_on_what_was_changed_afterwards() {
    let bodies: Vec<String> = comparable().iter().flat_map(mutated).collect();
    assert!(bodies.len() >= 1000, "{}", bodies.len());
    for (body, refused) in bodies.iter().zip(ask(&bodies)) {
        assert!(refused.is_some(), "sns-validator lets pass: {body}");
        assert!(!passes_here(body), "passes here, sns-validator says {refused:?}: {body}");
    }
}

/// A message that only one of the two lets pass.
struct Difference {
    rule: &'static str,
    body: String,
    /// The code of our rejection.
    here: Option<&'static str>,
    /// Whether `sns-validator` lets it pass.
    there: bool,
}

fn differences() -> Vec<Difference> {
    let sns = Sns::new();
    let honest = fields("notification-v2");
    let with = |field: &str, value: Value| {
        let mut message = honest.clone();
        message.insert(field.into(), value);
        serde_json::to_string(&message).unwrap()
    };
    let posted_text = String::from_utf8(posted("notification-v2")).unwrap();
    let signature = honest["Signature"].as_str().unwrap();
    let re_signed = |field: &str, value: &str| {
        let mut message = honest.clone();
        message.insert(field.into(), value.into());
        let signed = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
        String::from_utf8(body(&sns.sign(message, &signed, "2"))).unwrap()
    };
    let shifted = {
        let inner_id = "00000000-0000-4000-8000-000000000000";
        let mut message =
            sns.notification(&format!("text\nMessageId\n{inner_id}\nSubject\nshifted"), None, "2");
        let outer_id = message["MessageId"].as_str().unwrap().to_owned();
        message.insert("Subject".into(), format!("shifted\nMessageId\n{outer_id}").into());
        message.insert("MessageId".into(), inner_id.into());
        message.insert("Message".into(), "text".into());
        String::from_utf8(body(&message)).unwrap()
    };
    let unsubscribe = String::from_utf8(posted("unsubscribe-confirmation-v2")).unwrap();

    let only_ours_refuses = [
        (
            "a host that only looks like SNS's",
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
            "another file of the host",
            "sns_certificate_url_refused",
            with("SigningCertURL", "https://sns.eu-west-1.amazonaws.com/?Action=Publish&x=.pem".into()),
        ),
        (
            "a field that stands there twice",
            "sns_field_repeated",
            posted_text.replacen('{', "{\"Type\":\"SubscriptionConfirmation\",", 1),
        ),
        (
            "a signature that isn't plain base64",
            "sns_field_invalid",
            with("Signature", format!("{signature}!").into()),
        ),
        (
            "a number where SNS writes a text",
            "sns_field_invalid",
            re_signed("Message", "5").replace("\"Message\":\"5\"", "\"Message\":5"),
        ),
        ("a message that is too old", "sns_too_old", re_signed("Timestamp", "2026-11-23T14:44:10.873Z")),
        (
            "a message from another topic",
            "sns_topic_unexpected",
            re_signed("TopicArn", "arn:aws:sns:eu-west-1:210987654321:kraiter-events"),
        ),
        ("an id that isn't a UUID", "sns_field_invalid", re_signed("MessageId", "1")),
        ("a type that isn't known", "sns_type_unknown", re_signed("Type", "Announcement")),
        ("text that was shifted into other fields", "sns_field_invalid", shifted),
    ];
    let only_theirs_refuses = [
        ("the token of an UnsubscribeConfirmation is signed", unsubscribe),
        ("an address in a notification isn't signed", with("SubscribeURL", "https://evil.example".into())),
    ];
    let here = only_theirs_refuses.map(|(rule, body)| Difference { rule, body, here: None, there: false });
    let there =
        only_ours_refuses.map(|(rule, code, body)| Difference { rule, body, here: Some(code), there: true });
    here.into_iter().chain(there).collect()
}

#[test]
fn it_differs_in_these_rules_only() {
    let differences = differences();
    let bodies: Vec<String> = differences.iter().map(|difference| difference.body.clone()).collect();
    for (Difference { rule, body, here, there }, refused) in differences.iter().zip(ask(&bodies)) {
        let refused_here = verify(body.as_bytes()).err().map(Rejection::code);
        assert_eq!(refused_here, *here, "here: {rule}");
        assert_eq!(refused.is_none(), *there, "sns-validator: {rule}: {refused:?}");
    }
}

//! Posts that the webhook rejects.

use serde_json::{Value, json};
use test_support::Result;
use time::{Duration, OffsetDateTime};

use super::fixture::{Fixture, RejectedPost, Target};
use crate::sns_signer::{EXPIRED_CERTIFICATE, SnsMessage, VALID_CERTIFICATE, message_id, sns_timestamp};

type NamedPost = (String, RejectedPost);

/// One byte more than the route accepts.
const TOO_LONG: usize = 512 * 1024 + 1;

/// An account without any relation to the fixture.
const OTHER_ACCOUNT: &str = "210987654321";

pub(crate) fn all() -> Vec<NamedPost> {
    let mut posts = malformed_bodies();
    posts.extend(signatures());
    posts.extend(modified_fields());
    posts.extend(topics());
    posts.extend(certificates());
    posts.extend(stack_confirmations());
    posts.extend(webhook_paths());
    posts
}

fn connected_target(fixture: &Fixture) -> String {
    fixture.target.clone()
}

fn post(
    name: impl Into<String>,
    expected: (u16, &'static str),
    body: impl Fn(&Fixture) -> Result<Vec<u8>> + Send + 'static,
) -> NamedPost {
    (name.into(), RejectedPost { expected, target: connected_target, body: Box::new(body) })
}

/// A signed message.
fn signed(
    name: impl Into<String>,
    expected: (u16, &'static str),
    build: impl Fn(&Fixture) -> SnsMessage + Send + 'static,
) -> NamedPost {
    post(name, expected, move |fixture| Ok(build(fixture).sign()?.to_string().into_bytes()))
}

/// A notification that is modified after signing.
fn modified(name: &str, expected: (u16, &'static str), modify: fn(&Fixture, &mut Value)) -> NamedPost {
    post(name, expected, move |fixture| {
        let mut message = fixture.notification().sign()?;
        modify(fixture, &mut message);
        Ok(message.to_string().into_bytes())
    })
}

/// The JSON text of a signed notification, modified.
fn modified_text(
    name: &str,
    expected: (u16, &'static str),
    modify: fn(&Fixture, String) -> String,
) -> NamedPost {
    post(name, expected, move |fixture| {
        let message = fixture.notification().sign()?;
        Ok(modify(fixture, message.to_string()).into_bytes())
    })
}

fn malformed_bodies() -> Vec<NamedPost> {
    let not_json = (400, "sns_not_json");
    let repeated = (400, "sns_field_repeated");
    let mut posts = vec![
        post("an empty body", not_json, |_| Ok(Vec::new())),
        modified_text("a truncated body", not_json, |_, text| text[..text.len() - 1].to_owned()),
        modified_text("a message in a list", not_json, |_, text| format!("[{text}]")),
        modified_text("a message sent twice in one body", not_json, |_, text| format!("{text}{text}")),
        post("a body that is not UTF-8", not_json, |_| Ok(b"{\"Type\":\"\xff\"}".to_vec())),
        post("raw message delivery", (400, "sns_envelope_missing"), |fixture| {
            Ok(fixture.event.clone().into_bytes())
        }),
        post("a body that is too long", (413, "body_too_large"), |_| Ok(vec![b' '; TOO_LONG])),
        modified("an unknown message type", (400, "sns_type_unknown"), |_, message| {
            message["Type"] = json!("Alarm");
        }),
        modified_text("a duplicate field", repeated, |_, text| text.replacen('{', r#"{"Message":"x","#, 1)),
        modified_text("a duplicate field with an escaped name", repeated, |_, text| {
            text.replacen('{', r#"{"\u0054opicArn":"x","#, 1)
        }),
        modified_text("a duplicate certificate URL", repeated, |fixture, text| {
            text.replacen('{', &format!(r#"{{"SigningCertURL":"{}/x.pem","#, fixture.honeypot.origin()), 1)
        }),
    ];
    for field in [
        "Type",
        "MessageId",
        "TopicArn",
        "Timestamp",
        "Message",
        "Signature",
        "SignatureVersion",
        "SigningCertURL",
    ] {
        posts.push(post(format!("a message without {field}"), (400, "sns_field_missing"), move |fixture| {
            let mut message = fixture.notification().sign()?;
            message.as_object_mut().map(|fields| fields.remove(field));
            Ok(message.to_string().into_bytes())
        }));
        posts.push(post(
            format!("a message with a number as {field}"),
            (400, "sns_field_invalid"),
            move |fixture| {
                let mut message = fixture.notification().sign()?;
                message[field] = json!(1);
                Ok(message.to_string().into_bytes())
            },
        ));
    }
    posts
}

fn signatures() -> Vec<NamedPost> {
    let wrong_signature = (403, "sns_signature_wrong");
    vec![
        modified("an empty signature", wrong_signature, |_, message| message["Signature"] = json!("")),
        modified("a signature that is not base64", (400, "sns_field_invalid"), |_, message| {
            message["Signature"] = json!("%%%");
        }),
        post("the signature of another message", wrong_signature, |fixture| {
            let mut message = fixture.notification().sign()?;
            message["Signature"] = fixture.notification().with("Message", "x").sign()?["Signature"].clone();
            Ok(message.to_string().into_bytes())
        }),
        modified("a version 2 signature declared as version 1", wrong_signature, |_, message| {
            message["SignatureVersion"] = json!("1");
        }),
        modified("an unknown signature version", (400, "sns_signature_version_unknown"), |_, message| {
            message["SignatureVersion"] = json!("3");
        }),
        signed("an old message", (403, "sns_too_old"), |fixture| {
            fixture.notification().at(OffsetDateTime::now_utc() - Duration::hours(7))
        }),
        signed("a message from the future", (403, "sns_from_the_future"), |fixture| {
            fixture.notification().at(OffsetDateTime::now_utc() + Duration::minutes(10))
        }),
    ]
}

/// Notifications with a signed field modified after signing.
fn modified_fields() -> Vec<NamedPost> {
    let wrong_signature = (403, "sns_signature_wrong");
    let mut posts = vec![
        modified("a modified Message", wrong_signature, |_, message| {
            let text = message["Message"].as_str().unwrap_or_default().replace("Complaint", "Bounce");
            message["Message"] = json!(text);
        }),
        modified("a modified MessageId", wrong_signature, |_, message| {
            message["MessageId"] = json!(message_id());
        }),
        modified("an added Subject", wrong_signature, |_, message| message["Subject"] = json!("x")),
        post("a removed Subject", wrong_signature, |fixture| {
            let mut message = fixture.notification().with("Subject", "x").sign()?;
            message.as_object_mut().map(|fields| fields.remove("Subject"));
            Ok(message.to_string().into_bytes())
        }),
        modified("a modified Timestamp", wrong_signature, |_, message| {
            message["Timestamp"] = json!(sns_timestamp(OffsetDateTime::now_utc() - Duration::minutes(1)));
        }),
        modified("a modified Type", wrong_signature, |_, message| {
            message["Type"] = json!("UnsubscribeConfirmation");
            message["Token"] = json!("2336412f37fb");
            message["SubscribeURL"] = json!("https://sns.eu-west-1.amazonaws.com/");
        }),
        modified("a modified TopicArn", wrong_signature, |_, message| {
            let other = format!("{}x", message["TopicArn"].as_str().unwrap_or_default());
            message["TopicArn"] = json!(other);
        }),
    ];
    for field in ["Token", "SubscribeURL"] {
        posts.push(post(
            format!("a confirmation with a modified {field}"),
            wrong_signature,
            move |fixture| {
                let mut message = fixture.confirmation("SubscriptionConfirmation", "eu-west-1").sign()?;
                message[field] = json!(format!("{}0", message[field].as_str().unwrap_or_default()));
                Ok(message.to_string().into_bytes())
            },
        ));
    }
    posts
}

/// Messages that a foreign topic could send.
fn topics() -> Vec<NamedPost> {
    let unexpected = (403, "sns_topic_unexpected");
    let notification_from = |fixture: &Fixture, region: &str, account: &str, name: &str| {
        fixture.notification().with("TopicArn", format!("arn:aws:sns:{region}:{account}:{name}"))
    };
    vec![
        signed("another topic of the same account", unexpected, move |fixture| {
            notification_from(fixture, "eu-west-1", fixture.connected.customer.account().as_str(), "other")
        }),
        signed("a topic with the same name in another account", unexpected, move |fixture| {
            let topic = fixture.connected.topic_arn.rsplit(':').next().unwrap_or_default().to_owned();
            notification_from(fixture, "eu-west-1", OTHER_ACCOUNT, &topic)
        }),
        signed(
            "a topic with the same name in another region",
            (403, "sns_region_unexpected"),
            move |fixture| {
                let topic = fixture.connected.topic_arn.rsplit(':').next().unwrap_or_default().to_owned();
                notification_from(fixture, "eu-west-2", fixture.connected.customer.account().as_str(), &topic)
            },
        ),
        signed("an unsubscribe confirmation of another topic", unexpected, |fixture| {
            fixture.confirmation("UnsubscribeConfirmation", "eu-west-1")
        }),
        signed("an ARN of another service as the topic", (400, "sns_field_invalid"), |fixture| {
            fixture.notification().with("TopicArn", "arn:aws:sqs:eu-west-1:210987654321:x")
        }),
        signed("a confirmation of a topic in another account", (403, "sns_account_unexpected"), |fixture| {
            SnsMessage::new(
                "SubscriptionConfirmation",
                &format!("arn:aws:sns:eu-west-1:{OTHER_ACCOUNT}:x"),
                &fixture.aws,
            )
        }),
        signed("a confirmation of a topic in another region", (403, "sns_region_unexpected"), |fixture| {
            fixture.confirmation("SubscriptionConfirmation", "eu-west-2")
        }),
    ]
}

fn certificates() -> Vec<NamedPost> {
    let rejected = (403, "sns_certificate_url_refused");
    let at = |name: &str, url: fn(&Fixture) -> String| {
        signed(format!("a certificate URL {name}"), rejected, move |fixture| {
            fixture.notification().with("SigningCertURL", url(fixture))
        })
    };
    vec![
        at("with another host", |fixture| format!("{}{VALID_CERTIFICATE}", fixture.honeypot.origin())),
        at("at AWS if the Worker uses a local endpoint", |_| {
            "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-7506a1e35b36ef5a.pem".into()
        }),
        at("at an S3 bucket", |_| {
            "https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-0a.pem".into()
        }),
        at("with the AWS host as user information", |fixture| {
            fixture.honeypot.origin().replace("http://", &format!("{}@", fixture.aws)) + VALID_CERTIFICATE
        }),
        at("with user information", |fixture| {
            fixture.aws.replace("http://", "http://sns@") + VALID_CERTIFICATE
        }),
        at("with a host that starts with the AWS host", |fixture| {
            format!("{}.example.com{VALID_CERTIFICATE}", fixture.aws)
        }),
        at("with a port that starts with the AWS port", |fixture| {
            format!("{}0{VALID_CERTIFICATE}", fixture.aws)
        }),
        at("with another scheme", |fixture| fixture.aws.replace("http://", "https://") + VALID_CERTIFICATE),
        at("with another name for the host", |fixture| {
            fixture.aws.replace("127.0.0.1", "localhost") + VALID_CERTIFICATE
        }),
        at("with the scheme file", |_| "file:///etc/ssl/cert.pem".into()),
        at("with dot segments", |fixture| {
            format!("{}/sns-certificates/../sns-certificates/valid.pem", fixture.aws)
        }),
        at("with a query", |fixture| format!("{}{VALID_CERTIFICATE}?x=.pem", fixture.aws)),
        at("with a fragment", |fixture| format!("{}/#{VALID_CERTIFICATE}", fixture.aws)),
        at("with another file extension", |fixture| format!("{}/sns-certificates/valid.crt", fixture.aws)),
        at("with a line break", |fixture| format!("{}\n{VALID_CERTIFICATE}", fixture.aws)),
        at("with a backslash", |fixture| format!("{}\\{VALID_CERTIFICATE}", fixture.aws)),
        signed("an expired certificate", (403, "sns_certificate_not_valid_now"), |fixture| {
            fixture.notification().with("SigningCertURL", format!("{}{EXPIRED_CERTIFICATE}", fixture.aws))
        }),
    ]
}

/// Posts to an organisation that waits for its stack.
fn stack_confirmations() -> Vec<NamedPost> {
    let with_reported_role: Target = |fixture| {
        let query = format!("role_arn={}&configuration_set=kraiter", fixture.connected.role_arn);
        format!("{}?{query}", fixture.awaiting_target)
    };
    let with_foreign_role: Target = |fixture| {
        let query = format!("role_arn=arn:aws:iam::{OTHER_ACCOUNT}:role/x&configuration_set=kraiter");
        format!("{}?{query}", fixture.awaiting_target)
    };
    let confirmation = |name: &str, expected, target: Target, region: &'static str| {
        let (name, post) = signed(format!("a stack confirmation {name}"), expected, move |fixture| {
            fixture.confirmation("SubscriptionConfirmation", region)
        });
        (name, RejectedPost { target, ..post })
    };
    let wrong_account = (403, "sns_account_unexpected");
    let mut posts = vec![
        confirmation("that reports a role of another account", wrong_account, with_foreign_role, "eu-west-1"),
        confirmation(
            "that reports no role",
            wrong_account,
            |fixture| fixture.awaiting_target.clone(),
            "eu-west-1",
        ),
        confirmation(
            "that reports two roles",
            wrong_account,
            |fixture| {
                let role = &fixture.connected.role_arn;
                format!("{}?role_arn={role}&role_arn={role}&configuration_set=a", fixture.awaiting_target)
            },
            "eu-west-1",
        ),
        confirmation(
            "that reports no configuration set",
            wrong_account,
            |fixture| format!("{}?role_arn={}", fixture.awaiting_target, fixture.connected.role_arn),
            "eu-west-1",
        ),
    ];
    for message_type in ["Notification", "UnsubscribeConfirmation"] {
        let (name, post) = signed(
            format!("a {message_type} before the stack confirmation"),
            (403, "sns_topic_unexpected"),
            move |fixture| match message_type {
                "Notification" => {
                    let account = fixture.connected.customer.account();
                    fixture.notification().with("TopicArn", format!("arn:aws:sns:eu-west-1:{account}:new"))
                }
                _ => fixture.confirmation(message_type, "eu-west-1"),
            },
        );
        posts.push((name, RejectedPost { target: with_reported_role, ..post }));
    }
    posts
}

/// Posts to webhooks that don't exist.
fn webhook_paths() -> Vec<NamedPost> {
    let mut posts = Vec::new();
    let targets: [(&str, Target); 4] = [
        ("with an unknown token", |_| format!("/webhooks/sns/{}", "a".repeat(52))),
        ("with a short token", |_| "/webhooks/sns/token".into()),
        ("with an upper-case token", |fixture| {
            let (path, query) = fixture.target.split_once('?').unwrap_or_default();
            let token = path.rsplit('/').next().unwrap_or_default();
            format!("/webhooks/sns/{}?{query}", token.to_uppercase())
        }),
        ("with extra characters after the token", |fixture| fixture.target.replacen('?', "a?", 1)),
    ];
    for (name, target) in targets {
        let (name, post) =
            signed(format!("a webhook path {name}"), (404, "not_found"), Fixture::notification);
        posts.push((name, RejectedPost { target, ..post }));
    }
    posts
}

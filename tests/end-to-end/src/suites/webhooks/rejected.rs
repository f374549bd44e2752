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
    posts.extend(tampered());
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
    sns_message: impl Fn(&Fixture) -> SnsMessage + Send + 'static,
) -> NamedPost {
    post(name, expected, move |fixture| Ok(sns_message(fixture).sign()?.to_string().into_bytes()))
}

/// A notification that is modified after signing.
fn changed(name: &str, expected: (u16, &'static str), change: fn(&Fixture, &mut Value)) -> NamedPost {
    post(name, expected, move |fixture| {
        let mut message = fixture.notification().sign()?;
        change(fixture, &mut message);
        Ok(message.to_string().into_bytes())
    })
}

/// The JSON text of a signed notification, modified.
fn text(name: &str, expected: (u16, &'static str), change: fn(&Fixture, String) -> String) -> NamedPost {
    post(name, expected, move |fixture| {
        let message = fixture.notification().sign()?;
        Ok(change(fixture, message.to_string()).into_bytes())
    })
}

fn malformed_bodies() -> Vec<NamedPost> {
    let not_json = (400, "sns_not_json");
    let repeated = (400, "sns_field_repeated");
    let mut posts = vec![
        post("empty", not_json, |_| Ok(Vec::new())),
        text("cut off", not_json, |_, text| text[..text.len() - 1].to_owned()),
        text("in a list", not_json, |_, text| format!("[{text}]")),
        text("twice", not_json, |_, text| format!("{text}{text}")),
        post("not UTF-8", not_json, |_| Ok(b"{\"Type\":\"\xff\"}".to_vec())),
        post("raw delivery", (400, "sns_envelope_missing"), |fixture| Ok(fixture.event.clone().into_bytes())),
        post("too long", (413, "body_too_large"), |_| Ok(vec![b' '; TOO_LONG])),
        changed("an unknown type", (400, "sns_type_unknown"), |_, message| message["Type"] = json!("Alarm")),
        text("a field twice", repeated, |_, text| text.replacen('{', r#"{"Message":"x","#, 1)),
        text("a field twice, escaped", repeated, |_, text| text.replacen('{', r#"{"\u0054opicArn":"x","#, 1)),
        text("a certificate's address twice", repeated, |fixture, text| {
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
        posts.push(post(format!("without {field}"), (400, "sns_field_missing"), move |fixture| {
            let mut message = fixture.notification().sign()?;
            message.as_object_mut().map(|fields| fields.remove(field));
            Ok(message.to_string().into_bytes())
        }));
        posts.push(post(format!("{field} is a number"), (400, "sns_field_invalid"), move |fixture| {
            let mut message = fixture.notification().sign()?;
            message[field] = json!(1);
            Ok(message.to_string().into_bytes())
        }));
    }
    posts
}

fn signatures() -> Vec<NamedPost> {
    let wrong_signature = (403, "sns_signature_wrong");
    vec![
        changed("an empty signature", wrong_signature, |_, message| message["Signature"] = json!("")),
        changed("a signature that isn't base64", (400, "sns_field_invalid"), |_, message| {
            message["Signature"] = json!("%%%");
        }),
        post("another message's signature", wrong_signature, |fixture| {
            let mut message = fixture.notification().sign()?;
            message["Signature"] = fixture.notification().with("Message", "x").sign()?["Signature"].clone();
            Ok(message.to_string().into_bytes())
        }),
        changed("a version 2 signature called version 1", wrong_signature, |_, message| {
            message["SignatureVersion"] = json!("1");
        }),
        changed("an unknown signature version", (400, "sns_signature_version_unknown"), |_, message| {
            message["SignatureVersion"] = json!("3");
        }),
        signed("too old", (403, "sns_too_old"), |fixture| {
            fixture.notification().at(OffsetDateTime::now_utc() - Duration::hours(7))
        }),
        signed("from the future", (403, "sns_from_the_future"), |fixture| {
            fixture.notification().at(OffsetDateTime::now_utc() + Duration::minutes(10))
        }),
    ]
}

/// Notifications with a signed field modified after signing.
fn tampered() -> Vec<NamedPost> {
    let wrong_signature = (403, "sns_signature_wrong");
    let mut posts = vec![
        changed("tampered Message", wrong_signature, |_, message| {
            let text = message["Message"].as_str().unwrap_or_default().replace("Complaint", "Bounce");
            message["Message"] = json!(text);
        }),
        changed("tampered MessageId", wrong_signature, |_, message| {
            message["MessageId"] = json!(message_id())
        }),
        changed("a Subject added", wrong_signature, |_, message| message["Subject"] = json!("x")),
        post("a Subject taken away", wrong_signature, |fixture| {
            let mut message = fixture.notification().with("Subject", "x").sign()?;
            message.as_object_mut().map(|fields| fields.remove("Subject"));
            Ok(message.to_string().into_bytes())
        }),
        changed("tampered Timestamp", wrong_signature, |_, message| {
            message["Timestamp"] = json!(sns_timestamp(OffsetDateTime::now_utc() - Duration::minutes(1)));
        }),
        changed("tampered Type", wrong_signature, |_, message| {
            message["Type"] = json!("UnsubscribeConfirmation");
            message["Token"] = json!("2336412f37fb");
            message["SubscribeURL"] = json!("https://sns.eu-west-1.amazonaws.com/");
        }),
        changed("tampered TopicArn", (403, "sns_topic_unexpected"), |_, message| {
            let other = format!("{}x", message["TopicArn"].as_str().unwrap_or_default());
            message["TopicArn"] = json!(other);
        }),
    ];
    for field in ["Token", "SubscribeURL"] {
        posts.push(post(format!("tampered {field} of a confirmation"), wrong_signature, move |fixture| {
            let mut message = fixture.confirmation("SubscriptionConfirmation", "eu-west-1").sign()?;
            message[field] = json!(format!("{}0", message[field].as_str().unwrap_or_default()));
            Ok(message.to_string().into_bytes())
        }));
    }
    posts
}

/// Messages that a foreign topic could send.
fn topics() -> Vec<NamedPost> {
    let unexpected = (403, "sns_topic_unexpected");
    let from = |fixture: &Fixture, region: &str, account: &str, name: &str| {
        fixture.notification().with("TopicArn", format!("arn:aws:sns:{region}:{account}:{name}"))
    };
    vec![
        signed("another topic of the account", unexpected, move |fixture| {
            from(fixture, "eu-west-1", fixture.connected.customer.account().as_str(), "other")
        }),
        signed("another account's topic of that name", unexpected, move |fixture| {
            let topic = fixture.connected.topic_arn.rsplit(':').next().unwrap_or_default().to_owned();
            from(fixture, "eu-west-1", OTHER_ACCOUNT, &topic)
        }),
        signed("another region's topic of that name", unexpected, move |fixture| {
            let topic = fixture.connected.topic_arn.rsplit(':').next().unwrap_or_default().to_owned();
            from(fixture, "eu-west-2", fixture.connected.customer.account().as_str(), &topic)
        }),
        signed("an unsubscription of another topic", unexpected, |fixture| {
            fixture.confirmation("UnsubscribeConfirmation", "eu-west-1")
        }),
        signed("a topic that isn't SNS's", (400, "sns_field_invalid"), |fixture| {
            fixture.notification().with("TopicArn", "arn:aws:sqs:eu-west-1:210987654321:x")
        }),
        signed("a confirmation of another account's topic", (403, "sns_account_unexpected"), |fixture| {
            SnsMessage::new(
                "SubscriptionConfirmation",
                &format!("arn:aws:sns:eu-west-1:{OTHER_ACCOUNT}:x"),
                &fixture.aws,
            )
        }),
        signed("a confirmation of another region's topic", (403, "sns_region_unexpected"), |fixture| {
            fixture.confirmation("SubscriptionConfirmation", "eu-west-2")
        }),
    ]
}

fn certificates() -> Vec<NamedPost> {
    let rejected = (403, "sns_certificate_url_refused");
    let at = |name: &str, url: fn(&Fixture) -> String| {
        signed(format!("certificate::{name}"), rejected, move |fixture| {
            fixture.notification().with("SigningCertURL", url(fixture))
        })
    };
    vec![
        at("of another host", |fixture| format!("{}{VALID_CERTIFICATE}", fixture.honeypot.origin())),
        at("of AWS itself, where AWS is stood in for", |_| {
            "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-7506a1e35b36ef5a.pem".into()
        }),
        at("of a bucket", |_| {
            "https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-0a.pem".into()
        }),
        at("behind user information", |fixture| {
            fixture.honeypot.origin().replace("http://", &format!("{}@", fixture.aws)) + VALID_CERTIFICATE
        }),
        at("with user information", |fixture| {
            fixture.aws.replace("http://", "http://sns@") + VALID_CERTIFICATE
        }),
        at("of a host that begins so", |fixture| format!("{}.example.com{VALID_CERTIFICATE}", fixture.aws)),
        at("of a port that begins so", |fixture| format!("{}0{VALID_CERTIFICATE}", fixture.aws)),
        at("by another protocol", |fixture| fixture.aws.replace("http://", "https://") + VALID_CERTIFICATE),
        at("by another name of the host", |fixture| {
            fixture.aws.replace("127.0.0.1", "localhost") + VALID_CERTIFICATE
        }),
        at("from a file", |_| "file:///etc/ssl/cert.pem".into()),
        at("out of the folder", |fixture| {
            format!("{}/sns-certificates/../sns-certificates/valid.pem", fixture.aws)
        }),
        at("with a query", |fixture| format!("{}{VALID_CERTIFICATE}?x=.pem", fixture.aws)),
        at("with a fragment", |fixture| format!("{}/#{VALID_CERTIFICATE}", fixture.aws)),
        at("of another kind of file", |fixture| format!("{}/sns-certificates/valid.crt", fixture.aws)),
        at("with a line break", |fixture| format!("{}\n{VALID_CERTIFICATE}", fixture.aws)),
        at("with a backslash", |fixture| format!("{}\\{VALID_CERTIFICATE}", fixture.aws)),
        signed("certificate::expired", (403, "sns_certificate_not_valid_now"), |fixture| {
            fixture.notification().with("SigningCertURL", format!("{}{EXPIRED_CERTIFICATE}", fixture.aws))
        }),
    ]
}

/// Posts to an organisation that waits for its stack.
fn stack_confirmations() -> Vec<NamedPost> {
    let reporting_role: Target = |fixture| {
        let query = format!("role_arn={}&configuration_set=kraiter", fixture.connected.role_arn);
        format!("{}?{query}", fixture.awaiting_target)
    };
    let reporting_foreign_role: Target = |fixture| {
        let query = format!("role_arn=arn:aws:iam::{OTHER_ACCOUNT}:role/x&configuration_set=kraiter");
        format!("{}?{query}", fixture.awaiting_target)
    };
    let confirmation = |name: &str, expected, target: Target, region: &'static str| {
        let (name, post) = signed(format!("stack::{name}"), expected, move |fixture| {
            fixture.confirmation("SubscriptionConfirmation", region)
        });
        (name, RejectedPost { target, ..post })
    };
    let account = (403, "sns_account_unexpected");
    let mut posts = vec![
        confirmation(
            "in another region than the link's",
            (403, "sns_region_unexpected"),
            reporting_role,
            "us-east-1",
        ),
        confirmation("with a role of another account", account, reporting_foreign_role, "eu-west-1"),
        confirmation("that names no role", account, |fixture| fixture.awaiting_target.clone(), "eu-west-1"),
        confirmation(
            "that names two roles",
            account,
            |fixture| {
                let role = &fixture.connected.role_arn;
                format!("{}?role_arn={role}&role_arn={role}&configuration_set=a", fixture.awaiting_target)
            },
            "eu-west-1",
        ),
        confirmation(
            "that names no configuration set",
            account,
            |fixture| format!("{}?role_arn={}", fixture.awaiting_target, fixture.connected.role_arn),
            "eu-west-1",
        ),
    ];
    for kind in ["Notification", "UnsubscribeConfirmation"] {
        let (name, post) =
            signed(format!("stack::{kind} before it"), (403, "sns_topic_unexpected"), move |fixture| {
                fixture.confirmation(kind, "eu-west-1")
            });
        posts.push((name, RejectedPost { target: reporting_role, ..post }));
    }
    posts
}

/// Posts to webhooks that don't exist.
fn webhook_paths() -> Vec<NamedPost> {
    let mut posts = Vec::new();
    let targets: [(&str, Target); 4] = [
        ("an unknown token", |_| format!("/webhooks/sns/{}", "a".repeat(52))),
        ("a short token", |_| "/webhooks/sns/token".into()),
        ("a token in upper case", |fixture| {
            let (path, query) = fixture.target.split_once('?').unwrap_or_default();
            let token = path.rsplit('/').next().unwrap_or_default();
            format!("/webhooks/sns/{}?{query}", token.to_uppercase())
        }),
        ("a token with more after it", |fixture| fixture.target.replacen('?', "a?", 1)),
    ];
    for (name, target) in targets {
        let (name, post) = signed(format!("address::{name}"), (404, "not_found"), Fixture::notification);
        posts.push((name, RejectedPost { target, ..post }));
    }
    posts
}

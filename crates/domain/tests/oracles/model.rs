//! Each operation's request, word for word, against what botocore writes from AWS's own model.
//!
//! botocore checks every parameter's name and value against the model before it writes.

use aws_sans_io::{
    Operation,
    dkim::{KeyLength, Signing},
    s3::{CreateBucket, PutBucketPolicy, PutObject, PutPublicAccessBlock},
    ses::{
        CreateConfigurationSet, CreateConfigurationSetEventDestination, CreateEmailIdentity,
        DeleteEmailIdentity, GetAccount, GetConfigurationSet, GetEmailIdentity, ListEmailIdentities,
        PutEmailIdentityDkimSigningAttributes, SendRawEmail,
    },
    sts::{AssumeRole, GetCallerIdentity, SessionDuration},
};
use domain::email::{Email, EmailDraft, SendOptions, Tracking};
use email_message::SenderIdentity;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::oracle;

const KEY: &str = include_str!("../../../../tests/vectors/dkim/rsa-2048.pkcs8.pem");

#[derive(Debug, Deserialize, PartialEq)]
struct EncodedRequest {
    method: String,
    path: String,
    body: String,
}

/// Parses a body, so that the order of members and spaces in JSON don't matter.
fn parse_body(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|_| {
        let pairs: Vec<_> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        if body.contains('=') && !body.starts_with('<') { json!(pairs) } else { json!(body) }
    })
}

struct Question {
    ours: EncodedRequest,
    theirs: Value,
}

fn question<O: Operation>(operation: &O, service: &str, name: &str, params: &Value) -> Question {
    let request = operation.request().unwrap();
    let body = String::from_utf8(request.body().to_vec()).unwrap();
    assert_eq!(request.headers().contains_key(CONTENT_TYPE), !body.is_empty(), "{name}: a body has a type");
    let ours = EncodedRequest { method: request.method().to_string(), path: request.uri().to_string(), body };
    Question { ours, theirs: json!({"service": service, "operation": name, "params": params}) }
}

/// Returns the question for the only request that is streamed.
fn raw_question(send: &SendRawEmail, message: &str, params: &Value) -> Question {
    let head = send.head().unwrap();
    let chunks = [Ok::<_, ()>(message.as_bytes().to_vec())];
    let parts: Vec<_> = send.body().unwrap().parts(chunks.into_iter()).map(Result::unwrap).collect();
    let body = String::from_utf8(parts.concat()).unwrap();
    let ours = EncodedRequest { method: head.method().to_string(), path: head.uri().to_string(), body };
    Question { ours, theirs: json!({"service": "sesv2", "operation": "SendEmail", "params": params}) }
}

fn sts() -> Vec<Question> {
    let policy = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let assume = AssumeRole {
        role_arn: "arn:aws:iam::123456789012:role/team/Kraiter+SES=Role".parse().unwrap(),
        role_session_name: domain::connection::role_session_name("01JD3Y9ZV8Q6W3K7F2M5X4T1RB"),
        external_id: Some("mxk7-abcdefghijklmnopqrstuvwxyz".into()),
        policy: Some(policy.into()),
        duration: SessionDuration::MIN,
    };
    let without = AssumeRole { external_id: None, policy: None, ..assume.clone() };
    let bare = json!({
        "RoleArn": "arn:aws:iam::123456789012:role/team/Kraiter+SES=Role",
        "RoleSessionName": "kraiter-01JD3Y9ZV8Q6W3K7F2M5X4T1RB",
        "DurationSeconds": 900,
    });
    let mut whole = bare.clone();
    whole["ExternalId"] = json!("mxk7-abcdefghijklmnopqrstuvwxyz");
    whole["Policy"] = json!(policy);
    vec![
        question(&assume, "sts", "AssumeRole", &whole),
        question(&without, "sts", "AssumeRole", &bare),
        question(&GetCallerIdentity, "sts", "GetCallerIdentity", &json!({})),
    ]
}

fn ses() -> Vec<Question> {
    let address = "a+b/c%d@example.com";
    let email = Email::try_from(EmailDraft {
        from: "Zoë <zoe@example.com>".into(),
        to: vec!["to@example.com".into()],
        cc: vec!["cc@example.com".into()],
        bcc: vec!["bcc@example.com".into()],
        reply_to: vec!["reply@example.com".into()],
        subject: "Grüße 😀".into(),
        html: Some("<p>&amp; \"hi\"</p>".into()),
        text: Some("hi\r\n".into()),
        headers: vec![("X-Campaign".into(), "spring".into())],
        tags: vec![("campaign".into(), "spring".into())],
        ..EmailDraft::default()
    })
    .unwrap();
    let content = |data: &str| json!({"Data": data, "Charset": "UTF-8"});
    let send = json!({
        "FromEmailAddress": "=?UTF-8?B?Wm/Dqw==?= <zoe@example.com>",
        "Destination": {
            "ToAddresses": ["to@example.com"],
            "CcAddresses": ["cc@example.com"],
            "BccAddresses": ["bcc@example.com"],
        },
        "ReplyToAddresses": ["reply@example.com"],
        "Content": {"Simple": {
            "Subject": content("Grüße 😀"),
            "Body": {"Text": content("hi\r\n"), "Html": content("<p>&amp; \"hi\"</p>")},
            "Headers": [{"Name": "X-Campaign", "Value": "spring"}],
        }},
        "EmailTags": [
            {"Name": "kraiter-message-id", "Value": "01JD"},
            {"Name": "campaign", "Value": "spring"},
        ],
        "ConfigurationSetName": "kraiter",
        "ConfigurationOverrides": {"Tracking": {
            "OpenTrackingEnabled": "DISABLED",
            "ClickTrackingEnabled": "ENABLED",
        }},
    });
    let options = SendOptions {
        configuration_set: Some("kraiter".into()),
        tracking: Some(Tracking { opens: false, clicks: true }.into()),
    };
    let mut raw = send.clone();
    raw.as_object_mut().unwrap().remove("ReplyToAddresses");
    raw["Content"] = json!({"Raw": {"Data": "From: me\r\n\r\nÿ"}});
    let get = GetEmailIdentity { email_identity: address.into() };
    let topic = "arn:aws:sns:eu-west-1:123456789012:kraiter-events";
    let destination = |tracking| CreateConfigurationSetEventDestination {
        configuration_set: "kraiter-a1b2".into(),
        name: "kraiter-0011".into(),
        topic: topic.parse().unwrap(),
        tracking,
    };
    let kinds = [
        "SEND",
        "REJECT",
        "BOUNCE",
        "COMPLAINT",
        "DELIVERY",
        "RENDERING_FAILURE",
        "DELIVERY_DELAY",
        "SUBSCRIPTION",
        "OPEN",
        "CLICK",
    ];
    let destined = |kinds: &[&str]| {
        json!({
            "ConfigurationSetName": "kraiter-a1b2",
            "EventDestinationName": "kraiter-0011",
            "EventDestination": {
                "Enabled": true,
                "MatchingEventTypes": kinds,
                "SnsDestination": {"TopicArn": topic},
            },
        })
    };
    let to_create_destination = "CreateConfigurationSetEventDestination";
    let set = json!({"ConfigurationSetName": "kraiter-a1b2"});
    let made = json!({
        "ConfigurationSetName": "kraiter-a1b2",
        "ReputationOptions": {"ReputationMetricsEnabled": true},
    });
    let name = || "kraiter-a1b2".to_owned();
    vec![
        question(&CreateConfigurationSet { name: name() }, "sesv2", "CreateConfigurationSet", &made),
        question(&GetConfigurationSet { name: name() }, "sesv2", "GetConfigurationSet", &set),
        question(&destination(false), "sesv2", to_create_destination, &destined(&kinds[..8])),
        question(&destination(true), "sesv2", to_create_destination, &destined(&kinds)),
        question(&GetAccount, "sesv2", "GetAccount", &json!({})),
        question(&email.send_email(&options, "01JD"), "sesv2", "SendEmail", &send),
        raw_question(&email.send_raw_email(&options, "01JD"), "From: me\r\n\r\nÿ", &raw),
        question(&get, "sesv2", "GetEmailIdentity", &json!({"EmailIdentity": address})),
    ]
}

fn identities() -> Vec<Question> {
    let domain: SenderIdentity = "example.com".parse().unwrap();
    let address = "a+b/c%d@example.com";
    let create = |signing| CreateEmailIdentity { email_identity: domain.to_string(), signing };
    let easy = |key_length| Signing::EasyDkim { key_length };
    let own =
        || Signing::Byodkim { selector: "kraiter1".parse().unwrap(), private_key: KEY.parse().unwrap() };
    let put = |signing| PutEmailIdentityDkimSigningAttributes { email_identity: domain.to_string(), signing };
    let delete = DeleteEmailIdentity { email_identity: address.into() };
    let list = ListEmailIdentities::default();
    let next = ListEmailIdentities { next_token: Some("a+b/c=".into()), ..list.clone() };
    let inside: String = KEY.lines().filter(|line| !line.starts_with('-')).collect();
    let key = json!({"DomainSigningSelector": "kraiter1", "DomainSigningPrivateKey": inside});
    let short = json!({"NextSigningKeyLength": "RSA_1024_BIT"});
    let created = |attributes: Option<&Value>| {
        let mut params = json!({"EmailIdentity": "example.com"});
        params
            .as_object_mut()
            .unwrap()
            .extend(attributes.map(|it| ("DkimSigningAttributes".into(), it.clone())));
        params
    };
    let changed = |origin: &str, attributes: Option<&Value>| {
        let mut params = json!({"EmailIdentity": "example.com", "SigningAttributesOrigin": origin});
        params.as_object_mut().unwrap().extend(attributes.map(|it| ("SigningAttributes".into(), it.clone())));
        params
    };
    let (to_create, to_put) = ("CreateEmailIdentity", "PutEmailIdentityDkimSigningAttributes");
    vec![
        question(&create(None), "sesv2", to_create, &created(None)),
        question(&create(Some(easy(None))), "sesv2", to_create, &created(None)),
        question(&create(Some(easy(Some(KeyLength::Rsa1024)))), "sesv2", to_create, &created(Some(&short))),
        question(&create(Some(own())), "sesv2", to_create, &created(Some(&key))),
        question(&put(easy(None)), "sesv2", to_put, &changed("AWS_SES", None)),
        question(&put(easy(Some(KeyLength::Rsa1024))), "sesv2", to_put, &changed("AWS_SES", Some(&short))),
        question(&put(own()), "sesv2", to_put, &changed("EXTERNAL", Some(&key))),
        question(&delete, "sesv2", "DeleteEmailIdentity", &json!({"EmailIdentity": address})),
        question(&list, "sesv2", "ListEmailIdentities", &json!({"PageSize": 1000})),
        question(&next, "sesv2", "ListEmailIdentities", &json!({"NextToken": "a+b/c=", "PageSize": 1000})),
    ]
}

fn s3() -> Vec<Question> {
    let create =
        |region: &str| CreateBucket { bucket: "kraiter-templates".into(), region: region.parse().unwrap() };
    let put = PutObject {
        bucket: "kraiter-templates".into(),
        key: "templates/a b+c(é).json".into(),
        content_type: "application/json".into(),
        body: "{}".into(),
    };
    let constraint = json!({"LocationConstraint": "eu-west-1"});
    let policy =
        PutBucketPolicy { bucket: "kraiter-templates".into(), policy: r#"{"Version":"2012-10-17"}"#.into() };
    let block = PutPublicAccessBlock { bucket: "kraiter-templates".into(), acls: true, policies: false };
    let blocked = json!({
        "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": false, "RestrictPublicBuckets": false,
    });
    vec![
        question(&create("us-east-1"), "s3", "CreateBucket", &json!({"Bucket": "kraiter-templates"})),
        question(
            &create("eu-west-1"),
            "s3",
            "CreateBucket",
            &json!({"Bucket": "kraiter-templates", "CreateBucketConfiguration": constraint}),
        ),
        question(
            &policy,
            "s3",
            "PutBucketPolicy",
            &json!({"Bucket": "kraiter-templates", "Policy": policy.policy}),
        ),
        question(
            &block,
            "s3",
            "PutPublicAccessBlock",
            &json!({"Bucket": "kraiter-templates", "PublicAccessBlockConfiguration": blocked}),
        ),
        question(
            &put,
            "s3",
            "PutObject",
            &json!({
                "Bucket": "kraiter-templates",
                "Key": "templates/a b+c(é).json",
                "ContentType": "application/json",
                "Body": "{}",
            }),
        ),
    ]
}

#[test]
fn every_operation_is_encoded_as_in_awss_model() {
    let questions: Vec<Question> = [sts(), ses(), identities(), s3()].into_iter().flatten().collect();
    let requests: Vec<Value> = questions.iter().map(|question| question.theirs.clone()).collect();
    let answers: Vec<EncodedRequest> = oracle::botocores_model().ask(&requests);
    for (question, theirs) in questions.iter().zip(answers) {
        let ours = &question.ours;
        let name = &question.theirs["operation"];
        assert_eq!((&ours.method, &ours.path), (&theirs.method, &theirs.path), "{name}");
        assert_eq!(parse_body(&ours.body), parse_body(&theirs.body), "{name}");
    }
}

//! Invalid requests to `/v1/aws-binding`.

use super::super::request::Case;

pub(super) fn connect() -> Vec<Case> {
    let case = |name: &str, body: &str| Case::json("POST", "/v1/aws-binding/connect", name, body);
    let mut cases = vec![
        case("a missing region", "{}").field("missing_field", "region"),
        case("region: null", r#"{"region":null}"#).field("invalid_type", "region"),
        case("region: an object", r#"{"region":{}}"#).field("invalid_type", "region"),
        case("a duplicate region", r#"{"region":"eu-west-1","region":"eu-west-2"}"#)
            .field("duplicate_field", "region"),
    ];
    for (name, region) in [
        ("unknown", "eu-west-9"),
        ("empty", ""),
        ("upper case", "EU-WEST-1"),
        ("a trailing space", "eu-west-1 "),
        ("a place name", "Ireland"),
        ("a host name", "eu-west-1.evil.example"),
        ("a path", "eu-west-1/../"),
        ("an injected parameter", "eu-west-1&templateURL=https://evil.example"),
    ] {
        let body = format!(r#"{{"region":"{region}"}}"#);
        cases.push(case(&format!("region: {name}"), &body).field("invalid_region", "region"));
    }
    cases
}

pub(super) fn settings() -> Vec<Case> {
    let case = |name: &str, body: &str| Case::json("PUT", "/v1/settings", name, body);
    vec![
        case("tracking: a text", r#"{"tracking":"on"}"#).field("invalid_type", "tracking"),
        case("feed: a number", r#"{"feed":1}"#).field("invalid_type", "feed"),
        case("an unknown setting", r#"{"events":true}"#).field("unknown_field", "events"),
    ]
}

pub(super) fn register() -> Vec<Case> {
    let valid = [
        ("awsAccountId", "{account}"),
        ("roleArn", "{role}"),
        ("externalId", "{external id}"),
        ("stackRegion", "eu-west-1"),
    ];
    let body = |changed: &str, value: Option<&str>| {
        let fields = valid.iter().filter_map(|(name, valid)| {
            let value = if *name == changed { value? } else { valid };
            Some(format!("\"{name}\":{}", serde_json::Value::from(value)))
        });
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    };
    let case = |name: &str, body: String| Case::json("POST", "/v1/aws-binding", name, body);
    let mut cases = Vec::new();
    for (name, _) in valid {
        cases.push(case(&format!("a missing {name}"), body(name, None)).field("missing_field", name));
        let null = body(name, Some("?")).replace("\"?\"", "null");
        cases.push(case(&format!("{name}: null"), null).field("invalid_type", name));
    }
    for (field, code, name, value) in [
        ("awsAccountId", "invalid_account_id", "eleven digits", "12345678901"),
        ("awsAccountId", "invalid_account_id", "hyphens in other places", "12-345678-9012"),
        ("awsAccountId", "invalid_account_id", "non-ASCII digits", "１２３４５６７８９０１２"),
        ("awsAccountId", "invalid_account_id", "empty", ""),
        ("roleArn", "invalid_role_arn", "empty", ""),
        ("roleArn", "invalid_role_arn", "the ARN of a user", "arn:aws:iam::{account}:user/Kraiter"),
        (
            "roleArn",
            "invalid_role_arn",
            "the ARN of an assumed role",
            "arn:aws:sts::{account}:assumed-role/Kraiter/x",
        ),
        (
            "roleArn",
            "invalid_role_arn",
            "an ARN with a region",
            "arn:aws:iam:eu-west-1:{account}:role/Kraiter",
        ),
        ("roleArn", "invalid_role_arn", "an unknown partition", "arn:evil:iam::{account}:role/Kraiter"),
        ("roleArn", "invalid_role_arn", "an ARN without a name", "arn:aws:iam::{account}:role/"),
        ("roleArn", "invalid_role_arn", "a line break", "arn:aws:iam::{account}:role/\nKraiter"),
        ("roleArn", "invalid_role_arn", "an injected parameter", "{role}&ExternalId=x"),
        ("externalId", "invalid_external_id", "empty", ""),
        ("externalId", "invalid_external_id", "a chosen external ID", "mxk7-your-external-id"),
        ("externalId", "invalid_external_id", "a trailing space", "{external id} "),
        (
            "externalId",
            "external_id_mismatch",
            "the external ID of another organisation",
            "{other external id}",
        ),
        ("stackRegion", "invalid_region", "unknown", "mars-north-1"),
        ("stackRegion", "invalid_region", "empty", ""),
    ] {
        cases.push(case(&format!("{field}: {name}"), body(field, Some(value))).field(code, field));
    }
    let other_account = body("awsAccountId", Some("{other account}"));
    cases.push(case("a role of another account", other_account).field("account_mismatch", "roleArn"));
    cases
}

pub(super) fn events() -> Vec<Case> {
    let case = |name: &str, body: &str| Case::json("POST", "/v1/aws-binding/events", name, body);
    let mut cases = vec![
        case("an unknown region", r#"{"region":"eu-west-9"}"#).field("invalid_region", "region"),
        case("region: a number", r#"{"region":1}"#).field("invalid_type", "region"),
        case("topicArn: a list", r#"{"topicArn":[]}"#).field("invalid_type", "topicArn"),
    ];
    for (name, topic) in [
        ("empty", ""),
        ("the ARN of a queue", "arn:aws:sqs:us-east-1:{account}:topic"),
        (
            "the ARN of a subscription",
            "arn:aws:sns:us-east-1:{account}:topic:80289ba6-0fd4-4079-afb4-ce8c8260f0ca",
        ),
        ("a line break", "arn:aws:sns:us-east-1:{account}:\\ntopic"),
        ("an injected parameter", "arn:aws:sns:us-east-1:{account}:topic&Action=Publish"),
    ] {
        let body = format!(r#"{{"region":"us-east-1","topicArn":"{topic}"}}"#);
        cases.push(case(&format!("topicArn: {name}"), &body).field("invalid_topic_arn", "topicArn"));
    }
    cases
}

//! The package's types against the Rust contract: what the API writes is what `index.d.ts` says, and what `index.d.ts` takes is what
//! the API reads.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod examples;
mod typescript;

use std::{collections::BTreeSet, fs, slice};

use kraiter_core::{
    api::{
        CreateIdentityRequest, DkimRequest, IdentityQuery, PageQuery, RegisterRequest, SendEmailRequest,
        SetUpEventsRequest, parse_json,
    },
    mail::{EmailStatus, EventType},
};
use serde::Serialize;
use serde_json::{Value, json};
use typescript::{Module, root};

#[test]
fn what_the_api_writes_has_the_types_of_the_package() {
    let mut module = Module::new();
    module
        .values("AwsBinding", &examples::bindings())
        .values("Verification", &examples::verifications())
        .values("ConnectDetails", &examples::connect_details())
        .values("EventsSetUp", &examples::events_set_up())
        .values("Identity", &examples::identities())
        .values("IdentityList", &examples::identity_lists())
        .values("DnsCheck", &examples::dns_checks())
        .values("EmailSummary", &examples::summaries())
        .values("EmailPage", &examples::pages())
        .values("SentEmail", &examples::sent())
        .values("Email", &examples::emails())
        .values("Session", &examples::sessions());
    assert_eq!(module.compile(), "");
}

#[test]
fn the_packages_unions_name_what_the_api_can_write_and_nothing_else() {
    let mut module = Module::new();
    module
        .union("sdk.BindingStatus", examples::states().iter().map(|state| text(&state.status())))
        .union("sdk.EmailStatus", EmailStatus::ALL.iter().map(text))
        .union("Exclude<sdk.EmailEventType, `other:${string}`>", EventType::all().map(|kind| text(&kind)));
    let regions = examples::bindings().into_iter().flat_map(|binding| binding.regions);
    module.union("sdk.RegionEvents", regions.map(|region| text(&region.events)).collect::<BTreeSet<_>>());
    let words = examples::identities().into_iter().map(|identity| identity.verification_status);
    module.union("sdk.VerificationStatus", words.collect::<BTreeSet<_>>());
    let checks = examples::dns_checks();
    let statuses = checks.iter().flat_map(|check| &check.records).map(|record| text(&record.status));
    let advice = || checks.iter().flat_map(|check| &check.advice);
    module
        .union("sdk.RecordStatus", statuses.collect::<BTreeSet<_>>())
        .union("sdk.AdvicePurpose", advice().map(|one| text(&one.purpose)).collect::<BTreeSet<_>>())
        .union("sdk.AdviceAction", advice().map(|one| text(&one.action)).collect::<BTreeSet<_>>());
    assert_eq!(module.compile(), "");
}

#[test]
fn what_the_package_takes_is_what_the_api_reads() {
    let role = json!({
        "awsAccountId": "123456789012",
        "roleArn": "arn:aws:iam::123456789012:role/KraiterSESRole",
        "externalId": "mxk7-aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "stackRegion": "eu-west-1",
    });
    let identity = json!({ "identity": "example.com", "region": "eu-west-1", "dkim": { "keyLength": 1024 } });
    let mut own_key = identity.clone();
    own_key["dkim"] = json!({ "selector": "kraiter1", "privateKey": "-----BEGIN PRIVATE KEY-----" });
    let email = json!({
        "from": "a@example.com",
        "to": "b@example.com",
        "cc": ["c@example.com"],
        "bcc": "d@example.com",
        "replyTo": ["e@example.com"],
        "subject": "Hello",
        "html": "<p>Hello</p>",
        "text": "Hello",
        "headers": { "X-Campaign": "spring" },
        "tags": { "campaign": "spring" },
        "region": "eu-west-1",
        "attachments": [
            { "filename": "logo.png", "content": "AAAA", "contentType": "image/png", "contentId": "logo" },
        ],
    });
    let page = json!({ "limit": 5, "cursor": "eml_1" });
    let events =
        json!({ "region": "eu-west-1", "topicArn": "arn:aws:sns:eu-west-1:123456789012:kraiter-events" });
    let listed =
        ["all", "eu-west-1"].map(|region| json!({ "region": region, "limit": 5, "cursor": "idn_1" }));

    // Every property of the types stands here, so the API must know it.
    let mut module = Module::new();
    module
        .values("RegisterRole", slice::from_ref(&role))
        .values("CreateIdentity", &[&identity, &own_key])
        .values("SendEmail", slice::from_ref(&email))
        .values("SetUpEvents", slice::from_ref(&events))
        .values("DkimChoice", &[&identity["dkim"], &own_key["dkim"]])
        .values("IdentityQuery", &listed)
        .values("PageQuery", slice::from_ref(&page));
    assert_eq!(module.compile(), "");

    // And every field that the API knows stands here: a new one doesn't compile, or isn't among the names.
    let read = |value: &Value| serde_json::to_vec(value).unwrap();
    let RegisterRequest { aws_account_id: _, role_arn: _, external_id: _, stack_region: _ } =
        parse_json(&read(&role)).unwrap();
    for identity in [&identity, &own_key] {
        let CreateIdentityRequest { identity: _, region: _, dkim } = parse_json(&read(identity)).unwrap();
        let DkimRequest { key_length: _, selector: _, private_key: _ } = dkim.unwrap();
    }
    let SetUpEventsRequest { region: _, topic_arn: _ } = parse_json(&read(&events)).unwrap();
    let IdentityQuery { regions: _, limit: _, after: _ } =
        IdentityQuery::parse("region=eu-west-1&region=us-east-1&limit=5").unwrap();
    let sent = serde_json::to_value(parse_json::<SendEmailRequest>(&read(&email)).unwrap()).unwrap();
    assert_eq!(names(&sent), names(&email));
    let PageQuery { limit: _, cursor: _ } = PageQuery::parse("limit=5&cursor=eml_1").unwrap();
}

#[test]
fn no_type_of_the_package_is_any() {
    let types = fs::read_to_string(root().join("pkg").join("index.d.ts")).unwrap();
    let code = types.lines().filter(|line| !line.trim_start().starts_with(['/', '*']));
    let is_any = |line: &str| line.split(|c: char| !c.is_alphanumeric()).any(|word| word == "any");
    assert_eq!(code.filter(|line| is_any(line)).collect::<Vec<_>>(), Vec::<&str>::new());
}

fn names(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

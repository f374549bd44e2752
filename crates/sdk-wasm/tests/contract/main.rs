//! Compares the package's types with the Rust contract: `index.d.ts` must accept every response of the API, and the API every
//! request that `index.d.ts` accepts.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod examples;
mod typescript;

use std::{collections::BTreeSet, fs, slice};

use api_contract::{
    AttachedFile, CreateApiKey, CreateIdentity, CreateSuppression, DkimKey, EmailQuery, IdentityQuery,
    PageQuery, RegisterRole, SendBatch, SendEmail, SetUpEvents, SuppressionQuery, TemplateDraft,
    TemplateFilling, TemplatePreviewDraft, TemplateUpdate, TemplateUse, parse_json, version_query,
};
use aws_sans_io::ses::EventType;
use domain::{
    connection::audit::Verdict,
    delivery::{EmailStatus, RateLevel},
    suppression::SuppressionReason,
};
use serde::Serialize;
use serde_json::{Value, json};
use typescript::{Module, root};

#[test]
fn every_response_has_the_type_of_the_package() {
    let mut module = Module::new();
    // `hold` is present only if the email is held.
    for sent in examples::sent() {
        module.is_type("SentEmail", &sent);
    }
    module
        .values("AwsBinding", &examples::bindings())
        .values("Verification", &examples::verifications())
        .values("ConnectDetails", &examples::connect_details())
        .values("EventsSetUp", &examples::events_set_up())
        .values("Identity", &examples::identities())
        .values("IdentityList", &examples::identity_lists())
        .values("Template", &examples::templates())
        .values("TemplateSummary", &examples::template_summaries())
        .values("TemplatePage", &examples::template_pages())
        .values("TemplatePreview", &examples::previews())
        .values("DnsCheck", &examples::dns_checks())
        .values("EmailSummary", &examples::summaries())
        .values("EmailPage", &examples::pages())
        .values("SentBatch", &examples::batches())
        .values("Email", &examples::emails())
        .values("SendingStatus", &examples::sending())
        .values("Reputation", &examples::reputations())
        .values("PermissionAudit", &examples::audits())
        .values("ApiKeyList", &examples::api_key_lists())
        .values("NewApiKey", &examples::new_api_keys())
        .values("Suppression", &examples::suppressions())
        .values("SuppressionPage", &examples::suppression_pages())
        .values("SuppressionImport", &examples::imports())
        .values("Session", &examples::sessions());
    assert_eq!(module.compile(), "");
}

#[test]
fn the_unions_of_the_package_hold_exactly_the_values_of_the_api() {
    let mut module = Module::new();
    module
        .union("sdk.BindingStatus", examples::states().iter().map(|state| text(&state.status())))
        .union("sdk.SuppressionReason", SuppressionReason::ALL.iter().map(text))
        .union("sdk.EmailStatus", EmailStatus::ALL.iter().map(text))
        .union("sdk.RateLevel", RateLevel::ALL.iter().map(text))
        .union("sdk.Verdict", Verdict::ALL.iter().map(text))
        .union("Exclude<sdk.EmailEventType, `other:${string}`>", EventType::all().map(|kind| text(&kind)));
    let regions = examples::bindings().into_iter().flat_map(|binding| binding.regions);
    module.union("sdk.RegionEvents", regions.map(|region| text(&region.events)).collect::<BTreeSet<_>>());
    let statuses = examples::identities().into_iter().map(|identity| text(&identity.verification_status));
    module.union("sdk.VerificationStatus", statuses.collect::<BTreeSet<_>>());
    let checks = examples::dns_checks();
    let statuses = checks.iter().flat_map(|check| &check.records).map(|record| text(&record.status));
    let advice = || checks.iter().flat_map(|check| &check.advice);
    module
        .union("sdk.RecordStatus", statuses.collect::<BTreeSet<_>>())
        .union("sdk.AdvicePurpose", advice().map(|advice| text(&advice.purpose)).collect::<BTreeSet<_>>())
        .union("sdk.AdviceAction", advice().map(|advice| text(&advice.action)).collect::<BTreeSet<_>>());
    assert_eq!(module.compile(), "");
}

#[test]
fn every_request_type_of_the_package_is_accepted_by_the_api() {
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
        "unsubscribe": true,
        "delivery": "at_least_once",
        "scheduledAt": "2026-12-24T18:00:00Z",
        "region": "eu-west-1",
        "attachments": [
            { "filename": "logo.png", "content": "AAAA", "contentType": "image/png", "contentId": "logo" },
        ],
    });
    let preview = json!({ "version": 3, "variables": { "order": { "items": [1, null, "a"] } } });
    let mut template_use = preview.clone();
    template_use["id"] = json!("tpl_1");
    let mut with_template = email.clone();
    for part in ["subject", "html", "text"] {
        with_template.as_object_mut().unwrap().remove(part);
    }
    with_template["template"] = template_use.clone();
    let parts = json!({ "subject": "Hello", "html": "<p>Hello</p>", "text": "Hello" });
    let with = |name: &str, value: &Value| {
        let mut whole = parts.clone();
        whole[name] = value.clone();
        whole
    };
    let template = with("name", &json!("Welcome"));
    let mut update = template.clone();
    update["version"] = json!(3);
    let draft = with("variables", &preview["variables"]);
    let version = json!({ "version": 3 });
    let events =
        json!({ "region": "eu-west-1", "topicArn": "arn:aws:sns:eu-west-1:123456789012:kraiter-events" });
    let listed =
        ["all", "eu-west-1"].map(|region| json!({ "region": region, "limit": 5, "cursor": "idn_1" }));

    // These objects hold every property of the types, so the API must know each.
    let mut module = Module::new();
    module
        .values("RegisterRole", slice::from_ref(&role))
        .values("CreateIdentity", &[&identity, &own_key])
        .values("TemplateDraft", slice::from_ref(&template))
        .values("TemplateUpdate", slice::from_ref(&update))
        .values("TemplateVersion", slice::from_ref(&version))
        .values("TemplateFilling", slice::from_ref(&preview))
        .values("TemplatePreviewDraft", slice::from_ref(&draft))
        .values("TemplateUse", slice::from_ref(&template_use))
        .values("WrittenEmail", slice::from_ref(&email))
        .values("TemplateEmail", slice::from_ref(&with_template))
        .values("AttachedFile", slice::from_ref(&email["attachments"][0]))
        .is_type("SendEmail", &email)
        .is_type("SendEmail", &with_template)
        .values("SetUpEvents", slice::from_ref(&events))
        .values("DkimChoice", &[&identity["dkim"], &own_key["dkim"]])
        .values("IdentityQuery", &listed);
    assert_eq!(module.compile(), "");

    // These patterns hold every field of the API: a new field fails to compile or changes the names.
    let read = |value: &Value| serde_json::to_vec(value).unwrap();
    let RegisterRole { aws_account_id: _, role_arn: _, external_id: _, stack_region: _ } =
        parse_json(&read(&role)).unwrap();
    for identity in [&identity, &own_key] {
        let CreateIdentity { identity: _, region: _, dkim } = parse_json(&read(identity)).unwrap();
        let DkimKey { key_length: _, selector: _, private_key: _ } = dkim.unwrap();
    }
    let mut known = email.clone();
    known["template"] = template_use.clone();
    let sent = serde_json::to_value(parse_json::<SendEmail>(&read(&known)).unwrap()).unwrap();
    assert_eq!(names(&sent), names(&known));
    let AttachedFile { filename: _, content: _, content_type: _, content_id: _ } =
        parse_json(&read(&email["attachments"][0])).unwrap();
    let SendBatch { emails } = parse_json(&read(&json!({ "emails": [&email, &with_template] }))).unwrap();
    assert_eq!(emails.len(), 2);
    let TemplateUse { id: _, version: _, variables: _ } = parse_json(&read(&template_use)).unwrap();
    let TemplateDraft { name: _, subject: _, html: _, text: _ } = parse_json(&read(&template)).unwrap();
    let TemplateUpdate { name: _, subject: _, html: _, text: _, version: _ } =
        parse_json(&read(&update)).unwrap();
    let TemplateFilling { version: _, variables: _ } = parse_json(&read(&preview)).unwrap();
    let TemplatePreviewDraft { subject: _, html: _, text: _, variables: _ } =
        parse_json(&read(&draft)).unwrap();
    assert_eq!(version_query("version=3").unwrap(), Some(3));
    let SetUpEvents { region: _, topic_arn: _ } = parse_json(&read(&events)).unwrap();
    let IdentityQuery { regions: _, limit: _, after: _ } =
        IdentityQuery::parse("region=eu-west-1&region=us-east-1&limit=5").unwrap();
}

#[test]
fn an_email_has_either_content_or_a_template() {
    let both = json!({
        "from": "a@example.com",
        "to": "b@example.com",
        "subject": "Hello",
        "text": "Hello",
        "template": { "id": "tpl_1" },
    });
    let neither = json!({ "from": "a@example.com", "to": "b@example.com" });
    for wrong in [both, neither] {
        assert!(Module::new().is_type("SendEmail", &wrong).compile().contains("not assignable"), "{wrong}");
    }
}

#[test]
fn the_types_of_api_keys_and_suppressions_are_accepted_by_the_api() {
    let suppression = json!({ "address": "b@example.com", "reason": "bounce" });
    let listed = json!({ "search": "b@", "reason": "bounce", "limit": 5, "cursor": "b@example.com" });
    let key = json!({ "name": "Shop" });
    let mut module = Module::new();
    module
        .values("CreateApiKey", slice::from_ref(&key))
        .values("CreateSuppression", slice::from_ref(&suppression))
        .values("SuppressionQuery", slice::from_ref(&listed));
    assert_eq!(module.compile(), "");
    let CreateApiKey { name: _ } = parse_json(&serde_json::to_vec(&key).unwrap()).unwrap();
    let CreateSuppression { address: _, reason: _ } =
        parse_json(&serde_json::to_vec(&suppression).unwrap()).unwrap();
    let SuppressionQuery { limit: _, after: _, search: _, reason: _ } =
        SuppressionQuery::parse("search=b%40&reason=bounce&limit=5&cursor=b%40example.com").unwrap();
}

#[test]
fn the_query_types_of_lists_are_accepted_by_the_api() {
    let id = "eml_019ab0c5d0007000800000000000000a";
    let page = json!({ "limit": 5, "cursor": id });
    let listed = json!({ "status": "scheduled", "limit": 5, "cursor": id });
    let mut module = Module::new();
    module.values("PageQuery", slice::from_ref(&page)).values("EmailQuery", slice::from_ref(&listed));
    assert_eq!(module.compile(), "");
    let PageQuery { limit: _, cursor: _ } = PageQuery::parse(&format!("limit=5&cursor={id}")).unwrap();
    let EmailQuery { limit: _, after: _, scheduled: _ } =
        EmailQuery::parse(&format!("status=scheduled&limit=5&cursor={id}")).unwrap();
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

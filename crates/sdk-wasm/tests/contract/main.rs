//! Checks examples against the package's types: `index.d.ts` must accept every response of the API, and the API every request that
//! `index.d.ts` accepts.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod examples;
mod typescript;

use std::{collections::BTreeSet, fs, slice};

use api_contract::{
    CreateApiKey, CreateIdentity, CreateSuppression, CreateWebhook, DkimChoice, EmailQuery, FeedQuery,
    IdentityQuery, PageQuery, RegisterRole, SendBatch, SendEmail, SetUpEvents, SuppressionQuery,
    TemplateDraft, TemplateFilling, TemplatePreviewDraft, TemplateUpdate, TemplateUse, UpdateEmail,
    UpdateSettings, UpdateWebhook, WebhookReplay, parse_json, version_query,
};
use aws_sans_io::ses::EventType;
use domain::feed::FeedEventType;
use sdk_wasm::error::Error;
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
        .values("AwsCallPage", &examples::aws_calls())
        .values("RequestPage", &examples::requests())
        .values("Identity", &examples::identities())
        .values("IdentityList", &examples::identity_lists())
        .values("Template", &examples::templates())
        .values("TemplateSummary", &examples::template_summaries())
        .values("TemplatePage", &examples::template_pages())
        .values("TemplatePreview", &examples::previews())
        .values("DnsCheck", &examples::dns_checks())
        .values("EmailSummary", &examples::summaries())
        .values("EmailPage", &examples::pages())
        .values("EmailContent", &examples::email_contents())
        .values("SentBatch", &examples::batches())
        .values("EmailDryRun", &examples::dry_runs())
        .values("Email", &examples::emails())
        .values("SendingStatus", &examples::sending())
        .values("OrganisationSettings", &examples::settings())
        .values("Reputation", &examples::reputations())
        .values("PermissionAudit", &examples::audits())
        .values("ApiKeyList", &examples::api_key_lists())
        .values("NewApiKey", &examples::new_api_keys())
        .values("Suppression", &examples::suppressions())
        .values("SuppressionPage", &examples::suppression_pages())
        .values("SuppressionImport", &examples::imports())
        .values("FeedPage", &examples::feed_pages())
        .values("WebhookList", &examples::webhook_lists())
        .values("WebhookDeliveryPage", &examples::webhook_deliveries())
        .values("Session", &examples::sessions());
    assert_eq!(module.compile(), "");
}

#[test]
fn the_type_of_an_event_is_every_kind_that_ses_reports() {
    let mut module = Module::new();
    let types = "Exclude<sdk.EmailEvent['type'], `other:${string}`>";
    module.union(types, EventType::all().map(|kind| kind.to_string()));
    assert_eq!(module.compile(), "");
}

#[test]
fn the_type_of_an_event_of_the_feed_is_one_of_all_and_narrows_its_data() {
    let mut module = Module::new();
    module.union("sdk.FeedEvent['type']", FeedEventType::ALL.map(|kind| kind.to_string()));
    let narrowed = "(event: sdk.FeedEvent) => event.type === 'email.bounced' && event.data.detail.bounceType";
    module.expression(narrowed);
    let verified = "async (verify: typeof sdk.verifyWebhook, request: Request) => (await verify('', request.headers, '')).number";
    assert_eq!(module.expression(verified).compile(), "");
}

#[test]
fn an_event_has_the_details_of_its_kind() {
    let mut wrong = serde_json::to_value(&examples::events()[0]).unwrap();
    wrong["detail"] = json!({ "unexpected": true });
    assert!(!Module::new().is_type("EmailEvent", &wrong).compile().is_empty());
    let narrowed = "(event: sdk.EmailEvent) => event.type === 'bounce' && event.detail.bouncedRecipients";
    assert_eq!(Module::new().expression(narrowed).compile(), "");
    let unknown = "(event: sdk.EmailEvent) => event.type === 'click' && event.detail.bouncedRecipients";
    assert!(Module::new().expression(unknown).compile().contains("does not exist"));
}

#[test]
fn the_code_of_an_error_is_one_of_the_known_ones() {
    let known = "(error: sdk.KraiterError) => error.code === 'not_connected' || error.code === 'timeout'";
    assert_eq!(Module::new().expression(known).compile(), "");
    let unknown = "(error: sdk.KraiterError) => error.code === 'no_such_code'";
    assert!(Module::new().expression(unknown).compile().contains("no overlap"));
}

#[test]
fn a_list_is_a_page_and_an_iterator_and_a_result_has_its_response() {
    let mut module = Module::new();
    module
        .expression("async (kraiter: sdk.Kraiter): Promise<sdk.EmailSummary[]> => (await kraiter.emails.list()).data")
        .expression("async (kraiter: sdk.Kraiter) => { for await (const { id } of kraiter.emails.list()) id.length; }")
        .expression("async (kraiter: sdk.Kraiter) => { for await (const { number } of kraiter.events.list({ after: 1 })) number; }")
        .expression("async (kraiter: sdk.Kraiter) => (await kraiter.emails.get('')).lastResponse.requestId?.length")
        .expression("async (kraiter: sdk.Kraiter): Promise<string> => kraiter.suppressions.exportCsv()")
        .expression("async (kraiter: sdk.Kraiter) => kraiter.emails.list({ since: new Date(), until: '2026-11-24T12:00:00Z' })")
        .expression("async (kraiter: sdk.Kraiter) => kraiter.emails.update('', { scheduledAt: new Date() }, { timeout: 1 })");
    assert_eq!(module.compile(), "");
}

#[test]
fn an_email_of_a_caller_has_one_content_and_files_of_any_kind() {
    let email = |fields: &str| {
        let email = format!("{{ from: '', to: '', {fields} }}");
        Module::new()
            .expression(&format!("(file: File, react: sdk.ReactElement): sdk.EmailInput => ({email})"))
            .compile()
    };
    for valid in [
        "subject: '', text: ''",
        "subject: '', html: '', scheduledAt: new Date()",
        "subject: '', react, text: ''",
        "template: { id: '' }",
        "subject: '', text: '', attachments: [{ filename: 'a', content: 'YQ==' }, { content: file }]",
        "subject: '', react, attachments: [{ path: new URL('file:///a'), contentId: 'a' }, { filename: 'a', content: new Uint8Array() }]",
    ] {
        assert_eq!(email(valid), "", "{valid}");
    }
    for invalid in [
        "subject: '', react, html: ''",
        "react, template: { id: '' }",
        "react",
        "subject: '', text: '', template: { id: '' }",
        "subject: '', text: '', attachments: [{ path: './a' }]",
        "subject: '', text: '', attachments: [{ path: new URL('file:///a'), content: '' }]",
        "subject: '', text: '', attachments: [{ filename: 'a' }]",
    ] {
        assert!(email(invalid).contains("not assignable"), "{invalid}");
    }
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
        "tracking": { "opens": true, "clicks": false },
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
    let moved = json!({ "scheduledAt": "2026-12-24T18:00:00Z" });
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
        .values("UpdateEmail", slice::from_ref(&moved))
        .is_type("DkimChoice", &identity["dkim"])
        .is_type("DkimChoice", &own_key["dkim"])
        .values("IdentityQuery", &listed);
    assert_eq!(module.compile(), "");

    parse_json::<RegisterRole>(&read(&role)).unwrap();
    for identity in [&identity, &own_key] {
        parse_json::<CreateIdentity>(&read(identity)).unwrap();
        parse_json::<DkimChoice>(&read(&identity["dkim"])).unwrap();
    }
    for email in [&email, &with_template] {
        parse_json::<SendEmail>(&read(email)).unwrap();
    }
    let batch = parse_json::<SendBatch>(&read(&json!({ "emails": [&email, &with_template] }))).unwrap();
    assert_eq!(batch.emails.len(), 2);
    parse_json::<TemplateUse>(&read(&template_use)).unwrap();
    parse_json::<TemplateDraft>(&read(&template)).unwrap();
    parse_json::<TemplateUpdate>(&read(&update)).unwrap();
    parse_json::<TemplateFilling>(&read(&preview)).unwrap();
    parse_json::<TemplatePreviewDraft>(&read(&draft)).unwrap();
    parse_json::<SetUpEvents>(&read(&events)).unwrap();
    parse_json::<UpdateEmail>(&read(&moved)).unwrap();
    assert_eq!(version_query("version=3").unwrap(), Some(3));
    IdentityQuery::parse("region=eu-west-1&region=us-east-1&limit=5").unwrap();
}

#[test]
fn the_errors_of_the_package_have_the_codes_of_its_type() {
    let of_module = [Error::network(), Error::timeout(30), Error::aborted(), Error::unexpected(200, None)]
        .map(|error| error.code);
    let thrown = |file: fs::DirEntry| {
        let source = fs::read_to_string(file.path()).unwrap();
        let codes = source.split("new KraiterError('").skip(1);
        codes.map(|code| code.split('\'').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let of_javascript =
        fs::read_dir(root().join("pkg").join("lib")).unwrap().flat_map(|file| thrown(file.unwrap()));
    let mut module = Module::new();
    // Several places have the same code.
    let codes: BTreeSet<String> = of_module.into_iter().chain(of_javascript).collect();
    module.union("Exclude<sdk.KraiterErrorCode, sdk.ApiErrorCode>", codes);
    assert_eq!(module.compile(), "");
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
fn the_types_of_api_keys_settings_and_suppressions_are_accepted_by_the_api() {
    let suppression = json!({ "address": "b@example.com", "reason": "bounce" });
    let listed = json!({ "search": "b@", "reason": "bounce", "limit": 5, "cursor": "b@example.com" });
    let key = json!({
        "name": "Shop",
        "scope": "sending",
        "expiresAt": "2027-11-24T12:00:00Z",
        "restrictions": { "senders": ["example.com"], "recipientDomains": ["example.org"] },
        "test": true,
    });
    let settings = json!({ "tracking": true, "feed": true });
    let mut module = Module::new();
    module
        .values("CreateApiKey", slice::from_ref(&key))
        .values("UpdateSettings", slice::from_ref(&settings))
        .values("CreateSuppression", slice::from_ref(&suppression))
        .values("SuppressionQuery", slice::from_ref(&listed));
    assert_eq!(module.compile(), "");
    parse_json::<CreateApiKey>(&read(&key)).unwrap();
    parse_json::<UpdateSettings>(&read(&settings)).unwrap();
    parse_json::<CreateSuppression>(&read(&suppression)).unwrap();
    SuppressionQuery::parse("search=b%40&reason=bounce&limit=5&cursor=b%40example.com").unwrap();
}

#[test]
fn the_query_types_of_lists_are_accepted_by_the_api() {
    let id = "eml_019ab0c5d0007000800000000000000a";
    let page = json!({ "limit": 5, "cursor": id });
    let listed = json!({
        "status": "bounced",
        "to": "ada@example.com",
        "from": "example.com",
        "subject": "order",
        "tag": "campaign=spring",
        "template": "tpl_019ab0c5d0007000800000000000000a",
        "region": "eu-west-1",
        "since": "2026-11-24T12:00:00Z",
        "until": "2026-11-25T12:00:00Z",
        "limit": 5,
        "cursor": id,
    });
    let mut module = Module::new();
    module.values("PageQuery", slice::from_ref(&page)).values("EmailQuery", slice::from_ref(&listed));
    assert_eq!(module.compile(), "");
    PageQuery::parse(&format!("limit=5&cursor={id}")).unwrap();
    EmailQuery::parse(&format!(
        "status=bounced&to=ada%40example.com&from=example.com&subject=order&tag=campaign%3Dspring\
         &template=tpl_019ab0c5d0007000800000000000000a&region=eu-west-1&since=2026-11-24T12:00:00Z\
         &until=2026-11-25T12:00:00Z&limit=5&cursor={id}"
    ))
    .unwrap();
}

#[test]
fn no_type_of_the_package_is_any() {
    for file in ["index.d.ts", "lib/types.d.ts"] {
        let types = fs::read_to_string(root().join("pkg").join(file)).unwrap();
        let code = types.lines().filter(|line| !line.trim_start().starts_with(['/', '*']));
        let is_any = |line: &str| line.split(|c: char| !c.is_alphanumeric()).any(|word| word == "any");
        assert_eq!(code.filter(|line| is_any(line)).collect::<Vec<_>>(), Vec::<&str>::new(), "{file}");
    }
}

#[test]
fn the_class_surface_stays_small() {
    let surface = fs::read_to_string(root().join("pkg").join("index.d.ts")).unwrap();
    assert!(
        surface.lines().count() <= 250,
        "describe types in the API contract, from which lib/types.d.ts is generated"
    );
}

fn read(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

#[test]
fn the_types_of_webhooks_and_events_are_accepted_by_the_api() {
    let created = json!({ "url": "https://example.com/", "events": ["email.bounced"] });
    let updated = json!({ "url": "https://example.com/", "events": ["email.sent"], "enabled": true });
    let replayed = json!({ "number": 1, "since": "2026-11-24T12:00:00Z", "until": "2026-11-24T13:00:00Z" });
    let mut module = Module::new();
    module
        .values("CreateWebhook", slice::from_ref(&created))
        .values("UpdateWebhook", slice::from_ref(&updated))
        .values("WebhookReplay", slice::from_ref(&replayed));
    assert_eq!(module.compile(), "");
    parse_json::<CreateWebhook>(&read(&created)).unwrap().parse(false).unwrap();
    parse_json::<UpdateWebhook>(&read(&updated)).unwrap();
    parse_json::<WebhookReplay>(&read(&replayed)).unwrap();
    FeedQuery::parse("after=41&limit=100").unwrap();
}

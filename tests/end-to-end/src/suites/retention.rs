//! Little is kept: a mail's content until its end, what became of it for some days, and nothing of what was deleted.

use std::sync::Weak;

use http::{Method, StatusCode};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{Result, api::Api, test_env::ADMIN_TOKEN};
use time::{Duration, OffsetDateTime};

use super::{TestResult, assert_equal, assert_that, trial};
use crate::{
    aws_proxy::{
        SEND_EMAIL,
        fault::{self, json_error},
    },
    connected_organisation::ConnectedOrganisation,
    environment::Environment,
    harness::Harness,
    http_proxy::ProxyAction,
    sns_signer::{SnsMessage, ses_event, sns_timestamp},
    stored_rows::StoredRows,
    test_email::{COMPLAINT, SENDER, SUCCESS, email_to},
};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("retention::{name}"), harness, case);
    vec![
        case("what became of a mail is kept for thirty days, and what suppresses for good", delivery_history),
        case("the content of a mail is gone when it has come to its end", email_content),
        case("a disconnected account leaves no mail behind that could be sent", disconnected_account),
        case("an organisation that is deleted is let in nowhere", access_after_deletion),
        case("of a deleted organisation nothing is left, and another one stays whole", deleted_organisation),
    ]
}

/// The day on which what was done now is that many days old.
fn days_from_now(number: i64) -> OffsetDateTime {
    OffsetDateTime::now_utc() + Duration::days(number)
}

/// A mail that says something of its own.
fn email_with_text(text: &str, to: &str) -> Value {
    let mut email = email_to(to);
    email["text"] = json!(text);
    email
}

fn scheduled_tomorrow(mut email: Value) -> Value {
    email["scheduledAt"] = json!(sns_timestamp(OffsetDateTime::now_utc() + Duration::DAY));
    email
}

/// Lets SNS tell of a mail.
fn post_event(
    environment: &Environment,
    connected: &ConnectedOrganisation,
    id: &str,
    kind: &str,
    details: &Value,
) -> TestResult {
    assert_equal(
        "status of the webhook's response",
        post_signed_event(environment, connected, id, kind, details)?,
        StatusCode::OK,
    )
}

/// Posts an event of a mail as SNS would.
fn post_signed_event(
    environment: &Environment,
    connected: &ConnectedOrganisation,
    id: &str,
    kind: &str,
    details: &Value,
) -> Result<StatusCode> {
    let event = ses_event(id, kind, &["ada@example.org"], details, OffsetDateTime::now_utc());
    let sns_message = SnsMessage::new("Notification", &connected.topic_arn, &environment.aws_proxy.origin());
    let signed = sns_message.with("Message", event).sign()?;
    let body = ("text/plain; charset=UTF-8", signed.to_string().into_bytes().into());
    let api = Api::new(environment.webhook_proxy.origin());
    Ok(api.send(Method::POST, &connected.webhook_target()?, Some(body), &[])?.status)
}

fn delivery_history(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("retention")?;
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let api = &connected.organisation.api;
    let finished = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&finished)?;
    let later = connected.send(&scheduled_tomorrow(email_to(SUCCESS)), "scheduled")?;
    post_event(
        &environment,
        &connected,
        &finished,
        "Delivery",
        &json!({ "recipients": ["ada@example.org"] }),
    )?;
    let bounced =
        json!({ "bounceType": "Transient", "bouncedRecipients": [{ "emailAddress": "bob@example.org" }] });
    post_event(&environment, &connected, &finished, "Bounce", &bounced)?;
    let complained = json!({ "complainedRecipients": [{ "emailAddress": "ada@example.org" }] });
    post_event(&environment, &connected, &finished, "Complaint", &complained)?;
    let shown = connected.email(&finished)?;

    worker.run_scheduled(days_from_now(29))?;
    assert_equal("email after 29 days", connected.email(&finished)?, shown)?;
    worker.run_scheduled(days_from_now(31))?;
    let gone = api.get(&format!("/v1/emails/{finished}"))?;
    assert_equal("email after 31 days", (gone.status.as_u16(), gone.code()), (404, Some("not_found")))?;
    assert_equal("status of a scheduled email", &connected.email(&later)?["status"], "scheduled")?;
    let suppressed = api.get("/v1/suppressions/ada%40example.org")?.expect_status(StatusCode::OK)?;
    assert_equal("suppression reason", &suppressed["reason"], "complaint")?;

    // A complaint that comes as late as that counts all the same.
    let late = json!({ "complainedRecipients": [{ "emailAddress": "ada@example.org" }] });
    api.delete("/v1/suppressions/ada%40example.org")?;
    post_event(&environment, &connected, &finished, "Complaint", &late)?;
    api.get("/v1/suppressions/ada%40example.org")?.expect_status(StatusCode::OK)?;

    worker.run_scheduled(days_from_now(39))?;
    worker.kill()?;
    let stored = StoredRows::read(&harness.tools, environment.state.path())?;
    assert_equal(
        "tables with the suppressed address",
        stored.tables_with("ada@example.org"),
        ["recipients", "suppression_facts"],
    )?;
    assert_equal("tables with the other address", stored.tables_with("bob@example.org"), Vec::<&str>::new())?;
    assert_equal("events", stored.count("email_events"), 0)?;
    assert_equal("emails", stored.count("emails"), 1)
}

fn email_content(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("content")?;
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let api = &connected.organisation.api;
    let finished = "these words are over";
    let file = json!([{ "filename": "a.txt", "content": "dGhlc2Ugd29yZHMgYXJlIG92ZXI=" }]);
    let mut with_file = email_with_text(finished, SUCCESS);
    with_file["attachments"] = file;
    for email in [email_with_text(finished, SUCCESS), with_file] {
        let id = connected.send(&email, "sent")?;
        connected.wait_for_delivery(&id)?;
    }
    let cancelled = connected.send(&scheduled_tomorrow(email_with_text(finished, SUCCESS)), "scheduled")?;
    api.post(&format!("/v1/emails/{cancelled}/cancel"), &json!({}))?.expect_status(StatusCode::OK)?;
    let suppressed = connected.send(
        &json!({
            "from": SENDER,
            "to": COMPLAINT,
            "subject": "Hello",
            "text": finished,
            "scheduledAt": sns_timestamp(OffsetDateTime::now_utc() + Duration::seconds(3)),
        }),
        "scheduled",
    )?;
    api.post("/v1/suppressions", &json!({ "address": COMPLAINT }))?.expect_status(StatusCode::CREATED)?;
    connected.wait_for_email(&suppressed, "failed")?;
    let mut without_events = email_with_text(finished, SUCCESS);
    without_events["region"] = json!("us-east-1");
    let cut = environment
        .aws_proxy
        .inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| Some(ProxyAction::ForwardThenDisconnect));
    connected.send(&without_events, "unconfirmed")?;
    drop(cut);
    let rejection = environment.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(json_error(400, "MessageRejected", "Email address is not verified."))
    });
    assert_equal(
        "response to a rejected email",
        connected.submit(&email_with_text(finished, SUCCESS))?.code(),
        Some("aws_refused"),
    )?;
    drop(rejection);
    connected.send(&scheduled_tomorrow(email_with_text("these words are needed", SUCCESS)), "scheduled")?;

    worker.kill()?;
    let stored = StoredRows::read(&harness.tools, environment.state.path())?;
    assert_equal("tables with finished content", stored.tables_with(finished), Vec::<&str>::new())?;
    assert_equal("message chunks", stored.count("outbox_pieces"), 0)?;
    // The control: what is still to be sent is found in the same way.
    assert_equal("tables with pending content", stored.tables_with("these words are needed"), ["outbox"])
}

fn disconnected_account(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("disconnected")?;
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let text = "these words go nowhere";
    let cut = environment
        .aws_proxy
        .inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| Some(ProxyAction::Disconnect));
    let unconfirmed = connected.send(&email_with_text(text, SUCCESS), "unconfirmed")?;
    drop(cut);
    let throttle = environment
        .aws_proxy
        .inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| Some(fault::throttle()));
    let later = connected.send(&scheduled_tomorrow(email_with_text(text, SUCCESS)), "scheduled")?;
    let queued = connected.send(&email_with_text(text, SUCCESS), "queued")?;
    connected.organisation.api.delete("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
    for (id, status) in [(&later, "cancelled"), (&queued, "cancelled"), (&unconfirmed, "unconfirmed")] {
        let ended = connected.wait_for_email(id, status)?;
        let last = ended["history"].as_array().and_then(|steps| steps.last()).cloned().unwrap_or_default();
        assert_equal("code of the last step", &last["code"], "disconnected")?;
    }
    drop(throttle);
    let processed = environment
        .aws_proxy
        .calls_by_role(&connected.role_arn, SEND_EMAIL)
        .iter()
        .filter(|call| call.processed)
        .count();
    assert_equal("emails that SES processed", processed, 0)?;

    worker.kill()?;
    let stored = StoredRows::read(&harness.tools, environment.state.path())?;
    assert_equal("tables with the content", stored.tables_with(text), Vec::<&str>::new())?;
    for table in ["outbox", "webhooks", "role_claims", "identities"] {
        assert_equal(table, stored.count(table), 0)?;
    }
    assert_that(stored.count("emails") == 3, "the delivery history is lost")
}

fn access_after_deletion(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let target = connected.webhook_target()?;
    connected.send(&scheduled_tomorrow(email_to(SUCCESS)), "scheduled")?;
    let administrator = harness.api().with_key(ADMIN_TOKEN);
    let path = format!("/v1/organisations/{}", connected.organisation.id);
    assert_equal("response", administrator.delete(&path)?.status, StatusCode::NO_CONTENT)?;
    assert_equal(
        "status with the organisation's key",
        api.get("/v1/emails")?.status,
        StatusCode::UNAUTHORIZED,
    )?;
    assert_equal(
        "status of the organisation's webhook",
        harness.post_to_webhook(&target, "{}")?.status,
        StatusCode::NOT_FOUND,
    )
}

fn deleted_organisation(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("deleted")?;
    let worker = environment.start_worker(&harness.tools)?;
    let (deleted, remaining) = (
        environment.connect_organisation(harness.create_customer()?)?,
        environment.connect_organisation(harness.create_customer()?)?,
    );
    for connected in [&deleted, &remaining] {
        let api = &connected.organisation.api;
        let id = connected.send(&email_to(SUCCESS), "sent")?;
        connected.wait_for_delivery(&id)?;
        post_event(&environment, connected, &id, "Delivery", &json!({ "recipients": ["ada@example.org"] }))?;
        connected.send(&scheduled_tomorrow(email_to(SUCCESS)), "scheduled")?;
        api.post("/v1/suppressions", &json!({ "address": "bob@example.org" }))?
            .expect_status(StatusCode::CREATED)?;
        let template = json!({ "name": "Hello", "subject": "Hello", "text": "Hello" });
        api.post("/v1/templates", &template)?.expect_status(StatusCode::CREATED)?;
        api.post("/v1/identities", &json!({ "identity": "example.org" }))?
            .expect_status(StatusCode::CREATED)?;
    }
    let administrator = Api::new(environment.webhook_proxy.origin()).with_key(ADMIN_TOKEN);
    let path = format!("/v1/organisations/{}", deleted.organisation.id);
    assert_equal("response", administrator.delete(&path)?.status, StatusCode::NO_CONTENT)?;
    assert_equal("second deletion", administrator.delete(&path)?.code(), Some("not_found"))?;
    assert_equal(
        "status with the organisation's key",
        deleted.organisation.api.get("/v1/emails")?.status,
        StatusCode::UNAUTHORIZED,
    )?;
    let post = post_signed_event(&environment, &deleted, "eml_1", "Delivery", &json!({}))?;
    assert_equal("status of the organisation's webhook", post, StatusCode::NOT_FOUND)?;
    worker.run_scheduled(days_from_now(0))?;
    let whole = remaining.organisation.api.get("/v1/emails")?.expect_status(StatusCode::OK)?;
    assert_equal("emails of the other organisation", whole["data"].as_array().map(Vec::len), Some(2))?;
    remaining.verify()?;

    worker.kill()?;
    let stored = StoredRows::read(&harness.tools, environment.state.path())?;
    for trace in [&deleted.organisation.id, &deleted.role_arn, &deleted.topic_arn] {
        assert_equal(trace, stored.tables_with(trace), Vec::<&str>::new())?;
    }
    for (table, rows) in [
        ("organisations", 1),
        ("api_keys", 1),
        ("webhooks", 1),
        ("templates", 1),
        ("emails", 2),
        ("recipients", 1),
    ] {
        assert_equal(table, stored.count(table), rows)?;
    }
    assert_that(
        !stored.tables_with(&remaining.role_arn).is_empty(),
        "the other organisation's connection is deleted too",
    )
}

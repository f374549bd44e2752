//! Data retention: content until an email is finished, delivery history for some days, nothing of deleted
//! organisations.

use std::sync::Weak;

use http::{Method, StatusCode};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{Result, api::Api, test_env::ADMIN_TOKEN};
use time::{Duration, OffsetDateTime};

use super::{TestResult, assert_equal, assert_error, assert_that, trial};
use crate::{
    aws_proxy::{SEND_EMAIL, fault::json_error},
    connected_organisation::{ConnectedOrganisation, last_history_step},
    environment::Environment,
    harness::Harness,
    http_proxy::ProxyAction,
    sns_signer::{ses_event, signed_notification, sns_timestamp},
    stored_rows::StoredRows,
    test_email::{COMPLAINT, SENDER, SUCCESS, email_to, scheduled_tomorrow},
};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("retention::{name}"), harness, case);
    vec![
        case("delivery history is deleted after thirty days, and suppressions are kept", delivery_history),
        case("the content of an email is deleted when the email is finished", email_content),
        case("disconnecting cancels all pending emails and deletes their content", disconnected_account),
        case("a deleted organisation loses all access immediately", access_after_deletion),
        case(
            "all data of a deleted organisation is deleted, and other organisations are unaffected",
            deleted_organisation,
        ),
    ]
}

fn days_from_now(number: i64) -> OffsetDateTime {
    OffsetDateTime::now_utc() + Duration::days(number)
}

fn email_with_text(text: &str, to: &str) -> Value {
    let mut email = email_to(to);
    email["text"] = json!(text);
    email
}

/// Posts an event about an email and checks the response.
fn post_event(
    environment: &Environment,
    connected: &ConnectedOrganisation,
    id: &str,
    event_type: &str,
    details: &Value,
) -> TestResult {
    assert_equal(
        "status of the webhook's response",
        post_signed_event(environment, connected, id, event_type, details)?,
        StatusCode::OK,
    )
}

/// Posts a signed event about an email and returns the response's status.
fn post_signed_event(
    environment: &Environment,
    connected: &ConnectedOrganisation,
    id: &str,
    event_type: &str,
    details: &Value,
) -> Result<StatusCode> {
    let event = ses_event(id, event_type, &["ada@example.org"], details, OffsetDateTime::now_utc());
    let body = signed_notification(&connected.topic_arn, &environment.aws_proxy.origin(), &event)?;
    let body = ("text/plain; charset=UTF-8", body.into_bytes().into());
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
    let scheduled = connected.send(&scheduled_tomorrow(email_to(SUCCESS)), "scheduled")?;
    post_event(
        &environment,
        &connected,
        &finished,
        "Delivery",
        &json!({ "recipients": ["ada@example.org"] }),
    )?;
    let bounce =
        json!({ "bounceType": "Transient", "bouncedRecipients": [{ "emailAddress": "bob@example.org" }] });
    post_event(&environment, &connected, &finished, "Bounce", &bounce)?;
    let complaint = json!({ "complainedRecipients": [{ "emailAddress": "ada@example.org" }] });
    post_event(&environment, &connected, &finished, "Complaint", &complaint)?;
    let before = connected.email(&finished)?;

    worker.run_scheduled(days_from_now(29))?;
    assert_equal("email after 29 days", connected.email(&finished)?, before)?;
    worker.run_scheduled(days_from_now(31))?;
    let deleted = api.get(&format!("/v1/emails/{finished}"))?;
    assert_error("email after 31 days", &deleted, 404, "not_found")?;
    assert_equal("status of a scheduled email", &connected.email(&scheduled)?["status"], "scheduled")?;
    let suppressed = api.get("/v1/suppressions/ada%40example.org")?.expect_status(StatusCode::OK)?;
    assert_equal("suppression reason", &suppressed["reason"], "complaint")?;

    // A complaint still suppresses the address after the email is deleted.
    api.delete("/v1/suppressions/ada%40example.org")?;
    post_event(&environment, &connected, &finished, "Complaint", &complaint)?;
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
    assert_equal("events", stored.count("email_events")?, 0)?;
    assert_equal("emails", stored.count("emails")?, 1)
}

fn email_content(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("content")?;
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let api = &connected.organisation.api;
    let finished_text = "this text is finished";
    let file = json!([{ "filename": "a.txt", "content": "dGhpcyB0ZXh0IGlzIGZpbmlzaGVk" }]);
    let mut with_file = email_with_text(finished_text, SUCCESS);
    with_file["attachments"] = file;
    for email in [email_with_text(finished_text, SUCCESS), with_file] {
        let id = connected.send(&email, "sent")?;
        connected.wait_for_delivery(&id)?;
    }
    let cancelled =
        connected.send(&scheduled_tomorrow(email_with_text(finished_text, SUCCESS)), "scheduled")?;
    api.post(&format!("/v1/emails/{cancelled}/cancel"), &json!({}))?.expect_status(StatusCode::OK)?;
    let suppressed = connected.send(
        &json!({
            "from": SENDER,
            "to": COMPLAINT,
            "subject": "Hello",
            "text": finished_text,
            "scheduledAt": sns_timestamp(OffsetDateTime::now_utc() + Duration::seconds(3)),
        }),
        "scheduled",
    )?;
    api.post("/v1/suppressions", &json!({ "address": COMPLAINT }))?.expect_status(StatusCode::CREATED)?;
    connected.wait_for_email(&suppressed, "failed")?;
    let mut without_events = email_with_text(finished_text, SUCCESS);
    without_events["region"] = json!("us-east-1");
    let fault = environment
        .aws_proxy
        .inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| Some(ProxyAction::ForwardThenDisconnect));
    connected.send(&without_events, "unconfirmed")?;
    drop(fault);
    let rejection = environment.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(json_error(400, "MessageRejected", "Email address is not verified."))
    });
    assert_equal(
        "response to a rejected email",
        connected.submit(&email_with_text(finished_text, SUCCESS))?.code(),
        Some("aws_refused"),
    )?;
    drop(rejection);
    connected.send(&scheduled_tomorrow(email_with_text("this text is pending", SUCCESS)), "scheduled")?;

    worker.kill()?;
    let stored = StoredRows::read(&harness.tools, environment.state.path())?;
    assert_equal("tables with finished content", stored.tables_with(finished_text), Vec::<&str>::new())?;
    assert_equal("message chunks", stored.count("outbox_pieces")?, 0)?;
    // Control: the content of a scheduled email is found the same way.
    assert_equal("tables with pending content", stored.tables_with("this text is pending"), ["outbox"])
}

fn disconnected_account(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("disconnected")?;
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let text = "this text is never sent";
    let fault = environment
        .aws_proxy
        .inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| Some(ProxyAction::Disconnect));
    let unconfirmed = connected.send(&email_with_text(text, SUCCESS), "unconfirmed")?;
    drop(fault);
    let throttle = environment.aws_proxy.throttle_emails(&connected.role_arn);
    let scheduled = connected.send(&scheduled_tomorrow(email_with_text(text, SUCCESS)), "scheduled")?;
    let queued = connected.send(&email_with_text(text, SUCCESS), "queued")?;
    connected.organisation.api.delete("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
    for (id, status) in [(&scheduled, "cancelled"), (&queued, "cancelled"), (&unconfirmed, "unconfirmed")] {
        let last = last_history_step(&connected.wait_for_email(id, status)?);
        assert_equal("code of the last step", &last["code"], "disconnected")?;
    }
    drop(throttle);
    let processed = environment.aws_proxy.processed_emails(&connected.role_arn).len();
    assert_equal("emails that SES processed", processed, 0)?;

    worker.kill()?;
    let stored = StoredRows::read(&harness.tools, environment.state.path())?;
    assert_equal("tables with the content", stored.tables_with(text), Vec::<&str>::new())?;
    for table in ["outbox", "webhooks", "role_claims", "identities"] {
        assert_equal(table, stored.count(table)?, 0)?;
    }
    assert_equal("emails", stored.count("emails")?, 3)
}

fn access_after_deletion(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let target = connected.webhook_target()?;
    connected.send(&scheduled_tomorrow(email_to(SUCCESS)), "scheduled")?;
    let administrator = harness.api().with_key(ADMIN_TOKEN);
    let path = format!("/v1/organisations/{}", connected.organisation.id);
    assert_equal("status of the deletion", administrator.delete(&path)?.status, StatusCode::NO_CONTENT)?;
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
    assert_equal("status of the deletion", administrator.delete(&path)?.status, StatusCode::NO_CONTENT)?;
    assert_equal("second deletion", administrator.delete(&path)?.code(), Some("not_found"))?;
    assert_equal(
        "status with the organisation's key",
        deleted.organisation.api.get("/v1/emails")?.status,
        StatusCode::UNAUTHORIZED,
    )?;
    let status = post_signed_event(&environment, &deleted, "eml_1", "Delivery", &json!({}))?;
    assert_equal("status of the organisation's webhook", status, StatusCode::NOT_FOUND)?;
    worker.run_scheduled(days_from_now(0))?;
    let emails = remaining.organisation.api.get("/v1/emails")?.expect_status(StatusCode::OK)?;
    assert_equal("emails of the other organisation", emails["data"].as_array().map(Vec::len), Some(2))?;
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
        assert_equal(table, stored.count(table)?, rows)?;
    }
    assert_that(
        !stored.tables_with(&remaining.role_arn).is_empty(),
        "the other organisation's connection is deleted too",
    )
}

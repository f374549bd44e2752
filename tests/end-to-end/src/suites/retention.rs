//! Data retention: content until an email is finished, delivery history for some days, nothing of deleted
//! organisations.

use std::sync::Weak;

use http::StatusCode;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{Result, api::Api, test_env::ADMIN_TOKEN};
use time::{Duration, OffsetDateTime};

use super::{TestResult, assert_equal, assert_error, assert_that, trial};
use crate::{
    aws_proxy::{SEND_EMAIL, fault::json_error},
    connected_organisation::{ConnectedOrganisation, last_history_step},
    environment::Environment,
    harness::{Harness, post_to_webhook},
    http_proxy::ProxyAction,
    sns_signer::{SnsMessage, ses_event, sns_timestamp},
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

fn email_with_text(text: &str, to: &str) -> Value {
    let mut email = email_to(to);
    email["text"] = json!(text);
    email
}

/// Posts an event about an email now and checks the response.
fn post_event(
    environment: &Environment,
    connected: &ConnectedOrganisation,
    id: &str,
    event_type: &str,
    details: &Value,
) -> TestResult {
    assert_equal(
        "status of the webhook's response",
        post_event_at(OffsetDateTime::now_utc(), environment, connected, id, event_type, details)?,
        StatusCode::OK,
    )
}

/// Posts an event about an email that happens at `at`, and returns the response's status.
fn post_event_at(
    at: OffsetDateTime,
    environment: &Environment,
    connected: &ConnectedOrganisation,
    id: &str,
    event_type: &str,
    details: &Value,
) -> Result<StatusCode> {
    let event = ses_event(id, event_type, &["ada@example.org"], details, at);
    let aws = environment.aws_proxy.origin();
    let message = SnsMessage::new("Notification", &connected.topic_arn, &aws).at(at).with("Message", event);
    let api = Api::new(environment.webhook_proxy.origin());
    Ok(post_to_webhook(&api, &connected.webhook_target()?, message.sign()?.to_string())?.status)
}

fn delivery_history(harness: &Harness) -> TestResult {
    let (environment, customer) = harness.create_environment_with_clock("retention")?;
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(customer)?;
    let api = &connected.organisation.api;
    let mut email = email_to(SUCCESS);
    email["to"] = json!([SUCCESS, "ada@example.org", "bob@example.org"]);
    let finished = connected.send(&email, "sent")?;
    connected.wait_for_delivery(&finished)?;
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
    let first_day = sns_timestamp(OffsetDateTime::now_utc() + Duration::days(1));
    let of_first_day = |list: &str| -> Result<usize> {
        let page =
            api.get(&format!("/v1/{list}?limit=100&until={first_day}"))?.expect_status(StatusCode::OK)?;
        Ok(page["data"].as_array().map_or(0, Vec::len))
    };
    assert_that(of_first_day("requests")? > 0, "no request is logged")?;

    let after_days = |days: i64| -> Result<OffsetDateTime> {
        worker.set_clock(Duration::days(days))?;
        worker.ring(&connected.organisation.id)?;
        Ok(OffsetDateTime::now_utc() + Duration::days(days))
    };
    let now = after_days(29)?;
    assert_equal("email after 29 days", connected.email(&finished)?, before)?;
    assert_that(of_first_day("aws-calls")? > 0, "the calls to AWS are gone after 29 days")?;
    assert_equal("logged requests after 29 days", of_first_day("requests")?, 0)?;
    let mut scheduled = email_to(SUCCESS);
    scheduled["scheduledAt"] = json!(sns_timestamp(now + Duration::days(20)));
    let scheduled = connected.send(&scheduled, "scheduled")?;
    let now = after_days(31)?;
    let deleted = api.get(&format!("/v1/emails/{finished}"))?;
    assert_error("email after 31 days", &deleted, 404, "not_found")?;
    assert_equal("calls to AWS after 31 days", of_first_day("aws-calls")?, 0)?;
    assert_equal("status of a scheduled email", &connected.email(&scheduled)?["status"], "scheduled")?;
    let suppressed = api.get("/v1/suppressions/ada%40example.org")?.expect_status(StatusCode::OK)?;
    assert_equal("suppression reason", &suppressed["reason"], "complaint")?;

    // A complaint still suppresses the address after the email is deleted.
    api.delete("/v1/suppressions/ada%40example.org")?;
    let again = now + Duration::MINUTE;
    let status = post_event_at(again, &environment, &connected, &finished, "Complaint", &complaint)?;
    assert_equal("status of the webhook's response", status, StatusCode::OK)?;
    api.get("/v1/suppressions/ada%40example.org")?.expect_status(StatusCode::OK)?;

    after_days(39)?;
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
    assert_equal("message chunks", stored.count("email_chunks")?, 0)?;
    // Control: the content of a scheduled email is found the same way.
    assert_equal("tables with pending content", stored.tables_with("this text is pending"), ["emails"])
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
    for table in ["email_chunks", "webhooks", "role_claims", "identities"] {
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
    let message =
        SnsMessage::new("Notification", &connected.topic_arn, &harness.aws_proxy.origin()).sign()?;
    assert_equal(
        "status of the organisation's webhook",
        harness.post_to_webhook(&target, message.to_string())?.status,
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
    let now = OffsetDateTime::now_utc();
    let status = post_event_at(now, &environment, &deleted, "eml_1", "Delivery", &json!({}))?;
    assert_equal("status of the organisation's webhook", status, StatusCode::NOT_FOUND)?;
    worker.run_scheduled(now)?;
    let emails = remaining.organisation.api.get("/v1/emails")?.expect_status(StatusCode::OK)?;
    assert_equal("emails of the other organisation", emails["data"].as_array().map(Vec::len), Some(2))?;
    remaining.verify()?;

    worker.kill()?;
    let stored = StoredRows::read(&harness.tools, environment.state.path())?;
    // The id remains in the totals, so that a late report doesn't count, and where the account's send rate was shared.
    let id = &deleted.organisation.id;
    assert_equal("tables with the id", stored.tables_with_id(id), ["deleted_organisations", "rate_limiter"])?;
    for trace in [&deleted.role_arn, &deleted.topic_arn] {
        assert_equal(trace, stored.tables_with(trace), Vec::<&str>::new())?;
    }
    for (table, rows) in [
        ("organisations", 1),
        ("api_keys", 1),
        ("webhooks", 1),
        ("templates", 1),
        ("emails", 2),
        ("suppression_facts", 1),
    ] {
        assert_equal(table, stored.count(table)?, rows)?;
    }
    assert_that(
        !stored.tables_with(&remaining.role_arn).is_empty(),
        "the other organisation's connection is deleted too",
    )
}

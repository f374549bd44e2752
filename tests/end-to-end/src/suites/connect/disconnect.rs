//! Disconnecting, and events that must not end a connection.

use http::StatusCode;
use serde_json::json;

use super::{TestResult, assert_equal, assert_error, assert_that};
use crate::{
    aws_proxy::fault,
    harness::{Harness, IRELAND, get_binding, open_quick_create, request_connection},
    polling::{WAIT_TIMEOUT, wait_until},
    test_email::{SUCCESS, email_to},
};

pub(crate) fn disconnect_and_reconnect(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let disconnected = api.delete("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
    assert_equal("status in the response", &disconnected["status"], "disconnected")?;
    assert_equal("status", &connected.binding()?["status"], "disconnected")?;
    let repeated = api.delete("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
    assert_equal("status in the second response", &repeated["status"], "disconnected")?;
    let refused = connected.submit(&email_to(SUCCESS))?;
    assert_error("sending an email", &refused, 409, "not_connected")?;

    let confirmation = harness.webhook_proxy.sns_posts(&connected.topic_arn);
    let confirmation = confirmation.first().ok_or("SNS has not posted a confirmation")?;
    let late = harness.post_to_webhook(&confirmation.target, confirmation.body.clone())?;
    assert_error("response to a late post", &late, 404, "not_found")?;
    assert_equal("status after the late post", &connected.binding()?["status"], "disconnected")?;

    // The old stack still exists.
    let link = open_quick_create(&connected.organisation, IRELAND)?;
    assert_that(
        link.parameter("WebhookUrl") != Some(connected.webhook_url()),
        "the new link reuses the old token",
    )?;
    link.create_stack(&connected.customer)?;
    connected.organisation.wait_for_status("connected", WAIT_TIMEOUT)?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    Ok(())
}

pub(crate) fn not_connected(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let assert_nothing_works = || -> TestResult {
        for (path, body) in [
            ("/v1/aws-binding/verify", json!({})),
            ("/v1/emails", email_to(SUCCESS)),
            ("/v1/identities", json!({ "identity": "example.com" })),
        ] {
            let response = organisation.api.post(path, &body)?;
            assert_error(path, &response, 409, "not_connected")?;
        }
        Ok(())
    };
    assert_nothing_works()?;
    let disconnected = organisation.api.delete("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
    assert_equal("status after disconnecting", &disconnected["status"], "not_connected")?;
    request_connection(&organisation, IRELAND)?;
    assert_nothing_works()?;
    assert_equal("status", &get_binding(&organisation)?["status"], "awaiting_stack")?;
    assert_equal("emails", &organisation.api.get("/v1/emails")?.body["data"], &json!([]))
}

pub(crate) fn killed_worker(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("killed-worker")?;
    let start_worker = || environment.start_worker(&harness.tools);
    let worker = start_worker()?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let delivered = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&delivered)?;
    let throttle = environment.aws_proxy.throttle_emails(&connected.role_arn);
    let queued = connected.send(&email_to(SUCCESS), "queued")?;
    let before = (connected.binding()?, connected.email(&delivered)?);

    worker.kill()?;
    drop(throttle);
    let _worker = start_worker()?;
    assert_equal("connection", connected.binding()?, before.0)?;
    assert_equal("delivered email", connected.email(&delivered)?, before.1)?;
    connected.wait_for_delivery(&queued)?;
    let last = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&last)?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 3.0)?;
    assert_equal("status", &connected.verify()?["status"], "connected")
}

pub(crate) fn queued_email_survives_refused_role(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let throttle = harness.aws_proxy.throttle_emails(&connected.role_arn);
    let queued = connected.send(&email_to(SUCCESS), "queued")?;
    let refusal = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, "AssumeRole", |_| {
        Some(fault::query_error(403, "AccessDenied", "User is not authorized to perform: sts:AssumeRole"))
    });
    connected.verify()?;
    connected.organisation.wait_for_status("degraded", WAIT_TIMEOUT)?;
    drop(throttle);
    let is_held = || {
        let sending = connected.organisation.api.get("/v1/sending")?.expect_status(StatusCode::OK)?;
        Ok(sending["regions"][0]["hold"]["reason"] == "connection")
    };
    wait_until("the email to be held for the connection", is_held)?;
    assert_equal("status", &connected.email(&queued)?["status"], "queued")?;
    assert_equal(
        "sending another email",
        connected.submit(&email_to(SUCCESS))?.code(),
        Some("role_refused"),
    )?;
    drop(refusal);
    assert_equal("status after the fix", &connected.verify()?["status"], "connected")?;
    connected.wait_for_delivery(&queued)?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)
}

//! Failures between the Worker and AWS.

use std::sync::atomic::{AtomicU32, Ordering};

use http::StatusCode;
use serde_json::{Value, json};
use test_support::api::ApiResponse;

use super::{TestResult, assert_equal, assert_error, assert_that, event_types};
use crate::{
    aws_proxy::{
        FaultGuard, SEND_EMAIL,
        fault::{self, json_error_response},
    },
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, string_at},
    http_proxy::ProxyAction,
    polling::{WAIT_TIMEOUT, wait_until},
    test_email::{SUCCESS, email_to},
};

pub(crate) fn rejected_by_ses(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    // Without identities, an account can only send from the simulator's addresses.
    let mut email = email_to(SUCCESS);
    email["from"] = json!("sender@example.com");
    let response = connected.submit(&email)?;
    assert_error("response", &response, 400, "aws_refused")?;
    assert_equal("awsCode", response.text("/awsCode"), "MessageRejected")?;
    assert_that(response.text("/detail").contains("not verified"), response.body.to_string())?;
    assert_that(!response.text("/awsRequestId").is_empty(), response.body.to_string())?;
    assert_equal("field", response.text("/field"), "from")?;
    let help = response.text("/help");
    for part in ["sender@example.com", "\"example.com\"", "eu-west-1", "page Identities"] {
        assert_that(help.contains(part), format!("the help doesn't name {part}: {help}"))?;
    }

    let page = connected.organisation.api.get("/v1/emails")?.expect_status(StatusCode::OK)?;
    assert_equal("listed status", &page["data"][0]["status"], "failed")?;
    let email = connected.email(&string_at(&page, "/data/0/id")?)?;
    assert_equal("error code", &email["error"]["code"], "MessageRejected")?;
    assert_equal("SES message ID", &email["sesMessageId"], &Value::Null)?;
    assert_equal("connection", &connected.binding()?["status"], "connected")?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 0.0)
}

pub(crate) fn throttled(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let throttle = harness.aws_proxy.throttle_emails(&connected.role_arn);
    let id = connected.send(&email_to(SUCCESS), "queued")?;
    let attempts = || harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    wait_until("a second attempt", || Ok(attempts().len() >= 2))?;
    assert_equal("status", &connected.email(&id)?["status"], "queued")?;

    drop(throttle);
    connected.wait_for_delivery(&id)?;
    assert_equal("attempts that SES processed", attempts().iter().filter(|call| call.processed).count(), 1)?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)
}

pub(crate) fn unreachable_role(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let fault = harness
        .aws_proxy
        .inject_fault_for_role(&connected.role_arn, "AssumeRole", |_| Some(ProxyAction::Disconnect));
    let id = connected.send(&email_to(SUCCESS), "queued")?;
    // No SES call is made, so the attempts are counted in the log.
    let attempts = || {
        let lines = harness.worker_log();
        let matching = lines.lines().filter(|line| line.contains(&id) && line.contains("\"attempt\""));
        matching
            .filter_map(|line| line.split("\"attempt\":").nth(1)?.split([',', '}']).next()?.parse().ok())
            .collect::<Vec<u32>>()
    };
    wait_until("a third attempt", || Ok(attempts().len() >= 3))?;
    assert_equal("attempts", &attempts()[..3], [1, 2, 3].as_slice())?;
    assert_equal("SES calls", harness.aws_proxy.send_call_count(&connected.role_arn), 0)?;
    drop(fault);
    connected.wait_for_delivery(&id)?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)
}

pub(crate) fn lost_response(harness: &Harness) -> TestResult {
    assert_confirmed_by_event(harness, || {
        ProxyAction::ForwardThenRespond(json_error_response(500, "InternalFailure", "Oops"))
    })
}

pub(crate) fn dropped_connection(harness: &Harness) -> TestResult {
    assert_confirmed_by_event(harness, || ProxyAction::ForwardThenDisconnect)
}

/// SES accepts the email, but the Worker gets the response of `fault`.
fn assert_confirmed_by_event(harness: &Harness, fault: fn() -> ProxyAction) -> TestResult {
    let connected = harness.connect_organisation()?;
    let fault =
        harness.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, move |_| Some(fault()));
    let held_events = harness.webhook_proxy.hold_notifications(&connected.topic_arn);
    let id = connected.send(&email_to(SUCCESS), "unconfirmed")?;
    assert_equal("status", &connected.email(&id)?["status"], "unconfirmed")?;
    let posted_events = || {
        let posts = harness.webhook_proxy.sns_posts(&connected.topic_arn).into_iter();
        posts.filter(|post| post.event()["eventType"].is_string()).collect::<Vec<_>>()
    };
    wait_until("SNS to post both events", || Ok(posted_events().len() == 2))?;
    drop((fault, held_events));

    for (event_type, status) in [("Send", "sent"), ("Delivery", "delivered")] {
        let posts = posted_events();
        let post =
            posts.iter().find(|post| post.event()["eventType"] == event_type).ok_or("an event is missing")?;
        let response = harness.post_to_webhook(&post.target, post.body.clone())?;
        assert_equal(event_type, response.status, StatusCode::OK)?;
        assert_equal("status", &connected.email(&id)?["status"], status)?;
    }
    let email = connected.email(&id)?;
    let message_id = &posted_events()[0].event()["mail"]["messageId"];
    assert_equal("SES message ID from the event", &email["sesMessageId"], message_id)?;
    assert_equal("events", event_types(&email), ["send", "delivery"])?;
    assert_equal("attempts", harness.aws_proxy.send_call_count(&connected.role_arn), 1)?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)
}

pub(crate) fn no_automatic_retry(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let fault = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(fault::json_error(503, "ServiceUnavailable", "Oops"))
    });
    let lost = connected.send(&email_to(SUCCESS), "unconfirmed")?;
    drop(fault);
    // If the lost email were queued, it would be sent before or with this one.
    let throttle = fail_once(harness, &connected, fault::throttle);
    let later = connected.send(&email_to(SUCCESS), "queued")?;
    connected.wait_for_delivery(&later)?;
    drop(throttle);
    assert_equal("status", &connected.email(&lost)?["status"], "unconfirmed")?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)
}

/// Makes the first of an organisation's next calls that send an email fail.
fn fail_once(
    harness: &Harness,
    connected: &ConnectedOrganisation,
    fault: impl Fn() -> ProxyAction + Send + Sync + 'static,
) -> FaultGuard {
    let calls = AtomicU32::new(0);
    harness.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, move |_| {
        let is_first = calls.fetch_add(1, Ordering::SeqCst) == 0;
        is_first.then(&fault)
    })
}

fn expired_token() -> ProxyAction {
    fault::json_error(403, "ExpiredTokenException", "The security token is expired")
}

pub(crate) fn expired_credentials(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    connected.send(&email_to(SUCCESS), "sent")?;
    let sessions = || harness.aws_proxy.calls_by_role(&connected.role_arn, "AssumeRole").len();
    let before = sessions();
    let _fault = fail_once(harness, &connected, expired_token);
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    assert_equal("new sessions", sessions() - before, 1)?;
    assert_equal("attempts", harness.aws_proxy.send_call_count(&connected.role_arn), 3)?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 2.0)
}

/// AWS doesn't limit the size of session tokens: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
pub(crate) fn long_session_token(harness: &Harness) -> TestResult {
    const LENGTH: usize = 12_000;
    let connected = harness.connect_organisation()?;
    let _long_token = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, "AssumeRole", |_| {
        Some(ProxyAction::ForwardThenEdit(|response| {
            let padding = "A".repeat(LENGTH);
            response.body =
                response.text().replace("</SessionToken>", &format!("{padding}</SessionToken>")).into_bytes();
        }))
    });
    let _fault = fail_once(harness, &connected, expired_token);
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    let sent = harness.aws_proxy.processed_emails(&connected.role_arn);
    let tokens: Vec<_> = sent.iter().map(|call| call.session_token_length >= LENGTH).collect();
    assert_equal("calls with the long token", tokens, [true])?;
    connected.verify()?;
    assert_equal("status", &connected.binding()?["status"], "connected")
}

pub(crate) fn role_refused(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    connected.customer.delete_role(connected.role_name())?;
    let response = connected.submit(&email_to(SUCCESS))?;
    assert_refused(&response)?;
    let degraded = connected.organisation.wait_for_status("degraded", WAIT_TIMEOUT)?;
    assert_equal("reason", &degraded["reason"]["code"], "role_refused")?;

    let page = connected.organisation.api.get("/v1/emails")?.expect_status(StatusCode::OK)?;
    for email in page["data"].as_array().into_iter().flatten() {
        assert_equal("listed status", &email["status"], "failed")?;
    }
    let next = connected.submit(&email_to(SUCCESS))?;
    assert_error("sending the next email", &next, 409, "role_refused")?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 0.0)
}

fn assert_refused(response: &ApiResponse) -> TestResult {
    let is_expected = matches!(response.code(), Some("role_refused" | "aws_refused"));
    assert_that(
        response.status.is_client_error() && is_expected,
        format!("{} {}", response.status, response.body),
    )
}

//! Sending at the rate limit of the account.

use std::time::{Duration, Instant};

use http::StatusCode;
use serde_json::json;

use super::{
    TestResult, assert_equal, assert_that,
    bulk_send::BulkSend,
    fault_injection::{limit_ses_rate, override_quota},
};
use crate::{
    aws_proxy::{AwsProxy, Call, SEND_EMAIL},
    connected_organisation::ConnectedOrganisation,
    harness::Harness,
    polling::WAIT_TIMEOUT,
    test_email::{SENDER, SUCCESS, email_to},
};

/// Recipients per second.
const RATE: u32 = 50;

const EMAIL_COUNT: u32 = 2000;

pub(super) fn drain_rate(harness: &Harness) -> TestResult {
    send_at_limit(&harness.aws_proxy, &harness.connect_organisation()?, Duration::ZERO)
}

/// Sends emails at the rate limit of SES, with responses that take `latency`.
pub(in crate::suites) fn send_at_limit(
    aws_proxy: &AwsProxy,
    connected: &ConnectedOrganisation,
    latency: Duration,
) -> TestResult {
    let role = &connected.role_arn;
    let _quota = override_quota(aws_proxy, role, RATE, 1_000_000);
    let _ses = limit_ses_rate(aws_proxy, connected, RATE, latency);
    connected.verify()?;
    let mut bulk = BulkSend::new(&connected.organisation, "drain");
    let started = Instant::now();
    bulk.send(EMAIL_COUNT as usize)?;
    let accept_duration = started.elapsed();
    bulk.wait_until_finished(Duration::from_mins(5))?;

    let calls = aws_proxy.calls_by_role(role, SEND_EMAIL);
    let first = calls.first().and_then(|call| call.completed_at).ok_or("no email was sent")?;
    let since = |call: &Call| call.completed_at.map(|at| at.duration_since(first)).unwrap_or_default();
    let accepted_calls: Vec<_> = calls.iter().filter(|call| call.status == 200).collect();
    let duration = accepted_calls.last().map(|call| since(call)).ok_or("no email was accepted")?;
    let late_throttles =
        calls.iter().filter(|call| call.status == 429 && since(call) > Duration::from_secs(2)).count();
    let rate = f64::from(EMAIL_COUNT - 1) / duration.as_secs_f64();
    println!(
        "\n{EMAIL_COUNT} emails at a limit of {RATE} per second: {rate:.1} per second ({:.0} %), {} throttled, \
         {late_throttles} of them after two seconds; accepted in {:.1} s",
        rate / f64::from(RATE) * 100.0,
        calls.len() - accepted_calls.len(),
        accept_duration.as_secs_f64(),
    );
    assert_equal("accepted emails", accepted_calls.len(), EMAIL_COUNT as usize)?;
    let statuses = bulk.statuses()?;
    assert_equal("emails that aren't sent", statuses.values().filter(|status| *status != "sent").count(), 0)?;
    assert_equal("throttled after two seconds", late_throttles, 0)?;
    assert_that(rate >= 0.9 * f64::from(RATE), format!("the rate was {rate:.1} per second"))
}

pub(super) fn daily_quota(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let quota = override_quota(&harness.aws_proxy, &connected.role_arn, RATE, 2);
    connected.verify()?;
    for _ in 0..2 {
        connected.send(&email_to(SUCCESS), "sent")?;
    }
    let response = connected.submit(&email_to(SUCCESS))?.expect_status(StatusCode::ACCEPTED)?;
    assert_equal("status", &response["status"], "queued")?;
    assert_equal("reason", &response["hold"]["reason"], "daily_quota")?;
    assert_that(response["hold"]["until"].is_string(), response.to_string())?;
    let id = response["id"].as_str().unwrap_or_default();
    assert_equal("code in the history", &connected.email(id)?["history"][0]["code"], "daily_quota")?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 2.0)?;
    let sending = connected.organisation.api.get("/v1/sending")?.expect_status(StatusCode::OK)?;
    assert_equal("queued emails", &sending["regions"][0]["queued"], 1)?;
    assert_equal("reason of the hold", &sending["regions"][0]["hold"]["reason"], "daily_quota")?;
    drop(quota);

    // The email can be cancelled, because SES was never called.
    let cancel = || connected.organisation.api.post(&format!("/v1/emails/{id}/cancel"), &json!({}));
    assert_equal("status", &cancel()?.expect_status(StatusCode::OK)?["status"], "cancelled")?;
    let sending = connected.organisation.api.get("/v1/sending")?.expect_status(StatusCode::OK)?;
    assert_equal("queued emails", &sending["regions"][0]["queued"], 0)?;
    assert_equal("status", &connected.email(id)?["status"], "cancelled")
}

pub(super) fn sending_status(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let _quota = override_quota(&harness.aws_proxy, &connected.role_arn, 2, 1000);
    connected.verify()?;
    let mut bulk = BulkSend::new(&connected.organisation, "status");
    bulk.send(20)?;
    let sending = connected.organisation.api.get("/v1/sending")?.expect_status(StatusCode::OK)?;
    let region = &sending["regions"][0];
    assert_equal("region", &region["region"], "eu-west-1")?;
    assert_equal("rate limit", &region["maxSendRate"], 2.0)?;
    assert_equal("daily quota", &region["max24HourSend"], 1000)?;
    assert_that(region["queuedInBatches"].as_u64().is_some_and(|queued| queued > 0), region.to_string())?;
    assert_that(
        region["perSecond"].as_f64().is_some_and(|rate| rate > 1.0 && rate <= 2.0),
        region.to_string(),
    )?;
    // A single email is not queued behind the batch.
    let single =
        connected.submit(&json!({ "from": SENDER, "to": SUCCESS, "subject": "Single", "text": "Hello!" }))?;
    single.expect_status(StatusCode::ACCEPTED)?;
    bulk.wait_until_finished(WAIT_TIMEOUT)?;
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let position = calls
        .iter()
        .position(|call| call.body.contains("\"Single\""))
        .ok_or("the single email was not sent")?;
    assert_that(
        position + 1 < calls.len(),
        format!("the single email was number {position} of {}", calls.len()),
    )
}

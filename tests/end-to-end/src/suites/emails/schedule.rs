//! Mails for later, and mails that are taken back.

use std::{sync::Barrier, thread, time::Duration};

use http::StatusCode;
use serde_json::{Value, json};
use test_support::{Error, Result, api::ApiResponse};
use time::OffsetDateTime;

use super::{TestResult, assert_equal, assert_that};
use crate::{
    aws_proxy::{SEND_EMAIL, fault},
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, string_at},
    polling::wait_until,
    sns_signer::sns_timestamp,
    test_email::{COMPLAINT, SUCCESS, email_to},
};

/// Long enough for a case to look at a mail before its time, on a machine that others use too.
const SHORT_DELAY: Duration = Duration::from_secs(6);

/// So long that its time doesn't come while a case runs.
const LONG_DELAY: Duration = Duration::from_hours(24);

fn time_in(ahead: Duration) -> String {
    sns_timestamp(OffsetDateTime::now_utc() + ahead)
}

fn scheduled_email(to: &str, time: &str) -> Value {
    let mut email = email_to(to);
    email["scheduledAt"] = json!(time);
    email
}

fn cancel(connected: &ConnectedOrganisation, id: &str) -> Result<ApiResponse> {
    connected.organisation.api.post(&format!("/v1/emails/{id}/cancel"), &json!({}))
}

fn scheduled_ids(connected: &ConnectedOrganisation) -> Result<Vec<String>> {
    let page =
        connected.organisation.api.get("/v1/emails?status=scheduled")?.expect_status(StatusCode::OK)?;
    page["data"].as_array().into_iter().flatten().map(|email| string_at(email, "/id")).collect()
}

/// How often SES was asked to send anything of this organisation's.
fn send_call_count(harness: &Harness, connected: &ConnectedOrganisation) -> usize {
    harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL).len()
}

pub(crate) fn sent_at_scheduled_time(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let time = time_in(SHORT_DELAY);
    let id = connected.send(&scheduled_email(SUCCESS, &time), "scheduled")?;
    let now = connected.send(&email_to(SUCCESS), "sent")?;
    let fetched = connected.email(&id)?;
    assert_equal("status", &fetched["status"], "scheduled")?;
    assert_equal("scheduledAt", &fetched["scheduledAt"], &*time)?;
    assert_equal(
        "scheduledAt of an unscheduled email",
        &connected.email(&now)?["scheduledAt"],
        &Value::Null,
    )?;
    assert_equal("scheduled emails", scheduled_ids(&connected)?, vec![id.clone()])?;

    let delivered = connected.wait_for_delivery(&id)?;
    assert_equal("scheduledAt", &delivered["scheduledAt"], &*time)?;
    let send = delivered["events"].as_array().into_iter().flatten().find(|event| event["type"] == "send");
    let sent_at = string_at(send.ok_or("the Send event is missing")?, "/at")?;
    // SES's clock is this machine's. Both are RFC 3339 in UTC, to the second.
    assert_that(sent_at[..19] >= time[..19], format!("sent at {sent_at}, for {time}"))?;
    assert_equal("scheduled emails", scheduled_ids(&connected)?, Vec::<String>::new())?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 2.0)
}

pub(crate) fn cancelled(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let soon = connected.send(&scheduled_email(SUCCESS, &time_in(SHORT_DELAY)), "scheduled")?;
    let later = connected.send(&scheduled_email(SUCCESS, &time_in(LONG_DELAY)), "scheduled")?;
    for id in [&soon, &later] {
        assert_equal(
            "status",
            &cancel(&connected, id)?.expect_status(StatusCode::OK)?["status"],
            "cancelled",
        )?;
        let fetched = connected.email(id)?;
        assert_equal("status", &fetched["status"], "cancelled")?;
        assert_equal("last step", &fetched["history"][0]["step"], "cancelled")?;
        // Once more changes nothing.
        assert_equal(
            "status",
            &cancel(&connected, id)?.expect_status(StatusCode::OK)?["status"],
            "cancelled",
        )?;
        assert_equal("history", &connected.email(id)?["history"], &fetched["history"])?;
    }
    assert_equal("scheduled emails", scheduled_ids(&connected)?, Vec::<String>::new())?;
    // One that is for later than the first of them shows that its time has passed.
    let next = connected.send(&scheduled_email(SUCCESS, &time_in(SHORT_DELAY)), "scheduled")?;
    connected.wait_for_delivery(&next)?;
    assert_equal("SES calls", send_call_count(harness, &connected), 1)?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)?;
    let late = cancel(&connected, &next)?;
    assert_equal(
        "cancelling a sent email",
        (late.status.as_u16(), late.code()),
        (409, Some("email_not_cancellable")),
    )
}

pub(crate) fn cancel_race(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let time = time_in(SHORT_DELAY);
    let emails: Vec<_> = (0..20).map(|_| scheduled_email(SUCCESS, &time)).collect();
    let batch = connected.organisation.api.post("/v1/emails/batch", &json!({ "emails": emails }))?;
    let batch = batch.expect_status(StatusCode::ACCEPTED)?;
    let items = batch["data"].as_array().into_iter().flatten();
    let ids: Vec<_> = items.map(|item| string_at(item, "/id")).collect::<Result<_>>()?;
    assert_equal("scheduled emails", scheduled_ids(&connected)?.len(), 20)?;
    // Once the first is on its way, each of the others is cancelled by two at once.
    wait_until("the first email to be sent", || Ok(send_call_count(harness, &connected) > 0))?;
    let barrier = Barrier::new(2);
    let cancel_all = || {
        barrier.wait();
        // The last ones first, so that sending and cancelling meet.
        let responses = ids.iter().rev().map(|id| Ok(cancel(&connected, id)?.status == StatusCode::OK));
        responses.collect::<Result<Vec<_>>>()
    };
    let (cancelled, by_other) = thread::scope(|scope| {
        let other = scope.spawn(cancel_all);
        let cancelled = cancel_all()?;
        let by_other = other.join().map_err(|_| Error::Unexpected("a thread has panicked".into()))??;
        Ok::<_, Error>((cancelled, by_other))
    })?;
    assert_equal("cancellations seen by both threads", &by_other, &cancelled)?;
    let mut sent = 0;
    for (id, was_cancelled) in ids.iter().rev().zip(&cancelled) {
        if *was_cancelled {
            assert_equal("status", &connected.email(id)?["status"], "cancelled")?;
        } else {
            connected.wait_for_delivery(id)?;
            sent += 1;
        }
    }
    assert_that(sent > 0, "no email was sent")?;
    assert_equal("SES calls", send_call_count(harness, &connected), sent)
}

pub(crate) fn cancel_after_attempt(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let throttle =
        harness.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| Some(fault::throttle()));
    let id = connected.send(&email_to(SUCCESS), "queued")?;
    let response = cancel(&connected, &id)?;
    assert_equal(
        "response",
        (response.status.as_u16(), response.code()),
        (409, Some("email_not_cancellable")),
    )?;
    drop(throttle);
    connected.wait_for_delivery(&id)?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)
}

pub(crate) fn survives_kill(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("schedule")?;
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let soon = connected.send(&scheduled_email(SUCCESS, &time_in(SHORT_DELAY)), "scheduled")?;
    let cancelled = connected.send(&scheduled_email(SUCCESS, &time_in(LONG_DELAY)), "scheduled")?;
    let later = connected.send(&scheduled_email(SUCCESS, &time_in(LONG_DELAY)), "scheduled")?;
    cancel(&connected, &cancelled)?.expect_status(StatusCode::OK)?;
    worker.kill()?;
    let _worker = environment.start_worker(&harness.tools)?;
    connected.wait_for_delivery(&soon)?;
    for (id, status) in [(&cancelled, "cancelled"), (&later, "scheduled")] {
        assert_equal("status", &connected.email(id)?["status"], status)?;
    }
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)
}

pub(crate) fn batch(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let emails = json!({ "emails": [
        email_to(SUCCESS),
        scheduled_email(SUCCESS, &time_in(SHORT_DELAY)),
        scheduled_email(SUCCESS, &time_in(LONG_DELAY)),
        scheduled_email(SUCCESS, "2020-01-01T00:00:00Z"),
    ] });
    let response =
        connected.organisation.api.post("/v1/emails/batch", &emails)?.expect_status(StatusCode::ACCEPTED)?;
    let statuses: Vec<_> =
        response["data"].as_array().into_iter().flatten().map(|item| item["status"].as_str()).collect();
    assert_equal("statuses", statuses, vec![Some("sent"), Some("scheduled"), Some("scheduled"), None])?;
    assert_equal("field of the last error", &response["data"][3]["error"]["field"], "scheduledAt")?;
    connected.wait_for_delivery(&string_at(&response, "/data/1/id")?)?;
    assert_equal("scheduled emails", scheduled_ids(&connected)?, vec![string_at(&response, "/data/2/id")?])?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 2.0)
}

pub(crate) fn suppressed_before_send(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let mut email = scheduled_email(SUCCESS, &time_in(SHORT_DELAY));
    email["to"] = json!([SUCCESS, COMPLAINT]);
    let id = connected.send(&email, "scheduled")?;
    api.post("/v1/suppressions", &json!({ "address": COMPLAINT }))?.expect_status(StatusCode::CREATED)?;
    let fetched = connected.wait_for_delivery(&id)?;
    assert_equal("to", &fetched["to"], &json!([SUCCESS]))?;
    assert_equal("suppressed recipients", &fetched["suppressed"][0]["field"], "to[1]")
}

//! Scheduled and cancelled emails.

use std::{sync::Barrier, thread, time::Duration};

use http::{Method, StatusCode};
use serde_json::{Value, json};
use test_support::{Error, Result, api::ApiResponse};
use time::OffsetDateTime;

use super::{TestResult, assert_equal, assert_error, assert_that};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, string_at},
    polling::wait_until,
    sns_signer::sns_timestamp,
    test_email::{COMPLAINT, SUCCESS, email_to},
};

/// Long enough to inspect an email before it is sent, even on a busy machine.
const SHORT_DELAY: Duration = Duration::from_secs(6);

/// Longer than any case runs.
const LONG_DELAY: Duration = Duration::from_hours(24);

fn time_in(delay: Duration) -> String {
    sns_timestamp(OffsetDateTime::now_utc() + delay)
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

/// Returns the number of SendEmail calls for this organisation.
fn send_call_count(harness: &Harness, connected: &ConnectedOrganisation) -> usize {
    harness.aws_proxy.send_call_count(&connected.role_arn)
}

pub(crate) fn sent_at_scheduled_time(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let time = time_in(SHORT_DELAY);
    let id = connected.send(&scheduled_email(SUCCESS, &time), "scheduled")?;
    let unscheduled = connected.send(&email_to(SUCCESS), "sent")?;
    let fetched = connected.email(&id)?;
    assert_equal("status", &fetched["status"], "scheduled")?;
    assert_equal("scheduledAt", &fetched["scheduledAt"], &*time)?;
    assert_equal(
        "scheduledAt of an unscheduled email",
        &connected.email(&unscheduled)?["scheduledAt"],
        &Value::Null,
    )?;
    assert_equal("scheduled emails", scheduled_ids(&connected)?, vec![id.clone()])?;

    let delivered = connected.wait_for_delivery(&id)?;
    assert_equal("scheduledAt", &delivered["scheduledAt"], &*time)?;
    let send_event =
        delivered["events"].as_array().into_iter().flatten().find(|event| event["type"] == "send");
    let sent_at = string_at(send_event.ok_or("the Send event is missing")?, "/at")?;
    // The local SES uses this machine's clock. Both times are RFC 3339 in UTC; only the seconds are compared.
    assert_that(sent_at[..19] >= time[..19], format!("sent at {sent_at}, scheduled for {time}"))?;
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
        // Cancelling again changes nothing.
        assert_equal(
            "status",
            &cancel(&connected, id)?.expect_status(StatusCode::OK)?["status"],
            "cancelled",
        )?;
        assert_equal("history", &connected.email(id)?["history"], &fetched["history"])?;
    }
    assert_equal("scheduled emails", scheduled_ids(&connected)?, Vec::<String>::new())?;
    // When an email with a later time has been sent, the time of the cancelled one has passed.
    let next = connected.send(&scheduled_email(SUCCESS, &time_in(SHORT_DELAY)), "scheduled")?;
    connected.wait_for_delivery(&next)?;
    assert_equal("send calls", send_call_count(harness, &connected), 1)?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)?;
    let late = cancel(&connected, &next)?;
    assert_error("cancelling a sent email", &late, 409, "email_not_cancellable")
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
    // As soon as the first email is sent, two threads cancel all emails.
    wait_until("the first email to be sent", || Ok(send_call_count(harness, &connected) > 0))?;
    let barrier = Barrier::new(2);
    let cancel_all = || {
        barrier.wait();
        // Starts with the last email, so that sending and cancelling meet.
        let responses = ids.iter().rev().map(|id| Ok(cancel(&connected, id)?.status == StatusCode::OK));
        responses.collect::<Result<Vec<_>>>()
    };
    let (cancelled, by_other_thread) = thread::scope(|scope| {
        let other = scope.spawn(cancel_all);
        let cancelled = cancel_all()?;
        let by_other_thread =
            other.join().map_err(|_| Error::Unexpected("a thread has panicked".into()))??;
        Ok::<_, Error>((cancelled, by_other_thread))
    })?;
    assert_equal("cancellations seen by both threads", &by_other_thread, &cancelled)?;
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
    assert_equal("send calls", send_call_count(harness, &connected), sent)
}

fn reschedule(connected: &ConnectedOrganisation, id: &str, time: &str) -> Result<ApiResponse> {
    let body = json!({ "scheduledAt": time });
    connected.organisation.api.call(Method::PATCH, &format!("/v1/emails/{id}"), Some(&body))
}

pub(crate) fn rescheduled(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let earlier = connected.send(&scheduled_email(SUCCESS, &time_in(LONG_DELAY)), "scheduled")?;
    let later = connected.send(&scheduled_email(SUCCESS, &time_in(SHORT_DELAY)), "scheduled")?;
    let (soon, tomorrow) = (time_in(SHORT_DELAY), time_in(LONG_DELAY));
    for (id, time) in [(&later, &tomorrow), (&earlier, &soon)] {
        let moved = reschedule(&connected, id, time)?.expect_status(StatusCode::OK)?;
        assert_equal(
            "moved",
            (&moved["scheduledAt"], &moved["status"]),
            (&json!(time), &json!("scheduled")),
        )?;
        assert_equal("last step", &moved["history"][0]["step"], "rescheduled")?;
        // Moving it to the same time changes nothing.
        let again = reschedule(&connected, id, time)?.expect_status(StatusCode::OK)?;
        assert_equal("history", &again["history"], &moved["history"])?;
    }
    let delivered = connected.wait_for_delivery(&earlier)?;
    assert_equal("scheduledAt", &delivered["scheduledAt"], &*soon)?;
    assert_equal("scheduled emails", scheduled_ids(&connected)?, vec![later])?;
    assert_equal("send calls", send_call_count(harness, &connected), 1)?;
    let late = reschedule(&connected, &earlier, &tomorrow)?;
    assert_error("moving a sent email", &late, 409, "email_not_scheduled")
}

pub(crate) fn move_race(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let due = OffsetDateTime::now_utc() + SHORT_DELAY;
    let emails: Vec<_> = (0..20).map(|_| scheduled_email(SUCCESS, &sns_timestamp(due))).collect();
    let batch = connected.organisation.api.post("/v1/emails/batch", &json!({ "emails": emails }))?;
    let batch = batch.expect_status(StatusCode::ACCEPTED)?;
    let items = batch["data"].as_array().into_iter().flatten();
    let ids: Vec<_> = items.map(|item| string_at(item, "/id")).collect::<Result<_>>()?;
    let tomorrow = time_in(LONG_DELAY);
    // The emails are moved one after the other while they become due.
    wait_until("the emails to be almost due", || {
        Ok(OffsetDateTime::now_utc() >= due - Duration::from_millis(200))
    })?;
    let moved =
        ids.iter().rev().map(|id| Ok(reschedule(&connected, id, &tomorrow)?.status == StatusCode::OK));
    let moved = moved.collect::<Result<Vec<_>>>()?;
    let mut sent = 0;
    for (id, was_moved) in ids.iter().rev().zip(&moved) {
        if *was_moved {
            assert_equal("scheduledAt", &connected.email(id)?["scheduledAt"], &*tomorrow)?;
        } else {
            connected.wait_for_delivery(id)?;
            sent += 1;
        }
    }
    assert_equal("send calls", send_call_count(harness, &connected), sent)
}

pub(crate) fn cancel_after_attempt(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let throttle = harness.aws_proxy.throttle_emails(&connected.role_arn);
    let id = connected.send(&email_to(SUCCESS), "queued")?;
    let response = cancel(&connected, &id)?;
    assert_error("cancelling a throttled email", &response, 409, "email_not_cancellable")?;
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
    connected.send_first_email()?;
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
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 3.0)
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
    assert_equal("field of the suppressed recipient", &fetched["suppressed"][0]["field"], "to[1]")
}

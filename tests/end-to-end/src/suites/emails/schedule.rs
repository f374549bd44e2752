//! Mails for later, and mails that are taken back.

use std::{sync::Barrier, thread, time::Duration};

use http::StatusCode;
use serde_json::{Value, json};
use test_support::{Error, Result, api::ApiResponse};
use time::OffsetDateTime;

use super::{Outcome, equal, hold};
use crate::{
    connected::{COMPLAINT, Connected, SUCCESS, email_to, until},
    forger::written,
    wiretap::{SEND_EMAIL, fault::json_error},
    world::{World, text},
};

/// Long enough for a case to look at a mail before its time, on a machine that others use too.
const AHEAD: Duration = Duration::from_secs(6);

/// So long that its time doesn't come while a case runs.
const FAR: Duration = Duration::from_hours(24);

fn at(ahead: Duration) -> String {
    written(OffsetDateTime::now_utc() + ahead)
}

fn email_at(to: &str, time: &str) -> Value {
    let mut email = email_to(to);
    email["scheduledAt"] = json!(time);
    email
}

fn cancel(connected: &Connected, id: &str) -> Result<ApiResponse> {
    connected.organisation.api.post(&format!("/v1/emails/{id}/cancel"), &json!({}))
}

fn scheduled(connected: &Connected) -> Result<Vec<String>> {
    let page =
        connected.organisation.api.get("/v1/emails?status=scheduled")?.expect_status(StatusCode::OK)?;
    page["data"].as_array().into_iter().flatten().map(|email| text(email, "/id")).collect()
}

/// How often SES was asked to send anything of this organisation's.
fn asked(world: &World, connected: &Connected) -> usize {
    world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len()
}

pub(crate) fn at_its_time(world: &World) -> Outcome {
    let connected = world.connected()?;
    let time = at(AHEAD);
    let id = connected.send(&email_at(SUCCESS, &time), "scheduled")?;
    let now = connected.send(&email_to(SUCCESS), "sent")?;
    let shown = connected.email(&id)?;
    equal("status", &shown["status"], "scheduled")?;
    equal("its time", &shown["scheduledAt"], &*time)?;
    equal("that of another", &connected.email(&now)?["scheduledAt"], &Value::Null)?;
    equal("what is scheduled", scheduled(&connected)?, vec![id.clone()])?;

    let delivered = connected.wait_for_delivery(&id)?;
    equal("its time", &delivered["scheduledAt"], &*time)?;
    let send = delivered["events"].as_array().into_iter().flatten().find(|event| event["type"] == "send");
    let sent_at = text(send.ok_or("the Send event is missing")?, "/at")?;
    // SES's clock is this machine's. Both are RFC 3339 in UTC, to the second.
    hold(sent_at[..19] >= time[..19], format!("sent at {sent_at}, for {time}"))?;
    equal("what is scheduled", scheduled(&connected)?, Vec::<String>::new())?;
    equal("mails that AWS counts", connected.sent()?, 2.0)
}

pub(crate) fn taken_back(world: &World) -> Outcome {
    let connected = world.connected()?;
    let soon = connected.send(&email_at(SUCCESS, &at(AHEAD)), "scheduled")?;
    let later = connected.send(&email_at(SUCCESS, &at(FAR)), "scheduled")?;
    for id in [&soon, &later] {
        equal("status", &cancel(&connected, id)?.expect_status(StatusCode::OK)?["status"], "cancelled")?;
        let shown = connected.email(id)?;
        equal("status", &shown["status"], "cancelled")?;
        equal("its last step", &shown["history"][0]["step"], "cancelled")?;
        // Once more changes nothing.
        equal("status", &cancel(&connected, id)?.expect_status(StatusCode::OK)?["status"], "cancelled")?;
        equal("its steps", &connected.email(id)?["history"], &shown["history"])?;
    }
    equal("what is scheduled", scheduled(&connected)?, Vec::<String>::new())?;
    // One that is for later than the first of them shows that its time has passed.
    let next = connected.send(&email_at(SUCCESS, &at(AHEAD)), "scheduled")?;
    connected.wait_for_delivery(&next)?;
    equal("calls of SES", asked(world, &connected), 1)?;
    equal("mails that AWS counts", connected.sent()?, 1.0)?;
    let late = cancel(&connected, &next)?;
    equal("a late one", (late.status.as_u16(), late.code()), (409, Some("email_not_cancellable")))
}

pub(crate) fn race(world: &World) -> Outcome {
    let connected = world.connected()?;
    let time = at(AHEAD);
    let emails: Vec<_> = (0..20).map(|_| email_at(SUCCESS, &time)).collect();
    let batch = connected.organisation.api.post("/v1/emails/batch", &json!({ "emails": emails }))?;
    let batch = batch.expect_status(StatusCode::ACCEPTED)?;
    let items = batch["data"].as_array().into_iter().flatten();
    let ids: Vec<_> = items.map(|item| text(item, "/id")).collect::<Result<_>>()?;
    equal("what is scheduled", scheduled(&connected)?.len(), 20)?;
    // Once the first is on its way, each of the others is cancelled by two at once.
    until("the first to be on its way", || Ok(asked(world, &connected) > 0))?;
    let barrier = Barrier::new(2);
    let cancel_all = || {
        barrier.wait();
        // The last ones first, so that sending and cancelling meet.
        let answers = ids.iter().rev().map(|id| Ok(cancel(&connected, id)?.status == StatusCode::OK));
        answers.collect::<Result<Vec<_>>>()
    };
    let (cancelled, by_other) = thread::scope(|scope| {
        let other = scope.spawn(cancel_all);
        let cancelled = cancel_all()?;
        let by_other = other.join().map_err(|_| Error::Unexpected("a thread has panicked".into()))??;
        Ok::<_, Error>((cancelled, by_other))
    })?;
    equal("what both were told", &by_other, &cancelled)?;
    let mut sent = 0;
    for (id, was_cancelled) in ids.iter().rev().zip(&cancelled) {
        if *was_cancelled {
            equal("status", &connected.email(id)?["status"], "cancelled")?;
        } else {
            connected.wait_for_delivery(id)?;
            sent += 1;
        }
    }
    hold(sent > 0, "none was sent")?;
    equal("calls of SES", asked(world, &connected), sent)
}

pub(crate) fn tried(world: &World) -> Outcome {
    let connected = world.connected()?;
    let throttle = world.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(json_error(429, "TooManyRequestsException", "Maximum sending rate exceeded."))
    });
    let id = connected.send(&email_to(SUCCESS), "queued")?;
    let answer = cancel(&connected, &id)?;
    equal("the answer", (answer.status.as_u16(), answer.code()), (409, Some("email_not_cancellable")))?;
    drop(throttle);
    connected.wait_for_delivery(&id)?;
    equal("mails that AWS counts", connected.sent()?, 1.0)
}

pub(crate) fn killed(world: &World) -> Outcome {
    let site = world.site("schedule")?;
    let worker = site.start(&world.tools)?;
    let connected = site.connected(world.customer()?)?;
    let soon = connected.send(&email_at(SUCCESS, &at(AHEAD)), "scheduled")?;
    let gone = connected.send(&email_at(SUCCESS, &at(FAR)), "scheduled")?;
    let later = connected.send(&email_at(SUCCESS, &at(FAR)), "scheduled")?;
    cancel(&connected, &gone)?.expect_status(StatusCode::OK)?;
    worker.kill()?;
    let _worker = site.start(&world.tools)?;
    connected.wait_for_delivery(&soon)?;
    for (id, status) in [(&gone, "cancelled"), (&later, "scheduled")] {
        equal("status", &connected.email(id)?["status"], status)?;
    }
    equal("mails that AWS counts", connected.sent()?, 1.0)
}

pub(crate) fn batch(world: &World) -> Outcome {
    let connected = world.connected()?;
    let emails = json!({ "emails": [
        email_to(SUCCESS),
        email_at(SUCCESS, &at(AHEAD)),
        email_at(SUCCESS, &at(FAR)),
        email_at(SUCCESS, "2020-01-01T00:00:00Z"),
    ] });
    let answer =
        connected.organisation.api.post("/v1/emails/batch", &emails)?.expect_status(StatusCode::ACCEPTED)?;
    let statuses: Vec<_> =
        answer["data"].as_array().into_iter().flatten().map(|item| item["status"].as_str()).collect();
    equal("statuses", statuses, vec![Some("sent"), Some("scheduled"), Some("scheduled"), None])?;
    equal("the last one's field", &answer["data"][3]["error"]["field"], "scheduledAt")?;
    connected.wait_for_delivery(&text(&answer, "/data/1/id")?)?;
    equal("what is scheduled", scheduled(&connected)?, vec![text(&answer, "/data/2/id")?])?;
    equal("mails that AWS counts", connected.sent()?, 2.0)
}

pub(crate) fn suppressed(world: &World) -> Outcome {
    let connected = world.connected()?;
    let api = &connected.organisation.api;
    let mut email = email_at(SUCCESS, &at(AHEAD));
    email["to"] = json!([SUCCESS, COMPLAINT]);
    let id = connected.send(&email, "scheduled")?;
    api.post("/v1/suppressions", &json!({ "address": COMPLAINT }))?.expect_status(StatusCode::CREATED)?;
    let shown = connected.wait_for_delivery(&id)?;
    equal("to", &shown["to"], &json!([SUCCESS]))?;
    equal("who was left out", &shown["suppressed"][0]["field"], "to[1]")
}

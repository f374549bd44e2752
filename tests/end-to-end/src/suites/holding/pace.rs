//! As fast as the account may, and no faster.

use std::time::{Duration, Instant};

use http::StatusCode;
use serde_json::json;

use super::{
    Outcome,
    crowd::Crowd,
    equal, hold,
    tampering::{quota, take_at_most},
};
use crate::{
    connected::{SENDER, SUCCESS, email_to},
    wiretap::{Call, SEND_EMAIL},
    world::{SOON, World},
};

/// How many recipients a second the account may write to.
const RATE: u32 = 50;

/// How many mails there are.
const MAILS: u32 = 2000;

pub(super) fn drained(world: &World) -> Outcome {
    let connected = world.connected()?;
    let role = &connected.role_arn;
    let _quota = quota(&world.wiretap, role, RATE, 1_000_000);
    let _ses = take_at_most(&world.wiretap, &connected, RATE);
    connected.verify()?;
    let mut crowd = Crowd::new(&connected.organisation, "pace");
    let began = Instant::now();
    crowd.send(MAILS as usize)?;
    let took_in = began.elapsed();
    crowd.wait(Duration::from_mins(5))?;

    let calls = world.wiretap.calls_by_role(role, SEND_EMAIL);
    let first = calls.first().and_then(|call| call.at).ok_or("nothing was sent")?;
    let since = |call: &Call| call.at.map(|at| at.duration_since(first)).unwrap_or_default();
    let taken: Vec<_> = calls.iter().filter(|call| call.status == 200).collect();
    let took = taken.last().map(|call| since(call)).ok_or("nothing was taken")?;
    let late = calls.iter().filter(|call| call.status == 429 && since(call) > Duration::from_secs(2)).count();
    let rate = f64::from(MAILS - 1) / took.as_secs_f64();
    println!(
        "\n{MAILS} mails at a limit of {RATE} a second: {rate:.1} a second ({:.0} % of it), {} throttled, {late} of them after two seconds; \
         accepted in {:.1} s",
        rate / f64::from(RATE) * 100.0,
        calls.len() - taken.len(),
        took_in.as_secs_f64(),
    );
    equal("mails that were taken", taken.len(), MAILS as usize)?;
    equal("throttled after two seconds", late, 0)?;
    hold(rate >= 0.9 * f64::from(RATE), format!("they went at {rate:.1} a second"))
}

pub(super) fn full_day(world: &World) -> Outcome {
    let connected = world.connected()?;
    let quota = quota(&world.wiretap, &connected.role_arn, RATE, 2);
    connected.verify()?;
    for _ in 0..2 {
        connected.send(&email_to(SUCCESS), "sent")?;
    }
    let answer = connected.post(&email_to(SUCCESS))?.expect_status(StatusCode::ACCEPTED)?;
    equal("status", &answer["status"], "queued")?;
    equal("why", &answer["hold"]["reason"], "daily_quota")?;
    hold(answer["hold"]["until"].is_string(), answer.to_string())?;
    let id = answer["id"].as_str().unwrap_or_default();
    equal("its history", &connected.email(id)?["history"][0]["code"], "daily_quota")?;
    equal("mails that AWS counts", connected.sent()?, 2.0)?;
    let view = connected.organisation.api.get("/v1/sending")?.expect_status(StatusCode::OK)?;
    equal("mails that wait", &view["regions"][0]["queued"], 1)?;
    equal("why none goes", &view["regions"][0]["hold"]["reason"], "daily_quota")?;
    drop(quota);

    // SES was never asked to take it.
    let cancel = || connected.organisation.api.post(&format!("/v1/emails/{id}/cancel"), &json!({}));
    equal("status", &cancel()?.expect_status(StatusCode::OK)?["status"], "cancelled")?;
    let view = connected.organisation.api.get("/v1/sending")?.expect_status(StatusCode::OK)?;
    equal("mails that wait", &view["regions"][0]["queued"], 0)?;
    equal("status", &connected.email(id)?["status"], "cancelled")
}

pub(super) fn shown(world: &World) -> Outcome {
    let connected = world.connected()?;
    let _quota = quota(&world.wiretap, &connected.role_arn, 2, 1000);
    connected.verify()?;
    let mut crowd = Crowd::new(&connected.organisation, "shown");
    crowd.send(20)?;
    let view = connected.organisation.api.get("/v1/sending")?.expect_status(StatusCode::OK)?;
    let region = &view["regions"][0];
    equal("the region", &region["region"], "eu-west-1")?;
    equal("the limit", &region["maxSendRate"], 2.0)?;
    equal("the day's limit", &region["max24HourSend"], 1000)?;
    hold(region["queuedInBatches"].as_u64().is_some_and(|waiting| waiting > 0), region.to_string())?;
    hold(region["perSecond"].as_f64().is_some_and(|rate| rate > 1.0 && rate <= 2.0), region.to_string())?;
    // A mail by itself doesn't wait for the batch.
    let single =
        connected.post(&json!({ "from": SENDER, "to": SUCCESS, "subject": "Single", "text": "Hello!" }))?;
    single.expect_status(StatusCode::ACCEPTED)?;
    crowd.wait(SOON)?;
    let calls = world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let place = calls.iter().position(|call| call.body.contains("\"Single\"")).ok_or("it was not sent")?;
    hold(place + 1 < calls.len(), format!("it was number {place} of {}", calls.len()))
}

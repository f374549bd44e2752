//! What goes wrong between us and SES.

use std::sync::atomic::{AtomicU32, Ordering};

use http::StatusCode;
use serde_json::{Value, json};
use test_support::api::ApiResponse;

use super::{Outcome, equal, hold, kinds};
use crate::{
    connected::{Connected, SUCCESS, email_to, until},
    relay::Reaction,
    wiretap::{
        SEND_EMAIL,
        fault::{self, json_answer},
    },
    world::{SOON, World, text},
};

pub(crate) fn refused(world: &World) -> Outcome {
    let connected = world.connected()?;
    // In an account without identities nobody may send but the simulator.
    let mut email = email_to(SUCCESS);
    email["from"] = json!("sender@example.com");
    let answer = connected.post(&email)?;
    equal("status and code", (answer.status.as_u16(), answer.code()), (400, Some("aws_refused")))?;
    equal("awsCode", answer.text("/awsCode"), "MessageRejected")?;
    hold(answer.text("/detail").contains("not verified"), answer.body.to_string())?;
    hold(!answer.text("/awsRequestId").is_empty(), answer.body.to_string())?;

    let page = connected.organisation.api.get("/v1/emails")?.expect_status(StatusCode::OK)?;
    equal("status in the list", &page["data"][0]["status"], "failed")?;
    let shown = connected.email(&text(&page, "/data/0/id")?)?;
    equal("the error's code", &shown["error"]["code"], "MessageRejected")?;
    equal("SES's id", &shown["sesMessageId"], &Value::Null)?;
    equal("the connection", &connected.binding()?["status"], "connected")?;
    equal("mails that AWS counts", connected.sent()?, 0.0)
}

pub(crate) fn throttled(world: &World) -> Outcome {
    let connected = world.connected()?;
    let fault = world.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(fault::json_error(429, "TooManyRequestsException", "Maximum sending rate exceeded."))
    });
    let id = connected.send(&email_to(SUCCESS), "queued")?;
    let attempts = || world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL);
    until("a second attempt", || Ok(attempts().len() >= 2))?;
    equal("status", &connected.email(&id)?["status"], "queued")?;

    drop(fault);
    connected.wait_for_delivery(&id)?;
    equal("attempts that SES took", attempts().iter().filter(|call| call.taken).count(), 1)?;
    equal("mails that AWS counts", connected.sent()?, 1.0)
}

pub(crate) fn role_out_of_reach(world: &World) -> Outcome {
    let connected = world.connected()?;
    let fault = world.wiretap.fault_of_role(&connected.role_arn, "AssumeRole", |_| Some(Reaction::Cut));
    let id = connected.send(&email_to(SUCCESS), "queued")?;
    // The pauses double, so the attempts are counted where nothing was asked, too.
    let attempts = || {
        let lines = world.log();
        let of_this = lines.lines().filter(|line| line.contains(&id) && line.contains("\"attempt\""));
        of_this
            .filter_map(|line| line.split("\"attempt\":").nth(1)?.split([',', '}']).next()?.parse().ok())
            .collect::<Vec<u32>>()
    };
    until("a third attempt", || Ok(attempts().len() >= 3))?;
    equal("attempts", &attempts()[..3], [1, 2, 3].as_slice())?;
    equal("calls of SES", world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len(), 0)?;
    drop(fault);
    connected.wait_for_delivery(&id)?;
    equal("mails that AWS counts", connected.sent()?, 1.0)
}

pub(crate) fn answer_lost(world: &World) -> Outcome {
    is_settled_by_the_event(world, || Reaction::PassThenAnswer(json_answer(500, "InternalFailure", "Oops")))
}

pub(crate) fn connection_cut(world: &World) -> Outcome {
    is_settled_by_the_event(world, || Reaction::PassThenCut)
}

/// SES takes the mail, and `loss` is all that the Worker hears of it.
fn is_settled_by_the_event(world: &World, loss: fn() -> Reaction) -> Outcome {
    let connected = world.connected()?;
    let fault = world.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, move |_| Some(loss()));
    let hold = world.post_office.hold(&connected.topic);
    let id = connected.send(&email_to(SUCCESS), "unconfirmed")?;
    equal("status", &connected.email(&id)?["status"], "unconfirmed")?;
    let posted = || {
        let posts = world.post_office.posts(&connected.topic).into_iter();
        posts.filter(|post| post.event()["eventType"].is_string()).collect::<Vec<_>>()
    };
    until("SNS to have posted both events", || Ok(posted().len() == 2))?;
    drop((fault, hold));

    for (kind, status) in [("Send", "sent"), ("Delivery", "delivered")] {
        let posts = posted();
        let post =
            posts.iter().find(|post| post.event()["eventType"] == kind).ok_or("an event is missing")?;
        let answer = world.post_to_webhook(&post.target, post.body.clone())?;
        equal(kind, answer.status, StatusCode::OK)?;
        equal("status", &connected.email(&id)?["status"], status)?;
    }
    let email = connected.email(&id)?;
    let sent = &posted()[0].event()["mail"]["messageId"];
    equal("SES's id, told by the event", &email["sesMessageId"], sent)?;
    equal("events", kinds(&email), ["send", "delivery"])?;
    equal("attempts", world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len(), 1)?;
    equal("mails that AWS counts", connected.sent()?, 1.0)
}

pub(crate) fn never_again(world: &World) -> Outcome {
    let connected = world.connected()?;
    let fault = world.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(fault::json_error(503, "ServiceUnavailable", "Oops"))
    });
    let lost = connected.send(&email_to(SUCCESS), "unconfirmed")?;
    drop(fault);
    // What a queue held would be sent before this one, or with it.
    let throttle = throttle_once(world, &connected);
    let later = connected.send(&email_to(SUCCESS), "queued")?;
    connected.wait_for_delivery(&later)?;
    drop(throttle);
    equal("status", &connected.email(&lost)?["status"], "unconfirmed")?;
    equal("mails that AWS counts", connected.sent()?, 1.0)
}

fn throttle_once(world: &World, connected: &Connected) -> crate::wiretap::FaultGuard {
    let asked = AtomicU32::new(0);
    world.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, move |_| {
        let is_first = asked.fetch_add(1, Ordering::SeqCst) == 0;
        is_first.then(|| fault::json_error(429, "TooManyRequestsException", "Maximum sending rate exceeded."))
    })
}

pub(crate) fn expired(world: &World) -> Outcome {
    let connected = world.connected()?;
    connected.send(&email_to(SUCCESS), "sent")?;
    let sessions = || world.wiretap.calls_by_role(&connected.role_arn, "AssumeRole").len();
    let before = sessions();
    let refusals = AtomicU32::new(0);
    let _fault = world.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, move |_| {
        let is_first = refusals.fetch_add(1, Ordering::SeqCst) == 0;
        is_first.then(|| fault::json_error(403, "ExpiredTokenException", "The security token is expired"))
    });
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    equal("new sessions", sessions() - before, 1)?;
    equal("attempts", world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len(), 3)?;
    equal("mails that AWS counts", connected.sent()?, 2.0)
}

pub(crate) fn role_refused(world: &World) -> Outcome {
    let connected = world.connected()?;
    connected.customer.delete_role(connected.role_name())?;
    let answer = connected.post(&email_to(SUCCESS))?;
    is_refusal(&answer)?;
    let degraded = connected.organisation.wait_for_status("degraded", SOON)?;
    equal("reason", &degraded["reason"]["code"], "role_refused")?;

    let page = connected.organisation.api.get("/v1/emails")?.expect_status(StatusCode::OK)?;
    for email in page["data"].as_array().into_iter().flatten() {
        equal("status of what is listed", &email["status"], "failed")?;
    }
    let next = connected.post(&email_to(SUCCESS))?;
    equal("the next mail", (next.status.as_u16(), next.code()), (409, Some("role_refused")))?;
    equal("mails that AWS counts", connected.sent()?, 0.0)
}

fn is_refusal(answer: &ApiResponse) -> Outcome {
    let is_clear = matches!(answer.code(), Some("role_refused" | "aws_refused"));
    hold(answer.status.is_client_error() && is_clear, format!("{} {}", answer.status, answer.body))
}

//! What is sent.

use std::{
    sync::{Mutex, PoisonError, mpsc},
    thread,
};

use http::StatusCode;
use kraiter_core::setup::SessionPurpose;
use serde_json::{Value, json};
use test_support::wait::Poll;

use super::{
    super::connect::is_limited_to,
    {Outcome, equal, hold, kinds},
};
use crate::{
    connected::{BOUNCE, COMPLAINT, Connected, SENDER, SUCCESS, email_to, soon, until},
    wiretap::SEND_EMAIL,
    world::{IRELAND, World, text},
};

pub(crate) fn delivered(world: &World) -> Outcome {
    let connected = world.connected()?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    let email = connected.wait_for_delivery(&id)?;
    equal("events", kinds(&email), ["send", "delivery"])?;
    for event in email["events"].as_array().into_iter().flatten() {
        equal("recipients", &event["recipients"], &json!([SUCCESS]))?;
        hold(event["at"].is_string() && event["detail"].is_object(), event.to_string())?;
    }
    for (field, value) in [
        ("id", json!(id)),
        ("from", json!(SENDER)),
        ("to", json!([SUCCESS])),
        ("cc", json!([])),
        ("bcc", json!([])),
        ("replyTo", json!([])),
        ("tags", json!({})),
        ("subject", json!("Hello")),
        ("region", json!(IRELAND)),
        ("error", Value::Null),
    ] {
        equal(field, &email[field], &value)?;
    }
    let calls = world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let answer: Value = serde_json::from_str(&calls[0].answer)?;
    equal("SES's id", &email["sesMessageId"], &answer["MessageId"])?;
    equal("mails", connected.sent()?, 1.0)
}

pub(crate) fn bounced(world: &World) -> Outcome {
    let email = ends_as(world, BOUNCE, "bounced", &["send", "bounce"])?;
    let bounce = &email["events"][1];
    equal("bounceType", &bounce["detail"]["bounceType"], "Permanent")?;
    equal("status", &bounce["detail"]["bouncedRecipients"][0]["status"], "5.1.1")
}

pub(crate) fn complained(world: &World) -> Outcome {
    let email = ends_as(world, COMPLAINT, "complained", &["send", "delivery", "complaint"])?;
    let complaint = &email["events"][2];
    equal("complaintFeedbackType", &complaint["detail"]["complaintFeedbackType"], "abuse")
}

fn ends_as(world: &World, to: &str, status: &str, events: &[&str]) -> Result<Value, libtest_mimic::Failed> {
    let connected = world.connected()?;
    let id = connected.send(&email_to(to), "sent")?;
    connected.organisation.wait_for_events(&id, events, crate::world::SOON)?;
    let email = connected.wait_for_email(&id, status)?;
    equal("events", kinds(&email), events)?;
    equal("recipients", &email["events"][1]["recipients"], &json!([to]))?;
    Ok(email)
}

pub(crate) fn what_ses_gets(world: &World) -> Outcome {
    let connected = world.connected_to(world.shown_customer()?, IRELAND)?;
    let subject = "Grüße, 世界 \u{1f600}: everything";
    let id = connected.send(
        &json!({
            "from": format!("Zoë <{SENDER}>"),
            "to": ["Ada <ooto@simulator.amazonses.com>", SUCCESS],
            "cc": "one@simulator.amazonses.com",
            "bcc": ["two@simulator.amazonses.com"],
            "replyTo": ["Help <help@example.com>", "more@example.com"],
            "subject": subject,
            "html": "<p>Grüße</p>",
            "text": "Grüße\r\nund mehr",
            "headers": { "X-Campaign": "spring", "List-Unsubscribe": "<https://example.com/u>" },
            "tags": { "campaign": "spring_2026", "Kind": "news" },
        }),
        "sent",
    )?;

    let mails = world.emulator().mailbox()?;
    let mails: Vec<_> = mails.iter().filter(|mail| mail.subject.as_deref() == Some(subject)).collect();
    let [mail] = mails[..] else { return Err(format!("{} mails are in the mailbox", mails.len()).into()) };
    equal("from", mail.from.as_str(), format!("=?UTF-8?B?Wm/Dqw==?= <{SENDER}>"))?;
    equal("to", &mail.to, &["Ada <ooto@simulator.amazonses.com>", SUCCESS])?;
    equal("cc", &mail.cc, &["one@simulator.amazonses.com"])?;
    equal("bcc", &mail.bcc, &["two@simulator.amazonses.com"])?;
    equal("html", mail.html_body.as_deref(), Some("<p>Grüße</p>"))?;
    equal("text", mail.text_body.as_deref(), Some("Grüße\r\nund mehr"))?;

    // What the emulator's mailbox doesn't show.
    let calls = world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let [call] = &calls[..] else { return Err(format!("{} calls send", calls.len()).into()) };
    let asked = call.json();
    equal("reply to", &asked["ReplyToAddresses"], &json!(["Help <help@example.com>", "more@example.com"]))?;
    let configuration_set = text(&connected.binding()?, "/configurationSet")?;
    equal("configuration set", &asked["ConfigurationSetName"], configuration_set.as_str())?;
    let pairs = |list: &Value| -> Vec<(String, String)> {
        let pair =
            |item: &Value| Some((item["Name"].as_str()?.to_owned(), item["Value"].as_str()?.to_owned()));
        let mut pairs: Vec<_> = list.as_array().into_iter().flatten().filter_map(pair).collect();
        pairs.sort();
        pairs
    };
    let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let tags = [("Kind", "news"), ("campaign", "spring_2026"), ("kraiter-message-id", &id)];
    equal("tags", pairs(&asked["EmailTags"]), owned(&tags))?;
    let headers = [("List-Unsubscribe", "<https://example.com/u>"), ("X-Campaign", "spring")];
    equal("headers", pairs(&asked["Content"]["Simple"]["Headers"]), owned(&headers))?;

    let email = connected.email(&id)?;
    equal("the tags that are shown", &email["tags"], &json!({ "Kind": "news", "campaign": "spring_2026" }))?;
    equal("the subject that is shown", &email["subject"], subject)
}

pub(crate) fn string_or_list(world: &World) -> Outcome {
    let connected = world.connected()?;
    let alone = json!({ "from": SENDER, "to": SUCCESS, "cc": BOUNCE, "subject": "s", "text": "t" });
    let list =
        json!({ "from": SENDER, "to": [SUCCESS], "cc": [BOUNCE], "bcc": [], "subject": "s", "text": "t" });
    for email in [alone, list] {
        let shown = connected.email(&connected.send(&email, "sent")?)?;
        equal("to", &shown["to"], &json!([SUCCESS]))?;
        equal("cc", &shown["cc"], &json!([BOUNCE]))?;
        equal("bcc", &shown["bcc"], &json!([]))?;
    }
    Ok(())
}

pub(crate) fn another_region(world: &World) -> Outcome {
    let connected = world.connected()?;
    let mut email = email_to(SUCCESS);
    email["region"] = json!("ap-south-2");
    let id = connected.send(&email, "sent")?;
    equal("region", &connected.email(&id)?["region"], "ap-south-2")?;
    let calls = world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL);
    equal("SES's region", calls[0].region.as_str(), "ap-south-2")?;
    equal("configuration set", &calls[0].json()["ConfigurationSetName"], &Value::Null)
}

pub(crate) fn one_session(world: &World) -> Outcome {
    let connected = world.connected()?;
    let sessions = || world.wiretap.calls_by_role(&connected.role_arn, "AssumeRole");
    let before = sessions().len();
    // STS keeps its answer back until all twenty wait for it.
    let (open, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let _slow = world.wiretap.fault_of_role(&connected.role_arn, "AssumeRole", move |_| {
        // An error says that the gate is open for good.
        let _ = gate.lock().unwrap_or_else(PoisonError::into_inner).recv();
        None
    });
    thread::scope(|scope| -> Outcome {
        let sending: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| connected.post(&email_to(SUCCESS))?.expect_status(StatusCode::ACCEPTED)))
            .collect();
        let waiting = soon("twenty mails to wait", || {
            let page =
                connected.organisation.api.get("/v1/emails?limit=100")?.expect_status(StatusCode::OK)?;
            let listed = page["data"].as_array().map_or(0, Vec::len);
            Ok(if listed == 20 { Poll::Ready(()) } else { Poll::Pending(format!("{listed}")) })
        });
        drop(open);
        for one in sending {
            one.join().map_err(|_| "a thread has panicked")??;
        }
        Ok(waiting?)
    })?;
    // They are more than the account may send in a second: the last ones go by themselves.
    let handed = || world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len();
    until("all to be handed over", || Ok(handed() == 20))?;
    let assumed = sessions().split_off(before);
    equal("calls of AssumeRole", assumed.len(), 1)?;
    is_limited_to(SessionPurpose::Send, assumed[0].parameter("Policy"))?;
    let external_id = text(&connected.binding()?, "/externalId")?;
    equal("the external ID", assumed[0].parameter("ExternalId"), external_id)?;
    let keys: Vec<_> = world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL);
    equal("mails", keys.len(), 20)?;
    for call in keys {
        equal("the session", Some(call.access_key_id.as_str()), assumed[0].session_key())?;
    }
    all_arrive(&connected, 20)
}

fn all_arrive(connected: &Connected, count: u16) -> Outcome {
    equal("mails that AWS counts", connected.sent()?, f64::from(count))?;
    until("all to be delivered", || {
        let page = connected.organisation.api.get("/v1/emails?limit=100")?.expect_status(StatusCode::OK)?;
        Ok(page["data"].as_array().into_iter().flatten().all(|email| email["status"] == "delivered"))
    })?;
    Ok(())
}

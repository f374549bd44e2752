//! Requests to SES and the results of sending.

use std::{
    sync::{Mutex, PoisonError, mpsc},
    thread,
};

use domain::onboarding::SessionPurpose;
use http::StatusCode;
use serde_json::{Value, json};
use test_support::wait::Poll;

use super::{super::connect::assert_session_policy, TestResult, assert_equal, assert_that, event_types};
use crate::{
    aws_proxy::SEND_EMAIL,
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, IRELAND, string_at},
    polling::{WAIT_TIMEOUT, wait_for, wait_until},
    test_email::{BOUNCE, COMPLAINT, SENDER, SUCCESS, email_to},
};

pub(crate) fn delivered(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    let email = connected.wait_for_delivery(&id)?;
    assert_equal("events", event_types(&email), ["send", "delivery"])?;
    for event in email["events"].as_array().into_iter().flatten() {
        assert_equal("recipients", &event["recipients"], &json!([SUCCESS]))?;
        assert_that(event["at"].is_string() && event["detail"].is_object(), event.to_string())?;
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
        assert_equal(field, &email[field], &value)?;
    }
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let response: Value = serde_json::from_str(&calls[0].response_body)?;
    assert_equal("SES message ID", &email["sesMessageId"], &response["MessageId"])?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)
}

pub(crate) fn bounced(harness: &Harness) -> TestResult {
    let email = assert_final_status(harness, BOUNCE, "bounced", &["send", "bounce"])?;
    let bounce = &email["events"][1];
    assert_equal("bounceType", &bounce["detail"]["bounceType"], "Permanent")?;
    assert_equal("status", &bounce["detail"]["bouncedRecipients"][0]["status"], "5.1.1")
}

pub(crate) fn complained(harness: &Harness) -> TestResult {
    let email = assert_final_status(harness, COMPLAINT, "complained", &["send", "delivery", "complaint"])?;
    let complaint = &email["events"][2];
    assert_equal("complaintFeedbackType", &complaint["detail"]["complaintFeedbackType"], "abuse")
}

fn assert_final_status(
    harness: &Harness,
    to: &str,
    status: &str,
    events: &[&str],
) -> Result<Value, libtest_mimic::Failed> {
    let connected = harness.connect_organisation()?;
    let id = connected.send(&email_to(to), "sent")?;
    connected.organisation.wait_for_events(&id, events, WAIT_TIMEOUT)?;
    let email = connected.wait_for_email(&id, status)?;
    assert_equal("events", event_types(&email), events)?;
    assert_equal("recipients", &email["events"][1]["recipients"], &json!([to]))?;
    Ok(email)
}

pub(crate) fn ses_request(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation_to(harness.mailbox_customer()?, IRELAND)?;
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

    let mailbox = harness.emulator().mailbox()?;
    let received: Vec<_> = mailbox.iter().filter(|email| email.subject.as_deref() == Some(subject)).collect();
    let [received] = received[..] else {
        return Err(format!("{} emails are in the mailbox", received.len()).into());
    };
    assert_equal("from", received.from.as_str(), format!("=?UTF-8?B?Wm/Dqw==?= <{SENDER}>"))?;
    assert_equal("to", &received.to, &["Ada <ooto@simulator.amazonses.com>", SUCCESS])?;
    assert_equal("cc", &received.cc, &["one@simulator.amazonses.com"])?;
    assert_equal("bcc", &received.bcc, &["two@simulator.amazonses.com"])?;
    assert_equal("html", received.html_body.as_deref(), Some("<p>Grüße</p>"))?;
    assert_equal("text", received.text_body.as_deref(), Some("Grüße\r\nund mehr"))?;

    // The emulator's mailbox doesn't contain these fields.
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let [call] = &calls[..] else { return Err(format!("{} send calls were made", calls.len()).into()) };
    let request = call.json();
    assert_equal(
        "ReplyToAddresses",
        &request["ReplyToAddresses"],
        &json!(["Help <help@example.com>", "more@example.com"]),
    )?;
    let configuration_set = string_at(&connected.binding()?, "/configurationSet")?;
    assert_equal("configuration set", &request["ConfigurationSetName"], configuration_set.as_str())?;
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
    assert_equal("tags", pairs(&request["EmailTags"]), owned(&tags))?;
    let headers = [("List-Unsubscribe", "<https://example.com/u>"), ("X-Campaign", "spring")];
    assert_equal("headers", pairs(&request["Content"]["Simple"]["Headers"]), owned(&headers))?;

    let email = connected.email(&id)?;
    assert_equal("tags in the API", &email["tags"], &json!({ "Kind": "news", "campaign": "spring_2026" }))?;
    assert_equal("subject in the API", &email["subject"], subject)
}

pub(crate) fn address_or_list(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let strings = json!({ "from": SENDER, "to": SUCCESS, "cc": BOUNCE, "subject": "s", "text": "t" });
    let lists =
        json!({ "from": SENDER, "to": [SUCCESS], "cc": [BOUNCE], "bcc": [], "subject": "s", "text": "t" });
    for email in [strings, lists] {
        let fetched = connected.email(&connected.send(&email, "sent")?)?;
        assert_equal("to", &fetched["to"], &json!([SUCCESS]))?;
        assert_equal("cc", &fetched["cc"], &json!([BOUNCE]))?;
        assert_equal("bcc", &fetched["bcc"], &json!([]))?;
    }
    Ok(())
}

pub(crate) fn another_region(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let mut email = email_to(SUCCESS);
    email["region"] = json!("ap-south-2");
    let id = connected.send(&email, "sent")?;
    assert_equal("region", &connected.email(&id)?["region"], "ap-south-2")?;
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    assert_equal("SES region", calls[0].region.as_str(), "ap-south-2")?;
    assert_equal("configuration set", &calls[0].json()["ConfigurationSetName"], &Value::Null)
}

pub(crate) fn shared_session(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let sessions = || harness.aws_proxy.calls_by_role(&connected.role_arn, "AssumeRole");
    let before = sessions().len();
    // STS responds only after all twenty requests are waiting.
    let (open, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let _slow = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, "AssumeRole", move |_| {
        // An error means that the sender was dropped and the gate is open.
        let _ = gate.lock().unwrap_or_else(PoisonError::into_inner).recv();
        None
    });
    thread::scope(|scope| -> TestResult {
        let sending: Vec<_> = (0..20)
            .map(|_| {
                scope.spawn(|| connected.submit(&email_to(SUCCESS))?.expect_status(StatusCode::ACCEPTED))
            })
            .collect();
        let all_listed = wait_for("twenty emails to be listed", || {
            let page =
                connected.organisation.api.get("/v1/emails?limit=100")?.expect_status(StatusCode::OK)?;
            let listed = page["data"].as_array().map_or(0, Vec::len);
            Ok(if listed == 20 { Poll::Ready(()) } else { Poll::Pending(format!("{listed}")) })
        });
        drop(open);
        for thread in sending {
            thread.join().map_err(|_| "a thread has panicked")??;
        }
        Ok(all_listed?)
    })?;
    // Twenty emails exceed the rate limit, so the last ones are sent from the queue.
    wait_until("twenty send calls", || Ok(harness.aws_proxy.send_call_count(&connected.role_arn) == 20))?;
    let assumed = sessions().split_off(before);
    assert_equal("AssumeRole calls", assumed.len(), 1)?;
    assert_session_policy(SessionPurpose::Send, assumed[0].parameter("Policy"))?;
    let external_id = string_at(&connected.binding()?, "/externalId")?;
    assert_equal("external ID", assumed[0].parameter("ExternalId"), external_id)?;
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    assert_equal("send calls", calls.len(), 20)?;
    for call in calls {
        assert_equal("session", Some(call.access_key_id.as_str()), assumed[0].session_key())?;
    }
    assert_all_delivered(&connected, 20)
}

fn assert_all_delivered(connected: &ConnectedOrganisation, count: u16) -> TestResult {
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, f64::from(count))?;
    wait_until("all emails to be delivered", || {
        let page = connected.organisation.api.get("/v1/emails?limit=100")?.expect_status(StatusCode::OK)?;
        Ok(page["data"].as_array().into_iter().flatten().all(|email| email["status"] == "delivered"))
    })?;
    Ok(())
}

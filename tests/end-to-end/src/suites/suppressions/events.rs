//! Suppression by SES events.

use http::StatusCode;
use libtest_mimic::Failed;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::{
    TestResult, assert_equal, bounce, email_to_all, entry_path, look_up, post, signed_event,
    suppression_reason,
};
use crate::{
    connected_organisation::last_history_step,
    harness::Harness,
    sns_signer::{SnsMessage, signed_notification, sns_timestamp},
    test_email::SUCCESS,
};

const DAY: Duration = Duration::DAY;

pub(crate) fn bounces_and_complaints(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let recipients = [
        "hard@example.org",
        "soft@example.org",
        "complaint@example.org",
        "not-spam@example.org",
        "bounce@simulator.amazonses.com",
    ];
    let id = connected.send(&email_to_all(&recipients), "sent")?;
    for (address, event_type, details, expected) in [
        ("hard@example.org", "Bounce", bounce("Permanent", "General", "Hard@Example.org"), "bounce"),
        ("soft@example.org", "Bounce", bounce("Transient", "MailboxFull", "soft@example.org"), ""),
        (
            "complaint@example.org",
            "Complaint",
            json!({ "complainedRecipients": [{ "emailAddress": "complaint@example.org" }] }),
            "complaint",
        ),
        (
            "not-spam@example.org",
            "Complaint",
            json!({ "complaintFeedbackType": "not-spam", "complainedRecipients": [{ "emailAddress": "not-spam@example.org" }] }),
            "",
        ),
        // Simulator addresses are never suppressed.
        (
            "bounce@simulator.amazonses.com",
            "Bounce",
            bounce("Permanent", "General", "bounce@simulator.amazonses.com"),
            "",
        ),
    ] {
        let event = signed_event(harness, &connected, &id, event_type, &details, DAY)?;
        post(harness, &connected, &event)?;
        let found = look_up(&connected, address)?;
        assert_equal(address, found.text("/reason"), expected)?;
        if !expected.is_empty() {
            assert_equal("email of the suppression", found.text("/emailId"), id.as_str())?;
        }
    }
    Ok(())
}

pub(crate) fn soft_bounces(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    // The local SES delivers the emails now, later than the soft bounces.
    let _held = harness.webhook_proxy.hold_notifications(&connected.topic_arn);
    let recipients = ["full@example.org", "rare@example.org", "one@example.org", "delivered@example.org"];
    let ids: Vec<_> = (0..3)
        .map(|_| connected.send(&email_to_all(&recipients), "sent"))
        .collect::<test_support::Result<_>>()?;
    let report = |address: &str, event_type: &str, email: usize, age: Duration| {
        let details = match event_type {
            "Bounce" => bounce("Transient", "MailboxFull", address),
            _ => json!({ "recipients": [address] }),
        };
        post(harness, &connected, &signed_event(harness, &connected, &ids[email], event_type, &details, age)?)
    };
    // Three bounces within seven days.
    report("full@example.org", "Bounce", 0, DAY * 3)?;
    report("full@example.org", "Bounce", 1, DAY * 2)?;
    assert_equal("after two bounces", suppression_reason(&connected, "full@example.org")?, "")?;
    report("full@example.org", "Bounce", 2, DAY)?;
    assert_equal("after three bounces", suppression_reason(&connected, "full@example.org")?, "soft_bounces")?;

    // None of these has three bounces: over more than seven days, of one email, and with a delivery after the second.
    for (email, age) in [(0, DAY * 9), (1, DAY * 4), (2, DAY)] {
        report("rare@example.org", "Bounce", email, age)?;
        report("one@example.org", "Bounce", 0, age)?;
        report("delivered@example.org", "Bounce", email, age / 3)?;
    }
    assert_equal(
        "before the delivery",
        suppression_reason(&connected, "delivered@example.org")?,
        "soft_bounces",
    )?;
    report("delivered@example.org", "Delivery", 1, DAY)?;
    for address in ["rare@example.org", "one@example.org", "delivered@example.org"] {
        assert_equal(address, suppression_reason(&connected, address)?, "")?;
    }
    Ok(())
}

pub(crate) fn events_in_any_order(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    // The local SES delivers the emails now, later than the soft bounces.
    let _held = harness.webhook_proxy.hold_notifications(&connected.topic_arn);
    let recipients: Vec<_> = (0..6).map(|number| format!("order{number}@example.org")).collect();
    let recipients: Vec<_> = recipients.iter().map(String::as_str).collect();
    let ids: Vec<_> = (0..4)
        .map(|_| connected.send(&email_to_all(&recipients), "sent"))
        .collect::<test_support::Result<_>>()?;
    // Event, email and days ago: a delivery, then three soft bounces, then a hard bounce.
    let history =
        [("soft", 0, 6), ("delivered", 1, 5), ("soft", 1, 4), ("soft", 2, 3), ("soft", 3, 2), ("hard", 3, 1)];
    let orders: [[usize; 6]; 6] = [
        [0, 1, 2, 3, 4, 5],
        [5, 4, 3, 2, 1, 0],
        [4, 3, 2, 0, 5, 1],
        [5, 0, 4, 1, 3, 2],
        [1, 5, 2, 0, 4, 3],
        [3, 1, 0, 5, 4, 2],
    ];
    let mut outcomes = Vec::new();
    for (number, order) in orders.iter().enumerate() {
        let address = recipients[number];
        let events = history.iter().map(|(event, email, days)| {
            let (event_type, details) = match *event {
                "delivered" => ("Delivery", json!({ "recipients": [address] })),
                "soft" => ("Bounce", bounce("Transient", "General", address)),
                _ => ("Bounce", bounce("Permanent", "General", address)),
            };
            signed_event(harness, &connected, &ids[*email], event_type, &details, DAY * *days)
        });
        let events = events.collect::<test_support::Result<Vec<_>>>()?;
        for (position, &index) in order.iter().enumerate() {
            // Posts each event twice, then repeats all earlier ones.
            for &index in [index, index].iter().chain(&order[..position]) {
                post(harness, &connected, &events[index])?;
            }
        }
        let found = look_up(&connected, address)?.expect_status(StatusCode::OK)?;
        outcomes.push((found["reason"].clone(), found["emailId"].clone()));
    }
    assert_equal("reasons and emails", outcomes, vec![(json!("soft_bounces"), json!(ids[3])); orders.len()])
}

pub(crate) fn removed_entry(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let address = "ada@example.org";
    let id = connected.send(&email_to_all(&[address]), "sent")?;
    let hard_bounce = |age| {
        let details = bounce("Permanent", "General", address);
        signed_event(harness, &connected, &id, "Bounce", &details, age)
    };
    let (first, second, newer) = (hard_bounce(DAY)?, hard_bounce(DAY / 2)?, hard_bounce(-Duration::MINUTE)?);
    post(harness, &connected, &first)?;
    let remove = || connected.organisation.api.delete(&entry_path(address));
    assert_equal("status of the removal", remove()?.status, StatusCode::NO_CONTENT)?;
    assert_equal("status of a second removal", remove()?.status, StatusCode::NOT_FOUND)?;
    post(harness, &connected, &first)?;
    post(harness, &connected, &second)?;
    assert_equal("after older events", suppression_reason(&connected, address)?, "")?;
    connected.send(&email_to_all(&[address]), "sent")?;
    post(harness, &connected, &newer)?;
    assert_equal("after a newer event", suppression_reason(&connected, address)?, "bounce")?;
    // The event's time is in the future, but the removal is still newer.
    assert_equal("status of the last removal", remove()?.status, StatusCode::NO_CONTENT)?;
    post(harness, &connected, &newer)?;
    assert_equal("after the same event again", suppression_reason(&connected, address)?, "")
}

pub(crate) fn other_organisation(harness: &Harness) -> TestResult {
    let (owner, attacker) = (harness.connect_organisation()?, harness.connect_organisation()?);
    let id = owner.send(&email_to_all(&["ada@example.org"]), "sent")?;
    let details = bounce("Permanent", "General", "ada@example.org");
    post(harness, &attacker, &signed_event(harness, &attacker, &id, "Bounce", &details, DAY)?)?;
    assert_equal("the owner's list", suppression_reason(&owner, "ada@example.org")?, "")?;
    assert_equal("the attacker's list", suppression_reason(&attacker, "ada@example.org")?, "")
}

pub(crate) fn strangers(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let report = |to: &[&str], event_type: &str, named: &[&str]| -> Result<Value, Failed> {
        let id = connected.send(&email_to_all(to), "sent")?;
        let named: Vec<_> = named.iter().map(|address| json!({ "emailAddress": address })).collect();
        let details =
            json!({ "bounceType": "Permanent", "bouncedRecipients": named, "complainedRecipients": named });
        let event = signed_event(harness, &connected, &id, event_type, &details, Duration::ZERO)?;
        post(harness, &connected, &event)?;
        Ok(connected.email(&id)?)
    };
    let stranger = "target@other.example";
    for (event_type, to, named) in [
        ("Bounce", "forwards@example.org", &[stranger][..]),
        ("Bounce", "unnamed@example.org", &[]),
        ("Complaint", "annoyed@example.org", &[stranger]),
    ] {
        let email = report(&[to], event_type, named)?;
        assert_equal(to, suppression_reason(&connected, to)?, event_type.to_lowercase().as_str())?;
        let event = &events(&email, &event_type.to_lowercase())[0];
        assert_equal("recipients of the event", &event["recipients"], &json!([to]))?;
    }
    let both = ["one@example.org", "two@example.org"];
    let email = report(&both, "Bounce", &[stranger])?;
    let step = last_history_step(&email);
    assert_equal("note", (&step["step"], &step["code"]), (&json!("unmatched_event"), &json!("bounce")))?;
    assert_equal("status", &email["status"], "bounced")?;
    for address in [both[0], both[1], stranger] {
        assert_equal(address, suppression_reason(&connected, address)?, "")?;
    }
    report(&both, "Bounce", &["Doe, Jane <TWO@example.org>"])?;
    assert_equal(both[0], suppression_reason(&connected, both[0])?, "")?;
    assert_equal(both[1], suppression_reason(&connected, both[1])?, "bounce")
}

/// SES sometimes reports a complaint in its older format, in the new one or in both.
pub(crate) fn older_format(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let address = "annoyed@example.org";
    let id = connected.send(&email_to_all(&[address]), "sent")?;
    // More recent emails, which the search passes.
    for _ in 0..3 {
        connected.send(&email_to_all(&[SUCCESS]), "sent")?;
    }
    let now = sns_timestamp(OffsetDateTime::now_utc());
    let ses_message_id = connected.email(&id)?["sesMessageId"].clone();
    let complaint = |key: &str, ses_message_id: &Value, feedback_id: &str, tags: Value| -> TestResult {
        let message = json!({
            key: "Complaint",
            "mail": { "timestamp": now, "messageId": ses_message_id, "destination": [address], "tags": tags },
            "complaint": {
                "timestamp": now,
                "feedbackId": feedback_id,
                "complainedRecipients": [{ "emailAddress": address }],
            },
        });
        let aws = harness.aws_proxy.origin();
        post(harness, &connected, &signed_notification(&connected.topic_arn, &aws, &message.to_string())?)
    };
    complaint("notificationType", &json!("0102-of-another-program"), "f0", Value::Null)?;
    assert_equal("an email of another program", suppression_reason(&connected, address)?, "")?;
    complaint("notificationType", &ses_message_id, "f1", Value::Null)?;
    assert_equal("reason", suppression_reason(&connected, address)?, "complaint")?;
    assert_equal("status", &connected.email(&id)?["status"], "complained")?;
    let complaints =
        || -> test_support::Result<usize> { Ok(events(&connected.email(&id)?, "complaint").len()) };
    complaint("eventType", &ses_message_id, "f1", json!({ "kraiter-message-id": [id] }))?;
    assert_equal("complaints after the same one in the new format", complaints()?, 1)?;
    complaint("notificationType", &ses_message_id, "f2", Value::Null)?;
    assert_equal("complaints after another one", complaints()?, 2)
}

pub(crate) fn odd_event(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let address = "ada@example.org";
    let id = connected.send(&email_to_all(&[address]), "sent")?;
    let message = format!(
        r#"{{"eventType":"Bounce","mail":{{"messageId":"0102","timestamp":"24.11.2026","destination":["{address}"],
            "commonHeaders":{{"subject":"Hi \ud83d"}},"tags":{{"kraiter-message-id":["{id}"]}}}},
            "bounce":{{"bounceType":"Permanent","bouncedRecipients":[{{"emailAddress":"{address}"}}],"timestamp":"now"}}}}"#
    );
    let at = sns_timestamp(OffsetDateTime::now_utc());
    let signed = SnsMessage::new("Notification", &connected.topic_arn, &harness.aws_proxy.origin())
        .with("Message", message)
        .with("Timestamp", at.as_str())
        .sign()?;
    post(harness, &connected, &signed.to_string())?;
    assert_equal("reason", suppression_reason(&connected, address)?, "bounce")?;
    assert_equal("time of the event", &events(&connected.email(&id)?, "bounce")[0]["at"], &json!(at))
}

/// Returns the events of this type.
fn events(email: &Value, event_type: &str) -> Vec<Value> {
    let events = email["events"].as_array().into_iter().flatten();
    events.filter(|event| event["type"] == event_type).cloned().collect()
}

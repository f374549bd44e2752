//! Suppression by SES events.

use http::StatusCode;
use serde_json::json;
use time::Duration;

use super::{
    TestResult, assert_equal, bounce, email_to_all, entry_path, look_up, post, signed_event,
    suppression_reason,
};
use crate::{harness::Harness, test_email::SUCCESS};

const DAY: Duration = Duration::DAY;

pub(crate) fn bounces_and_complaints(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let id = connected.send(&email_to_all(&[SUCCESS]), "sent")?;
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
    let ids: Vec<_> = (0..3)
        .map(|_| connected.send(&email_to_all(&[SUCCESS]), "sent"))
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
    let ids: Vec<_> = (0..4)
        .map(|_| connected.send(&email_to_all(&[SUCCESS]), "sent"))
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
        let address = format!("order{number}@example.org");
        let events = history.iter().map(|(event, email, days)| {
            let (event_type, details) = match *event {
                "delivered" => ("Delivery", json!({ "recipients": [address] })),
                "soft" => ("Bounce", bounce("Transient", "General", &address)),
                _ => ("Bounce", bounce("Permanent", "General", &address)),
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
        let found = look_up(&connected, &address)?.expect_status(StatusCode::OK)?;
        outcomes.push((found["reason"].clone(), found["emailId"].clone()));
    }
    assert_equal("reasons and emails", outcomes, vec![(json!("soft_bounces"), json!(ids[3])); orders.len()])
}

pub(crate) fn removed_entry(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let id = connected.send(&email_to_all(&[SUCCESS]), "sent")?;
    let address = "ada@example.org";
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
    let id = owner.send(&email_to_all(&[SUCCESS]), "sent")?;
    let details = bounce("Permanent", "General", "ada@example.org");
    post(harness, &attacker, &signed_event(harness, &attacker, &id, "Bounce", &details, DAY)?)?;
    assert_equal("the owner's list", suppression_reason(&owner, "ada@example.org")?, "")?;
    assert_equal("the attacker's list", suppression_reason(&attacker, "ada@example.org")?, "")
}

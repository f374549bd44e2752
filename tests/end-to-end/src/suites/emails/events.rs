//! SES events about an email, in any order and with duplicates.

use http::StatusCode;
use serde_json::{Value, json};

use super::{TestResult, assert_equal, event_types};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::Harness,
    polling::wait_until,
    sns_signer::signed_notification,
    test_email::{COMPLAINT, SUCCESS, email_to},
    webhook_proxy::SnsPost,
};

/// All permutations of three events.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

pub(crate) fn events_in_any_order(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let _held = harness.webhook_proxy.hold_notifications(&connected.topic_arn);
    let ids = ORDERS.map(|_| connected.send(&email_to(COMPLAINT), "sent"));
    let posts_of = |id: &str| -> Vec<SnsPost> {
        let mut posts = harness.webhook_proxy.sns_posts(&connected.topic_arn);
        posts.retain(|post| post.event()["mail"]["tags"]["kraiter-message-id"][0] == id);
        posts.sort_by_key(|post| {
            ["Send", "Delivery", "Complaint"].iter().position(|name| post.event()["eventType"] == *name)
        });
        posts
    };
    let mut final_statuses = Vec::new();
    for (order, id) in ORDERS.iter().zip(ids) {
        let id = id?;
        wait_until("three events", || Ok(posts_of(&id).len() == 3))?;
        let posts = posts_of(&id);
        assert_equal("status before the events", &connected.email(&id)?["status"], "sent")?;
        for (position, &index) in order.iter().enumerate() {
            let post = &posts[index];
            // Posts each event twice, then repeats all earlier ones.
            for post in [post, post].into_iter().chain(order[..position].iter().map(|&index| &posts[index])) {
                let response = harness.post_to_webhook(&post.target, post.body.clone())?;
                assert_equal("status of the response", response.status, StatusCode::OK)?;
            }
        }
        let email = connected.email(&id)?;
        assert_equal("events", event_types(&email), ["send", "delivery", "complaint"])?;
        final_statuses.push(email["status"].clone());
    }
    assert_equal("final statuses", final_statuses, vec![json!("complained"); ORDERS.len()])
}

pub(crate) fn opens_and_clicks(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    let click = json!({ "link": "https://example.com/", "userAgent": "A browser" });
    publish(harness, &connected, &id, "Click", &click)?;
    assert_equal("status after a click", &connected.email(&id)?["status"], "clicked")?;
    publish(harness, &connected, &id, "Open", &json!({ "userAgent": "A mail client" }))?;
    let email = connected.email(&id)?;
    assert_equal("status after an open", &email["status"], "clicked")?;
    let mut types = event_types(&email);
    types.sort_unstable();
    assert_equal("events", types, ["click", "delivery", "open", "send"])?;

    // Events of another email on the same topic don't change this one.
    let later = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&later)?;
    assert_equal("final status", &connected.email(&id)?["status"], "clicked")
}

pub(crate) fn other_organisation(harness: &Harness) -> TestResult {
    let (owner, attacker) = (harness.connect_organisation()?, harness.connect_organisation()?);
    let id = owner.send(&email_to(SUCCESS), "sent")?;
    let before = owner.wait_for_delivery(&id)?;
    let message =
        event(&before, "Complaint", &json!({ "complainedRecipients": [{ "emailAddress": SUCCESS }] }));
    // SNS signs and posts the event, because the topic belongs to the attacker.
    attacker.customer.publish(attacker.link.region, &attacker.topic_arn, &message)?;
    wait_until("the forged event to be posted", || {
        Ok(harness
            .webhook_proxy
            .sns_posts(&attacker.topic_arn)
            .iter()
            .any(|post| post.event()["eventType"] == "Complaint"))
    })?;
    // A later event on the attacker's topic is processed after the forged one.
    let last = attacker.send(&email_to(SUCCESS), "sent")?;
    attacker.wait_for_delivery(&last)?;
    assert_equal("the owner's email", owner.email(&id)?, before)
}

pub(crate) fn ignored_notifications(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    let before = connected.wait_for_delivery(&id)?;
    for message in [
        "Successfully validated SNS topic for Amazon SES event publishing.",
        "Not JSON",
        "{}",
        r#"{"notificationType":"Bounce","bounce":{},"mail":{}}"#,
        r#"{"eventType":"Send"}"#,
        r#"{"eventType":"Send","mail":{"messageId":"unknown","timestamp":"2026-01-01T00:00:00Z","destination":[]}}"#,
    ] {
        let signed = signed_notification(&connected.topic_arn, &harness.aws_proxy.origin(), message)?;
        let response = harness.post_to_webhook(&connected.webhook_target()?, signed)?;
        assert_equal(message, response.status, StatusCode::OK)?;
    }
    assert_equal("email", connected.email(&id)?, before)?;
    assert_equal("connection", &connected.binding()?["status"], "connected")
}

/// Posts a signed event about an email.
pub(super) fn publish(
    harness: &Harness,
    connected: &ConnectedOrganisation,
    id: &str,
    event_type: &str,
    details: &Value,
) -> TestResult {
    let message = event(&connected.email(id)?, event_type, details);
    let signed = signed_notification(&connected.topic_arn, &harness.aws_proxy.origin(), &message)?;
    let response = harness.post_to_webhook(&connected.webhook_target()?, signed)?;
    assert_equal(event_type, response.status, StatusCode::OK)
}

/// Returns an SES event about an email.
fn event(email: &Value, event_type: &str, details: &Value) -> String {
    let mut details = details.clone();
    details["timestamp"] = json!("2026-11-24T12:00:00.000Z");
    let mut event = json!({
        "eventType": event_type,
        "mail": {
            "timestamp": "2026-11-24T11:59:00.000Z",
            "messageId": email["sesMessageId"],
            "destination": email["to"],
            "tags": { "kraiter-message-id": [email["id"]] },
        },
    });
    event[event_type.to_lowercase()] = details;
    event.to_string()
}

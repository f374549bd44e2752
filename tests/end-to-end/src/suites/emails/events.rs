//! What SES publishes about a mail, in whatever order and however often it comes.

use http::StatusCode;
use serde_json::{Value, json};

use super::{TestResult, assert_equal, event_types};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::Harness,
    polling::wait_until,
    sns_signer::SnsMessage,
    test_email::{COMPLAINT, SUCCESS, email_to},
    webhook_proxy::SnsPost,
};

/// Every order of three.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

pub(crate) fn events_in_any_order(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let _hold = harness.webhook_proxy.hold_notifications(&connected.topic_arn);
    let ids = ORDERS.map(|_| connected.send(&email_to(COMPLAINT), "sent"));
    let posts = || harness.webhook_proxy.sns_posts(&connected.topic_arn);
    let of = |id: &str| -> Vec<SnsPost> {
        let about = |post: &SnsPost| post.event()["mail"]["tags"]["kraiter-message-id"][0] == id;
        let mut posts: Vec<_> = posts().into_iter().filter(about).collect();
        posts.sort_by_key(|post| {
            ["Send", "Delivery", "Complaint"].iter().position(|kind| post.event()["eventType"] == *kind)
        });
        posts
    };
    let mut final_statuses = Vec::new();
    for (order, id) in ORDERS.iter().zip(ids) {
        let id = id?;
        wait_until("three events", || Ok(of(&id).len() == 3))?;
        let posts = of(&id);
        assert_equal("status before the events", &connected.email(&id)?["status"], "sent")?;
        for (place, &index) in order.iter().enumerate() {
            let post = &posts[index];
            // Each comes twice at once, and what came before comes again.
            for post in [post, post].into_iter().chain(order[..place].iter().map(|&index| &posts[index])) {
                let response = harness.post_to_webhook(&post.target, post.body.clone())?;
                assert_equal("response", response.status, StatusCode::OK)?;
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
    publish(harness, &connected, &id, "Open", &json!({ "userAgent": "A mail program" }))?;
    let email = connected.email(&id)?;
    assert_equal("status after an open", &email["status"], "clicked")?;
    let mut types = event_types(&email);
    types.sort_unstable();
    assert_equal("events", types, ["click", "delivery", "open", "send"])?;

    // A later mail is told of by the same topic, and this one isn't touched.
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
    // SNS itself signs and posts it: the topic is the liar's own.
    attacker.customer.publish(attacker.link.region, &attacker.topic_arn, &message)?;
    wait_until("the forged event to be posted", || {
        Ok(harness
            .webhook_proxy
            .sns_posts(&attacker.topic_arn)
            .iter()
            .any(|post| post.event()["eventType"] == "Complaint"))
    })?;
    // What the liar's topic says next is read after it.
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
        let sns_message = SnsMessage::new("Notification", &connected.topic_arn, &harness.aws_proxy.origin());
        let signed = sns_message.with("Message", message).sign()?;
        let response = harness.post_to_webhook(&connected.webhook_target()?, signed.to_string())?;
        assert_equal(message, response.status, StatusCode::OK)?;
    }
    assert_equal("email", connected.email(&id)?, before)?;
    assert_equal("connection", &connected.binding()?["status"], "connected")
}

/// Posts an event about an email, signed as SNS would.
fn publish(
    harness: &Harness,
    connected: &ConnectedOrganisation,
    id: &str,
    kind: &str,
    details: &Value,
) -> TestResult {
    let message = event(&connected.email(id)?, kind, details);
    let sns_message = SnsMessage::new("Notification", &connected.topic_arn, &harness.aws_proxy.origin());
    let signed = sns_message.with("Message", message).sign()?;
    let response = harness.post_to_webhook(&connected.webhook_target()?, signed.to_string())?;
    assert_equal(kind, response.status, StatusCode::OK)
}

/// An event about an email, as SES writes it.
fn event(email: &Value, kind: &str, details: &Value) -> String {
    let mut details = details.clone();
    details["timestamp"] = json!("2026-11-24T12:00:00.000Z");
    let mut event = json!({
        "eventType": kind,
        "mail": {
            "timestamp": "2026-11-24T11:59:00.000Z",
            "messageId": email["sesMessageId"],
            "destination": email["to"],
            "tags": { "kraiter-message-id": [email["id"]] },
        },
    });
    event[kind.to_lowercase()] = details;
    event.to_string()
}

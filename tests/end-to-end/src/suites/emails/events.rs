//! What SES publishes about a mail, in whatever order and however often it comes.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Outcome, equal, kinds};
use crate::{
    connected::{COMPLAINT, Connected, SUCCESS, email_to, until},
    forger::Forgery,
    post_office::Post,
    world::World,
};

/// Every order of three.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

pub(crate) fn any_order(world: &World) -> Outcome {
    let connected = world.connected()?;
    let _hold = world.post_office.hold(&connected.topic);
    let ids = ORDERS.map(|_| connected.send(&email_to(COMPLAINT), "sent"));
    let posts = || world.post_office.posts(&connected.topic);
    let of = |id: &str| -> Vec<Post> {
        let about = |post: &Post| post.event()["mail"]["tags"]["kraiter-message-id"][0] == id;
        let mut posts: Vec<_> = posts().into_iter().filter(about).collect();
        posts.sort_by_key(|post| {
            ["Send", "Delivery", "Complaint"].iter().position(|kind| post.event()["eventType"] == *kind)
        });
        posts
    };
    let mut ends = Vec::new();
    for (order, id) in ORDERS.iter().zip(ids) {
        let id = id?;
        until("three events", || Ok(of(&id).len() == 3))?;
        let posts = of(&id);
        equal("status before", &connected.email(&id)?["status"], "sent")?;
        for (place, &index) in order.iter().enumerate() {
            let post = &posts[index];
            // Each comes twice at once, and what came before comes again.
            for post in [post, post].into_iter().chain(order[..place].iter().map(|&index| &posts[index])) {
                let answer = world.post_to_webhook(&post.target, post.body.clone())?;
                equal("the answer", answer.status, StatusCode::OK)?;
            }
        }
        let email = connected.email(&id)?;
        equal("events", kinds(&email), ["send", "delivery", "complaint"])?;
        ends.push(email["status"].clone());
    }
    equal("the ends", ends, vec![json!("complained"); ORDERS.len()])
}

pub(crate) fn opens_and_clicks(world: &World) -> Outcome {
    let connected = world.connected()?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    let click = json!({ "link": "https://example.com/", "userAgent": "A browser" });
    publish(world, &connected, &id, "Click", &click)?;
    equal("status after a click", &connected.email(&id)?["status"], "clicked")?;
    publish(world, &connected, &id, "Open", &json!({ "userAgent": "A mail program" }))?;
    let email = connected.email(&id)?;
    equal("status after an open", &email["status"], "clicked")?;
    let mut came = kinds(&email);
    came.sort_unstable();
    equal("events", came, ["click", "delivery", "open", "send"])?;

    // A later mail is told of by the same topic, and this one isn't touched.
    let later = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&later)?;
    equal("status at the end", &connected.email(&id)?["status"], "clicked")
}

pub(crate) fn of_another(world: &World) -> Outcome {
    let (owner, liar) = (world.connected()?, world.connected()?);
    let id = owner.send(&email_to(SUCCESS), "sent")?;
    let before = owner.wait_for_delivery(&id)?;
    let message =
        event(&before, "Complaint", &json!({ "complainedRecipients": [{ "emailAddress": SUCCESS }] }));
    // SNS itself signs and posts it: the topic is the liar's own.
    liar.customer.publish(liar.link.region, &liar.topic, &message)?;
    until("the lie to be posted", || {
        Ok(world.post_office.posts(&liar.topic).iter().any(|post| post.event()["eventType"] == "Complaint"))
    })?;
    // What the liar's topic says next is read after it.
    let last = liar.send(&email_to(SUCCESS), "sent")?;
    liar.wait_for_delivery(&last)?;
    equal("the owner's mail", owner.email(&id)?, before)
}

pub(crate) fn not_an_event(world: &World) -> Outcome {
    let connected = world.connected()?;
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
        let forgery = Forgery::new("Notification", &connected.topic, &world.wiretap.origin());
        let signed = forgery.with("Message", message).sign()?;
        let answer = world.post_to_webhook(&connected.target()?, signed.to_string())?;
        equal(message, answer.status, StatusCode::OK)?;
    }
    equal("the mail", connected.email(&id)?, before)?;
    equal("the connection", &connected.binding()?["status"], "connected")
}

/// Posts an event about an email, signed as SNS would.
fn publish(world: &World, connected: &Connected, id: &str, kind: &str, details: &Value) -> Outcome {
    let message = event(&connected.email(id)?, kind, details);
    let forgery = Forgery::new("Notification", &connected.topic, &world.wiretap.origin());
    let signed = forgery.with("Message", message).sign()?;
    let answer = world.post_to_webhook(&connected.target()?, signed.to_string())?;
    equal(kind, answer.status, StatusCode::OK)
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

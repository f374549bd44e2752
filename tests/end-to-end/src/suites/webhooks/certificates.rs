//! What SNS signs with.

use std::sync::atomic::{AtomicBool, Ordering};

use http::StatusCode;
use serde_json::json;

use super::{Outcome, equal};
use crate::{
    connected::{Connected, SUCCESS, email_to},
    forger::{Forgery, VALID},
    relay::Reaction,
    wire::Message,
    world::World,
};

pub(crate) fn both_versions(world: &World) -> Outcome {
    let connected = world.connected()?;
    for version in ["1", "2"] {
        let id = connected.send(&email_to(SUCCESS), "sent")?;
        let forgery = complaint(world, &connected, &id)?.with("SignatureVersion", version);
        equal(version, post(world, &connected, forgery)?, (200, None))?;
        equal("status", &connected.email(&id)?["status"], "complained")?;
    }
    Ok(())
}

pub(crate) fn fetched_once(world: &World) -> Outcome {
    let connected = world.connected()?;
    let path = format!("/forger/{}/valid.pem", connected.organisation.id);
    for _ in 0..5 {
        let id = connected.send(&email_to(SUCCESS), "sent")?;
        let forgery = complaint(world, &connected, &id)?;
        let forgery = forgery.with("SigningCertURL", format!("{}{path}", world.wiretap.origin()));
        equal("the answer", post(world, &connected, forgery)?, (200, None))?;
        equal("status", &connected.email(&id)?["status"], "complained")?;
    }
    let fetched = world.wiretap.calls_where(|call| call.action == format!("GET {path}"));
    equal("fetches", fetched.len(), 1)
}

/// A missing file, a fault, a redirect and a file that is no certificate.
pub(crate) fn unavailable(world: &World) -> Outcome {
    let connected = world.connected()?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    let elsewhere = format!("{}{VALID}", world.wiretap.origin());
    let answers = [
        ("missing", Message::response(404, &[], "")),
        ("fault", Message::response(500, &[], "")),
        ("redirect", Message::response(302, &[("location", &elsewhere)], "")),
        ("page", Message::response(200, &[("content-type", "text/html")], "<p>No certificate</p>")),
    ];
    for (name, answer) in answers {
        let path = format!("/certificates/{}/{name}.pem", connected.organisation.id);
        let (action, asked) = (format!("GET {path}"), AtomicBool::new(false));
        let _fault = world.wiretap.fault(move |call| {
            (call.action == action).then(|| {
                asked.store(true, Ordering::SeqCst);
                Reaction::Answer(answer.clone())
            })
        });
        let url = format!("{}{path}", world.wiretap.origin());
        let forgery = complaint(world, &connected, &id)?.with("SigningCertURL", url);
        let code = if name == "page" { "sns_certificate_unreadable" } else { "sns_certificate_unavailable" };
        equal(name, post(world, &connected, forgery)?, (503, Some(code.to_owned())))?;
        equal("status", &connected.email(&id)?["status"], "delivered")?;
    }
    Ok(())
}

fn complaint(world: &World, connected: &Connected, id: &str) -> test_support::Result<Forgery> {
    let email = connected.email(id)?;
    let event = json!({
        "eventType": "Complaint",
        "complaint": { "timestamp": "2026-11-24T12:00:00.000Z", "complainedRecipients": [] },
        "mail": {
            "timestamp": "2026-11-24T12:00:00.000Z",
            "messageId": email["sesMessageId"],
            "destination": [SUCCESS],
            "tags": { "kraiter-message-id": [id] },
        },
    });
    let forgery = Forgery::new("Notification", &connected.topic, &world.wiretap.origin());
    Ok(forgery.with("Message", event.to_string()))
}

fn post(
    world: &World,
    connected: &Connected,
    forgery: Forgery,
) -> test_support::Result<(u16, Option<String>)> {
    let answer = world.post_to_webhook(&connected.target()?, forgery.sign()?.to_string())?;
    let is_empty = answer.status != StatusCode::OK || answer.body.is_null();
    let code = answer.code().map(str::to_owned);
    Ok((answer.status.as_u16(), if is_empty { code } else { Some(answer.body.to_string()) }))
}

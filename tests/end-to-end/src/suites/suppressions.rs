//! Whom no mail goes to any more: how an address gets onto the list, what that changes, and how it gets off.

mod by_hand;
mod events;
mod files;
mod sending;
mod unsubscribe;

use std::sync::Weak;

use http::StatusCode;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{Result, api::ApiResponse};
use time::{Duration, OffsetDateTime};

use super::{Outcome, equal, hold, trial};
use crate::{
    connected::{Connected, SENDER},
    forger::{Forgery, ses_event},
    world::World,
};

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("suppressions::{name}"), world, case);
    vec![
        case("hard bounces and complaints suppress, and what passes doesn't", events::against),
        case("three soft bounces within seven days suppress, without a delivery after", events::soft_bounces),
        case("the list ends the same in any order of events, however often they come", events::any_order),
        case("what was taken off the list isn't put back by an event from before", events::removed),
        case("a topic's owner can't suppress for another organisation", events::of_another),
        case("a suppressed recipient is left out and named, the others get the mail", sending::left_out),
        case("where nobody is left the mail is refused and SES isn't asked", sending::nobody_left),
        case("who is suppressed while a mail waits gets nothing of it", sending::while_it_waits),
        case("each mail of a batch leaves out its own", sending::batch),
        case("an address is entered, found and taken off by hand", by_hand::whole_way),
        case("a list is searched, and its pages are whole and without repetition", by_hand::pages),
        case("another organisation's list is its own", by_hand::of_another),
        case("what is exported can be imported elsewhere and is the same there", files::round_trip),
        case("a file with bad lines names them, and nothing of it is taken", files::bad_lines),
        case("one click unsubscribes, looking at the page doesn't", unsubscribe::whole_way),
        case("a mail with a file carries its link too", unsubscribe::with_file),
        case("a link that we haven't signed is none", unsubscribe::forged),
    ]
}

const LIST: &str = "/v1/suppressions";

/// A mail to these.
fn email_to_all(to: &[&str]) -> Value {
    json!({ "from": SENDER, "to": to, "subject": "Hello", "text": "Hello!" })
}

/// Looks an address up.
fn look_up(connected: &Connected, address: &str) -> Result<ApiResponse> {
    connected.organisation.api.get(&path_of(address))
}

/// Why an address is suppressed; empty where it isn't.
fn reason(connected: &Connected, address: &str) -> Result<String> {
    Ok(look_up(connected, address)?.text("/reason").to_owned())
}

fn path_of(address: &str) -> String {
    format!("{LIST}/{}", address.replace('@', "%40").replace('+', "%2B"))
}

/// Enters an address by hand.
fn enter(connected: &Connected, address: &str) -> Result<Value> {
    connected.organisation.api.post(LIST, &json!({ "address": address }))?.expect_status(StatusCode::CREATED)
}

/// An event about a mail, so long ago, signed as SNS would; posting it twice is one event twice.
fn event(
    world: &World,
    connected: &Connected,
    id: &str,
    kind: &str,
    details: &Value,
    ago: Duration,
) -> Result<String> {
    let event = ses_event(id, kind, &["ada@example.org"], details, OffsetDateTime::now_utc() - ago);
    let forgery = Forgery::new("Notification", &connected.topic, &world.wiretap.origin());
    Ok(forgery.with("Message", event).sign()?.to_string())
}

/// Posts an event.
fn post(world: &World, connected: &Connected, event: &str) -> Outcome {
    let answer = world.post_to_webhook(&connected.target()?, event.to_owned())?;
    equal("the webhook's answer", answer.status, StatusCode::OK)
}

fn bounce(kind: &str, sub_type: &str, address: &str) -> Value {
    json!({
        "bounceType": kind,
        "bounceSubType": sub_type,
        "bouncedRecipients": [{ "emailAddress": address }],
    })
}

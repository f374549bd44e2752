//! Whom no mail goes to any more: how an address gets onto the list, what that changes, and how it gets off.

mod csv;
mod events;
mod manual;
mod sending;
mod unsubscribe;

use std::sync::Weak;

use http::StatusCode;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{Result, api::ApiResponse};
use time::{Duration, OffsetDateTime};

use super::{TestResult, assert_equal, assert_that, trial};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::Harness,
    sns_signer::{SnsMessage, ses_event},
    test_email::SENDER,
};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("suppressions::{name}"), harness, case);
    vec![
        case("hard bounces and complaints suppress, and what passes doesn't", events::bounces_and_complaints),
        case("three soft bounces within seven days suppress, without a delivery after", events::soft_bounces),
        case(
            "the list ends the same in any order of events, however often they come",
            events::events_in_any_order,
        ),
        case("what was taken off the list isn't put back by an event from before", events::removed_entry),
        case("a topic's owner can't suppress for another organisation", events::other_organisation),
        case(
            "a suppressed recipient is left out and named, the others get the mail",
            sending::skips_suppressed,
        ),
        case("where nobody is left the mail is refused and SES isn't asked", sending::all_suppressed),
        case("who is suppressed while a mail waits gets nothing of it", sending::suppressed_while_queued),
        case("each mail of a batch leaves out its own", sending::batch),
        case("an address is entered, found and taken off by hand", manual::add_find_remove),
        case("a list is searched, and its pages are whole and without repetition", manual::pages),
        case("another organisation's list is its own", manual::other_organisation),
        case("what is exported can be imported elsewhere and is the same there", csv::round_trip),
        case("a file with bad lines names them, and nothing of it is taken", csv::invalid_rows),
        case("one click unsubscribes, looking at the page doesn't", unsubscribe::one_click),
        case("a mail with a file carries its link too", unsubscribe::link_with_attachment),
        case("a link that we haven't signed is none", unsubscribe::forged_link),
    ]
}

const LIST: &str = "/v1/suppressions";

/// A mail to these.
fn email_to_all(to: &[&str]) -> Value {
    json!({ "from": SENDER, "to": to, "subject": "Hello", "text": "Hello!" })
}

/// Looks an address up.
fn look_up(connected: &ConnectedOrganisation, address: &str) -> Result<ApiResponse> {
    connected.organisation.api.get(&entry_path(address))
}

/// Why an address is suppressed; empty where it isn't.
fn suppression_reason(connected: &ConnectedOrganisation, address: &str) -> Result<String> {
    Ok(look_up(connected, address)?.text("/reason").to_owned())
}

fn entry_path(address: &str) -> String {
    format!("{LIST}/{}", address.replace('@', "%40").replace('+', "%2B"))
}

/// Enters an address by hand.
fn add(connected: &ConnectedOrganisation, address: &str) -> Result<Value> {
    connected.organisation.api.post(LIST, &json!({ "address": address }))?.expect_status(StatusCode::CREATED)
}

/// An event about a mail, so long ago, signed as SNS would; posting it twice is one event twice.
fn event(
    harness: &Harness,
    connected: &ConnectedOrganisation,
    id: &str,
    kind: &str,
    details: &Value,
    ago: Duration,
) -> Result<String> {
    let event = ses_event(id, kind, &["ada@example.org"], details, OffsetDateTime::now_utc() - ago);
    let sns_message = SnsMessage::new("Notification", &connected.topic_arn, &harness.aws_proxy.origin());
    Ok(sns_message.with("Message", event).sign()?.to_string())
}

/// Posts an event.
fn post(harness: &Harness, connected: &ConnectedOrganisation, event: &str) -> TestResult {
    let response = harness.post_to_webhook(&connected.webhook_target()?, event.to_owned())?;
    assert_equal("status of the webhook's response", response.status, StatusCode::OK)
}

fn bounce(kind: &str, sub_type: &str, address: &str) -> Value {
    json!({
        "bounceType": kind,
        "bounceSubType": sub_type,
        "bouncedRecipients": [{ "emailAddress": address }],
    })
}

//! The suppression list: how addresses are added, what it changes for sending, how they are removed.

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

use super::{TestResult, assert_equal, assert_error, assert_that, trial};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::Harness,
    sns_signer::{ses_event, signed_notification},
    test_email::SENDER,
};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("suppressions::{name}"), harness, case);
    vec![
        case(
            "hard bounces and complaints suppress an address, soft bounces don't",
            events::bounces_and_complaints,
        ),
        case(
            "three soft bounces within seven days without a later delivery suppress an address",
            events::soft_bounces,
        ),
        case("duplicate events in any order lead to the same list", events::events_in_any_order),
        case("an older event doesn't suppress a removed address again", events::removed_entry),
        case(
            "an event that names a stranger suppresses the only recipient or nobody, never the stranger",
            events::strangers,
        ),
        case(
            "a complaint in the older format without our tag counts, and once if it is reported twice",
            events::older_format,
        ),
        case("an event with an odd time and a lone surrogate is stored", events::odd_event),
        case("a topic can't suppress addresses of another organisation", events::other_organisation),
        case(
            "a suppressed recipient is skipped and reported, and the others get the email",
            sending::skips_suppressed,
        ),
        case(
            "an email with only suppressed recipients is rejected without calling SES",
            sending::all_suppressed,
        ),
        case("a recipient suppressed while an email is queued is skipped", sending::suppressed_while_queued),
        case("each email of a batch skips its own suppressed recipients", sending::batch),
        case("an address can be added, found and removed", manual::add_find_remove),
        case("the list can be searched, and its pages are complete and without duplicates", manual::pages),
        case("another organisation's list is not accessible", manual::other_organisation),
        case("an exported list can be imported into another organisation unchanged", csv::round_trip),
        case("a search of a long list finds all matches, at its end too", csv::long_list),
        case("an import with invalid rows names them and adds nothing", csv::invalid_rows),
        case("a one-click request unsubscribes, opening the page doesn't", unsubscribe::one_click),
        case("an email with an attachment has the unsubscribe link too", unsubscribe::link_with_attachment),
        case("an unsubscribe link can be used only so often", unsubscribe::limited_by_link),
        case("a forged unsubscribe link is rejected", unsubscribe::forged_link),
    ]
}

const SUPPRESSIONS: &str = "/v1/suppressions";

/// Returns an email to several addresses.
fn email_to_all(to: &[&str]) -> Value {
    json!({ "from": SENDER, "to": to, "subject": "Hello", "text": "Hello!" })
}

fn look_up(connected: &ConnectedOrganisation, address: &str) -> Result<ApiResponse> {
    connected.organisation.api.get(&entry_path(address))
}

/// Returns the reason of a suppressed address, or an empty string.
fn suppression_reason(connected: &ConnectedOrganisation, address: &str) -> Result<String> {
    Ok(look_up(connected, address)?.text("/reason").to_owned())
}

fn entry_path(address: &str) -> String {
    format!("{SUPPRESSIONS}/{}", address.replace('@', "%40").replace('+', "%2B"))
}

/// Adds an address through the API.
fn add(connected: &ConnectedOrganisation, address: &str) -> Result<Value> {
    connected
        .organisation
        .api
        .post(SUPPRESSIONS, &json!({ "address": address }))?
        .expect_status(StatusCode::CREATED)
}

/// Returns a signed event with this age. Posting it twice delivers the same event twice.
fn signed_event(
    harness: &Harness,
    connected: &ConnectedOrganisation,
    id: &str,
    event_type: &str,
    details: &Value,
    age: Duration,
) -> Result<String> {
    let event = ses_event(id, event_type, &["ada@example.org"], details, OffsetDateTime::now_utc() - age);
    signed_notification(&connected.topic_arn, &harness.aws_proxy.origin(), &event)
}

fn post(harness: &Harness, connected: &ConnectedOrganisation, event: &str) -> TestResult {
    let response = harness.post_to_webhook(&connected.webhook_target()?, event.to_owned())?;
    assert_equal("status of the webhook's response", response.status, StatusCode::OK)
}

fn bounce(bounce_type: &str, sub_type: &str, address: &str) -> Value {
    json!({
        "bounceType": bounce_type,
        "bounceSubType": sub_type,
        "bouncedRecipients": [{ "emailAddress": address }],
    })
}

//! One connection, many regions: further stacks, topics of the customer's own, a sandbox that is each region's.

mod event_setup;
mod sandbox;
mod stacks;

use std::sync::Weak;

use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::Result;

use super::{TestResult, assert_equal, assert_that, trial};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::Harness,
    test_email::{SUCCESS, email_to},
};

/// The further region of most cases.
const FRANKFURT: &str = "eu-central-1";

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("regions::{name}"), harness, case);
    vec![
        case(
            "a further region's stack brings its events and makes no second role",
            stacks::additional_region,
        ),
        case("a region without a stack sends and says that no events come back", stacks::no_stack),
        case("two organisations in one account and two regions don't collide", stacks::two_organisations),
        case("a further stack in another account changes nothing", stacks::another_account),
        case("a role made by hand gets its events by a topic of the customer's", event_setup::customer_topic),
        case("what is made for events is made once however often it is asked for", event_setup::idempotent),
        case("a topic that SES can't publish to is refused by its field", event_setup::wrong_topic),
        case("a region whose events come back takes no other topic", event_setup::already_active),
        case(
            "recipients that the sandbox refuses are named before SES is asked",
            sandbox::unverified_recipients,
        ),
        case("production access is noticed without a verify", sandbox::production_access),
        case("each region says for itself whether it is a sandbox", sandbox::each_region),
    ]
}

/// What the connection says of a region.
fn region_of(connected: &ConnectedOrganisation, name: &str) -> Result<Value> {
    let binding = connected.binding()?;
    let regions = binding["regions"].as_array().cloned().unwrap_or_default();
    Ok(regions.into_iter().find(|region| region["region"] == name).unwrap_or_default())
}

/// An email from a region.
fn email_from(region: &str) -> Value {
    let mut email = email_to(SUCCESS);
    email["region"] = json!(region);
    email
}

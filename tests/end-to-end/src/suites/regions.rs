//! Several regions: additional stacks, customer-owned topics and the sandbox of each region.

mod event_setup;
mod sandbox;
mod stacks;

use std::sync::Weak;

use aws_sans_io::Region;
use http::StatusCode;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{Result, wait::Poll};

use super::{TestResult, assert_equal, assert_error, assert_that, trial};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::Harness,
    polling::wait_for,
    test_email::{SUCCESS, email_to},
};

/// The second region of most cases.
const FRANKFURT: &str = "eu-central-1";

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("regions::{name}"), harness, case);
    vec![
        case(
            "a stack in a second region activates its events without a second role",
            stacks::additional_region,
        ),
        case("a region without a stack sends and reports that it has no events", stacks::no_stack),
        case("two organisations can use the same account and regions", stacks::two_organisations),
        case("a second stack in another account changes nothing", stacks::another_account),
        case("events can be set up with a customer's topic", event_setup::customer_topic),
        case("setting up events repeatedly creates one configuration set", event_setup::idempotent),
        case("a topic that SES can't publish to is rejected", event_setup::unusable_topic),
        case("the first tracked email of a region creates its tracking set", event_setup::tracking),
        case("a region with active events rejects another topic", event_setup::already_active),
        case(
            "recipients not allowed in the sandbox are named without calling SES",
            sandbox::unverified_recipients,
        ),
        case("production access is detected without verifying", sandbox::production_access),
        case("each region reports its own sandbox status", sandbox::each_region),
        case("every region of SES is listed with its location", available_regions),
    ]
}

fn available_regions(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let list = organisation.api.get("/v1/regions")?.expect_status(StatusCode::OK)?;
    let regions = list["data"].as_array().ok_or("no list")?;
    assert_equal("regions", regions.len(), Region::all().len())?;
    let ireland = json!({
        "region": "eu-west-1", "location": "Europe (Ireland)", "optIn": false, "supportsStack": true,
    });
    assert_that(regions.contains(&ireland), list.to_string())
}

/// Returns a region of the binding.
fn region_of(connected: &ConnectedOrganisation, name: &str) -> Result<Value> {
    let binding = connected.binding()?;
    let regions = binding["regions"].as_array().cloned().unwrap_or_default();
    Ok(regions.into_iter().find(|region| region["region"] == name).unwrap_or_default())
}

/// Waits until the events of a region are active.
fn wait_for_active_events(connected: &ConnectedOrganisation, region: &str) -> Result<()> {
    wait_for(&format!("the events in {region} to be active"), || {
        let found = region_of(connected, region)?;
        Ok(if found["events"] == "active" { Poll::Ready(()) } else { Poll::Pending(found.to_string()) })
    })
}

/// Returns an email sent from `region`.
fn email_from(region: &str) -> Value {
    let mut email = email_to(SUCCESS);
    email["region"] = json!(region);
    email
}

//! One connection, many regions: further stacks, topics of the customer's own, a sandbox that is each region's.

mod events;
mod sandbox;
mod stacks;

use std::sync::Weak;

use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::Result;

use super::{Outcome, equal, hold, trial};
use crate::{
    connected::{Connected, SUCCESS, email_to},
    world::World,
};

/// The further region of most cases.
const FRANKFURT: &str = "eu-central-1";

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("regions::{name}"), world, case);
    vec![
        case("a further region's stack brings its events and makes no second role", stacks::further),
        case("a region without a stack sends and says that no events come back", stacks::without),
        case("two organisations in one account and two regions don't collide", stacks::two_organisations),
        case("a further stack in another account changes nothing", stacks::another_account),
        case("a role made by hand gets its events by a topic of the customer's", events::by_hand),
        case("what is made for events is made once however often it is asked for", events::idempotent),
        case("a topic that SES can't publish to is refused by its field", events::wrong_topic),
        case("a region whose events come back takes no other topic", events::active),
        case("recipients that the sandbox refuses are named before SES is asked", sandbox::named),
        case("production access is noticed without a verify", sandbox::noticed),
        case("each region says for itself whether it is a sandbox", sandbox::each_region),
    ]
}

/// What the connection says of a region.
fn region_of(connected: &Connected, name: &str) -> Result<Value> {
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

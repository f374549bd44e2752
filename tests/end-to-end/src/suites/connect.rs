//! From nothing to a connection that sends, what breaks it, and how it mends.

mod by_hand;
mod check;
mod claims;
mod end;
mod faults;
mod one_click;

use std::sync::Weak;

use kraiter_core::setup::{ExternalId, SessionPurpose};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{
    Result,
    api::ApiResponse,
    test_env::{KRAITER_ACCOUNT, Organisation},
};

use super::{Outcome, equal, hold, trial};
use crate::world::World;

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("connect::{name}"), world, case);
    vec![
        case("a stack activates its connection by itself", one_click::activates_itself),
        case("the link fills in the template and this organisation's values", one_click::fills_in_the_page),
        case("a link given out before keeps working", one_click::earlier_link_works),
        case("two organisations in one account don't collide", one_click::two_in_one_account),
        case("the sandbox is seen, and its end", one_click::sandbox),
        case("an opt-in region's role is assumed where STS answers everybody", check::opt_in_region),
        case(
            "a check assumes the role with the external ID, then without, then reads the account",
            check::three_calls,
        ),
        case("a role made by hand is found working in the background", by_hand::is_found_working),
        case("a wrong trust policy that is mended is found by itself", by_hand::is_found_mended),
        case("a role made by hand without the external ID ends insecure and recovers", by_hand::insecure),
        case("a role of a stack that loses its condition ends insecure and recovers", faults::insecure),
        case("a deleted role ends degraded and recovers when made anew", faults::role_deleted),
        case("a deleted role is replaced by a new stack's", faults::new_stack),
        case("a permission that is missing is named", faults::permission_missing),
        case("a check that AWS doesn't answer breaks nothing", faults::unreachable),
        case("a stack with another organisation's role is refused", claims::stack_refused),
        case("naming a role doesn't keep it from its owner", claims::only_named),
        case("a role is free once its organisation has disconnected", claims::freed),
        case("a disconnected webhook is gone, and the account can be connected again", end::disconnect),
        case("what isn't connected has nothing to verify and sends nothing", end::not_connected),
        case("mail that waits outlives a role that is refused for a while", end::outlived),
        case("connection, mails and a queued mail survive a killed Worker", end::killed_worker),
    ]
}

/// A trust policy that lets Kraiter in with this external ID, or without any.
fn trust_policy(external_id: Option<&str>) -> String {
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": { "AWS": format!("arn:aws:iam::{KRAITER_ACCOUNT}:root") },
        "Action": "sts:AssumeRole",
    });
    if let Some(external_id) = external_id {
        statement["Condition"] = json!({ "StringEquals": { "sts:ExternalId": external_id } });
    }
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

/// An external ID that Kraiter might have made, but for another.
fn another_external_id() -> String {
    ExternalId::from_random(&[7; 20]).to_string()
}

/// Names a role by hand: `POST /v1/aws-binding`.
fn register(organisation: &Organisation, role_arn: &str, external_id: &str) -> Result<ApiResponse> {
    let account = role_arn.split(':').nth(4).unwrap_or_default();
    let body = json!({
        "awsAccountId": account,
        "roleArn": role_arn,
        "externalId": external_id,
        "stackRegion": "eu-west-1",
    });
    organisation.api.post("/v1/aws-binding", &body)
}

/// The reason's code in a connection.
fn reason(binding: &Value) -> &str {
    binding.pointer("/reason/code").and_then(Value::as_str).unwrap_or_default()
}

/// Fails where the session policy of a call isn't the one for this purpose.
pub(crate) fn is_limited_to(purpose: SessionPurpose, policy: &str) -> Outcome {
    let policy: Value = serde_json::from_str(policy).map_err(|error| format!("{error}: {policy:?}"))?;
    equal("the session policy", policy, purpose.policy().to_value())
}

/// Fails where the connection isn't so, with a reason that says what and how to mend it.
fn is_broken(binding: &Value, status: &str, code: &str) -> Outcome {
    equal("status", &binding["status"], status)?;
    equal("the reason's code", reason(binding), code)?;
    for name in ["message", "help"] {
        let text = binding["reason"][name].as_str().unwrap_or_default();
        hold(!text.is_empty(), format!("the reason has no {name}: {binding}"))?;
    }
    Ok(())
}

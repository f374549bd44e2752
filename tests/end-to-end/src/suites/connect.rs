//! From nothing to a connection that sends, what breaks it, and how it mends.

mod broken_role;
mod disconnect;
mod manual_role;
mod quick_create;
mod role_claims;
mod verification;

use std::sync::Weak;

use domain::onboarding::{ExternalId, SessionPurpose};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{
    Result,
    api::ApiResponse,
    test_env::{KRAITER_ACCOUNT, Organisation},
};

use super::{TestResult, assert_equal, assert_that, trial};
use crate::harness::Harness;

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("connect::{name}"), harness, case);
    vec![
        case("a stack activates its connection by itself", quick_create::connects_automatically),
        case("the link fills in the template and this organisation's values", quick_create::link_parameters),
        case("a link given out before keeps working", quick_create::earlier_link),
        case("two organisations in one account don't collide", quick_create::two_organisations),
        case("the sandbox is seen, and its end", quick_create::sandbox_status),
        case("an opt-in region's role is assumed where STS answers everybody", verification::opt_in_region),
        case(
            "a check assumes the role with the external ID, then without, then reads the account",
            verification::call_sequence,
        ),
        case("a role made by hand is found working in the background", manual_role::detected_in_background),
        case("a wrong trust policy that is mended is found by itself", manual_role::fixed_trust_policy),
        case(
            "a role made by hand without the external ID ends insecure and recovers",
            manual_role::no_external_id,
        ),
        case(
            "a role of a stack that loses its condition ends insecure and recovers",
            broken_role::condition_removed,
        ),
        case("a deleted role ends degraded and recovers when made anew", broken_role::role_deleted),
        case("a deleted role is replaced by a new stack's", broken_role::replaced_by_new_stack),
        case("a permission that is missing is named", broken_role::missing_permission),
        case("a check that AWS doesn't answer breaks nothing", broken_role::aws_unreachable),
        case("a stack with another organisation's role is refused", role_claims::stack_with_claimed_role),
        case("naming a role doesn't keep it from its owner", role_claims::unverified_claim),
        case("a role is free once its organisation has disconnected", role_claims::released_on_disconnect),
        case(
            "a disconnected webhook is gone, and the account can be connected again",
            disconnect::disconnect_and_reconnect,
        ),
        case("what isn't connected has nothing to verify and sends nothing", disconnect::not_connected),
        case(
            "mail that waits outlives a role that is refused for a while",
            disconnect::queued_email_survives_refused_role,
        ),
        case("connection, mails and a queued mail survive a killed Worker", disconnect::killed_worker),
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
fn other_external_id() -> String {
    ExternalId::from_random(&[7; 20]).to_string()
}

/// Names a role by hand: `POST /v1/aws-binding`.
fn register_role(organisation: &Organisation, role_arn: &str, external_id: &str) -> Result<ApiResponse> {
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
fn reason_code(binding: &Value) -> &str {
    binding.pointer("/reason/code").and_then(Value::as_str).unwrap_or_default()
}

/// Fails where the session policy of a call isn't the one for this purpose.
pub(crate) fn assert_session_policy(purpose: SessionPurpose, policy: &str) -> TestResult {
    let policy: Value = serde_json::from_str(policy).map_err(|error| format!("{error}: {policy:?}"))?;
    assert_equal("session policy", policy, purpose.policy().to_value())
}

/// Fails where the connection isn't so, with a reason that says what and how to mend it.
fn assert_broken(binding: &Value, status: &str, code: &str) -> TestResult {
    assert_equal("status", &binding["status"], status)?;
    assert_equal("reason code", reason_code(binding), code)?;
    for name in ["message", "help"] {
        let text = binding["reason"][name].as_str().unwrap_or_default();
        assert_that(!text.is_empty(), format!("the reason has no {name}: {binding}"))?;
    }
    Ok(())
}

//! Connecting an AWS account, failing connections and their recovery.

mod broken_role;
mod disconnect;
mod external_id;
mod manual_role;
mod quick_create;
mod replacement;
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
    wait::Poll,
};

use super::{TestResult, assert_equal, assert_error, assert_that, trial};
use crate::{
    harness::{Harness, get_binding},
    polling::wait_for,
};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("connect::{name}"), harness, case);
    vec![
        case("a stack activates its connection without further steps", quick_create::connects_automatically),
        case(
            "the quick-create link has the template and the organisation's parameters",
            quick_create::link_parameters,
        ),
        case(
            "an earlier quick-create link still works after a newer one is requested",
            quick_create::earlier_link,
        ),
        case("two organisations can use the same AWS account", quick_create::two_organisations),
        case(
            "a stack that is older than the published template has an update link until it is updated",
            quick_create::older_template,
        ),
        case("the sandbox and the grant of production access are detected", quick_create::sandbox_status),
        case(
            "the role of an opt-in region is assumed in a region where STS is always enabled",
            verification::opt_in_region,
        ),
        case(
            "a check assumes the role with the external ID, without it and with another one, then reads the account",
            verification::call_sequence,
        ),
        case("a stack in another region than its link's is reported", quick_create::region_changed),
        case(
            "a role is assumed in us-east-1 if STS isn't activated in the region",
            verification::sts_not_activated,
        ),
        case("a policy of the customer's AWS organisation is reported", verification::organisation_policies),
        case("a manually created role is verified in the background", manual_role::detected_in_background),
        case("a stack can use an existing role with a plus sign in its name", manual_role::plus_sign),
        case("a corrected trust policy is detected in the background", manual_role::fixed_trust_policy),
        case(
            "a manually created role without the external ID is insecure until it is fixed",
            manual_role::no_external_id,
        ),
        case(
            "a stack's role that loses its external ID condition is insecure until it is fixed",
            broken_role::condition_removed,
        ),
        case("a deleted role degrades the connection until it is created again", broken_role::role_deleted),
        case("a new stack replaces the role of a deleted one", broken_role::replaced_by_new_stack),
        case("a check names a missing permission", broken_role::missing_permission),
        case("a check that can't reach AWS leaves the connection unchanged", broken_role::aws_unreachable),
        case(
            "a stack that reports another organisation's role doesn't connect it",
            role_claims::stack_with_claimed_role,
        ),
        case("registering a role doesn't block its owner", role_claims::unverified_claim),
        case(
            "external IDs: a role that doesn't demand exactly the organisation's is insecure",
            external_id::exposed_roles,
        ),
        case(
            "external IDs: a wildcard doesn't let another organisation keep the owner out",
            external_id::wildcard_first_come,
        ),
        case(
            "external IDs: a role belongs to the organisation whose external ID it demands now",
            external_id::replaced_id,
        ),
        case(
            "external IDs: a role that lists two organisations belongs to one of them at a time",
            external_id::shared_role,
        ),
        case("external IDs: each check tries another random one", external_id::fresh_decoys),
        case(
            "a role that is registered during a check of another one is verified",
            replacement::role_replaced_during_check,
        ),
        case(
            "a check that ends after a disconnect leaves no claim behind",
            replacement::disconnected_during_check,
        ),
        case(
            "emails are sent with the role in force while another one is verified",
            replacement::sends_while_verifying,
        ),
        case(
            "disconnecting removes the webhook, and the account can be connected again",
            disconnect::disconnect_and_reconnect,
        ),
        case("an organisation without a connection can neither verify nor send", disconnect::not_connected),
        case(
            "a queued email survives a temporarily refused role",
            disconnect::queued_email_survives_refused_role,
        ),
        case("the connection and all emails survive a killed Worker", disconnect::killed_worker),
    ]
}

/// Returns a trust policy for Kraiter's account, with or without an external ID.
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

/// Returns a valid external ID of no organisation.
fn other_external_id() -> String {
    ExternalId::from_random(&[7; 20]).to_string()
}

/// Registers a role with `POST /v1/aws-binding`.
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

/// Returns the reason's code of a binding, or an empty string.
fn reason_code(binding: &Value) -> &str {
    binding.pointer("/reason/code").and_then(Value::as_str).unwrap_or_default()
}

/// Waits until a binding has a reason, and returns the binding.
fn wait_for_reason(organisation: &Organisation) -> Result<Value> {
    wait_for("the refusal to be reported", || {
        let binding = get_binding(organisation)?;
        Ok(if reason_code(&binding).is_empty() {
            Poll::Pending(binding.to_string())
        } else {
            Poll::Ready(binding)
        })
    })
}

/// Fails unless `policy` is the session policy for `purpose`.
pub(crate) fn assert_session_policy(purpose: SessionPurpose, policy: &str) -> TestResult {
    let policy: Value = serde_json::from_str(policy).map_err(|error| format!("{error}: {policy:?}"))?;
    assert_equal("session policy", policy, purpose.policy().to_value())
}

/// Fails unless a binding has this status and a reason with this code, a message and a help text.
fn assert_broken(binding: &Value, status: &str, code: &str) -> TestResult {
    assert_equal("status", &binding["status"], status)?;
    assert_equal("reason code", reason_code(binding), code)?;
    for name in ["message", "help"] {
        let text = binding["reason"][name].as_str().unwrap_or_default();
        assert_that(!text.is_empty(), format!("the reason has no {name}: {binding}"))?;
    }
    Ok(())
}

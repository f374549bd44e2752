//! Trust policies that don't demand the organisation's external ID, after the mistakes that Praetorian found at 90 vendors: external IDs that
//! are chosen by customers (`bad_input`), shared, replaced, unchecked, unenforced, or matched by a wildcard.

use std::slice;

use http::StatusCode;
use serde_json::{Value, json};
use test_support::test_env::{KRAITER_ACCOUNT, Organisation};

use super::{
    TestResult, assert_broken, assert_equal, assert_error, assert_that, register_role, trust_policy,
};
use crate::{
    harness::{Harness, get_binding, string_at, verify_binding},
    polling::WAIT_TIMEOUT,
    test_email::{SUCCESS, email_to},
};

const ROLE: &str = "KraiterSESRole";

/// Returns a trust policy with one statement per condition. Null means no condition.
fn conditions(conditions: &[Value]) -> String {
    let principal = json!({ "AWS": format!("arn:aws:iam::{KRAITER_ACCOUNT}:root") });
    let statements = conditions.iter().map(|condition| statement(&principal, condition));
    json!({ "Version": "2012-10-17", "Statement": statements.collect::<Vec<_>>() }).to_string()
}

fn statement(principal: &Value, condition: &Value) -> Value {
    let mut statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
    if !condition.is_null() {
        statement["Condition"] = condition.clone();
    }
    statement
}

/// Returns a condition on the external ID.
fn id(operator: &str, pattern: impl Into<Value>) -> Value {
    json!({ operator: { "sts:ExternalId": pattern.into() } })
}

/// Returns trust policies that don't demand exactly this external ID, with the reason that they are reported with.
fn exposed_policies(own: &str) -> Vec<(&'static str, String, &'static str)> {
    let (start, end) = (&own[..5], &own[own.len() - 5..]);
    let one = |condition: Value| conditions(slice::from_ref(&condition));
    let anybody =
        json!({ "Version": "2012-10-17", "Statement": [statement(&json!({ "AWS": "*" }), &Value::Null)] });
    let (open, any) = ("external_id_not_enforced", "other_external_id_accepted");
    vec![
        ("no condition", one(Value::Null), open),
        ("any principal without a condition", anybody.to_string(), open),
        (
            "a second statement without the condition",
            conditions(&[id("StringEquals", own), Value::Null]),
            open,
        ),
        ("a condition that may be left out", one(id("StringEqualsIfExists", own)), open),
        ("a wildcard", one(id("StringLike", "*")), any),
        ("a wildcard for each character", one(id("StringLike", "?".repeat(own.len()))), any),
        ("a prefix", one(id("StringLike", format!("{start}*"))), any),
        ("a suffix", one(id("StringLike", format!("*{end}"))), any),
        ("a list with a wildcard", one(id("StringLike", json!([own, "*"]))), any),
        (
            "a second statement with a wildcard",
            conditions(&[id("StringEquals", own), id("StringLike", "*")]),
            any,
        ),
        ("any external ID", one(json!({ "Null": { "sts:ExternalId": "false" } })), any),
    ]
}

pub(crate) fn exposed_roles(harness: &Harness) -> TestResult {
    let (organisation, customer) = (harness.create_organisation()?, harness.create_customer()?);
    let own = external_id(&organisation)?;
    let role_arn = customer.create_role(ROLE, &trust_policy(None))?;
    register_role(&organisation, &role_arn, &own)?.expect_status(StatusCode::OK)?;
    for (name, policy, code) in exposed_policies(&own) {
        customer.update_assume_role_policy(ROLE, &policy)?;
        let checked = verify_binding(&organisation)?;
        assert_equal(name, (&checked["verified"], &checked["status"]), (&json!(false), &json!("insecure")))?;
        assert_broken(&checked, "insecure", code).map_err(|failed| format!("{name}: {failed:?}"))?;
        let refused = organisation.api.post("/v1/emails", &email_to(SUCCESS))?;
        assert_error(name, &refused, 409, code)?;
    }
    assert_equal("send calls", harness.aws_proxy.send_call_count(&role_arn), 0)?;

    customer.update_assume_role_policy(ROLE, &trust_policy(Some(&own)))?;
    let fixed = verify_binding(&organisation)?;
    assert_equal("verified", (&fixed["verified"], &fixed["status"]), (&json!(true), &json!("connected")))
}

/// The owner's role accepts any external ID, and another organisation registers it first.
pub(crate) fn wildcard_first_come(harness: &Harness) -> TestResult {
    let (owner, other, customer) =
        (harness.create_organisation()?, harness.create_organisation()?, harness.create_customer()?);
    let wildcard = conditions(&[id("StringLike", "*")]);
    let role_arn = customer.create_role(ROLE, &wildcard)?;
    register_role(&other, &role_arn, &external_id(&other)?)?.expect_status(StatusCode::OK)?;
    let insecure = other.wait_for_status("insecure", WAIT_TIMEOUT)?;
    assert_broken(&insecure, "insecure", "other_external_id_accepted")?;

    let own = external_id(&owner)?;
    register_role(&owner, &role_arn, &own)?.expect_status(StatusCode::OK)?;
    owner.wait_for_status("insecure", WAIT_TIMEOUT)?;
    customer.update_assume_role_policy(ROLE, &trust_policy(Some(&own)))?;
    assert_equal("verified for the owner", &verify_binding(&owner)?["verified"], true)?;
    assert_broken(&verify_binding(&other)?, "degraded", "role_refused")
}

/// The role belonged to another organisation, and now demands the external ID of its new owner.
pub(crate) fn replaced_id(harness: &Harness) -> TestResult {
    let holder = harness.connect_organisation()?;
    let owner = harness.create_organisation()?;
    let own = external_id(&owner)?;
    holder.customer.update_assume_role_policy(holder.role_name(), &trust_policy(Some(&own)))?;
    register_role(&owner, &holder.role_arn, &own)?.expect_status(StatusCode::OK)?;
    owner.wait_for_status("connected", WAIT_TIMEOUT)?;
    assert_broken(&holder.verify()?, "degraded", "role_refused")?;

    // What the former holder does has no effect on the claim.
    holder.organisation.api.delete("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
    assert_equal("verified for the owner", &verify_binding(&owner)?["verified"], true)?;
    let both = conditions(&[id("StringEquals", json!([own, external_id(&holder.organisation)?]))]);
    holder.customer.update_assume_role_policy(holder.role_name(), &both)?;
    register_role(&holder.organisation, &holder.role_arn, &external_id(&holder.organisation)?)?
        .expect_status(StatusCode::OK)?;
    let refused = holder.organisation.wait_for_status("degraded", WAIT_TIMEOUT)?;
    assert_broken(&refused, "degraded", "role_bound_elsewhere")
}

/// A role that lists the external IDs of two organisations.
pub(crate) fn shared_role(harness: &Harness) -> TestResult {
    let holder = harness.connect_organisation()?;
    let other = harness.create_organisation()?;
    let ids = [external_id(&holder.organisation)?, external_id(&other)?];
    assert_that(ids[0] != ids[1], "both organisations have the same external ID")?;
    let both = conditions(&[id("StringEquals", json!(ids))]);
    holder.customer.update_assume_role_policy(holder.role_name(), &both)?;
    register_role(&other, &holder.role_arn, &ids[1])?.expect_status(StatusCode::OK)?;
    let refused = other.wait_for_status("degraded", WAIT_TIMEOUT)?;
    assert_broken(&refused, "degraded", "role_bound_elsewhere")?;
    let email = other.api.post("/v1/emails", &email_to(SUCCESS))?;
    assert_error("sending through the role of another organisation", &email, 409, "role_bound_elsewhere")?;
    assert_equal("verified for the holder", &holder.verify()?["verified"], true)?;

    // A claim ends with its connection.
    holder.organisation.api.delete("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
    assert_equal("verified after the role was released", &verify_binding(&other)?["verified"], true)
}

/// A check tries another external ID each time, and none of an organisation.
pub(crate) fn fresh_decoys(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    connected.verify()?;
    let own = external_id(&connected.organisation)?;
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, "AssumeRole");
    let tried: Vec<_> = calls.iter().filter_map(|call| call.parameters.get("ExternalId")).collect();
    let decoys: Vec<_> = tried.into_iter().filter(|id| **id != own).collect();
    assert_equal("decoys", decoys.len(), 2)?;
    assert_that(decoys[0] != decoys[1], "two checks tried the same external ID")
}

fn external_id(organisation: &Organisation) -> test_support::Result<String> {
    string_at(&get_binding(organisation)?, "/externalId")
}

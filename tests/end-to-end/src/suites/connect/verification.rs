//! The AWS calls of a check.

use domain::onboarding::SessionPurpose;

use super::{TestResult, assert_equal, assert_session_policy, assert_that};
use crate::{
    aws_proxy::{FaultGuard, GET_ACCOUNT, SEND_EMAIL, fault::query_error},
    harness::{Harness, IRELAND, string_at},
    test_email::{SUCCESS, email_to},
};

pub(crate) fn call_sequence(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let external_id = string_at(&connected.binding()?, "/externalId")?;
    let calls = harness.aws_proxy.calls_matching(|call| call.role == connected.role_arn);
    let actions: Vec<_> = calls.iter().take(4).map(|call| (call.action.as_str(), call.status)).collect();
    let assume = |status| ("AssumeRole", status);
    assert_equal("first calls", actions, [assume(200), assume(403), assume(403), (GET_ACCOUNT, 200)])?;
    let [with_external_id, without_external_id, with_decoy, account] = &calls[..4] else {
        return Err("fewer than four calls were made".into());
    };

    assert_equal("external ID", with_external_id.parameter("ExternalId"), external_id.as_str())?;
    assert_that(
        !without_external_id.parameters.contains_key("ExternalId"),
        "the second call has an external ID",
    )?;
    let decoy = with_decoy.parameter("ExternalId");
    assert_that(
        decoy.len() == external_id.len() && decoy != external_id,
        format!("the third call has the external ID {decoy}"),
    )?;
    for call in [with_external_id, without_external_id, with_decoy] {
        assert_session_policy(SessionPurpose::Check, call.parameter("Policy"))?;
        let name = call.parameter("RoleSessionName");
        assert_that(name.contains(&connected.organisation.id), format!("the session name is {name}"))?;
        assert_equal("access key of the call", call.access_key_id.as_str(), kraiter_access_key_id(harness))?;
        assert_equal("STS region", call.region.as_str(), IRELAND)?;
    }
    assert_equal(
        "access key of GetAccount",
        Some(account.access_key_id.as_str()),
        with_external_id.session_key(),
    )?;
    assert_equal("SES region", account.region.as_str(), IRELAND)?;
    assert_that(
        connected.role_arn.contains(connected.customer.account().as_str()),
        "the role is not in the customer's account",
    )
}

pub(crate) fn opt_in_region(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation_to(harness.create_customer()?, "eu-south-1")?;
    assert_equal("stack region", &connected.binding()?["stackRegion"], "eu-south-1")?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    for (action, region) in
        [("AssumeRole", "eu-central-1"), (GET_ACCOUNT, "eu-south-1"), (SEND_EMAIL, "eu-south-1")]
    {
        let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, action);
        assert_that(!calls.is_empty(), format!("no {action} call was made"))?;
        for call in calls {
            assert_equal(action, call.region.as_str(), region)?;
        }
    }
    Ok(())
}

/// Makes STS refuse to assume the role.
fn refuse_assume_role(
    harness: &Harness,
    role_arn: &str,
    region: Option<&'static str>,
    code: &'static str,
    message: &'static str,
) -> FaultGuard {
    harness.aws_proxy.inject_fault_for_role(role_arn, "AssumeRole", move |call| {
        region.is_none_or(|region| call.region == region).then(|| query_error(403, code, message))
    })
}

pub(crate) fn sts_not_activated(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let code = "RegionDisabledException";
    let message = "STS is not activated in this region for the account";
    let refuse = |region| refuse_assume_role(harness, &connected.role_arn, region, code, message);
    let in_ireland = refuse(Some(IRELAND));
    assert_equal("status", &connected.verify()?["status"], "connected")?;
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, "AssumeRole");
    assert_that(calls.iter().any(|call| call.region == "us-east-1"), "STS isn't called in us-east-1")?;
    drop(in_ireland);
    let _everywhere = refuse(None);
    let before = harness.aws_proxy.calls_by_role(&connected.role_arn, "AssumeRole").len();
    assert_equal("reason", &connected.verify()?["reason"]["code"], "sts_not_activated")?;
    // The alarm may be making another check.
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, "AssumeRole");
    let (first, fallback): (Vec<_>, Vec<_>) = calls[before..].iter().partition(|call| call.region == IRELAND);
    assert_that(fallback.len() <= first.len(), format!("{} calls in us-east-1", fallback.len()))
}

pub(crate) fn organisation_policies(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    for (message, reason) in [
        (
            "User: kraiter is not authorized to perform: sts:AssumeRole on resource: role with an explicit deny in a service control policy",
            "service_control_policy",
        ),
        (
            "User: kraiter is not authorized to perform: sts:AssumeRole on resource: role with an explicit deny in a resource control policy",
            "resource_control_policy",
        ),
    ] {
        let _denied = refuse_assume_role(harness, &connected.role_arn, None, "AccessDenied", message);
        assert_equal("reason", &connected.verify()?["reason"]["code"], reason)?;
    }
    assert_equal("status", &connected.verify()?["status"], "connected")
}

fn kraiter_access_key_id(harness: &Harness) -> &str {
    let setting = harness.settings().iter().find(|(name, _)| *name == "AWS_ACCESS_KEY_ID");
    setting.map(|(_, value)| value.as_str()).unwrap_or_default()
}

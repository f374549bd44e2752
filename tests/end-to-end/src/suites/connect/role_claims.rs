//! Which organisation a role belongs to.

use http::StatusCode;
use test_support::wait::Poll;

use super::{
    TestResult, assert_broken, assert_equal, reason_code, register_role, trust_policy, wait_for_reason,
};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, IRELAND, get_binding, open_quick_create, request_connection, string_at},
    polling::{WAIT_TIMEOUT, wait_for},
    test_email::{SUCCESS, email_to},
};

/// A topic in the owner's account reports the owner's role to another organisation's webhook.
pub(crate) fn stack_with_claimed_role(harness: &Harness) -> TestResult {
    let owner = harness.connect_organisation()?;
    let other = harness.create_organisation()?;
    let link = open_quick_create(&other, IRELAND)?;
    let webhook = link.parameter("WebhookUrl").unwrap_or_default();
    let topic = owner.customer.create_topic(link.region, "another-organisation")?;
    let endpoint = format!("{webhook}?role_arn={}&configuration_set=kraiter", owner.role_arn);
    owner.customer.subscribe(link.region, &topic, "http", &endpoint)?;

    let refused = wait_for_reason(&other)?;
    assert_broken(&refused, "verifying", "role_refused")?;
    assert_works(&owner)?;

    // The other organisation can still connect with its own stack.
    other.api.delete("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
    open_quick_create(&other, IRELAND)?.create_stack(&harness.create_customer()?)?;
    other.wait_for_status("connected", WAIT_TIMEOUT)?;
    Ok(())
}

pub(crate) fn unverified_claim(harness: &Harness) -> TestResult {
    let (owner, other, customer) =
        (harness.create_organisation()?, harness.create_organisation()?, harness.create_customer()?);
    let external_id = string_at(&request_connection(&owner, IRELAND)?, "/externalId")?;
    let role_arn = customer.create_role("KraiterSESRole", &trust_policy(Some(&external_id)))?;
    let other_external_id = string_at(&get_binding(&other)?, "/externalId")?;
    let register_at_other = || register_role(&other, &role_arn, &other_external_id);
    register_at_other()?.expect_status(StatusCode::OK)?;
    wait_for("the other organisation's refusal to be reported", || {
        let binding = get_binding(&other)?;
        Ok(if reason_code(&binding) == "role_refused" {
            Poll::Ready(())
        } else {
            Poll::Pending(binding.to_string())
        })
    })?;

    register_role(&owner, &role_arn, &external_id)?.expect_status(StatusCode::OK)?;
    owner.wait_for_status("connected", WAIT_TIMEOUT)?;
    // The response doesn't show whether a role is connected to another organisation.
    let late = register_at_other()?.expect_status(StatusCode::OK)?;
    assert_equal("status of a late registration", &late["status"], "verifying")
}

fn assert_works(connected: &ConnectedOrganisation) -> TestResult {
    assert_equal("verified", &connected.verify()?["verified"], true)?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    Ok(())
}

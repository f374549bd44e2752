//! Changes to a role that break a connection, and its recovery.

use serde_json::Value;

use super::{TestResult, assert_broken, assert_equal, assert_error, assert_that, trust_policy};
use crate::{
    aws_proxy::{GET_ACCOUNT, fault},
    connected_organisation::topic_of_stack,
    harness::{Harness, IRELAND, open_quick_create, string_at},
    polling::{WAIT_TIMEOUT, wait_until},
    test_email::{SUCCESS, email_to},
};

pub(crate) fn condition_removed(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let external_id = string_at(&connected.binding()?, "/externalId")?;
    connected.customer.update_assume_role_policy(connected.role_name(), &trust_policy(None))?;
    let checked = connected.verify()?;
    assert_equal("verified", &checked["verified"], false)?;
    assert_broken(&checked, "insecure", "external_id_not_enforced")?;
    let refused = connected.submit(&email_to(SUCCESS))?;
    assert_error("sending an email", &refused, 409, "external_id_not_enforced")?;
    assert_equal("send calls", harness.aws_proxy.send_call_count(&connected.role_arn), 0)?;

    connected.customer.update_assume_role_policy(connected.role_name(), &trust_policy(Some(&external_id)))?;
    let recovered = connected.verify()?;
    assert_equal("verified", &recovered["verified"], true)?;
    assert_equal("status", &recovered["status"], "connected")?;
    assert_equal("events", &recovered["eventsActive"], true)?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    Ok(())
}

pub(crate) fn role_deleted(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let external_id = string_at(&connected.binding()?, "/externalId")?;
    connected.customer.delete_role(connected.role_name())?;
    let checked = connected.verify()?;
    assert_equal("verified", &checked["verified"], false)?;
    assert_broken(&checked, "degraded", "role_refused")?;
    let refused = connected.submit(&email_to(SUCCESS))?;
    assert_error("sending an email", &refused, 409, "role_refused")?;

    let role_arn =
        connected.customer.create_role(connected.role_name(), &trust_policy(Some(&external_id)))?;
    assert_equal("ARN of the new role", &role_arn, &connected.role_arn)?;
    let recovered = connected.verify()?;
    assert_equal("verified", &recovered["verified"], true)?;
    assert_equal("status", &recovered["status"], "connected")?;
    assert_equal("reason", &recovered["reason"], &Value::Null)?;
    connected.send(&email_to(SUCCESS), "sent")?;
    Ok(())
}

pub(crate) fn replaced_by_new_stack(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let customer = &connected.customer;
    customer.delete_stack(connected.link.region, &connected.link.stack_name, WAIT_TIMEOUT)?;
    assert_broken(&connected.verify()?, "degraded", "role_refused")?;

    let link = open_quick_create(&connected.organisation, IRELAND)?;
    link.create_stack(customer)?;
    let binding = connected.organisation.wait_for_status("connected", WAIT_TIMEOUT)?;
    assert_that(binding["roleArn"] != connected.role_arn.as_str(), "the new stack reuses the old role")?;
    assert_that(
        topic_of_stack(customer, &link)? != connected.topic_arn,
        "the new stack reuses the old topic",
    )?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    Ok(())
}

pub(crate) fn missing_permission(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let fault = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, GET_ACCOUNT, |_| {
        Some(fault::json_error(403, "AccessDeniedException", "not authorized to perform: ses:GetAccount"))
    });
    let checked = connected.verify()?;
    assert_equal("verified", &checked["verified"], false)?;
    assert_broken(&checked, "degraded", "permission_missing")?;
    let message = string_at(&checked, "/reason/message")?;
    assert_that(message.contains("ses:GetAccount"), message)?;

    drop(fault);
    assert_equal("status", &connected.verify()?["status"], "connected")
}

pub(crate) fn aws_unreachable(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let fault = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, "AssumeRole", |_| {
        Some(fault::query_error(503, "ServiceUnavailable", "Try later"))
    });
    let checked = connected.verify()?;
    assert_equal("verified", &checked["verified"], false)?;
    assert_equal("status", &checked["status"], "connected")?;
    assert_equal("role", &checked["roleArn"], connected.role_arn.as_str())?;

    drop(fault);
    assert_equal("verified after AWS responds again", &connected.verify()?["verified"], true)?;
    wait_until("the connection to be connected", || Ok(connected.binding()?["status"] == "connected"))?;
    Ok(())
}

//! Regions with and without a stack.

use serde_json::Value;
use test_support::wait::Poll;

use super::{
    FRANKFURT, TestResult, assert_equal, assert_that, email_from, region_of, wait_for_active_events,
};
use crate::{
    aws_proxy::SEND_EMAIL,
    connected_organisation::{ConnectedOrganisation, topic_of_stack},
    harness::{Harness, IRELAND, open_quick_create},
    polling::wait_for,
};

/// Creates the stack of another region and waits until its events are active.
fn add_region(connected: &ConnectedOrganisation, region: &str) -> test_support::Result<()> {
    let link = open_quick_create(&connected.organisation, region)?;
    link.create_stack(&connected.customer)?;
    wait_for_active_events(connected, region)
}

pub(crate) fn additional_region(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let before = connected.binding()?;
    let link = open_quick_create(&connected.organisation, FRANKFURT)?;
    assert_equal("role in the link", link.parameter("ExistingRoleArn"), Some(connected.role_arn.as_str()))?;
    assert_equal("status after requesting the link", &connected.binding()?["status"], "connected")?;

    add_region(&connected, FRANKFURT)?;
    let roles = connected.customer.stack_resources(link.region, &link.stack_name, "AWS::IAM::Role")?;
    assert_equal("roles of the second stack", roles, Vec::<String>::new())?;
    let after = connected.binding()?;
    for field in ["status", "roleArn", "stackRegion", "awsAccountId", "configurationSet", "eventsActive"] {
        assert_equal(field, &after[field], &before[field])?;
    }
    assert_equal("events in the first region", &region_of(&connected, IRELAND)?["events"], "active")?;

    let set = region_of(&connected, FRANKFURT)?["configurationSet"].clone();
    let id = connected.send(&email_from(FRANKFURT), "sent")?;
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let body: Value = serde_json::from_str(&calls[0].body)?;
    assert_equal("region of the call", calls[0].region.as_str(), FRANKFURT)?;
    assert_equal("configuration set of the call", &body["ConfigurationSetName"], &set)?;
    let delivered = connected.wait_for_email(&id, "delivered")?;
    assert_equal("region of the email", &delivered["region"], FRANKFURT)
}

pub(crate) fn no_stack(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let frankfurt = region_of(&connected, FRANKFURT)?;
    assert_equal("events", &frankfurt["events"], "none")?;
    assert_equal("configuration set", &frankfurt["configurationSet"], &Value::Null)?;
    connected.send(&email_from(FRANKFURT), "sent")?;
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let body: Value = serde_json::from_str(&calls[0].body)?;
    assert_equal("configuration set of the call", &body["ConfigurationSetName"], &Value::Null)
}

pub(crate) fn two_organisations(harness: &Harness) -> TestResult {
    let customer = harness.create_customer()?;
    let one = harness.connect_organisation_to(customer.clone(), IRELAND)?;
    let other = harness.connect_organisation_to(customer, IRELAND)?;
    for connected in [&one, &other] {
        add_region(connected, FRANKFURT)?;
    }
    for connected in [&one, &other] {
        for region in [IRELAND, FRANKFURT] {
            let id = connected.send(&email_from(region), "sent")?;
            connected.wait_for_email(&id, "delivered")?;
        }
    }
    let [first, second] = [&one, &other].map(|connected| region_of(connected, FRANKFURT));
    assert_that(
        first?["configurationSet"] != second?["configurationSet"],
        "both organisations have the same configuration set",
    )
}

pub(crate) fn another_account(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let before = connected.binding()?;
    let mut link = open_quick_create(&connected.organisation, FRANKFURT)?;
    // Someone with the link creates the stack in their own account, with its own role.
    link.parameters.retain(|(name, _)| name != "ExistingRoleArn");
    let other_customer = harness.create_customer()?;
    link.create_stack(&other_customer)?;
    let topic = topic_of_stack(&other_customer, &link)?;
    let post = wait_for("a response to the confirmation", || {
        let posts = harness.webhook_proxy.sns_posts(&topic);
        Ok(posts.into_iter().next().map_or_else(|| Poll::Pending("no post".into()), Poll::Ready))
    })?;
    assert_equal("status of the response", post.status, 403)?;
    let after = connected.binding()?;
    for field in ["status", "roleArn", "awsAccountId", "regions"] {
        assert_equal(field, &after[field], &before[field])?;
    }
    Ok(())
}

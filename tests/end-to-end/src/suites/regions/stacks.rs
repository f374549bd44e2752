//! Further stacks, and regions without one.

use serde_json::Value;
use test_support::wait::Poll;

use super::{FRANKFURT, Outcome, email_from, equal, hold, region_of};
use crate::{
    connected::{Connected, soon, topic_of},
    wiretap::SEND_EMAIL,
    world::{IRELAND, World, quick_create},
};

/// Creates the stack of a further region and waits until its events come back.
fn add_region(connected: &Connected, region: &str) -> test_support::Result<()> {
    let link = quick_create(&connected.organisation, region)?;
    link.create_stack(&connected.customer)?;
    soon("the further region's events", || {
        let seen = region_of(connected, region)?;
        Ok(if seen["events"] == "active" { Poll::Ready(()) } else { Poll::Pending(seen.to_string()) })
    })
}

pub(crate) fn further(world: &World) -> Outcome {
    let connected = world.connected()?;
    let before = connected.binding()?;
    let link = quick_create(&connected.organisation, FRANKFURT)?;
    equal("the role in the link", link.parameter("ExistingRoleArn"), Some(connected.role_arn.as_str()))?;
    equal("status once asked", &connected.binding()?["status"], "connected")?;

    add_region(&connected, FRANKFURT)?;
    let roles = connected.customer.stack_resources(link.region, &link.stack_name, "AWS::IAM::Role")?;
    equal("roles of the further stack", roles, Vec::<String>::new())?;
    let after = connected.binding()?;
    for field in ["status", "roleArn", "stackRegion", "awsAccountId", "configurationSet", "eventsActive"] {
        equal(field, &after[field], &before[field])?;
    }
    equal("events at home", &region_of(&connected, IRELAND)?["events"], "active")?;

    let set = region_of(&connected, FRANKFURT)?["configurationSet"].clone();
    let id = connected.send(&email_from(FRANKFURT), "sent")?;
    let calls = world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let body: Value = serde_json::from_str(&calls[0].body)?;
    equal("region of the call", calls[0].region.as_str(), FRANKFURT)?;
    equal("configuration set of the call", &body["ConfigurationSetName"], &set)?;
    let delivered = connected.wait_for_email(&id, "delivered")?;
    equal("region of the email", &delivered["region"], FRANKFURT)
}

pub(crate) fn without(world: &World) -> Outcome {
    let connected = world.connected()?;
    let seen = region_of(&connected, FRANKFURT)?;
    equal("events", &seen["events"], "none")?;
    equal("configuration set", &seen["configurationSet"], &Value::Null)?;
    connected.send(&email_from(FRANKFURT), "sent")?;
    let calls = world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let body: Value = serde_json::from_str(&calls[0].body)?;
    equal("configuration set of the call", &body["ConfigurationSetName"], &Value::Null)
}

pub(crate) fn two_organisations(world: &World) -> Outcome {
    let customer = world.customer()?;
    let one = world.connected_to(customer.clone(), IRELAND)?;
    let other = world.connected_to(customer, IRELAND)?;
    for connected in [&one, &other] {
        add_region(connected, FRANKFURT)?;
    }
    for connected in [&one, &other] {
        for region in [IRELAND, FRANKFURT] {
            let id = connected.send(&email_from(region), "sent")?;
            connected.wait_for_email(&id, "delivered")?;
        }
    }
    let sets = [&one, &other].map(|connected| region_of(connected, FRANKFURT));
    let [first, second] = sets;
    hold(first?["configurationSet"] != second?["configurationSet"], "one set for two")
}

pub(crate) fn another_account(world: &World) -> Outcome {
    let connected = world.connected()?;
    let before = connected.binding()?;
    let mut link = quick_create(&connected.organisation, FRANKFURT)?;
    // Somebody who has the link lets the stack make a role of their own.
    link.parameters.retain(|(name, _)| name != "ExistingRoleArn");
    let stranger = world.customer()?;
    link.create_stack(&stranger)?;
    let topic = topic_of(&stranger, &link)?;
    let post = soon("the confirmation to be answered", || {
        let posts = world.post_office.posts(&topic);
        Ok(posts.into_iter().next().map_or_else(|| Poll::Pending("no post".into()), Poll::Ready))
    })?;
    equal("answer", post.status, 403)?;
    let after = connected.binding()?;
    for field in ["status", "roleArn", "awsAccountId", "regions"] {
        equal(field, &after[field], &before[field])?;
    }
    Ok(())
}

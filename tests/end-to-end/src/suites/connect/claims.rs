//! Whose a role is.

use http::StatusCode;
use test_support::wait::Poll;

use super::{Outcome, equal, reason, register, trust_policy};
use crate::{
    connected::{Connected, SUCCESS, email_to, soon},
    world::{IRELAND, SOON, World, binding, connect, quick_create, text},
};

/// A topic in the owner's account tells the other organisation's webhook of a role that is the owner's own.
pub(crate) fn stack_refused(world: &World) -> Outcome {
    let owner = world.connected()?;
    let other = world.organisation()?;
    let link = quick_create(&other, IRELAND)?;
    let webhook = link.parameter("WebhookUrl").unwrap_or_default();
    let topic = owner.customer.create_topic(link.region, "another-organisation")?;
    let endpoint = format!("{webhook}?role_arn={}&configuration_set=kraiter", owner.role_arn);
    owner.customer.subscribe(link.region, &topic, "http", &endpoint)?;

    let refused = soon("the refusal to be seen", || {
        let binding = binding(&other)?;
        Ok(if reason(&binding).is_empty() {
            Poll::Pending(binding.to_string())
        } else {
            Poll::Ready(binding)
        })
    })?;
    super::is_broken(&refused, "awaiting_stack", "role_bound_elsewhere")?;
    let confirmed = world.wiretap.calls_where(|call| call.parameter("TopicArn") == topic).len();
    equal("confirmed subscriptions", confirmed, 0)?;
    still_works(&owner)?;

    // A stack of its own still connects it.
    link.create_stack(&world.customer()?)?;
    other.wait_for_status("connected", SOON)?;
    Ok(())
}

pub(crate) fn only_named(world: &World) -> Outcome {
    let (owner, other, customer) = (world.organisation()?, world.organisation()?, world.customer()?);
    let external_id = text(&connect(&owner, IRELAND)?, "/externalId")?;
    let role_arn = customer.create_role("KraiterSESRole", &trust_policy(Some(&external_id)))?;
    let others_id = text(&binding(&other)?, "/externalId")?;
    register(&other, &role_arn, &others_id)?.expect_status(StatusCode::OK)?;
    soon("the other's refusal to be seen", || {
        let binding = binding(&other)?;
        Ok(if reason(&binding) == "role_refused" {
            Poll::Ready(())
        } else {
            Poll::Pending(binding.to_string())
        })
    })?;

    register(&owner, &role_arn, &external_id)?.expect_status(StatusCode::OK)?;
    owner.wait_for_status("connected", SOON)?;
    let late = register(&other, &role_arn, &others_id)?;
    equal("naming it now", (late.status.as_u16(), late.code()), (409, Some("role_bound_elsewhere")))
}

pub(crate) fn freed(world: &World) -> Outcome {
    let owner = world.connected()?;
    let heir = world.organisation()?;
    let external_id = text(&binding(&heir)?, "/externalId")?;
    let taken = register(&heir, &owner.role_arn, &external_id)?;
    equal("naming it", (taken.status.as_u16(), taken.code()), (409, Some("role_bound_elsewhere")))?;
    equal("the heir's status", &binding(&heir)?["status"], "not_connected")?;

    owner.organisation.api.delete("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
    owner.customer.update_assume_role_policy(owner.role_name(), &trust_policy(Some(&external_id)))?;
    register(&heir, &owner.role_arn, &external_id)?.expect_status(StatusCode::OK)?;
    heir.wait_for_status("connected", SOON)?;
    Ok(())
}

fn still_works(connected: &Connected) -> Outcome {
    equal("verified", &connected.verify()?["verified"], true)?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    Ok(())
}

//! What breaks a connection that worked, and how it recovers.

use serde_json::Value;

use super::{Outcome, equal, hold, is_broken, trust_policy};
use crate::{
    connected::{SUCCESS, email_to, topic_of, until},
    wiretap::{GET_ACCOUNT, SEND_EMAIL, fault},
    world::{IRELAND, SOON, World, quick_create, text},
};

pub(crate) fn insecure(world: &World) -> Outcome {
    let connected = world.connected()?;
    let external_id = text(&connected.binding()?, "/externalId")?;
    connected.customer.update_assume_role_policy(connected.role_name(), &trust_policy(None))?;
    let checked = connected.verify()?;
    equal("verified", &checked["verified"], false)?;
    is_broken(&checked, "insecure", "external_id_not_enforced")?;
    let refused = connected.post(&email_to(SUCCESS))?;
    equal("an email", (refused.status.as_u16(), refused.code()), (409, Some("external_id_not_enforced")))?;
    equal("mails", world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len(), 0)?;

    connected.customer.update_assume_role_policy(connected.role_name(), &trust_policy(Some(&external_id)))?;
    let mended = connected.verify()?;
    equal("verified", &mended["verified"], true)?;
    equal("status", &mended["status"], "connected")?;
    equal("events", &mended["eventsActive"], true)?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    Ok(())
}

pub(crate) fn role_deleted(world: &World) -> Outcome {
    let connected = world.connected()?;
    let external_id = text(&connected.binding()?, "/externalId")?;
    connected.customer.delete_role(connected.role_name())?;
    let checked = connected.verify()?;
    equal("verified", &checked["verified"], false)?;
    is_broken(&checked, "degraded", "role_refused")?;
    let refused = connected.post(&email_to(SUCCESS))?;
    equal("an email", (refused.status.as_u16(), refused.code()), (409, Some("role_refused")))?;

    let role_arn =
        connected.customer.create_role(connected.role_name(), &trust_policy(Some(&external_id)))?;
    equal("the new role", &role_arn, &connected.role_arn)?;
    let mended = connected.verify()?;
    equal("verified", &mended["verified"], true)?;
    equal("status", &mended["status"], "connected")?;
    equal("reason", &mended["reason"], &Value::Null)?;
    connected.send(&email_to(SUCCESS), "sent")?;
    Ok(())
}

pub(crate) fn new_stack(world: &World) -> Outcome {
    let connected = world.connected()?;
    let customer = &connected.customer;
    customer.delete_stack(connected.link.region, &connected.link.stack_name, SOON)?;
    is_broken(&connected.verify()?, "degraded", "role_refused")?;

    let link = quick_create(&connected.organisation, IRELAND)?;
    link.create_stack(customer)?;
    let binding = connected.organisation.wait_for_status("connected", SOON)?;
    hold(binding["roleArn"] != connected.role_arn.as_str(), "the new stack has the old stack's role")?;
    hold(topic_of(customer, &link)? != connected.topic, "the new stack has the old stack's topic")?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    Ok(())
}

pub(crate) fn permission_missing(world: &World) -> Outcome {
    let connected = world.connected()?;
    let fault = world.wiretap.fault_of_role(&connected.role_arn, GET_ACCOUNT, |_| {
        Some(fault::json_error(403, "AccessDeniedException", "not authorized to perform: ses:GetAccount"))
    });
    let checked = connected.verify()?;
    equal("verified", &checked["verified"], false)?;
    is_broken(&checked, "degraded", "permission_missing")?;
    let message = text(&checked, "/reason/message")?;
    hold(message.contains("ses:GetAccount"), message)?;

    drop(fault);
    equal("status", &connected.verify()?["status"], "connected")
}

pub(crate) fn unreachable(world: &World) -> Outcome {
    let connected = world.connected()?;
    let fault = world.wiretap.fault_of_role(&connected.role_arn, "AssumeRole", |_| {
        Some(fault::query_error(503, "ServiceUnavailable", "Try later"))
    });
    let checked = connected.verify()?;
    equal("verified", &checked["verified"], false)?;
    equal("status", &checked["status"], "connected")?;
    equal("role", &checked["roleArn"], connected.role_arn.as_str())?;

    drop(fault);
    equal("verified when AWS answers", &connected.verify()?["verified"], true)?;
    until("the connection to be as before", || Ok(connected.binding()?["status"] == "connected"))?;
    Ok(())
}

//! What a check says to AWS.

use kraiter_core::setup::SessionPurpose;
use test_support::test_env::KRAITER_ACCOUNT;

use super::{Outcome, equal, hold, is_limited_to};
use crate::{
    connected::{SUCCESS, email_to},
    wiretap::{GET_ACCOUNT, SEND_EMAIL},
    world::{IRELAND, World, text},
};

pub(crate) fn three_calls(world: &World) -> Outcome {
    let connected = world.connected()?;
    let external_id = text(&connected.binding()?, "/externalId")?;
    let calls = world.wiretap.calls_where(|call| call.role == connected.role_arn);
    let actions: Vec<_> = calls.iter().take(3).map(|call| (call.action.as_str(), call.status)).collect();
    equal("the first calls", actions, [("AssumeRole", 200), ("AssumeRole", 403), (GET_ACCOUNT, 200)])?;
    let [with, without, account] = &calls[..3] else { return Err("there are no three calls".into()) };

    equal("the external ID", with.parameter("ExternalId"), external_id)?;
    hold(!without.parameters.contains_key("ExternalId"), "the second call has an external ID")?;
    for call in [with, without] {
        is_limited_to(SessionPurpose::Check, call.parameter("Policy"))?;
        let name = call.parameter("RoleSessionName");
        hold(name.contains(&connected.organisation.id), format!("the session's name is {name}"))?;
        equal("who asks", call.access_key_id.as_str(), key_of_kraiter(world))?;
        equal("the region of STS", call.region.as_str(), IRELAND)?;
    }
    equal("who reads the account", Some(account.access_key_id.as_str()), with.session_key())?;
    equal("the region of SES", account.region.as_str(), IRELAND)?;
    hold(connected.role_arn.contains(connected.customer.account().as_str()), KRAITER_ACCOUNT)
}

pub(crate) fn opt_in_region(world: &World) -> Outcome {
    let connected = world.connected_to(world.customer()?, "eu-south-1")?;
    equal("the stack's region", &connected.binding()?["stackRegion"], "eu-south-1")?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    for (action, region) in
        [("AssumeRole", "eu-central-1"), (GET_ACCOUNT, "eu-south-1"), (SEND_EMAIL, "eu-south-1")]
    {
        let calls = world.wiretap.calls_by_role(&connected.role_arn, action);
        hold(!calls.is_empty(), format!("there is no {action}"))?;
        for call in calls {
            equal(action, call.region.as_str(), region)?;
        }
    }
    Ok(())
}

fn key_of_kraiter(world: &World) -> &str {
    let keys = world.settings().iter().find(|(name, _)| *name == "AWS_ACCESS_KEY_ID");
    keys.map(|(_, key)| key.as_str()).unwrap_or_default()
}

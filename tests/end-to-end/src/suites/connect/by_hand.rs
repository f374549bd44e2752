//! A role that the customer made by hand.

use http::StatusCode;
use serde_json::{Value, json};
use test_support::wait::Poll;

use super::{Outcome, another_external_id, equal, is_broken, reason, register, trust_policy};
use crate::{
    connected::{SUCCESS, email_to, soon},
    world::{IRELAND, SOON, World, binding, connect, text, verify},
};

const ROLE: &str = "KraiterSESRole";

pub(crate) fn is_found_working(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let customer = world.customer()?;
    let asked = connect(&organisation, IRELAND)?;
    let role_arn = customer.create_role(ROLE, &asked["trustPolicy"].to_string())?;
    customer.put_role_policy(ROLE, "KraiterSES", &asked["permissionsPolicy"].to_string())?;
    let answer =
        register(&organisation, &role_arn, &text(&asked, "/externalId")?)?.expect_status(StatusCode::OK)?;
    equal("status of the answer", &answer["status"], "verifying")?;

    let connected = organisation.wait_for_status("connected", SOON)?;
    equal("role", &connected["roleArn"], role_arn.as_str())?;
    equal("account", &connected["awsAccountId"], customer.account().as_str())?;
    equal("events", &connected["eventsActive"], false)?;
    equal("configuration set", &connected["configurationSet"], &Value::Null)?;

    // The same once more changes nothing.
    let again =
        register(&organisation, &role_arn, &text(&asked, "/externalId")?)?.expect_status(StatusCode::OK)?;
    equal("status of the second answer", &again["status"], "connected")?;

    organisation
        .api
        .post("/v1/identities", &json!({ "identity": "mail.example" }))?
        .expect_status(StatusCode::CREATED)?;
    let mut email = email_to(SUCCESS);
    email["from"] = json!("me@mail.example");
    let sent = organisation.api.post("/v1/emails", &email)?.expect_status(StatusCode::ACCEPTED)?;
    equal("status of an email", &sent["status"], "sent")
}

pub(crate) fn is_found_mended(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let customer = world.customer()?;
    let external_id = text(&binding(&organisation)?, "/externalId")?;
    let role_arn = customer.create_role(ROLE, &trust_policy(Some(&another_external_id())))?;
    register(&organisation, &role_arn, &external_id)?.expect_status(StatusCode::OK)?;
    soon("the refusal to be seen", || {
        let binding = binding(&organisation)?;
        Ok(if reason(&binding).is_empty() {
            Poll::Pending(binding.to_string())
        } else {
            Poll::Ready(binding)
        })
    })
    .map_err(Into::into)
    .and_then(|refused| is_broken(&refused, "verifying", "role_refused"))?;

    customer.update_assume_role_policy(ROLE, &trust_policy(Some(&external_id)))?;
    // Nobody calls verify.
    let connected = organisation.wait_for_status("connected", SOON)?;
    equal("reason", &connected["reason"], &Value::Null)
}

pub(crate) fn insecure(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let customer = world.customer()?;
    let external_id = text(&binding(&organisation)?, "/externalId")?;
    let role_arn = customer.create_role(ROLE, &trust_policy(None))?;
    register(&organisation, &role_arn, &external_id)?.expect_status(StatusCode::OK)?;
    let insecure = organisation.wait_for_status("insecure", SOON)?;
    is_broken(&insecure, "insecure", "external_id_not_enforced")?;
    let refused = organisation.api.post("/v1/emails", &email_to(SUCCESS))?;
    equal("an email", (refused.status.as_u16(), refused.code()), (409, Some("external_id_not_enforced")))?;

    customer.update_assume_role_policy(ROLE, &trust_policy(Some(&external_id)))?;
    let mended = verify(&organisation)?;
    equal("verified", &mended["verified"], true)?;
    equal("status", &mended["status"], "connected")
}

//! The end of a connection, and what is no end of it.

use http::StatusCode;
use serde_json::json;

use super::{Outcome, equal, hold};
use crate::{
    connected::{SUCCESS, email_to, until},
    wiretap::{SEND_EMAIL, fault},
    world::{IRELAND, SOON, World, binding, connect, quick_create},
};

pub(crate) fn disconnect(world: &World) -> Outcome {
    let connected = world.connected()?;
    let api = &connected.organisation.api;
    let ended = api.delete("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
    equal("status of the answer", &ended["status"], "disconnected")?;
    equal("status", &connected.binding()?["status"], "disconnected")?;
    let again = api.delete("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
    equal("status of a second answer", &again["status"], "disconnected")?;
    let refused = connected.post(&email_to(SUCCESS))?;
    equal("an email", (refused.status.as_u16(), refused.code()), (409, Some("not_connected")))?;

    let confirmation = world.post_office.posts(&connected.topic);
    let confirmation = confirmation.first().ok_or("nothing was posted")?;
    let late = world.post_to_webhook(&confirmation.target, confirmation.body.clone())?;
    equal("a late post", (late.status.as_u16(), late.code()), (404, Some("not_found")))?;
    equal("status after it", &connected.binding()?["status"], "disconnected")?;

    connected.customer.delete_stack(connected.link.region, &connected.link.stack_name, SOON)?;
    let link = quick_create(&connected.organisation, IRELAND)?;
    hold(link.parameter("WebhookUrl") != Some(connected.webhook()), "the new link has the old token")?;
    link.create_stack(&connected.customer)?;
    connected.organisation.wait_for_status("connected", SOON)?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    Ok(())
}

pub(crate) fn not_connected(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let nothing_works = || -> Outcome {
        for (path, body) in [
            ("/v1/aws-binding/verify", json!({})),
            ("/v1/emails", email_to(SUCCESS)),
            ("/v1/identities", json!({ "identity": "example.com" })),
        ] {
            let answer = organisation.api.post(path, &body)?;
            equal(path, (answer.status.as_u16(), answer.code()), (409, Some("not_connected")))?;
        }
        Ok(())
    };
    nothing_works()?;
    let ended = organisation.api.delete("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
    equal("what never was does not end", &ended["status"], "not_connected")?;
    connect(&organisation, IRELAND)?;
    nothing_works()?;
    equal("status", &binding(&organisation)?["status"], "awaiting_stack")?;
    equal("emails", &organisation.api.get("/v1/emails")?.body["data"], &json!([]))
}

pub(crate) fn killed_worker(world: &World) -> Outcome {
    let site = world.site("killed")?;
    let start = || site.start(&world.tools);
    let worker = start()?;
    let connected = site.connected(world.customer()?)?;
    let delivered = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&delivered)?;
    let throttle = site.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(fault::json_error(429, "TooManyRequestsException", "Maximum sending rate exceeded."))
    });
    let queued = connected.send(&email_to(SUCCESS), "queued")?;
    let before = (connected.binding()?, connected.email(&delivered)?);

    worker.kill()?;
    drop(throttle);
    let _worker = start()?;
    equal("the connection", connected.binding()?, before.0)?;
    equal("the delivered mail", connected.email(&delivered)?, before.1)?;
    connected.wait_for_delivery(&queued)?;
    let last = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&last)?;
    equal("mails that AWS counts", connected.sent()?, 3.0)?;
    equal("status", &connected.verify()?["status"], "connected")
}

pub(crate) fn outlived(world: &World) -> Outcome {
    let connected = world.connected()?;
    let throttle = world.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(fault::json_error(429, "TooManyRequestsException", "Maximum sending rate exceeded."))
    });
    let queued = connected.send(&email_to(SUCCESS), "queued")?;
    let refuse = world.wiretap.fault_of_role(&connected.role_arn, "AssumeRole", |_| {
        Some(fault::query_error(403, "AccessDenied", "User is not authorized to perform: sts:AssumeRole"))
    });
    connected.verify()?;
    connected.organisation.wait_for_status("degraded", SOON)?;
    drop(throttle);
    let waits = || {
        let view = connected.organisation.api.get("/v1/sending")?.expect_status(StatusCode::OK)?;
        Ok(view["regions"][0]["hold"]["reason"] == "connection")
    };
    until("the mail to wait for the connection", waits)?;
    equal("status", &connected.email(&queued)?["status"], "queued")?;
    equal("a mail that comes now", connected.post(&email_to(SUCCESS))?.code(), Some("role_refused"))?;
    drop(refuse);
    equal("after it is mended", &connected.verify()?["status"], "connected")?;
    connected.wait_for_delivery(&queued)?;
    equal("mails that AWS counts", connected.sent()?, 1.0)
}

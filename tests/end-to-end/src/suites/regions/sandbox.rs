//! The sandbox, which is a region's own, played by the wiretap: the emulator's is one for all.

use http::StatusCode;
use serde_json::json;

use super::{FRANKFURT, Outcome, equal, region_of};
use crate::{
    connected::{Connected, SENDER, SUCCESS, email_to},
    relay::Reaction,
    wire::Message,
    wiretap::{Call, FaultGuard, GET_ACCOUNT, SEND_EMAIL},
    world::{IRELAND, World},
};

/// From now on the account is in the sandbox in one region.
fn in_sandbox(world: &World, connected: &Connected, region: &'static str) -> FaultGuard {
    world.wiretap.fault_of_role(&connected.role_arn, GET_ACCOUNT, move |call: &Call| {
        let account = json!({
            "ProductionAccessEnabled": false,
            "SendingEnabled": true,
            "EnforcementStatus": "HEALTHY",
            "SendQuota": { "Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 3.0 },
        });
        let headers = [("content-type", "application/json")];
        (call.region == region)
            .then(|| Reaction::Answer(Message::response(200, &headers, account.to_string())))
    })
}

pub(crate) fn named(world: &World) -> Outcome {
    let connected = world.connected()?;
    let _sandbox = in_sandbox(world, &connected, IRELAND);
    equal("sandbox", &connected.verify()?["sandbox"], true)?;

    let verified = json!({ "identity": "friends.example" });
    connected.organisation.api.post("/v1/identities", &verified)?.expect_status(StatusCode::CREATED)?;
    let mut email = email_to(SUCCESS);
    email["cc"] = json!(["ada@friends.example", "bob@strangers.example", "Eve <eve@strangers.example>"]);
    let refused = connected.post(&email)?;
    let code = "sandbox_recipient_not_verified";
    equal("answer", (refused.status.as_u16(), refused.code()), (422, Some(code)))?;
    equal("field", refused.text("/field"), "cc[1]")?;
    let detail = refused.text("/detail");
    for (address, is_named) in [
        ("bob@strangers.example", true),
        ("eve@strangers.example", true),
        ("ada@", false),
        ("success@", false),
    ] {
        equal(address, detail.contains(address), is_named)?;
    }
    equal("mails", world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len(), 0)?;
    let list = connected.organisation.api.get("/v1/emails")?.expect_status(StatusCode::OK)?;
    equal("emails", list["data"].as_array().map(Vec::len), Some(0))?;

    email["cc"] = json!("ada@friends.example");
    connected.send(&email, "sent")?;
    Ok(())
}

pub(crate) fn noticed(world: &World) -> Outcome {
    let connected = world.connected()?;
    let mut email = email_to("bob@strangers.example");
    email["from"] = json!(SENDER);
    {
        let _sandbox = in_sandbox(world, &connected, IRELAND);
        equal("sandbox", &connected.verify()?["sandbox"], true)?;
        equal("answer", connected.post(&email)?.status.as_u16(), 422)?;
    }
    // AWS has granted it; nobody has told us.
    connected.send(&email, "sent")?;
    crate::connected::until("the connection to say so", || Ok(connected.binding()?["sandbox"] == false))?;
    Ok(())
}

pub(crate) fn each_region(world: &World) -> Outcome {
    let connected = world.connected()?;
    let _sandbox = in_sandbox(world, &connected, FRANKFURT);
    let body = json!({ "identity": "friends.example", "region": FRANKFURT });
    connected.organisation.api.post("/v1/identities", &body)?.expect_status(StatusCode::CREATED)?;
    connected.verify()?;
    let (ireland, frankfurt) = (region_of(&connected, IRELAND)?, region_of(&connected, FRANKFURT)?);
    equal("sandbox in Ireland", &ireland["sandbox"], false)?;
    equal("sandbox in Frankfurt", &frankfurt["sandbox"], true)?;
    equal("quota in Frankfurt", &frankfurt["quota"]["max24HourSend"], 200.0)?;
    let page = "https://eu-central-1.console.aws.amazon.com/ses/home?region=eu-central-1#/account";
    equal("page in Frankfurt", &frankfurt["sesConsoleUrl"], page)?;
    equal("sandbox elsewhere", &region_of(&connected, "us-east-1")?["sandbox"], &serde_json::Value::Null)?;

    let mut email = email_to("bob@strangers.example");
    connected.send(&email, "sent")?;
    email["region"] = json!(FRANKFURT);
    equal("from Frankfurt", connected.post(&email)?.status.as_u16(), 422)
}

//! What a suppressed address changes for mail.

use http::StatusCode;
use serde_json::json;

use super::{Outcome, email_to_all, enter, equal, hold};
use crate::{
    connected::{COMPLAINT, SUCCESS, until},
    wiretap::{SEND_EMAIL, fault},
    world::{World, text},
};

pub(crate) fn left_out(world: &World) -> Outcome {
    let connected = world.connected()?;
    let entered = enter(&connected, "Ada@Example.org")?;
    let mut email = email_to_all(&[SUCCESS, "Ada L <ADA@example.org>"]);
    email["bcc"] = json!("ada@EXAMPLE.org");
    let sent = connected.post(&email)?.expect_status(StatusCode::ACCEPTED)?;
    let left_out = |field: &str, address: &str| json!({ "field": field, "address": address, "reason": "manual", "since": entered["since"] });
    let expected = json!([left_out("to[1]", "ADA@example.org"), left_out("bcc[0]", "ada@example.org")]);
    equal("the answer", &sent["suppressed"], &expected)?;
    let shown = connected.email(&text(&sent, "/id")?)?;
    equal("the email", &shown["suppressed"], &expected)?;
    equal("to", &shown["to"], &json!([SUCCESS]))?;
    let calls =
        world.wiretap.calls_where(|call| call.role == connected.role_arn && call.action == SEND_EMAIL);
    let destinations: Vec<_> = calls.iter().map(|call| call.json()["Destination"].clone()).collect();
    equal("whom SES was told", destinations, vec![json!({ "ToAddresses": [SUCCESS] })])
}

pub(crate) fn nobody_left(world: &World) -> Outcome {
    let connected = world.connected()?;
    enter(&connected, "ada@example.org")?;
    enter(&connected, "bob@example.org")?;
    let mut email = email_to_all(&["ada@example.org"]);
    email["cc"] = json!(["bob@example.org"]);
    let refused = connected.post(&email)?;
    let is = (refused.status.as_u16(), refused.code(), refused.text("/field"));
    equal("the problem", is, (422, Some("recipients_suppressed"), "to[0]"))?;
    for address in ["ada@example.org", "bob@example.org"] {
        hold(refused.text("/detail").contains(address), format!("{address} isn't named"))?;
    }
    let calls =
        world.wiretap.calls_where(|call| call.role == connected.role_arn && call.action == SEND_EMAIL);
    equal("calls of SES", calls.len(), 0)?;
    let emails = connected.organisation.api.get("/v1/emails")?.expect_status(StatusCode::OK)?;
    equal("emails", &emails["data"], &json!([]))?;
    // Who is left in Cc alone gets it.
    email["cc"] = json!(["bob@example.org", SUCCESS]);
    connected.send(&email, "sent").map(drop)?;
    Ok(())
}

pub(crate) fn batch(world: &World) -> Outcome {
    let connected = world.connected()?;
    enter(&connected, "ada@example.org")?;
    let emails = [&[SUCCESS][..], &["ada@example.org"], &["ada@example.org", SUCCESS]].map(email_to_all);
    let answer = connected.organisation.api.post("/v1/emails/batch", &json!({ "emails": emails }))?;
    let body = answer.expect_status(StatusCode::ACCEPTED)?;
    let seen: Vec<_> = body["data"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|item| {
            (item["status"].as_str(), item["error"]["code"].as_str(), item["suppressed"][0]["field"].as_str())
        })
        .collect();
    let expected = [
        (Some("sent"), None, None),
        (None, Some("recipients_suppressed"), None),
        (Some("sent"), None, Some("to[0]")),
    ];
    equal("what became of each", seen, expected.to_vec())
}

pub(crate) fn while_it_waits(world: &World) -> Outcome {
    let connected = world.connected()?;
    let throttle = world.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(fault::json_error(429, "TooManyRequestsException", "Maximum sending rate exceeded."))
    });
    let both = connected.send(&email_to_all(&[COMPLAINT, SUCCESS]), "queued")?;
    let one = connected.send(&email_to_all(&[COMPLAINT]), "queued")?;
    let entered = enter(&connected, COMPLAINT)?;
    // The attempt that was under way meanwhile may have asked for the list before.
    let failed = connected.wait_for_email(&one, "failed")?;
    until("the other mail to leave it out", || Ok(connected.email(&both)?["suppressed"][0].is_object()))?;
    drop(throttle);

    let shown = connected.wait_for_delivery(&both)?;
    equal("to", &shown["to"], &json!([SUCCESS]))?;
    let left_out =
        json!({ "field": "to[0]", "address": COMPLAINT, "reason": "manual", "since": entered["since"] });
    equal("who was left out", &shown["suppressed"], &json!([left_out]))?;
    equal("why", &failed["error"]["code"], "recipients_suppressed")?;
    let last = failed["history"].as_array().and_then(|steps| steps.last()).cloned().unwrap_or_default();
    equal(
        "its last step",
        (&last["step"], &last["code"]),
        (&json!("failed"), &json!("recipients_suppressed")),
    )?;

    let calls = world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let taken: Vec<_> =
        calls.iter().filter(|call| call.taken).map(|call| call.json()["Destination"].clone()).collect();
    equal("whom SES was told", taken, vec![json!({ "ToAddresses": [SUCCESS] })])
}

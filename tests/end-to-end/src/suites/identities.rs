//! Senders that are verified at SES.

use std::sync::Weak;

use http::StatusCode;
use kraiter_core::setup::SessionPurpose;
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{Outcome, connect::is_limited_to, equal, hold, trial};
use crate::{
    connected::Connected,
    wiretap::{CREATE_IDENTITY, fault},
    world::{IRELAND, World, text},
};

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("identities::{name}"), world, case);
    vec![
        case("a domain shows the records to publish, and sends once verified", domain),
        case("an address is verified without records", address),
        case("the same identity in the same region is made once", made_once),
        case("an identity that the customer has already is taken over", there_already),
        case("another organisation's identities can't be seen", of_another),
        case("a refusal keeps AWS's code and leaves nothing behind", refused),
        case("the role is borrowed for identities only", session),
    ]
}

fn create(connected: &Connected, body: &Value, status: StatusCode) -> kraiter_local::Result<Value> {
    connected.organisation.api.post("/v1/identities", body)?.expect(status)
}

fn list(connected: &Connected) -> kraiter_local::Result<Value> {
    Ok(connected.organisation.api.get("/v1/identities")?.expect(StatusCode::OK)?["data"].clone())
}

fn domain(world: &World) -> Outcome {
    let connected = world.connected()?;
    let made = create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    for (field, value) in [
        ("identity", json!("mail.example")),
        ("type", json!("domain")),
        ("region", json!(IRELAND)),
        ("verified", json!(true)),
        ("verificationStatus", json!("success")),
        ("dkimStatus", json!("success")),
    ] {
        equal(field, &made[field], &value)?;
    }
    let records = made["dnsRecords"].as_array().cloned().unwrap_or_default();
    equal("records", records.len(), 3)?;
    for record in records {
        let (name, value) = (text(&record, "/name")?, text(&record, "/value")?);
        let token = name.strip_suffix("._domainkey.mail.example");
        hold(token.is_some_and(|token| value == format!("{token}.dkim.amazonses.com")), record.to_string())?;
        equal("type", &record["type"], "CNAME")?;
    }
    let id = text(&made, "/id")?;
    let seen = connected.organisation.api.get(&format!("/v1/identities/{id}"))?.expect(StatusCode::OK)?;
    equal("the identity as SES sees it", &seen, &made)?;
    equal("the list", list(&connected)?, json!([made]))?;

    let email = json!({
        "from": "Shop <shop@mail.example>",
        "to": "success@simulator.amazonses.com",
        "subject": "Hello",
        "text": "Hello!",
    });
    let id = connected.send(&email, "sent")?;
    connected.wait_for_delivery(&id)?;
    Ok(())
}

fn address(world: &World) -> Outcome {
    let connected = world.connected()?;
    let body = json!({ "identity": "me@mail.example", "region": "us-east-1" });
    let made = create(&connected, &body, StatusCode::CREATED)?;
    equal("type", &made["type"], "email_address")?;
    equal("region", &made["region"], "us-east-1")?;
    equal("records", &made["dnsRecords"], &json!([]))?;
    equal("DKIM", &made["dkimStatus"], &Value::Null)?;
    let calls = world.wiretap.calls_by_role(&connected.role_arn, CREATE_IDENTITY);
    equal("SES's regions", calls.iter().map(|call| call.region.as_str()).collect::<Vec<_>>(), ["us-east-1"])
}

fn made_once(world: &World) -> Outcome {
    let connected = world.connected()?;
    let body = json!({ "identity": "mail.example", "region": IRELAND });
    let first = create(&connected, &body, StatusCode::CREATED)?;
    let second = create(&connected, &json!({ "identity": "mail.example" }), StatusCode::OK)?;
    equal("the identity", &second, &first)?;
    let other = json!({ "identity": "mail.example", "region": "eu-west-2" });
    let elsewhere = create(&connected, &other, StatusCode::CREATED)?;
    hold(elsewhere["id"] != first["id"], "two regions share an identity")?;
    equal("the list, newest first", list(&connected)?, json!([elsewhere, first]))
}

fn there_already(world: &World) -> Outcome {
    let connected = world.connected()?;
    let existing = kraiter_core::ses::CreateEmailIdentity { email_identity: "mail.example".parse()? };
    connected.customer.perform(&existing, connected.link.region)?;
    let made = create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    equal("verified", &made["verified"], true)
}

fn of_another(world: &World) -> Outcome {
    let (owner, other) = (world.connected()?, world.connected()?);
    let made = create(&owner, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    let answer = other.organisation.api.get(&format!("/v1/identities/{}", text(&made, "/id")?))?;
    equal("another's identity", (answer.status.as_u16(), answer.code()), (404, Some("not_found")))?;
    equal("the other's list", list(&other)?, json!([]))?;

    // The same name in another account is another identity.
    let theirs = create(&other, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    hold(theirs["id"] != made["id"], "two organisations share an identity")
}

fn refused(world: &World) -> Outcome {
    let connected = world.connected()?;
    for (status, code, answered) in [
        (400, "LimitExceededException", (400, Some("aws_refused"))),
        (403, "AccessDeniedException", (400, Some("aws_refused"))),
        (429, "TooManyRequestsException", (429, Some("aws_throttled"))),
        (503, "ServiceUnavailable", (502, Some("aws_unreachable"))),
    ] {
        let _fault = world.wiretap.fault_of_role(&connected.role_arn, CREATE_IDENTITY, move |_| {
            Some(fault::json_error(status, code, "You can't have it"))
        });
        let answer =
            connected.organisation.api.post("/v1/identities", &json!({ "identity": "mail.example" }))?;
        equal(code, (answer.status.as_u16(), answer.code()), answered)?;
        if status != 503 {
            equal("awsCode", answer.text("/awsCode"), code)?;
        }
        if answered.0 == 400 {
            equal("awsRequestId", answer.text("/awsRequestId"), fault::REQUEST_ID)?;
        }
    }
    equal("the list", list(&connected)?, json!([]))?;
    create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    Ok(())
}

fn session(world: &World) -> Outcome {
    let connected = world.connected()?;
    let before = world.wiretap.calls_by_role(&connected.role_arn, "AssumeRole").len();
    let made = create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    connected
        .organisation
        .api
        .get(&format!("/v1/identities/{}", text(&made, "/id")?))?
        .expect(StatusCode::OK)?;
    let calls = world.wiretap.calls_by_role(&connected.role_arn, "AssumeRole").split_off(before);
    let [call] = &calls[..] else { return Err(format!("{} calls assume the role", calls.len()).into()) };
    is_limited_to(SessionPurpose::Identities, call.parameter("Policy"))?;
    equal("the external ID", call.parameter("ExternalId"), text(&connected.binding()?, "/externalId")?)
}

//! Senders that are verified at SES.

mod delete;
mod dns;
mod list;
mod signing;

use std::sync::Weak;

use http::StatusCode;
use kraiter_core::setup::SessionPurpose;
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{Outcome, connect::is_limited_to, equal, hold, trial};
use crate::{
    connected::Connected,
    relay::Reaction,
    wire::Message,
    wiretap::{CREATE_IDENTITY, fault},
    world::{IRELAND, World, text},
};

/// The signing keys that the cases bring.
pub(super) const KEYS: [&str; 2] = [signing::KEY, signing::OTHER_KEY];

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
        case("asking until SES says verified is told when to ask", poll),
        case("a deleted identity is gone at SES and here", delete::gone),
        case("an identity that SES no longer has counts as deleted", delete::gone_already),
        case("a deletion that AWS refuses deletes nothing", delete::refused),
        case("each region lists its own, and what is seen for the first time gets an id", list::two_regions),
        case("a region that fails is named, the others are listed", list::partly),
        case("only the regions that are asked for are asked", list::named_regions),
        case("all regions are asked, those that aren't enabled are named", list::all_regions),
        case("a role that is refused is told once, not for each region", list::role_refused),
        case("a list of many pages is read to its end, and shown in pages", list::pages),
        case("a region that only knows the earlier way to list is asked that way", list::earlier_way),
        case("a domain that SES won't tell of now is shown in part", list::in_part),
        case("a key's length is chosen and changed", signing::key_length),
        case("a key of the customer's own signs, and its record is shown", signing::own_key),
        case("a key of the customer's own is in nothing but the call to SES", signing::own_key_is_nowhere),
        case("an identity that is there is never signed anew by making it again", signing::exists),
        case("an address has no key and no records of its own", signing::address),
        case("records are found, missing, wrong or not seen yet", dns::records),
        case("a record of the customer's own key is compared", dns::own_key),
        case("SPF and DMARC keep what is there", dns::advice),
        case("a zone file holds what is to be published", dns::zone),
    ]
}

fn create(connected: &Connected, body: &Value, status: StatusCode) -> test_support::Result<Value> {
    connected.organisation.api.post("/v1/identities", body)?.expect_status(status)
}

fn list(connected: &Connected) -> test_support::Result<Value> {
    Ok(connected.organisation.api.get("/v1/identities")?.expect_status(StatusCode::OK)?["data"].clone())
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
    let seen =
        connected.organisation.api.get(&format!("/v1/identities/{id}"))?.expect_status(StatusCode::OK)?;
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
    let existing =
        kraiter_core::ses::CreateEmailIdentity { email_identity: "mail.example".parse()?, signing: None };
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
        .expect_status(StatusCode::OK)?;
    let calls = world.wiretap.calls_by_role(&connected.role_arn, "AssumeRole").split_off(before);
    let [call] = &calls[..] else { return Err(format!("{} calls assume the role", calls.len()).into()) };
    is_limited_to(SessionPurpose::Identities, call.parameter("Policy"))?;
    equal("the external ID", call.parameter("ExternalId"), text(&connected.binding()?, "/externalId")?)
}

fn poll(world: &World) -> Outcome {
    let connected = world.connected()?;
    let get = "GET /v2/email/identities/mail.example";
    let pending = world.wiretap.fault_of_role(&connected.role_arn, get, |_| {
        let identity = json!({
            "IdentityType": "DOMAIN",
            "VerifiedForSendingStatus": false,
            "VerificationStatus": "PENDING",
            "DkimAttributes": {
                "SigningEnabled": true,
                "Status": "PENDING",
                "Tokens": ["one"],
                "SigningAttributesOrigin": "AWS_SES",
                "SigningHostedZone": "dkim.eu-west-1.amazonses.com",
            },
        });
        Some(Reaction::Answer(Message::response(200, &[], identity.to_string())))
    });
    let made = create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    equal("verified", &made["verified"], false)?;
    equal("verificationStatus", &made["verificationStatus"], "pending")?;
    equal("ask again after", &made["pollAfterSeconds"], 10)?;
    equal("the region's own zone", &made["dkim"]["hostedZone"], "dkim.eu-west-1.amazonses.com")?;
    equal("the record", &made["dnsRecords"][0]["value"], "one.dkim.eu-west-1.amazonses.com")?;
    drop(pending);
    let seen = see(&connected, &text(&made, "/id")?)?;
    equal("verified", &seen["verified"], true)?;
    equal("ask again after", &seen["pollAfterSeconds"], &Value::Null)
}

fn see(connected: &Connected, id: &str) -> test_support::Result<Value> {
    connected.organisation.api.get(&format!("/v1/identities/{id}"))?.expect_status(StatusCode::OK)
}

//! What SES has, across regions. The emulator has one list for all regions, so the wiretap tells each region's own.

use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::{Value, json};
use test_support::Result;

use super::{create, equal, hold};
use crate::{
    connected::Connected,
    relay::Reaction,
    suites::Outcome,
    wire::Message,
    wiretap::{Call, FaultGuard, LIST_IDENTITIES, fault},
    world::{IRELAND, World},
};

const VIRGINIA: &str = "us-east-1";

/// The names that each region lists.
type Lists = &'static [(&'static str, &'static [&'static str])];

fn page(names: &[&str], next: Option<&str>) -> Reaction {
    let identities: Vec<Value> = names
        .iter()
        .map(|name| {
            json!({
                "IdentityName": name,
                "IdentityType": if name.contains('@') { "EMAIL_ADDRESS" } else { "DOMAIN" },
                "SendingEnabled": true,
                "VerificationStatus": "SUCCESS",
            })
        })
        .collect();
    let mut page = json!({ "EmailIdentities": identities });
    if let Some(next) = next {
        page["NextToken"] = json!(next);
    }
    Reaction::Answer(Message::response(200, &[("content-type", "application/json")], page.to_string()))
}

fn told(world: &World, connected: &Connected, lists: Lists) -> FaultGuard {
    world.wiretap.fault_of_role(&connected.role_arn, LIST_IDENTITIES, move |call: &Call| {
        let names =
            lists.iter().find(|(region, _)| *region == call.region).map_or(&[][..], |(_, names)| *names);
        Some(page(names, None))
    })
}

fn list(connected: &Connected, query: &str) -> Result<Value> {
    connected.organisation.api.get(&format!("/v1/identities{query}"))?.expect_status(StatusCode::OK)
}

/// Region and name of each in a list.
fn names(list: &Value) -> Vec<(String, String)> {
    let text = |one: &Value, field: &str| one[field].as_str().unwrap_or_default().to_owned();
    let data = list["data"].as_array().into_iter().flatten();
    let mut names: Vec<_> = data.map(|one| (text(one, "region"), text(one, "identity"))).collect();
    names.sort_unstable();
    names
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(region, name)| ((*region).to_owned(), (*name).to_owned())).collect()
}

/// The regions that SES was asked in, by the calls so far.
fn asked(world: &World, connected: &Connected) -> Vec<String> {
    let calls = world.wiretap.calls_by_role(&connected.role_arn, LIST_IDENTITIES);
    calls.iter().map(|call| call.region.clone()).collect()
}

pub(super) fn two_regions(world: &World) -> Outcome {
    let connected = world.connected()?;
    let made = create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    let body = json!({ "identity": "me@mail.example", "region": VIRGINIA });
    let address = create(&connected, &body, StatusCode::CREATED)?;
    let _told = told(
        world,
        &connected,
        &[(IRELAND, &["mail.example", "there@before.example"]), (VIRGINIA, &["me@mail.example"])],
    );
    let first = list(&connected, "")?;
    equal("regions", &first["regions"], &json!([IRELAND, VIRGINIA]))?;
    equal("problems", &first["problems"], &json!([]))?;
    equal("next page", &first["nextCursor"], &Value::Null)?;
    let expected =
        [(IRELAND, "mail.example"), (IRELAND, "there@before.example"), (VIRGINIA, "me@mail.example")];
    equal("identities", names(&first), pairs(&expected))?;
    let data = first["data"].as_array().cloned().unwrap_or_default();
    hold(data.contains(&made) && data.contains(&address), format!("{first}\nlacks\n{made}\n{address}"))?;
    let ids: BTreeSet<_> = data.iter().filter_map(|one| one["id"].as_str()).collect();
    equal("ids", ids.len(), 3)?;
    equal("the list once more", &list(&connected, "")?, &first)?;
    let known = create(&connected, &json!({ "identity": "there@before.example" }), StatusCode::CREATED)?;
    hold(ids.contains(known["id"].as_str().unwrap_or_default()), "what was seen has another id")
}

pub(super) fn partly(world: &World) -> Outcome {
    let connected = world.connected()?;
    create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    let _told = told(world, &connected, &[(IRELAND, &["mail.example"])]);
    for (status, code, told) in [
        (503, "ServiceUnavailable", "aws_unreachable"),
        (403, "AccessDeniedException", "permission_missing"),
        (429, "TooManyRequestsException", "aws_throttled"),
        (400, "BadRequestException", "aws_refused"),
    ] {
        let failing = world.wiretap.fault_of_role(&connected.role_arn, LIST_IDENTITIES, move |call| {
            (call.region == VIRGINIA).then(|| fault::json_error(status, code, "No"))
        });
        let list = list(&connected, &format!("?region={IRELAND}&region={VIRGINIA}"))?;
        equal("identities", names(&list), pairs(&[(IRELAND, "mail.example")]))?;
        let [problem] = &list["problems"].as_array().cloned().unwrap_or_default()[..] else {
            return Err(format!("{code}: {}", list["problems"]).into());
        };
        equal("region", &problem["region"], VIRGINIA)?;
        equal("code", &problem["code"], told)?;
        equal("awsCode", &problem["awsCode"], code)?;
        hold(problem["message"].as_str().is_some_and(|text| !text.is_empty()), problem.to_string())?;
        drop(failing);
    }
    let cut = world.wiretap.fault_of_role(&connected.role_arn, LIST_IDENTITIES, |call| {
        (call.region == VIRGINIA).then_some(Reaction::PassThenCut)
    });
    let list = list(&connected, &format!("?region={IRELAND}&region={VIRGINIA}"))?;
    equal("identities", names(&list), pairs(&[(IRELAND, "mail.example")]))?;
    equal("code", &list["problems"][0]["code"], "aws_unreachable")?;
    drop(cut);
    Ok(())
}

pub(super) fn named_regions(world: &World) -> Outcome {
    let connected = world.connected()?;
    let _told = told(world, &connected, &[(IRELAND, &["a@mail.example"]), (VIRGINIA, &["b@mail.example"])]);
    let only = list(&connected, &format!("?region={VIRGINIA}"))?;
    equal("identities", names(&only), pairs(&[(VIRGINIA, "b@mail.example")]))?;
    equal("asked", asked(world, &connected), [VIRGINIA])?;
    // A region with an identity is one of those that are used.
    let used = list(&connected, "")?;
    equal("identities", names(&used), pairs(&[(IRELAND, "a@mail.example"), (VIRGINIA, "b@mail.example")]))
}

pub(super) fn all_regions(world: &World) -> Outcome {
    let connected = world.connected()?;
    let _told = told(world, &connected, &[(IRELAND, &["a@mail.example"])]);
    let _disabled = world.wiretap.fault_of_role(&connected.role_arn, LIST_IDENTITIES, |call| {
        let message = "The security token included in the request is invalid.";
        ["eu-south-1", "me-south-1"]
            .contains(&call.region.as_str())
            .then(|| fault::json_error(403, "UnrecognizedClientException", message))
    });
    let list = list(&connected, "?region=all")?;
    let all: BTreeSet<String> =
        kraiter_core::aws::Region::all().map(|region| region.name().to_owned()).collect();
    equal("asked", asked(world, &connected).into_iter().collect::<BTreeSet<_>>(), all.clone())?;
    equal("regions", list["regions"].as_array().map(Vec::len), Some(all.len()))?;
    equal("identities", names(&list), pairs(&[(IRELAND, "a@mail.example")]))?;
    let problems = list["problems"].as_array().cloned().unwrap_or_default();
    let mut named: Vec<_> = problems.iter().map(|one| (one["region"].clone(), one["code"].clone())).collect();
    named.sort_by_key(|(region, _)| region.to_string());
    let not_enabled = json!("region_not_enabled");
    equal("problems", named, [(json!("eu-south-1"), not_enabled.clone()), (json!("me-south-1"), not_enabled)])
}

pub(super) fn role_refused(world: &World) -> Outcome {
    let connected = world.connected()?;
    let before = world.wiretap.calls_by_role(&connected.role_arn, "AssumeRole").len();
    let _refused = world.wiretap.fault_of_role(&connected.role_arn, "AssumeRole", |_| {
        Some(fault::query_error(403, "AccessDenied", "No"))
    });
    let answer = connected.organisation.api.get("/v1/identities?region=all")?;
    equal("the answer", (answer.status.as_u16(), answer.code()), (409, Some("role_refused")))?;
    let calls = world.wiretap.calls_by_role(&connected.role_arn, "AssumeRole").split_off(before);
    let for_identities = calls.iter().filter(|call| call.parameter("Policy").contains("ListEmailIdentities"));
    equal("times that the role was asked for", for_identities.count(), 1)?;
    equal("regions asked", asked(world, &connected).len(), 0)
}

pub(super) fn pages(world: &World) -> Outcome {
    let connected = world.connected()?;
    let _pages = world.wiretap.fault_of_role(&connected.role_arn, LIST_IDENTITIES, |call| {
        Some(match call.json()["NextToken"].as_str() {
            None => page(&["a@mail.example", "b@mail.example"], Some("more+/=")),
            Some("more+/=") => page(&["c@mail.example"], None),
            Some(_) => fault::json_error(400, "BadRequestException", "Unknown token"),
        })
    });
    let whole = list(&connected, "")?;
    equal("identities", whole["data"].as_array().map(Vec::len), Some(3))?;
    let mut shown = Vec::new();
    let mut query = "?limit=2".to_owned();
    loop {
        let part = list(&connected, &query)?;
        shown.extend(part["data"].as_array().cloned().unwrap_or_default());
        match part["nextCursor"].as_str() {
            Some(cursor) => query = format!("?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    equal("all pages", &json!(shown), &whole["data"])
}

pub(super) fn earlier_way(world: &World) -> Outcome {
    let connected = world.connected()?;
    create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    let _unknown = world.wiretap.fault_of_role(&connected.role_arn, LIST_IDENTITIES, |_| {
        Some(fault::json_error(404, "UnknownOperationException", ""))
    });
    let list = list(&connected, "")?;
    equal("problems", &list["problems"], &json!([]))?;
    equal("identities", names(&list), pairs(&[(IRELAND, "mail.example")]))?;
    let calls = world.wiretap.calls_by_role(&connected.role_arn, "GET /v2/email/identities");
    equal("calls by the earlier way", calls.len(), 1)
}

pub(super) fn in_part(world: &World) -> Outcome {
    let connected = world.connected()?;
    create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    let slow =
        world.wiretap.fault_of_role(&connected.role_arn, "GET /v2/email/identities/mail.example", |_| {
            Some(fault::json_error(429, "TooManyRequestsException", "Rate exceeded"))
        });
    let part = list(&connected, "")?;
    let [one] = &part["data"].as_array().cloned().unwrap_or_default()[..] else {
        return Err(part.to_string().into());
    };
    equal("partial", &one["partial"], true)?;
    equal("verified", &one["verified"], true)?;
    equal("records", &one["dnsRecords"], &json!([]))?;
    equal("problem", &part["problems"][0]["code"], "aws_throttled")?;
    drop(slow);
    let whole = list(&connected, "")?;
    equal("partial", &whole["data"][0]["partial"], false)?;
    equal("problems", &whole["problems"], &json!([]))
}

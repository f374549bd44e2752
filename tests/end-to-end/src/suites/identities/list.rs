//! Listing identities across regions. The emulator has one list for all regions, so the AWS proxy returns one per
//! region.

use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::{Value, json};
use test_support::Result;

use super::{assert_equal, assert_error, assert_that, create};
use crate::{
    aws_proxy::{Call, FaultGuard, LIST_IDENTITIES, fault},
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, IRELAND},
    http_proxy::ProxyAction,
    suites::TestResult,
    wire::Message,
};

const VIRGINIA: &str = "us-east-1";

/// Identity names by region.
type Lists = &'static [(&'static str, &'static [&'static str])];

/// Responds to `ListEmailIdentities` with a page of identities.
fn list_response(names: &[&str], next: Option<&str>) -> ProxyAction {
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
    ProxyAction::Respond(Message::response(200, &[("content-type", "application/json")], page.to_string()))
}

/// Makes SES list these identities until the guard is dropped.
fn mock_lists(harness: &Harness, connected: &ConnectedOrganisation, lists: Lists) -> FaultGuard {
    harness.aws_proxy.inject_fault_for_role(&connected.role_arn, LIST_IDENTITIES, move |call: &Call| {
        let names =
            lists.iter().find(|(region, _)| *region == call.region).map_or(&[][..], |(_, names)| *names);
        Some(list_response(names, None))
    })
}

fn list(connected: &ConnectedOrganisation, query: &str) -> Result<Value> {
    connected.organisation.api.get(&format!("/v1/identities{query}"))?.expect_status(StatusCode::OK)
}

/// Returns the sorted regions and names of a list.
fn names(list: &Value) -> Vec<(String, String)> {
    let text = |identity: &Value, field: &str| identity[field].as_str().unwrap_or_default().to_owned();
    let data = list["data"].as_array().into_iter().flatten();
    let mut names: Vec<_> =
        data.map(|identity| (text(identity, "region"), text(identity, "identity"))).collect();
    names.sort_unstable();
    names
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(region, name)| ((*region).to_owned(), (*name).to_owned())).collect()
}

/// Returns the region of each `ListEmailIdentities` call so far.
fn queried_regions(harness: &Harness, connected: &ConnectedOrganisation) -> Vec<String> {
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, LIST_IDENTITIES);
    calls.iter().map(|call| call.region.clone()).collect()
}

pub(super) fn two_regions(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let created = create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    let body = json!({ "identity": "me@mail.example", "region": VIRGINIA });
    let address = create(&connected, &body, StatusCode::CREATED)?;
    let _lists = mock_lists(
        harness,
        &connected,
        &[(IRELAND, &["mail.example", "existing@mail.example"]), (VIRGINIA, &["me@mail.example"])],
    );
    let first = list(&connected, "")?;
    assert_equal("regions", &first["regions"], &json!([IRELAND, VIRGINIA]))?;
    assert_equal("problems", &first["problems"], &json!([]))?;
    assert_equal("next cursor", &first["nextCursor"], &Value::Null)?;
    let expected =
        [(IRELAND, "existing@mail.example"), (IRELAND, "mail.example"), (VIRGINIA, "me@mail.example")];
    assert_equal("identities", names(&first), pairs(&expected))?;
    let data = first["data"].as_array().cloned().unwrap_or_default();
    assert_that(
        data.contains(&created) && data.contains(&address),
        format!("{first}\ndoesn't contain\n{created}\n{address}"),
    )?;
    let ids: BTreeSet<_> = data.iter().filter_map(|identity| identity["id"].as_str()).collect();
    assert_equal("ids", ids.len(), 3)?;
    assert_equal("second list", &list(&connected, "")?, &first)?;
    let known = create(&connected, &json!({ "identity": "existing@mail.example" }), StatusCode::CREATED)?;
    assert_that(ids.contains(known["id"].as_str().unwrap_or_default()), "the listed identity has another id")
}

pub(super) fn failing_region(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    let _lists = mock_lists(harness, &connected, &[(IRELAND, &["mail.example"])]);
    for (status, code, expected_code) in [
        (503, "ServiceUnavailable", "aws_unreachable"),
        (403, "AccessDeniedException", "permission_missing"),
        (429, "TooManyRequestsException", "aws_throttled"),
        (400, "BadRequestException", "aws_refused"),
    ] {
        let failing =
            harness.aws_proxy.inject_fault_for_role(&connected.role_arn, LIST_IDENTITIES, move |call| {
                (call.region == VIRGINIA).then(|| fault::json_error(status, code, "No"))
            });
        let list = list(&connected, &format!("?region={IRELAND}&region={VIRGINIA}"))?;
        assert_equal("identities", names(&list), pairs(&[(IRELAND, "mail.example")]))?;
        let [problem] = &list["problems"].as_array().cloned().unwrap_or_default()[..] else {
            return Err(format!("{code}: {}", list["problems"]).into());
        };
        assert_equal("region", &problem["region"], VIRGINIA)?;
        assert_equal("code", &problem["code"], expected_code)?;
        assert_equal("awsCode", &problem["awsCode"], code)?;
        assert_that(problem["message"].as_str().is_some_and(|text| !text.is_empty()), problem.to_string())?;
        drop(failing);
    }
    let disconnect = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, LIST_IDENTITIES, |call| {
        (call.region == VIRGINIA).then_some(ProxyAction::ForwardThenDisconnect)
    });
    let list = list(&connected, &format!("?region={IRELAND}&region={VIRGINIA}"))?;
    assert_equal("identities", names(&list), pairs(&[(IRELAND, "mail.example")]))?;
    assert_equal("code", &list["problems"][0]["code"], "aws_unreachable")?;
    drop(disconnect);
    Ok(())
}

pub(super) fn requested_regions(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let _lists =
        mock_lists(harness, &connected, &[(IRELAND, &["a@mail.example"]), (VIRGINIA, &["b@mail.example"])]);
    let requested = list(&connected, &format!("?region={VIRGINIA}"))?;
    assert_equal("identities", names(&requested), pairs(&[(VIRGINIA, "b@mail.example")]))?;
    assert_equal("queried regions", queried_regions(harness, &connected), [VIRGINIA])?;
    // A region with an identity counts as used.
    let used = list(&connected, "")?;
    assert_equal(
        "identities",
        names(&used),
        pairs(&[(IRELAND, "a@mail.example"), (VIRGINIA, "b@mail.example")]),
    )
}

pub(super) fn all_regions(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let _lists = mock_lists(harness, &connected, &[(IRELAND, &["a@mail.example"])]);
    let _disabled = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, LIST_IDENTITIES, |call| {
        let message = "The security token included in the request is invalid.";
        ["eu-south-1", "me-south-1"]
            .contains(&call.region.as_str())
            .then(|| fault::json_error(403, "UnrecognizedClientException", message))
    });
    let list = list(&connected, "?region=all")?;
    let all: BTreeSet<String> = aws_sans_io::Region::all().map(|region| region.name().to_owned()).collect();
    assert_equal(
        "queried regions",
        queried_regions(harness, &connected).into_iter().collect::<BTreeSet<_>>(),
        all.clone(),
    )?;
    assert_equal("regions", list["regions"].as_array().map(Vec::len), Some(all.len()))?;
    assert_equal("identities", names(&list), pairs(&[(IRELAND, "a@mail.example")]))?;
    let problems = list["problems"].as_array().cloned().unwrap_or_default();
    let mut reported: Vec<_> =
        problems.iter().map(|problem| (problem["region"].clone(), problem["code"].clone())).collect();
    reported.sort_by_key(|(region, _)| region.to_string());
    let not_enabled = json!("region_not_enabled");
    assert_equal(
        "problems",
        reported,
        [(json!("eu-south-1"), not_enabled.clone()), (json!("me-south-1"), not_enabled)],
    )
}

pub(super) fn role_refused(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let before = harness.aws_proxy.calls_by_role(&connected.role_arn, "AssumeRole").len();
    let _refused = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, "AssumeRole", |_| {
        Some(fault::query_error(403, "AccessDenied", "No"))
    });
    let response = connected.organisation.api.get("/v1/identities?region=all")?;
    assert_error("response", &response, 409, "role_refused")?;
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, "AssumeRole").split_off(before);
    let for_identities = calls.iter().filter(|call| call.parameter("Policy").contains("ListEmailIdentities"));
    assert_equal("AssumeRole calls", for_identities.count(), 1)?;
    assert_equal("queried regions", queried_regions(harness, &connected).len(), 0)
}

pub(super) fn pages(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let _pages = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, LIST_IDENTITIES, |call| {
        Some(match call.json()["NextToken"].as_str() {
            None => list_response(&["a@mail.example", "b@mail.example"], Some("more+/=")),
            Some("more+/=") => list_response(&["c@mail.example"], None),
            Some(_) => fault::json_error(400, "BadRequestException", "Unknown token"),
        })
    });
    let all = list(&connected, "")?;
    assert_equal("identities", all["data"].as_array().map(Vec::len), Some(3))?;
    let mut listed = Vec::new();
    let mut query = "?limit=2".to_owned();
    loop {
        let page = list(&connected, &query)?;
        listed.extend(page["data"].as_array().cloned().unwrap_or_default());
        match page["nextCursor"].as_str() {
            Some(cursor) => query = format!("?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_equal("entries of all pages", &json!(listed), &all["data"])
}

pub(super) fn fallback_operation(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    let _unknown = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, LIST_IDENTITIES, |_| {
        Some(fault::json_error(404, "UnknownOperationException", ""))
    });
    let list = list(&connected, "")?;
    assert_equal("problems", &list["problems"], &json!([]))?;
    assert_equal("identities", names(&list), pairs(&[(IRELAND, "mail.example")]))?;
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, "GET /v2/email/identities");
    assert_equal("ListEmailIdentities calls with the older operation", calls.len(), 1)
}

pub(super) fn partial_details(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    let throttle = harness.aws_proxy.inject_fault_for_role(
        &connected.role_arn,
        "GET /v2/email/identities/mail.example",
        |_| Some(fault::json_error(429, "TooManyRequestsException", "Rate exceeded")),
    );
    let partial = list(&connected, "")?;
    let [identity] = &partial["data"].as_array().cloned().unwrap_or_default()[..] else {
        return Err(partial.to_string().into());
    };
    assert_equal("partial", &identity["partial"], true)?;
    assert_equal("verified", &identity["verified"], true)?;
    assert_equal("records", &identity["dnsRecords"], &json!([]))?;
    assert_equal("problem code", &partial["problems"][0]["code"], "aws_throttled")?;
    drop(throttle);
    let complete = list(&connected, "")?;
    assert_equal("partial", &complete["data"][0]["partial"], false)?;
    assert_equal("problems", &complete["problems"], &json!([]))
}

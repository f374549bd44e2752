//! Managing the list through the API.

use http::StatusCode;
use serde_json::{Value, json};

use super::{SUPPRESSIONS, TestResult, add, assert_equal, entry_path, look_up, suppression_reason};
use crate::harness::Harness;

pub(crate) fn add_find_remove(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let added = add(&connected, "Ada+News@Bücher.example")?;
    let address = "ada+news@xn--bcher-kva.example";
    assert_equal("normalised address", &added["address"], address)?;
    assert_equal("reason", &added["reason"], "manual")?;
    let repeated = api.post(SUPPRESSIONS, &json!({ "address": address, "reason": "complaint" }))?;
    assert_equal("added again", &repeated.expect_status(StatusCode::OK)?, &added)?;
    assert_equal(
        "lookup",
        &look_up(&connected, "ADA+news@bücher.example".replace('ü', "%C3%BC").as_str())?.body,
        &added,
    )?;
    assert_equal("status of the removal", api.delete(&entry_path(address))?.status, StatusCode::NO_CONTENT)?;
    assert_equal("lookup after the removal", look_up(&connected, address)?.code(), Some("not_found"))?;
    // An address can be added again right after its removal.
    add(&connected, address)?;
    assert_equal("reason after adding it again", suppression_reason(&connected, address)?, "manual")
}

pub(crate) fn pages(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    for name in ["eve", "dan", "ada", "carol", "bob"] {
        let entry_reason = if name == "dan" { "complaint" } else { "manual" };
        let entry = json!({ "address": format!("{name}@example.org"), "reason": entry_reason });
        api.post(SUPPRESSIONS, &entry)?.expect_status(StatusCode::CREATED)?;
    }
    let names = |query: &str| -> test_support::Result<(Vec<String>, Value)> {
        let page = api.get(&format!("{SUPPRESSIONS}?{query}"))?.expect_status(StatusCode::OK)?;
        let data = page["data"].as_array().cloned().unwrap_or_default();
        let names =
            data.iter().filter_map(|entry| entry["address"].as_str()?.split('@').next().map(str::to_owned));
        Ok((names.collect(), page["nextCursor"].clone()))
    };
    let (mut all, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        let (page, cursor) = names(&query)?;
        all.extend(page);
        let Some(cursor) = cursor.as_str() else { break };
        query = format!("limit=2&cursor={cursor}");
    }
    assert_equal("entries of all pages", all, ["ada", "bob", "carol", "dan", "eve"])?;
    assert_equal("search result", names("search=A%40EX")?.0, ["ada"])?;
    assert_equal("filtered by reason", names("reason=complaint")?.0, ["dan"])?;
    // The search text is not a pattern.
    assert_equal("search for a wildcard", names("search=%25")?.0, Vec::<String>::new())
}

pub(crate) fn other_organisation(harness: &Harness) -> TestResult {
    let (one, other) = (harness.connect_organisation()?, harness.connect_organisation()?);
    add(&one, "ada@example.org")?;
    assert_equal("status of the lookup", look_up(&other, "ada@example.org")?.status, StatusCode::NOT_FOUND)?;
    let removed = other.organisation.api.delete(&entry_path("ada@example.org"))?;
    assert_equal("status of the removal", removed.status, StatusCode::NOT_FOUND)?;
    assert_equal("reason in the first list", suppression_reason(&one, "ada@example.org")?, "manual")?;
    let list = other.organisation.api.get(SUPPRESSIONS)?.expect_status(StatusCode::OK)?;
    assert_equal("the other organisation's list", &list["data"], &json!([]))
}

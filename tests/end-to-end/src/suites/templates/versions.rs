//! Template versions, names, listing and deletion.

use std::{sync::Mutex, thread};

use http::StatusCode;
use serde_json::{Value, json};
use test_support::test_env::Organisation;

use super::{TestResult, assert_equal, assert_problem, assert_that, create, get, id_of, put, template};
use crate::harness::{Harness, string_at};

fn with_version(mut template: Value, version: u32) -> Value {
    template["version"] = json!(version);
    template
}

pub(crate) fn change_creates_version(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let first = create(&organisation, &template("Hello", "one"))?;
    let id = id_of(&first)?;
    let second = put(&organisation, &id, &with_version(template("Hello", "two {{ a }}"), 1))?
        .expect_status(StatusCode::OK)?;
    assert_equal("version", &second["version"], 2)?;
    assert_equal("text", &second["text"], "two {{ a }}")?;
    assert_equal("variables", &second["variables"], &json!([{ "name": "a", "required": true }]))?;
    assert_equal("createdAt", &second["createdAt"], &first["createdAt"])?;
    assert_that(string_at(&second, "/updatedAt")? >= string_at(&first, "/updatedAt")?, second.to_string())?;

    // The first version is still available.
    let first_version = get(&organisation, &id, "?version=1")?;
    assert_equal(
        "first version",
        (&first_version["version"], &first_version["text"]),
        (&json!(1), &json!("one")),
    )?;
    assert_equal("version range", &first_version["versions"], &json!({ "oldest": 1, "newest": 2 }))?;
    let path = format!("/v1/templates/{id}/preview");
    let preview = organisation.api.post(&path, &json!({ "version": 1 }))?.expect_status(StatusCode::OK)?;
    assert_equal("text of the first version", &preview["text"], "one")?;
    assert_problem(&organisation.api.post(&path, &json!({ "version": 3 }))?, 404, "not_found", "")?;
    assert_problem(&organisation.api.get(&format!("/v1/templates/{id}?version=3"))?, 404, "not_found", "")?;

    // Neither an identical template nor a stale version number changes anything.
    let unchanged =
        put(&organisation, &id, &template("Hello", "two {{ a }}"))?.expect_status(StatusCode::OK)?;
    assert_equal("response to an unchanged template", &unchanged, &second)?;
    for stale_version in [1, 3] {
        let response = put(&organisation, &id, &with_version(template("Hello", "three"), stale_version))?;
        assert_problem(&response, 409, "version_conflict", "version")?;
    }
    assert_equal("newest version", get(&organisation, &id, "")?, second)?;

    let third =
        put(&organisation, &id, &template("Goodbye", "two {{ a }}"))?.expect_status(StatusCode::OK)?;
    assert_equal("name and version", (&third["name"], &third["version"]), (&json!("Goodbye"), &json!(3)))?;
    assert_equal("name of an older version", &get(&organisation, &id, "?version=1")?["name"], "Goodbye")
}

pub(crate) fn concurrent_changes(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let id = id_of(&create(&organisation, &template("Hello", "one"))?)?;
    let statuses = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for number in 0..6 {
            let (organisation, id, statuses) = (&organisation, &id, &statuses);
            scope.spawn(move || {
                let body = with_version(template("Hello", &format!("by {number}")), 1);
                let status = put(organisation, id, &body).map(|response| response.status.as_u16());
                if let Ok(mut statuses) = statuses.lock() {
                    statuses.push(status.unwrap_or_default());
                }
            });
        }
    });
    let mut statuses = statuses.into_inner().unwrap_or_default();
    statuses.sort_unstable();
    assert_equal("statuses", statuses, vec![200, 409, 409, 409, 409, 409])?;
    assert_equal("version", &get(&organisation, &id, "")?["version"], 2)
}

pub(crate) fn version_limit(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let id = id_of(&create(&organisation, &template("Hello", "1"))?)?;
    for version in 2..=52 {
        put(&organisation, &id, &template("Hello", &version.to_string()))?.expect_status(StatusCode::OK)?;
    }
    let newest = get(&organisation, &id, "")?;
    assert_equal("versions", &newest["versions"], &json!({ "oldest": 3, "newest": 52 }))?;
    assert_equal("oldest version", &get(&organisation, &id, "?version=3")?["text"], "3")?;
    assert_problem(&organisation.api.get(&format!("/v1/templates/{id}?version=2"))?, 404, "not_found", "")
}

pub(crate) fn unique_names(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let hello = id_of(&create(&organisation, &template("Hello", "one"))?)?;
    let bye = id_of(&create(&organisation, &template("Bye", "one"))?)?;
    let responses = [
        organisation.api.post("/v1/templates", &template(" Hello ", "two"))?,
        put(&organisation, &bye, &template("Hello", "two"))?,
        put(&organisation, &bye, &with_version(template("Hello", "two"), 1))?,
    ];
    for response in &responses {
        assert_problem(response, 409, "template_name_taken", "name")?;
    }
    let before = get(&organisation, &bye, "")?;
    assert_equal("version and text", (&before["version"], &before["text"]), (&json!(1), &json!("one")))?;
    put(&organisation, &hello, &template("Good morning", "one"))?.expect_status(StatusCode::OK)?;
    put(&organisation, &bye, &template("Hello", "two"))?.expect_status(StatusCode::OK)?;
    Ok(())
}

fn page(organisation: &Organisation, query: &str) -> test_support::Result<Value> {
    organisation.api.get(&format!("/v1/templates{query}"))?.expect_status(StatusCode::OK)
}

fn names_of(page: &Value) -> Vec<&str> {
    page["data"].as_array().into_iter().flatten().filter_map(|template| template["name"].as_str()).collect()
}

pub(crate) fn pages(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    assert_equal("empty list", page(&organisation, "")?, json!({ "data": [], "nextCursor": null }))?;
    for name in ["a", "b", "c", "d", "e"] {
        create(&organisation, &template(name, "one"))?;
    }
    let full_page = page(&organisation, "")?;
    assert_equal("single page", names_of(&full_page), ["e", "d", "c", "b", "a"])?;
    assert_equal("next cursor", &full_page["nextCursor"], &Value::Null)?;
    let fields: Vec<_> =
        full_page["data"][0].as_object().into_iter().flat_map(serde_json::Map::keys).collect();
    assert_equal(
        "fields of a listed template",
        fields,
        ["id", "name", "version", "subject", "createdAt", "updatedAt"],
    )?;

    let first = page(&organisation, "?limit=2")?;
    assert_equal("first page", names_of(&first), ["e", "d"])?;
    // Templates created or changed meanwhile don't move the pages.
    create(&organisation, &template("f", "one"))?;
    put(&organisation, &string_at(&first, "/data/1/id")?, &template("d", "two"))?
        .expect_status(StatusCode::OK)?;
    let second = page(&organisation, &format!("?limit=2&cursor={}", string_at(&first, "/nextCursor")?))?;
    assert_equal("second page", names_of(&second), ["c", "b"])?;
    let third = page(&organisation, &format!("?limit=2&cursor={}", string_at(&second, "/nextCursor")?))?;
    assert_equal("third page", names_of(&third), ["a"])?;
    assert_equal("next cursor", &third["nextCursor"], &Value::Null)?;
    let newest = page(&organisation, "?limit=3")?;
    let versions: Vec<_> = newest["data"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|template| template["version"].as_u64())
        .collect();
    assert_equal("versions", versions, [Some(1), Some(1), Some(2)])
}

pub(crate) fn deletion(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let id = id_of(&create(&organisation, &template("Hello", "one"))?)?;
    put(&organisation, &id, &template("Hello", "two"))?.expect_status(StatusCode::OK)?;
    let path = format!("/v1/templates/{id}");
    assert_equal("status of the deletion", organisation.api.delete(&path)?.status, StatusCode::NO_CONTENT)?;
    let responses = [
        organisation.api.get(&path)?,
        organisation.api.get(&format!("{path}?version=1"))?,
        organisation.api.delete(&path)?,
        put(&organisation, &id, &template("Hello", "three"))?,
        organisation.api.post(&format!("{path}/preview"), &json!({}))?,
    ];
    for response in &responses {
        assert_problem(response, 404, "not_found", "")?;
    }
    assert_equal("list", &page(&organisation, "")?["data"], &json!([]))?;
    // The name is free again, and its versions start at 1.
    let recreated = create(&organisation, &template("Hello", "four"))?;
    assert_equal("version", &recreated["version"], 1)
}

//! CSV import and export.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use test_support::api::ApiResponse;

use super::{SUPPRESSIONS, TestResult, add, assert_equal, assert_that};
use crate::{connected_organisation::ConnectedOrganisation, harness::Harness};

fn import(connected: &ConnectedOrganisation, file: &str) -> test_support::Result<ApiResponse> {
    import_as(connected, "text/csv; charset=utf-8", file)
}

fn import_as(
    connected: &ConnectedOrganisation,
    content_type: &str,
    file: &str,
) -> test_support::Result<ApiResponse> {
    let body = (content_type, file.to_owned().into());
    connected.organisation.api.send(Method::POST, &format!("{SUPPRESSIONS}/import"), Some(body), &[])
}

fn export(connected: &ConnectedOrganisation) -> test_support::Result<ApiResponse> {
    connected.organisation.api.get(&format!("{SUPPRESSIONS}/export"))
}

pub(crate) fn round_trip(harness: &Harness) -> TestResult {
    let (one, other) = (harness.connect_organisation()?, harness.connect_organisation()?);
    add(&one, "zoe@example.org")?;
    // Large enough for several SQL statements.
    let rows = (0..3_000).map(|n| format!("u{n}@example.org,complaint,2026-01-02T03:04:05Z\n"));
    let file = rows.fold("address,reason,since\n".to_owned(), |file, row| file + &row);
    let imported = import(&one, &file)?.expect_status(StatusCode::OK)?;
    assert_equal("imported", imported, json!({ "added": 3_000, "already": 0 }))?;
    let repeated = import(&one, "address\nZOE@example.org\nu7@example.org\nnew@example.org\n")?
        .expect_status(StatusCode::OK)?;
    assert_equal("imported repeated", repeated, json!({ "added": 1, "already": 2 }))?;

    let of_excel = import_as(
        &one,
        "application/vnd.ms-excel",
        "EmailAddress;Reason\r\nnew@example.org;BOUNCE\r\n;\r\n",
    )?
    .expect_status(StatusCode::OK)?;
    assert_equal("imported from Excel", of_excel, json!({ "added": 0, "already": 1 }))?;

    let exported = export(&one)?;
    assert_equal("content-type", &exported.headers["content-type"], "text/csv; charset=utf-8")?;
    let file = exported.body.as_str().unwrap_or_default().to_owned();
    assert_equal("lines", file.lines().count(), 3_003)?;
    assert_that(file.contains("\nu7@example.org,complaint,2026-01-02T03:04:05Z\n"), "a row has changed")?;
    let imported = import(&other, &file)?.expect_status(StatusCode::OK)?;
    assert_equal("imported into another organisation", imported, json!({ "added": 3_002, "already": 0 }))?;
    assert_that(export(&other)?.body == file, "the exports differ")
}

pub(crate) fn long_list(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let rows = (0..10_000).map(|number| format!("u{number:04}@example.org\n"));
    let file = std::iter::once("address\n".to_owned()).chain(rows).collect::<String>();
    let body = Some(("text/csv", file.into()));
    let imported = organisation.api.send(Method::POST, &format!("{SUPPRESSIONS}/import"), body, &[])?;
    assert_equal("imported", imported.body, json!({ "added": 10_000, "already": 0 }))?;
    for (query, expected) in [
        ("search=u0000%40", 1),
        ("search=u9999%40", 1),
        ("search=99%40", 100),
        ("search=nobody", 0),
        ("reason=complaint", 0),
        ("search=u99&reason=manual", 100),
    ] {
        let page = organisation.api.get(&format!("{SUPPRESSIONS}?limit=100&{query}"))?;
        let page = page.expect_status(StatusCode::OK)?;
        let found = page["data"].as_array().map(Vec::len);
        assert_equal(query, (found, &page["nextCursor"]), (Some(expected), &Value::Null))?;
    }
    Ok(())
}

pub(crate) fn invalid_rows(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let rejected = import(
        &connected,
        "address,reason\nada@example.org,bounce\nnobody,bounce\n\nbob@example.org,spam\n",
    )?;
    let problem = (rejected.status.as_u16(), rejected.code(), rejected.text("/field"));
    assert_equal("problem", problem, (422, Some("invalid_rows"), "body"))?;
    let detail = rejected.text("/detail");
    assert_that(
        detail.contains("Line 3:") && detail.contains("Line 5:") && !detail.contains("Line 2:"),
        detail,
    )?;
    assert_equal("list", export(&connected)?.body, "address,reason,since\n")
}

//! Quotas. A restored page of a backup fills the storage, because requests would take too long.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::Quota;
use http::{Method, StatusCode};
use libtest_mimic::Failed;
use serde_json::{Value, json};
use test_support::{
    Result,
    api::CLIENT_ADDRESS,
    test_env::{ADMIN_TOKEN, Organisation},
};
use time::OffsetDateTime;

use super::{TestResult, assert_equal, assert_error, assert_that};
use crate::{
    aws_proxy::CREATE_IDENTITY,
    harness::Harness,
    sns_signer::sns_timestamp,
    test_email::{SUCCESS, email_to},
};

/// Adds rows to a table of an organisation.
fn add_rows(harness: &Harness, organisation: &Organisation, table: &str, rows: &[Value]) -> Result<()> {
    let administrator = harness.api().with_key(ADMIN_TOKEN);
    let path = format!("/v1/organisations/{}", organisation.id);
    let mut page = administrator.get(&format!("{path}/backup"))?.expect_status(StatusCode::OK)?;
    page["tables"] = json!([{ "name": table, "rows": rows }]);
    page["connection"] = Value::Null;
    administrator.post(&format!("{path}/restore"), &page)?.expect_status(StatusCode::OK).map(drop)
}

/// Returns the only row of a table of an organisation.
fn only_row(
    harness: &Harness,
    organisation: &Organisation,
    table: &str,
) -> std::result::Result<Vec<Value>, Failed> {
    let administrator = harness.api().with_key(ADMIN_TOKEN);
    let page = administrator.get(&format!("/v1/organisations/{}/backup", organisation.id))?;
    let page = page.expect_status(StatusCode::OK)?;
    let tables = page["tables"].as_array().map_or(&[][..], Vec::as_slice);
    let rows = tables.iter().find(|rows| rows["name"] == table).and_then(|rows| rows["rows"].as_array());
    match rows.map(Vec::as_slice) {
        Some([row]) => Ok(row.as_array().cloned().unwrap_or_default()),
        rows => Err(format!("{table} has not one row: {rows:?}").into()),
    }
}

/// Fills a table with copies of its only row up to `count` rows. `change` makes the copy with a number unique.
fn fill(
    harness: &Harness,
    organisation: &Organisation,
    table: &str,
    count: u64,
    change: impl Fn(u64, &mut [Value]),
) -> TestResult {
    let row = only_row(harness, organisation, table)?;
    let copy = |number| {
        let mut copy = row.clone();
        change(number, &mut copy);
        Value::Array(copy)
    };
    let numbers: Vec<_> = (1..count).collect();
    for numbers in numbers.chunks(10_000) {
        let rows: Vec<_> = numbers.iter().map(|number| copy(*number)).collect();
        add_rows(harness, organisation, table, &rows)?;
    }
    Ok(())
}

/// Returns the id `number` after another one, as it is in a backup.
fn later_id(id: &Value, number: u64) -> Value {
    let bytes = id[0].as_str().and_then(|text| STANDARD.decode(text).ok());
    let number = bytes.and_then(|bytes| bytes.try_into().ok()).map(u128::from_be_bytes).unwrap_or_default()
        + u128::from(number);
    json!([STANDARD.encode(number.to_be_bytes())])
}

/// Returns an id as it is in a backup. Those with small numbers are older than any other.
fn id(number: u64) -> Value {
    json!([STANDARD.encode(u128::from(number).to_be_bytes())])
}

/// Returns a template's row: id, name, version, bytes and time of creation.
fn template_row(number: u64, bytes: u64) -> Value {
    json!([id(number), format!("Template {number}"), 1, bytes, 0])
}

fn template(name: &str) -> Value {
    json!({ "name": name, "subject": "Hello", "text": "Hello!" })
}

pub(super) fn sessions(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let sign_in = |address: &str| {
        let body = Some(("application/json", json!({ "apiKey": organisation.api_key }).to_string().into()));
        let headers = [(CLIENT_ADDRESS, address), ("x-kraiter-csrf", "1")];
        harness.api().send(Method::POST, "/v1/session", body, &headers)
    };
    let quota = Quota::Sessions;
    for number in 0..quota.limit() {
        let response = sign_in(&format!("203.0.113.{number}"))?;
        assert_equal("status of a sign-in", response.status, StatusCode::OK)?;
    }
    let refused = sign_in("198.51.100.1")?;
    assert_error("one session more", &refused, 409, quota.code())?;
    assert_equal("detail", refused.text("/detail"), quota.message())
}

pub(super) fn templates(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let api = &organisation.api;
    let create = |name: &str| api.post("/v1/templates", &template(name));
    let rows: Vec<_> = (1..Quota::Templates.limit()).map(|number| template_row(number, 1)).collect();
    add_rows(harness, &organisation, "templates", &rows)?;
    let last = create("Last")?;
    assert_equal("the last template", last.status, StatusCode::CREATED)?;
    assert_error("one template more", &create("More")?, 409, Quota::Templates.code())?;
    // Nothing was stored, and what exists can be changed and deleted.
    let path = format!("/v1/templates/{}", last.text("/id"));
    assert_equal("update", api.call(Method::PUT, &path, Some(&template("More")))?.status, StatusCode::OK)?;
    assert_equal("deletion", api.delete(&path)?.status, StatusCode::NO_CONTENT)?;
    assert_equal("a template in its place", create("More")?.status, StatusCode::CREATED)?;

    let large = harness.create_organisation()?;
    // A template of this size, and a few bytes less than the quota allows.
    let row = template_row(1, Quota::TemplateBytes.limit() - 50);
    add_rows(harness, &large, "templates", &[row])?;
    let create = |name: &str| large.api.post("/v1/templates", &template(name));
    assert_equal("a small template", create("Small")?.status, StatusCode::CREATED)?;
    let refused = (0..4).map(|number| create(&format!("More {number}"))).collect::<Result<Vec<_>>>()?;
    let refused = refused.last().ok_or("no template was created")?;
    assert_error("too many bytes", refused, 409, Quota::TemplateBytes.code())
}

pub(super) fn identities(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let region = u64::from(connected.link.region.number());
    let row =
        |number| json!([region, format!("d{number}.example"), id(number), 0, null, null, null, null, null]);
    let rows: Vec<_> = (1..=Quota::Identities.limit()).map(row).collect();
    add_rows(harness, &connected.organisation, "identities", &rows)?;
    let calls = || harness.aws_proxy.calls_by_role(&connected.role_arn, CREATE_IDENTITY).len();
    let before = calls();
    let body = json!({ "identity": "more.example" });
    let refused = connected.organisation.api.post("/v1/identities", &body)?;
    assert_error("one identity more", &refused, 409, Quota::Identities.code())?;
    assert_that(calls() == before, "the identity was created in SES")
}

pub(super) fn scheduled_emails(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let organisation = &connected.organisation;
    let mut email = email_to(SUCCESS);
    email["scheduledAt"] = json!(sns_timestamp(OffsetDateTime::now_utc() + Duration::from_hours(24)));
    let first = connected.send(&email, "scheduled")?;
    let quota = Quota::ScheduledEmails;
    fill(harness, organisation, "emails", quota.limit(), |number, row| row[0] = later_id(&row[0], number))?;
    assert_error("one email more", &connected.submit(&email)?, 409, quota.code())?;
    // What isn't scheduled is sent, and a cancelled email makes room.
    connected.send(&email_to(SUCCESS), "sent")?;
    let path = format!("/v1/emails/{first}/cancel");
    organisation.api.post(&path, &json!({}))?.expect_status(StatusCode::OK)?;
    connected.send(&email, "scheduled")?;
    assert_error("one more again", &connected.submit(&email)?, 409, quota.code())
}

pub(super) fn suppressions(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let api = &organisation.api;
    let suppress = |address: &str| api.post("/v1/suppressions", &json!({ "address": address }));
    suppress("first@example.org")?.expect_status(StatusCode::CREATED)?;
    let quota = Quota::Suppressions;
    fill(harness, &organisation, "suppression_facts", quota.limit() - 1, |number, row| {
        row[0] = json!(format!("{number}@example.org"));
    })?;
    let import = |csv: &'static str| {
        api.send(Method::POST, "/v1/suppressions/import", Some(("text/csv", csv.into())), &[])
    };
    let refused = import("address\nlast@example.org\nmore@example.org\n")?;
    assert_error("an import of two", &refused, 409, quota.code())?;
    let found = api.get("/v1/suppressions/last@example.org")?;
    assert_equal("an address of the import", found.status, StatusCode::NOT_FOUND)?;
    assert_equal("the last address", suppress("last@example.org")?.status, StatusCode::CREATED)?;
    assert_error("one address more", &suppress("more@example.org")?, 409, quota.code())?;
    assert_equal("deletion", api.delete("/v1/suppressions/7@example.org")?.status, StatusCode::NO_CONTENT)?;
    assert_equal("an address in its place", suppress("more@example.org")?.status, StatusCode::CREATED)
}

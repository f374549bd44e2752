//! Quotas. A restored page of a backup fills the storage, because requests would take too long.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::Quota;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use test_support::{
    Result,
    api::CLIENT_ADDRESS,
    test_env::{ADMIN_TOKEN, Organisation},
};

use super::{TestResult, assert_equal, assert_error, assert_that};
use crate::{aws_proxy::CREATE_IDENTITY, harness::Harness};

/// Adds rows to a table of an organisation.
fn add_rows(harness: &Harness, organisation: &Organisation, table: &str, rows: &[Value]) -> Result<()> {
    let administrator = harness.api().with_key(ADMIN_TOKEN);
    let path = format!("/v1/organisations/{}", organisation.id);
    let mut page = administrator.get(&format!("{path}/backup"))?.expect_status(StatusCode::OK)?;
    page["tables"] = json!([{ "name": table, "rows": rows }]);
    page["connection"] = Value::Null;
    administrator.post(&format!("{path}/restore"), &page)?.expect_status(StatusCode::OK).map(drop)
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
    let row = |number| json!([region, format!("d{number}.example"), id(number), 0, null, null, null]);
    let rows: Vec<_> = (1..=Quota::Identities.limit()).map(row).collect();
    add_rows(harness, &connected.organisation, "identities", &rows)?;
    let calls = || harness.aws_proxy.calls_by_role(&connected.role_arn, CREATE_IDENTITY).len();
    let before = calls();
    let body = json!({ "identity": "more.example" });
    let refused = connected.organisation.api.post("/v1/identities", &body)?;
    assert_error("one identity more", &refused, 409, Quota::Identities.code())?;
    assert_that(calls() == before, "the identity was created in SES")
}

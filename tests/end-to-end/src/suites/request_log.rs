//! The request log.

use std::sync::Weak;

use http::{Method, StatusCode};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{api::Api, test_env::Organisation};

use super::{TestResult, assert_equal, assert_error, assert_that, trial};
use crate::{
    harness::{Harness, string_at},
    test_email::{SUCCESS, email_to},
};

/// The requests that are logged in a minute if they fail.
const MAX_FAILURES: usize = 60;

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("request_log::{name}"), harness, case);
    vec![
        case("failed requests and changes are logged, with the key that made them", entries),
        case("successful reads and sends are not logged", exempt),
        case("a flood of failing requests is counted, and displaces no change", flood),
        case("a revoked key's requests are logged without a secret", revoked),
    ]
}

fn entries(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let api = &organisation.api;
    let not_found = api.get("/v1/templates/tpl_019ab0c5d0007000800000000000000a")?;
    assert_error("a template that doesn't exist", &not_found, 404, "not_found")?;
    let key = api.post("/v1/api-keys", &json!({ "name": "Second" }))?.expect_status(StatusCode::CREATED)?;
    let (key_id, secret) = (string_at(&key, "/id")?, string_at(&key, "/apiKey")?);
    let second = Api::new(harness.api().origin()).with_key(&secret);
    let template = json!({ "name": "a", "subject": "a", "text": "a" });
    second.post("/v1/templates", &template)?.expect_status(StatusCode::CREATED)?;

    let page = log(&organisation, "")?;
    let summary = |entry: &Value| {
        let method = entry["method"].as_str().unwrap_or_default().to_owned();
        (method, entry["route"].as_str().unwrap_or_default().to_owned(), entry["status"].as_u64())
    };
    let found: Vec<_> = page.iter().map(summary).collect();
    let expected =
        [("POST", "/v1/templates", 201), ("POST", "/v1/api-keys", 201), ("GET", "/v1/templates/{id}", 404)];
    let expected =
        expected.map(|(method, route, status)| (method.to_owned(), route.to_owned(), Some(status)));
    assert_equal("requests", found, expected.to_vec())?;
    assert_equal("key", &page[0]["key"], &json!({ "id": key_id, "name": "Second" }))?;
    assert_equal("code", &page[2]["code"], "not_found")?;
    let id = not_found.text("/requestId").to_owned();
    assert_equal("request ID", &page[2]["id"], &id)?;

    for (query, count) in [
        (format!("?id={id}"), 1),
        ("?status=4xx".to_owned(), 1),
        ("?status=201".to_owned(), 2),
        ("?route=/v1/templates".to_owned(), 1),
        (format!("?key={key_id}"), 1),
        ("?until=2020-01-01T00:00:00Z".to_owned(), 0),
    ] {
        assert_equal(&query, log(&organisation, &query)?.len(), count)?;
    }
    let first = api.get("/v1/requests?limit=2")?.expect_status(StatusCode::OK)?;
    let cursor = string_at(&first, "/nextCursor")?;
    let second = log(&organisation, &format!("?limit=2&cursor={cursor}"))?;
    assert_equal("second page", &second, &page[2..].to_vec())
}

fn exempt(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let before = log(&connected.organisation, "")?;
    connected.send(&email_to(SUCCESS), "sent")?;
    connected.organisation.api.get("/v1/emails")?.expect_status(StatusCode::OK)?;
    connected.organisation.api.get("/v1/requests")?.expect_status(StatusCode::OK)?;
    assert_equal("requests", log(&connected.organisation, "")?, before)
}

fn flood(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let total = 3 * MAX_FAILURES;
    for _ in 0..total {
        let response = organisation.api.get("/v1/emails?limit=0")?;
        assert_equal("status", response.status, StatusCode::UNPROCESSABLE_ENTITY)?;
    }
    organisation
        .api
        .call(Method::PUT, "/v1/settings", Some(&json!({ "feed": true })))?
        .expect_status(StatusCode::OK)?;
    let page = organisation.api.get("/v1/requests?limit=100")?.expect_status(StatusCode::OK)?;
    let mut entries = page["data"].as_array().cloned().unwrap_or_default();
    assert_equal("newest", &entries[0]["route"], "/v1/settings")?;
    if let Some(cursor) = page["nextCursor"].as_str() {
        entries.extend(log(&organisation, &format!("?limit=100&cursor={cursor}"))?);
    }
    let failures = entries.iter().filter(|entry| entry["status"] == 422);
    let left_out = failures.clone().chain([&page]).filter_map(|entry| entry["leftOut"].as_u64()).sum::<u64>();
    let logged = failures.count();
    // The minute may have changed meanwhile.
    assert_that((MAX_FAILURES..=2 * MAX_FAILURES).contains(&logged), format!("{logged} logged"))?;
    assert_equal("logged and left out", logged as u64 + left_out, total as u64)
}

fn revoked(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let key = organisation
        .api
        .post("/v1/api-keys", &json!({ "name": "Old" }))?
        .expect_status(StatusCode::CREATED)?;
    let (id, secret) = (string_at(&key, "/id")?, string_at(&key, "/apiKey")?);
    let old = Api::new(harness.api().origin()).with_key(&secret);
    // It deletes itself.
    old.delete(&format!("/v1/api-keys/{id}"))?.expect_status(StatusCode::NO_CONTENT)?;
    assert_equal("status", old.get("/v1/emails")?.status, StatusCode::UNAUTHORIZED)?;
    let page = log(&organisation, "")?;
    assert_equal("status of the newest", &page[0]["status"], 401)?;
    assert_equal("key of a request that wasn't authenticated", &page[0]["key"], &Value::Null)?;
    assert_equal("route of the one before", &page[1]["route"], "/v1/api-keys/{id}")?;
    assert_equal("its key", &page[1]["key"]["name"], "Old")?;
    assert_that(!json!(page).to_string().contains(&secret), "the log has an API key")
}

fn log(organisation: &Organisation, query: &str) -> test_support::Result<Vec<Value>> {
    let page = organisation.api.get(&format!("/v1/requests{query}"))?.expect_status(StatusCode::OK)?;
    Ok(page["data"].as_array().cloned().unwrap_or_default())
}

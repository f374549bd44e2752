//! API keys of an organisation.

use std::sync::Weak;

use http::{Method, StatusCode};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{Result, api::Api};

use super::{TestResult, assert_equal, assert_error, assert_that, trial};
use crate::harness::{Harness, string_at};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("api_keys::{name}"), harness, case);
    vec![
        case("a key is returned once, works, and is rejected after its deletion", key_lifecycle),
        case("a session ends when its key is deleted", session_of_deleted_key),
        case("the last key can't be deleted", last_key),
        case("an organisation has at most twenty keys, and a repeated request creates only one", key_limit),
    ]
}

const KEYS: &str = "/v1/api-keys";

fn create_key(api: &Api, name: &str) -> Result<Value> {
    api.post(KEYS, &json!({ "name": name }))?.expect_status(StatusCode::CREATED)
}

fn list_keys(api: &Api) -> Result<Vec<Value>> {
    let list = api.get(KEYS)?.expect_status(StatusCode::OK)?;
    Ok(list["data"].as_array().cloned().unwrap_or_default())
}

fn key_lifecycle(harness: &Harness) -> TestResult {
    let (organisation, other) = (harness.create_organisation()?, harness.create_organisation()?);
    let created = create_key(&organisation.api, " Shop ")?;
    let key = string_at(&created, "/apiKey")?;
    assert_equal(
        "name and lastUsedAt",
        (&created["name"], &created["lastUsedAt"]),
        (&json!("Shop"), &Value::Null),
    )?;
    assert_that(
        key.ends_with(created["hint"].as_str().unwrap_or("?")),
        "the hint is not the end of the key",
    )?;
    let shop = harness.api().with_key(&key);
    let listed = list_keys(&shop)?;
    let names: Vec<_> = listed.iter().map(|key| (key["name"].as_str(), key["current"].as_bool())).collect();
    assert_equal("keys", names, vec![(Some("First key"), Some(false)), (Some("Shop"), Some(true))])?;
    assert_that(
        listed.iter().all(|key| key["lastUsedAt"].is_string()),
        format!("a key has no lastUsedAt: {listed:?}"),
    )?;
    assert_that(!json!(listed).to_string().contains(&key), "the list contains a key")?;

    let path = format!("{KEYS}/{}", string_at(&created, "/id")?);
    assert_equal(
        "deleting another organisation's key",
        other.api.delete(&path)?.status,
        StatusCode::NOT_FOUND,
    )?;
    assert_equal("status of the deletion", organisation.api.delete(&path)?.status, StatusCode::NO_CONTENT)?;
    assert_equal("status with the deleted key", shop.get(KEYS)?.status, StatusCode::UNAUTHORIZED)?;
    assert_equal(
        "status of a second deletion",
        organisation.api.delete(&path)?.status,
        StatusCode::NOT_FOUND,
    )?;
    assert_equal("keys", list_keys(&organisation.api)?.len(), 1)
}

fn session_of_deleted_key(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let created = create_key(&organisation.api, "A person")?;
    let origin = harness.api().origin().to_owned();
    let dashboard_headers = [("origin", origin.as_str()), ("x-kraiter-csrf", "1")];
    let body = ("application/json", json!({ "apiKey": created["apiKey"] }).to_string().into());
    let response = harness.api().send(Method::POST, "/v1/session", Some(body), &dashboard_headers)?;
    let cookie = response.headers.get("set-cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let call = |method: Method, path: &str| {
        harness.api().send(
            method,
            path,
            None,
            &[dashboard_headers[0], dashboard_headers[1], ("cookie", cookie.as_str())],
        )
    };
    let list = call(Method::GET, KEYS)?.expect_status(StatusCode::OK)?;
    assert_equal("the session's key is current", &list["data"][1]["current"], true)?;
    let path = format!("{KEYS}/{}", string_at(&created, "/id")?);
    assert_equal("status of the deletion", call(Method::DELETE, &path)?.status, StatusCode::NO_CONTENT)?;
    assert_equal("status of the session", call(Method::GET, "/v1/session")?.status, StatusCode::UNAUTHORIZED)
}

fn last_key(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    create_key(&organisation.api, "Another")?;
    let ids: Vec<_> =
        list_keys(&organisation.api)?.iter().map(|key| string_at(key, "/id")).collect::<Result<_>>()?;
    let delete = |id: &str| {
        Ok::<_, test_support::Error>(
            organisation.api.delete(&format!("{KEYS}/{id}"))?.code().map(str::to_owned),
        )
    };
    // `organisation.api` uses the first key, which must work until the end.
    assert_equal("deleting the other key", delete(&ids[1])?, None)?;
    assert_equal("deleting the last key", delete(&ids[0])?.as_deref(), Some("last_api_key"))?;
    assert_equal("keys", list_keys(&organisation.api)?.len(), 1)
}

fn key_limit(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let body = || Some(("application/json", json!({ "name": "Once" }).to_string().into()));
    let create_once = || organisation.api.send(Method::POST, KEYS, body(), &[("idempotency-key", "once")]);
    let first = create_once()?.expect_status(StatusCode::CREATED)?;
    assert_equal("repeated request", create_once()?.expect_status(StatusCode::CREATED)?, first)?;
    for number in 2..20 {
        create_key(&organisation.api, &format!("Number {number}"))?;
    }
    let rejected = organisation.api.post(KEYS, &json!({ "name": "One more" }))?;
    assert_error("one key more", &rejected, 409, "too_many_api_keys")?;
    assert_equal("keys", list_keys(&organisation.api)?.len(), 20)
}

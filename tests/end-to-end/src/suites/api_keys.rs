//! API keys of an organisation.

use std::sync::Weak;

use api_contract::{Access, ROUTES, Route};
use domain::api_key::KeyScope;
use http::{Method, StatusCode};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{Result, api::Api, wait::Poll};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use super::{TestResult, assert_equal, assert_error, assert_that, trial};
use crate::{
    harness::{Harness, string_at},
    polling::wait_for,
    test_email::{BOUNCE, COMPLAINT, SUCCESS, email_to},
};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("api_keys::{name}"), harness, case);
    vec![
        case("a key is returned once, works, and is rejected after its deletion", key_lifecycle),
        case("a session ends when its key is deleted", session_of_deleted_key),
        case("the last full key without an expiry can't be deleted", last_key),
        case("a key may call exactly the routes of its scope", scopes),
        case("a session has the scope of the key that created it", session_scope),
        case("a key and its sessions stop working when it expires", expiry),
        case("emails of a test key go to the mailbox simulator, and are marked", test_key),
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

/// Creates a key with a scope. Returns a client that uses it.
fn scoped(harness: &Harness, api: &Api, scope: &str) -> Result<Api> {
    let created = api.post(KEYS, &json!({ "name": scope, "scope": scope }))?;
    let created = created.expect_status(StatusCode::CREATED)?;
    Ok(harness.api().with_key(&string_at(&created, "/apiKey")?))
}

/// Returns the scopes that a route accepts.
fn accepted_scopes(route: &Route) -> Vec<KeyScope> {
    KeyScope::ALL.into_iter().filter(|scope| route.scope().permits(*scope)).collect()
}

fn scopes(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let keys = [KeyScope::Sending, KeyScope::Read]
        .map(|scope| scoped(harness, &organisation.api, scope.name()).map(|api| (scope, api)));
    let keys = keys.into_iter().collect::<Result<Vec<_>>>()?;
    for route in ROUTES.iter().filter(|route| route.access() == Access::Organisation) {
        let path = route.path().replace("{id}", "unknown").replace("{address}", "unknown");
        let method = Method::from_bytes(route.method().name().as_bytes())?;
        let media_type = route.body().media_type();
        for (scope, api) in &keys {
            let response = api.send(method.clone(), &path, Some((media_type, "".into())), &[])?;
            let is_accepted = response.code() != Some("insufficient_scope");
            let expected = accepted_scopes(route).contains(scope);
            assert_equal(&format!("{} with {}", route.name, scope.name()), is_accepted, expected)?;
            if !expected {
                assert_equal("status", response.status, StatusCode::FORBIDDEN)?;
            }
        }
    }
    let [(_, sending), (_, read)] = &keys[..] else { return Err("there are two keys".into()) };
    // What the issue of a key with fewer rights is about.
    for (api, method, path) in [
        (sending, Method::GET, "/v1/emails"),
        (sending, Method::DELETE, "/v1/aws-binding"),
        (sending, Method::POST, KEYS),
        (read, Method::POST, "/v1/emails"),
        (read, Method::DELETE, "/v1/suppressions/a@example.com"),
        (read, Method::DELETE, "/v1/api-keys/key_019ab0c5d0007000800000000000000a"),
    ] {
        let body = Some(("application/json", "".into()));
        let response = api.send(method.clone(), path, body, &[])?;
        assert_error(&format!("{method} {path}"), &response, 403, "insufficient_scope")?;
    }
    let refused = read.post(KEYS, &json!({ "name": "More", "scope": "full" }))?;
    assert_that(
        refused.body["detail"].as_str().is_some_and(|detail| detail.contains("needs the scope \"full\"")),
        format!("the problem doesn't name the scope: {}", refused.body),
    )
}

/// Signs in with a key. Returns the session's cookie.
fn sign_in(harness: &Harness, key: &str) -> Result<String> {
    let body = ("application/json", json!({ "apiKey": key }).to_string().into());
    let response = harness.api().send(Method::POST, "/v1/session", Some(body), &[("x-kraiter-csrf", "1")])?;
    let cookie = response.headers.get("set-cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}

fn session_scope(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let created = organisation.api.post(KEYS, &json!({ "name": "A person", "scope": "read" }))?;
    let key = string_at(&created.expect_status(StatusCode::CREATED)?, "/apiKey")?;
    let cookie = sign_in(harness, &key)?;
    let headers = [("x-kraiter-csrf", "1"), ("cookie", cookie.as_str())];
    let call = |method: Method, path: &str| harness.api().send(method, path, None, &headers);
    let session = call(Method::GET, "/v1/session")?.expect_status(StatusCode::OK)?;
    assert_equal("scope of the session", &session["scope"], "read")?;
    assert_equal("list of keys", call(Method::GET, KEYS)?.status, StatusCode::OK)?;
    assert_error("disconnecting", &call(Method::DELETE, "/v1/aws-binding")?, 403, "insufficient_scope")
}

fn expiry(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let expires_at = (OffsetDateTime::now_utc() + Duration::seconds(3)).format(&Rfc3339)?;
    let created = organisation.api.post(KEYS, &json!({ "name": "Soon", "expiresAt": expires_at }))?;
    let created = created.expect_status(StatusCode::CREATED)?;
    let key = string_at(&created, "/apiKey")?;
    let cookie = sign_in(harness, &key)?;
    let api = harness.api().with_key(&key);
    let expired = wait_for("the key expires", || {
        let response = api.get("/v1/session")?;
        Ok(if response.status == StatusCode::OK {
            Poll::Pending(String::new())
        } else {
            Poll::Ready(response)
        })
    })?;
    assert_error("the key", &expired, 401, "api_key_expired")?;
    let session = harness.api().send(Method::GET, "/v1/session", None, &[("cookie", cookie.as_str())])?;
    assert_error("its session", &session, 401, "api_key_expired")?;
    let body = ("application/json", json!({ "apiKey": key }).to_string().into());
    let sign_in = harness.api().send(Method::POST, "/v1/session", Some(body), &[("x-kraiter-csrf", "1")])?;
    assert_error("signing in", &sign_in, 401, "api_key_expired")?;
    let path = format!("{KEYS}/{}", string_at(&created, "/id")?);
    assert_equal("deleting it", organisation.api.delete(&path)?.status, StatusCode::NO_CONTENT)
}

fn last_key(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    create_key(&organisation.api, "Another")?;
    let expires_at = (OffsetDateTime::now_utc() + Duration::days(1)).format(&Rfc3339)?;
    for lesser in [
        json!({ "name": "Lesser", "scope": "sending" }),
        json!({ "name": "Lesser", "scope": "read" }),
        json!({ "name": "Lesser", "expiresAt": expires_at }),
    ] {
        organisation.api.post(KEYS, &lesser)?.expect_status(StatusCode::CREATED)?;
    }
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
    for lesser in &ids[2..] {
        assert_equal("deleting a lesser key", delete(lesser)?, None)?;
    }
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

fn test_key(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let feed_on = api.send(
        Method::PUT,
        "/v1/settings",
        Some(("application/json", json!({ "tracking": false, "feed": true }).to_string().into())),
        &[],
    )?;
    feed_on.expect_status(StatusCode::OK)?;
    let key = json!({ "name": "Tests", "scope": "sending", "test": true });
    let created = api.post("/v1/api-keys", &key)?.expect_status(StatusCode::CREATED)?;
    let key = string_at(&created, "/apiKey")?;
    assert_that(key.starts_with("kr_test_"), "a test key has the prefix of another")?;
    let tests = harness.api().with_key(&key);
    let mut ids = Vec::new();
    // The emulator's simulator only bounces and complains without a label; AWS's ignores the label.
    for (to, mailbox, status) in [
        ("ada@example.com", "success+ada-example-com@simulator.amazonses.com", "delivered"),
        ("bounce@example.com", "bounce+bounce-example-com@simulator.amazonses.com", "delivered"),
        (BOUNCE, BOUNCE, "bounced"),
        (COMPLAINT, COMPLAINT, "complained"),
    ] {
        let sent = tests.post("/v1/emails", &email_to(to))?.expect_status(StatusCode::ACCEPTED)?;
        let id = string_at(&sent, "/id")?;
        let email = connected.wait_for_email(&id, status)?;
        assert_equal("recipient", &email["to"], &json!([mailbox]))?;
        assert_equal("mark of the email", &email["test"], true)?;
        ids.push(id);
    }
    let suppressed = api.get("/v1/suppressions")?.expect_status(StatusCode::OK)?;
    assert_equal("suppressed addresses", &suppressed["data"], &json!([]))?;
    let events = api.get("/v1/events")?.expect_status(StatusCode::OK)?;
    let of_emails =
        events["data"].as_array().into_iter().flatten().filter(|event| event["data"]["emailId"].is_string());
    assert_that(of_emails.clone().count() >= 6, "the feed lacks events")?;
    assert_that(of_emails.into_iter().all(|event| event["data"]["test"] == true), "an event isn't marked")?;
    for call in harness.aws_proxy.processed_emails(&connected.role_arn) {
        let recipients = call.json()["Destination"]["ToAddresses"].to_string();
        assert_that(recipients.contains("@simulator.amazonses.com"), format!("AWS got {recipients}"))?;
    }
    // An email of another key isn't a test, and a test key doesn't see it.
    let other = connected.send(&email_to(SUCCESS), "sent")?;
    assert_equal("mark of another key's email", &connected.email(&other)?["test"], false)?;
    let path = format!("/v1/emails/{other}");
    assert_error("getting another key's email", &tests.get(&path)?, 404, "not_found")?;
    assert_equal("its own email", tests.get(&format!("/v1/emails/{}", ids[0]))?.status, StatusCode::OK)
}

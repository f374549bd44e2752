//! Listing, renaming and suspending organisations, and their API keys.

use http::{Method, StatusCode};
use serde_json::json;
use test_support::test_env::ADMIN_TOKEN;

use super::{TestResult, administrator, assert_equal, assert_error, assert_that};
use crate::{
    harness::{Harness, string_at},
    polling::wait_until,
    test_email::{SUCCESS, email_to},
};

pub(super) fn replacement_key(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let path = format!("/v1/organisations/{}/api-keys", organisation.id);
    let authorization = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", organisation.id.as_str())];
    let body = || Some(("application/json", json!({ "name": "Replacement" }).to_string().into()));
    let create = || harness.api().send(Method::POST, &path, body(), &headers);
    let created = create()?.expect_status(StatusCode::CREATED)?;
    assert_equal("repeated request", create()?.expect_status(StatusCode::CREATED)?, created.clone())?;

    let replaced = harness.api().with_key(&string_at(&created, "/apiKey")?);
    let keys = replaced.get("/v1/api-keys")?.expect_status(StatusCode::OK)?;
    let names: Vec<_> = keys["data"].as_array().into_iter().flatten().map(|key| &key["name"]).collect();
    assert_equal("keys", names, vec![&json!("First key"), &json!("Replacement")])?;
    let by_itself = organisation.api.post(&path, &json!({ "name": "Another" }))?;
    assert_equal("status with the organisation's key", by_itself.status, StatusCode::UNAUTHORIZED)
}

pub(super) fn list_and_rename(harness: &Harness) -> TestResult {
    let (older, newer) = (harness.create_organisation()?, harness.create_organisation()?);
    let administrator = administrator(harness);
    let path = format!("/v1/organisations/{}", older.id);
    let rename = |name: &str| administrator.call(Method::PUT, &path, Some(&json!({ "name": name })));
    let renamed = rename(" Renamed ")?.expect_status(StatusCode::OK)?;
    assert_equal("name", &renamed["name"], "Renamed")?;
    let session = older.api.get("/v1/session")?.expect_status(StatusCode::OK)?;
    assert_equal("name in the session", &session["organisation"]["name"], "Renamed")?;

    // Other cases create organisations at the same time, so the list is read page by page until both are found.
    let (mut listed, mut cursor) = (Vec::new(), String::new());
    while !listed.contains(&renamed) {
        let query = format!("/v1/organisations?limit=1{cursor}");
        let page = administrator.get(&query)?.expect_status(StatusCode::OK)?;
        listed.extend(page["data"].as_array().cloned().unwrap_or_default());
        cursor = format!("&cursor={}", string_at(&page, "/nextCursor").unwrap_or_default());
        if page["nextCursor"].is_null() {
            break;
        }
    }
    let position = |id: &str| listed.iter().position(|organisation| organisation["id"] == id);
    let positions = position(&newer.id).zip(position(&older.id));
    assert_that(
        positions.is_some_and(|(newer, older)| newer < older),
        format!("the newer organisation isn't listed before the older one: {listed:?}"),
    )?;

    administrator.delete(&path)?.expect_status(StatusCode::NO_CONTENT)?;
    assert_equal("renaming a deleted organisation", rename("Deleted")?.status, StatusCode::NOT_FOUND)
}

pub(super) fn keys(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let administrator = administrator(harness);
    let path = format!("/v1/organisations/{}/api-keys", organisation.id);
    let keys = || administrator.get(&path)?.expect_status(StatusCode::OK);
    let first = string_at(&keys()?, "/data/0/id")?;
    let revoke = |id: &str| administrator.delete(&format!("{path}?key={id}"));
    assert_error("revoking the last key", &revoke(&first)?, 409, "last_api_key")?;

    let created = administrator.post(&path, &json!({ "name": "Replacement" }))?;
    let created = created.expect_status(StatusCode::CREATED)?;
    revoke(&first)?.expect_status(StatusCode::NO_CONTENT)?;
    assert_error("revoking it again", &revoke(&first)?, 404, "not_found")?;
    assert_equal("the keys that remain", &keys()?["data"][0]["id"], &created["id"])?;
    let status = organisation.api.get("/v1/api-keys")?.status;
    assert_equal("status with the revoked key", status, StatusCode::UNAUTHORIZED)
}

pub(super) fn suspension(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let organisation = &connected.organisation;
    let administrator = administrator(harness);
    let path = format!("/v1/organisations/{}", organisation.id);
    let suspend = |suspended: bool| {
        let changed = administrator.call(Method::PUT, &path, Some(&json!({ "suspended": suspended })))?;
        changed.expect_status(StatusCode::OK)
    };
    let _held = harness.webhook_proxy.hold_notifications(&connected.topic_arn);
    let sent = connected.send(&email_to(SUCCESS), "sent")?;
    let events = || {
        let mut posts = harness.webhook_proxy.sns_posts(&connected.topic_arn);
        posts.retain(|post| post.event()["mail"]["tags"]["kraiter-message-id"][0] == sent.as_str());
        posts
    };
    wait_until("the events that a delivery causes", || Ok(events().len() == 2))?;
    let suspended = suspend(true)?;
    assert_that(suspended["suspendedAt"].is_string(), format!("it isn't suspended: {suspended}"))?;
    assert_equal("suspending it again", suspend(true)?, suspended)?;

    assert_error("sending", &connected.submit(&email_to(SUCCESS))?, 403, "organisation_suspended")?;
    let template = organisation.api.post("/v1/templates", &json!({ "name": "a" }))?;
    assert_error("changing something", &template, 403, "organisation_suspended")?;
    // The events of the email that was sent before arrive, and can be read.
    for event in events() {
        let response = harness.post_to_webhook(&event.target, event.body)?;
        assert_equal("status of the response to an event", response.status, StatusCode::OK)?;
    }
    assert_equal("status of the email", &connected.email(&sent)?["status"], "delivered")?;

    suspend(false)?;
    connected.send(&email_to(SUCCESS), "sent")?;
    Ok(())
}

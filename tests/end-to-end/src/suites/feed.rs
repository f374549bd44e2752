//! The event feed.

use std::{collections::BTreeMap, sync::Weak};

use http::{Method, StatusCode};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use time::Duration;

use super::{
    TestResult, assert_equal, assert_error, assert_that, hot_path::scenario::Scenario,
    identities::report_pending, trial,
};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, string_at},
    polling::wait_until,
    test_email::{BOUNCE, SUCCESS, email_to},
};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&Harness) -> TestResult| trial(format!("feed::{name}"), harness, case);
    vec![
        case(
            "events have numbers without gaps from the moment the feed is switched on",
            numbers_without_gaps,
        ),
        case("every email has each of its events once, however its events arrive", each_event_once),
        case("pages of the feed fit together, and a number from the future is refused", pages),
        case("another organisation's events are not in the feed", other_organisation),
        case("an identity that is verified while nobody looks is one event", verified_identity),
    ]
}

fn numbers_without_gaps(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let off = connected.organisation.api.get("/v1/events")?;
    assert_error("the feed of an organisation that has not switched it on", &off, 409, "feed_off")?;
    // Not in the feed: it was off.
    let before = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&before)?;

    switch_on(&connected)?;
    let empty = page(&connected, "")?;
    assert_equal("an empty feed", empty, json!({ "data": [], "oldestNumber": null, "newestNumber": 0 }))?;
    let delivered = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&delivered)?;
    let bounced = connected.send(&email_to(BOUNCE), "sent")?;
    connected.wait_for_email(&bounced, "bounced")?;
    let mut rejected = email_to(SUCCESS);
    rejected["from"] = json!("sender@example.com");
    assert_error("an email that SES refuses", &connected.submit(&rejected)?, 400, "aws_refused")?;

    let events = all_events(&connected)?;
    let numbers: Vec<_> = events.iter().map(|event| event["number"].clone()).collect();
    assert_equal("numbers", numbers, (1..=events.len()).map(|number| json!(number)).collect::<Vec<_>>())?;
    let types = |id: &str| -> Vec<&str> {
        let of_email = events.iter().filter(|event| event["data"]["emailId"] == id);
        of_email.filter_map(|event| event["type"].as_str()).collect()
    };
    assert_equal("events from before", types(&before), Vec::<&str>::new())?;
    assert_equal("delivered", types(&delivered), ["email.accepted", "email.sent", "email.delivered"])?;
    assert_equal("bounced", types(&bounced), ["email.accepted", "email.sent", "email.bounced"])?;
    let last_types: Vec<_> = events.iter().rev().take(2).map(|event| event["type"].clone()).collect();
    assert_equal("an email that failed", last_types, ["email.failed", "email.accepted"])?;
    let failed = events.last().ok_or("no event")?;
    assert_equal("code", &failed["data"]["detail"]["code"], "MessageRejected")?;
    let sent = &events[1];
    let email = connected.email(&delivered)?;
    assert_equal("SES's ID", &sent["data"]["detail"]["sesMessageId"], &email["sesMessageId"])?;
    assert_equal("recipients", &sent["data"]["recipients"], &json!([SUCCESS]))?;
    assert_equal("subject", &sent["data"]["subject"], &email["subject"])
}

fn each_event_once(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    switch_on(&connected)?;
    let mut emails = Vec::new();
    for _ in 0..5 {
        emails.push(email_to(SUCCESS));
    }
    let batch = json!({ "emails": emails });
    connected.organisation.api.post("/v1/emails/batch", &batch)?.expect_status(StatusCode::ACCEPTED)?;
    let posts = || harness.webhook_proxy.sns_posts(&connected.topic_arn);
    wait_until("two events of each email", || Ok(posts().len() >= 2 * emails.len()))?;
    wait_until("all events in the feed", || Ok(all_events(&connected)?.len() == 3 * emails.len()))?;
    for post in posts() {
        let response = harness.post_to_webhook(&post.target, post.body.clone())?;
        assert_equal("status of a repeated event", response.status, StatusCode::OK)?;
    }
    let mut counts = BTreeMap::<(String, String), u32>::new();
    for event in all_events(&connected)? {
        let key = (event["data"]["emailId"].to_string(), event["type"].to_string());
        *counts.entry(key).or_default() += 1;
    }
    assert_equal("emails times types", counts.len(), 3 * emails.len())?;
    assert_that(counts.values().all(|count| *count == 1), format!("repeated events: {counts:?}"))
}

fn pages(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    switch_on(&connected)?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    let all = all_events(&connected)?;
    let mut found = Vec::new();
    while let Some(event) = page(&connected, &format!("?limit=1&after={}", found.len()))?["data"].get(0) {
        found.push(event.clone());
    }
    assert_equal("events one by one", found, all)?;
    let future = connected.organisation.api.get("/v1/events?after=4")?;
    assert_error("a number that doesn't exist yet", &future, 422, "invalid_after")?;
    // Switched off and on again, the numbers go on.
    switch(&connected, false)?;
    assert_error("off again", &connected.organisation.api.get("/v1/events")?, 409, "feed_off")?;
    switch(&connected, true)?;
    connected.send(&email_to(SUCCESS), "sent")?;
    let next = page(&connected, "?after=3&limit=1")?;
    assert_equal("next number", &next["data"][0]["number"], 4)
}

fn other_organisation(harness: &Harness) -> TestResult {
    let (owner, other) = (harness.connect_organisation()?, harness.connect_organisation()?);
    switch_on(&owner)?;
    switch_on(&other)?;
    owner.send(&email_to(SUCCESS), "sent")?;
    assert_equal("events of the other organisation", all_events(&other)?, Vec::<Value>::new())
}

pub(super) fn switch_on(connected: &ConnectedOrganisation) -> TestResult {
    switch(connected, true)
}

fn switch(connected: &ConnectedOrganisation, on: bool) -> TestResult {
    let settings = json!({ "feed": on });
    let changed = connected.organisation.api.call(Method::PUT, "/v1/settings", Some(&settings))?;
    assert_equal("setting", &changed.expect_status(StatusCode::OK)?["feed"], on)
}

fn page(connected: &ConnectedOrganisation, query: &str) -> test_support::Result<Value> {
    connected.organisation.api.get(&format!("/v1/events{query}"))?.expect_status(StatusCode::OK)
}

pub(super) fn all_events(connected: &ConnectedOrganisation) -> test_support::Result<Vec<Value>> {
    Ok(page(connected, "")?["data"].as_array().cloned().unwrap_or_default())
}

fn verified_identity(harness: &Harness) -> TestResult {
    let mut scenario = Scenario::start(harness, "feed-verified-identity")?;
    switch_on(&scenario.connected)?;
    let pending = report_pending(&scenario.environment().aws_proxy, &scenario.connected);
    let body = json!({ "identity": "mail.example" });
    let api = &scenario.connected.organisation.api;
    let created = api.post("/v1/identities", &body)?.expect_status(StatusCode::CREATED)?;
    assert_equal("verified", &created["verified"], false)?;
    let verifications = |scenario: &Scenario<'_>| -> test_support::Result<Vec<Value>> {
        let events = all_events(&scenario.connected)?;
        Ok(events.into_iter().filter(|event| event["type"] == "identity.verified").collect())
    };
    scenario.move_clock(Duration::minutes(2))?;
    scenario.ring()?;
    assert_equal("events while it is pending", verifications(&scenario)?.len(), 0)?;
    drop(pending);
    scenario.move_clock(Duration::minutes(2))?;
    scenario.ring()?;
    // Nothing is left to be seen by a later alarm or request.
    scenario.move_clock(Duration::hours(2))?;
    scenario.ring()?;
    let path = format!("/v1/identities/{}", string_at(&created, "/id")?);
    scenario.connected.organisation.api.get(&path)?.expect_status(StatusCode::OK)?;
    let data: Vec<_> = verifications(&scenario)?.iter().map(|event| event["data"].clone()).collect();
    let expected =
        json!({ "identityId": created["id"], "identity": "mail.example", "region": created["region"] });
    assert_equal("events", data, vec![expected])
}

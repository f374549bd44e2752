//! An organisation's metrics.

use std::sync::Weak;

use http::StatusCode;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{Result, api::Api, test_env::ADMIN_TOKEN};
use time::{Duration, OffsetDateTime};

use super::{TestResult, assert_equal, assert_that, trial};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::Harness,
    polling::wait_until,
    sns_signer::sns_timestamp,
    test_email::{BOUNCE, COMPLAINT, SUCCESS, email_to, scheduled_tomorrow},
};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("metrics::{name}"), harness, case);
    vec![
        case("metrics follow every change of an email", changes),
        case("metrics are grouped by domain, template, region and tag", groups),
        case("metrics stay when emails are deleted, and end after thirteen months", retention),
    ]
}

/// Returns accepted, sent, delivered, bounced and complained emails.
fn numbers(totals: &Value) -> Vec<u64> {
    let names = ["accepted", "sent", "delivered", "bounced", "complained"];
    names.iter().filter_map(|name| totals[name].as_u64()).collect()
}

fn metrics(connected: &ConnectedOrganisation, query: &str) -> Result<Value> {
    connected.organisation.api.get(&format!("/v1/metrics?{query}"))?.expect_status(StatusCode::OK)
}

fn expect_numbers(connected: &ConnectedOrganisation, expected: [u64; 5]) -> TestResult {
    let metrics = metrics(connected, "by=hour")?;
    assert_equal("numbers", numbers(&metrics["totals"]), expected.to_vec())?;
    assert_equal("up to date", &metrics["upToDate"], true)
}

fn changes(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    expect_numbers(&connected, [0, 0, 0, 0, 0])?;
    let delivered = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&delivered)?;
    expect_numbers(&connected, [1, 1, 1, 0, 0])?;
    // Each change after a response is in the next one.
    let scheduled = connected.send(&scheduled_tomorrow(email_to(SUCCESS)), "scheduled")?;
    expect_numbers(&connected, [2, 1, 1, 0, 0])?;
    let bounced = connected.send(&email_to(BOUNCE), "sent")?;
    connected.wait_for_email(&bounced, "bounced")?;
    expect_numbers(&connected, [3, 2, 1, 1, 0])?;
    let complained = connected.send(&email_to(COMPLAINT), "sent")?;
    connected.wait_for_email(&complained, "complained")?;
    wait_until("the complaint with its delivery", || {
        Ok(numbers(&metrics(&connected, "by=day")?["totals"]) == [4, 3, 2, 1, 1])
    })?;
    let cancel = connected.organisation.api.post(&format!("/v1/emails/{scheduled}/cancel"), &json!({}))?;
    cancel.expect_status(StatusCode::OK)?;
    let mut rejected = email_to(SUCCESS);
    rejected["from"] = json!("sender@example.com");
    connected.submit(&rejected)?.expect_status(StatusCode::BAD_REQUEST)?;
    let after = metrics(&connected, "by=hour")?;
    assert_equal("numbers", numbers(&after["totals"]), vec![5, 3, 2, 1, 1])?;
    assert_equal("failed", &after["totals"]["failed"], 1)?;
    // The mailbox simulator's recipients don't count, as on AWS.
    assert_equal("recipients", &after["totals"]["recipients"], 0)?;
    assert_equal("bounce rate", &after["bounces"]["level"], "too_few")
}

fn groups(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let template = json!({ "name": "Order", "subject": "Order", "text": "Thank you" });
    let template = api.post("/v1/templates", &template)?.expect_status(StatusCode::CREATED)?["id"].clone();
    let mut rendered = email_to(SUCCESS);
    for part in ["subject", "text"] {
        rendered.as_object_mut().ok_or("no object")?.remove(part);
    }
    rendered["template"] = json!({ "id": template });
    rendered["tags"] = json!({ "campaign": "autumn", "kind": "order" });
    connected.send(&rendered, "sent")?;
    connected.send(&email_to(SUCCESS), "sent")?;
    for (group, expected) in [
        ("domain", json!({ "simulator.amazonses.com": 2 })),
        ("template", json!({ (template.as_str().unwrap_or_default()): 1 })),
        ("region", json!({ "eu-west-1": 2 })),
        ("tag", json!({ "campaign=autumn": 1, "kind=order": 1 })),
    ] {
        let metrics = metrics(&connected, &format!("group={group}"))?;
        let groups = metrics["groups"].as_array().cloned().unwrap_or_default();
        let found = groups.iter().map(|series| {
            let last = series["points"].as_array().and_then(|points| points.last());
            let accepted = last.map(|point| point["counts"]["accepted"].clone()).unwrap_or_default();
            (series["value"].as_str().unwrap_or_default().to_owned(), accepted)
        });
        assert_equal(group, Value::Object(found.collect()), expected)?;
    }
    Ok(())
}

fn retention(harness: &Harness) -> TestResult {
    let (environment, customer) = harness.create_environment_with_clock("metrics")?;
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(customer)?;
    let sent_at = OffsetDateTime::now_utc();
    let delivered = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&delivered)?;
    let query = |by: &str| {
        let (from, to) = (sent_at - Duration::HOUR, sent_at + Duration::HOUR);
        format!("by={by}&from={}&to={}", sns_timestamp(from), sns_timestamp(to))
    };
    assert_equal("before", numbers(&metrics(&connected, &query("hour"))?["totals"]), vec![1, 1, 1, 0, 0])?;
    // Isn't counted before it is deleted.
    let bounced = connected.send(&email_to(BOUNCE), "sent")?;
    connected.wait_for_email(&bounced, "bounced")?;
    let after_days = |days: i64| -> Result<()> {
        worker.set_clock(Duration::days(days))?;
        worker.ring(&connected.organisation.id)
    };
    after_days(31)?;
    let found = connected.organisation.api.get(&format!("/v1/emails/{delivered}"))?;
    assert_equal("status of the deleted email", found.status, StatusCode::NOT_FOUND)?;
    for by in ["hour", "day"] {
        let metrics = metrics(&connected, &query(by))?;
        assert_equal("after thirty days", numbers(&metrics["totals"]), vec![2, 2, 1, 1, 0])?;
        assert_equal("up to date", &metrics["upToDate"], true)?;
    }
    let administrator = Api::new(environment.webhook_proxy.origin()).with_key(ADMIN_TOKEN);
    let backup = administrator.get(&format!("/v1/organisations/{}/backup", connected.organisation.id))?;
    let backup = backup.expect_status(StatusCode::OK)?.to_string();
    assert_that(backup.contains("deleted_metrics"), "the backup has no counts of deleted emails")?;
    after_days(398)?;
    let metrics = metrics(&connected, &query("hour"))?;
    assert_equal("after thirteen months", numbers(&metrics["totals"]), vec![0, 0, 0, 0, 0])
}

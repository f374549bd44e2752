//! Tracking of opens and clicks, which changes emails, so it happens only if asked for.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use test_support::{Result, api::ApiResponse};

use super::{TestResult, assert_equal, assert_error, event_types, events::publish};
use crate::{
    aws_proxy::{SEND_EMAIL, fault},
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, IRELAND, string_at},
    polling::wait_until,
    test_email::{SUCCESS, email_to},
};

/// `Call::action` of `CreateConfigurationSet`.
const CREATE_CONFIGURATION_SET: &str = "POST /v2/email/configuration-sets";

/// Returns an email that asks SES to track it.
pub(in crate::suites) fn tracked(mut email: Value, opens: bool, clicks: bool) -> Value {
    email["html"] = json!("<p><a href=\"https://example.com/\">Hello</a></p>");
    email["tracking"] = json!({ "opens": opens, "clicks": clicks });
    email
}

/// Calls `PUT /v1/settings`.
pub(in crate::suites) fn set_tracking(
    connected: &ConnectedOrganisation,
    tracking: bool,
) -> Result<ApiResponse> {
    let body = json!({ "tracking": tracking });
    connected.organisation.api.call(Method::PUT, "/v1/settings", Some(&body))
}

fn settings(connected: &ConnectedOrganisation) -> Result<Value> {
    connected.organisation.api.get("/v1/settings")?.expect_status(StatusCode::OK)
}

/// Returns the configuration set and the overrides of each SendEmail call so far.
fn sent_with(harness: &Harness, connected: &ConnectedOrganisation) -> Vec<(Value, Value)> {
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let parts =
        |request: Value| (request["ConfigurationSetName"].clone(), request["ConfigurationOverrides"].clone());
    calls.iter().map(|call| parts(call.json())).collect()
}

fn overrides(opens: &str, clicks: &str) -> Value {
    json!({ "Tracking": { "OpenTrackingEnabled": opens, "ClickTrackingEnabled": clicks } })
}

/// Returns the configuration set of emails that aren't tracked.
fn plain_set(connected: &ConnectedOrganisation) -> Result<Value> {
    Ok(json!(string_at(&connected.binding()?, "/configurationSet")?))
}

pub(super) fn untracked(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    assert_equal(
        "settings",
        settings(&connected)?,
        json!({ "tracking": false, "trackingConfigurationSets": [], "feed": false, "retentionDays": 30 }),
    )?;
    set_tracking(&connected, true)?.expect_status(StatusCode::OK)?;
    let mut with_file = email_to(SUCCESS);
    with_file["attachments"] = json!([{ "filename": "a.txt", "content": "aGk=" }]);
    for email in [email_to(SUCCESS), tracked(email_to(SUCCESS), false, false), with_file] {
        let id = connected.send(&email, "sent")?;
        assert_equal(
            "tracking",
            &connected.email(&id)?["tracking"],
            &json!({ "opens": false, "clicks": false }),
        )?;
    }
    let expected = (plain_set(&connected)?, overrides("DISABLED", "DISABLED"));
    assert_equal("requests", sent_with(harness, &connected), vec![expected; 3])
}

pub(super) fn tracked_email(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let settings = set_tracking(&connected, true)?.expect_status(StatusCode::OK)?;
    let set = string_at(&settings, "/trackingConfigurationSets/0/configurationSet")?;
    let expected = json!({
        "tracking": true,
        "trackingConfigurationSets": [{ "region": IRELAND, "configurationSet": set }],
        "feed": false,
        "retentionDays": 30,
    });
    assert_equal("settings", settings, expected)?;
    let destination = format!("{CREATE_CONFIGURATION_SET}/{set}/event-destinations");
    let created = harness.aws_proxy.calls_by_role(&connected.role_arn, &destination);
    let [created] = &created[..] else { return Err("no event destination was created".into()) };
    let destination = &created.json()["EventDestination"];
    assert_equal("topic", &destination["SnsDestination"]["TopicArn"], connected.topic_arn.as_str())?;
    let published = destination["MatchingEventTypes"].as_array().cloned().unwrap_or_default();
    assert_equal("published types", published.len(), 10)?;
    assert_equal("opens", published.contains(&json!("OPEN")), true)?;

    let id = connected.send(&tracked(email_to(SUCCESS), true, false), "sent")?;
    assert_equal(
        "request",
        sent_with(harness, &connected),
        vec![(json!(set), overrides("ENABLED", "DISABLED"))],
    )?;
    // The local SES reports the delivery through the tracking set's own destination.
    connected.wait_for_delivery(&id)?;
    publish(harness, &connected, &id, "Open", &json!({ "userAgent": "A mail client" }))?;
    assert_equal("status after an open", &connected.email(&id)?["status"], "opened")?;
    publish(harness, &connected, &id, "Click", &json!({ "link": "https://example.com/" }))?;
    let email = connected.email(&id)?;
    assert_equal("status after a click", &email["status"], "clicked")?;
    assert_equal("tracking", &email["tracking"], &json!({ "opens": true, "clicks": false }))?;
    let mut types = event_types(&email);
    types.sort_unstable();
    assert_equal("events", types, ["click", "delivery", "open", "send"])
}

pub(super) fn setting_off(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let email = tracked(email_to(SUCCESS), true, true);
    let refused = |when: &str| -> TestResult {
        let response = connected.submit(&email)?;
        assert_error(when, &response, 422, "tracking_off")?;
        assert_equal("field", response.text("/field"), "tracking")
    };
    refused("before tracking was switched on")?;
    let batch = json!({ "emails": [email, email_to(SUCCESS)] });
    let batch =
        connected.organisation.api.post("/v1/emails/batch", &batch)?.expect_status(StatusCode::ACCEPTED)?;
    assert_equal("tracked email of a batch", &batch["data"][0]["error"]["code"], "tracking_off")?;
    assert_equal("untracked email of a batch", batch["data"][1]["id"].is_string(), true)?;

    set_tracking(&connected, true)?.expect_status(StatusCode::OK)?;
    let throttle = harness.aws_proxy.throttle_emails(&connected.role_arn);
    let queued = connected.send(&email, "queued")?;
    set_tracking(&connected, false)?.expect_status(StatusCode::OK)?;
    refused("after tracking was switched off")?;
    drop(throttle);
    connected.wait_for_delivery(&queued)?;
    let expected = (plain_set(&connected)?, overrides("DISABLED", "DISABLED"));
    assert_equal("request of the queued email", sent_with(harness, &connected).pop(), Some(expected))
}

pub(super) fn no_overrides(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let _old_ses = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |call| {
        let is_known = call.json()["ConfigurationOverrides"].is_null();
        (!is_known)
            .then(|| fault::json_error(400, "BadRequestException", "Unknown field: ConfigurationOverrides"))
    });
    for _ in 0..2 {
        connected.send(&email_to(SUCCESS), "sent")?;
    }
    let plain = plain_set(&connected)?;
    let with = |overrides| (plain.clone(), overrides);
    let expected = vec![with(overrides("DISABLED", "DISABLED")), with(Value::Null), with(Value::Null)];
    assert_equal("requests", sent_with(harness, &connected), expected)?;
    set_tracking(&connected, true)?.expect_status(StatusCode::OK)?;
    // The tracking set would report clicks, too.
    connected.send(&tracked(email_to(SUCCESS), true, false), "sent")?;
    assert_equal("opens only", sent_with(harness, &connected).pop(), Some(with(Value::Null)))?;
    connected.send(&tracked(email_to(SUCCESS), true, true), "sent")?;
    wait_until("the tracked email to be sent", || Ok(sent_with(harness, &connected).len() == 5))?;
    let set = string_at(&settings(&connected)?, "/trackingConfigurationSets/0/configurationSet")?;
    assert_equal("opens and clicks", sent_with(harness, &connected).pop(), Some((json!(set), Value::Null)))
}

pub(super) fn refused_by_aws(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let denied =
        harness.aws_proxy.inject_fault_for_role(&connected.role_arn, CREATE_CONFIGURATION_SET, |_| {
            Some(fault::json_error(
                403,
                "AccessDeniedException",
                "not authorized to perform ses:CreateConfigurationSet",
            ))
        });
    let response = set_tracking(&connected, true)?;
    assert_error("response", &response, 400, "aws_refused")?;
    assert_equal("setting", &settings(&connected)?["tracking"], false)?;
    drop(denied);
    set_tracking(&connected, true)?.expect_status(StatusCode::OK)?;
    assert_equal("setting", &settings(&connected)?["tracking"], true)
}

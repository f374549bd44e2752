//! Events through a configuration set created by Kraiter and a customer-owned topic.

use http::StatusCode;
use serde_json::{Value, json};
use test_support::{Result, api::ApiResponse};

use super::{
    super::emails::tracking::{set_tracking, tracked},
    FRANKFURT, TestResult, assert_equal, assert_error, email_from, region_of, wait_for_active_events,
};
use crate::{
    aws_proxy::SEND_EMAIL,
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, IRELAND, parse_region, string_at},
};

/// `Call::action` of `CreateConfigurationSet`.
const CREATE_CONFIGURATION_SET: &str = "POST /v2/email/configuration-sets";

fn set_up_events(connected: &ConnectedOrganisation, body: &Value) -> Result<ApiResponse> {
    connected.organisation.api.post("/v1/aws-binding/events", body)
}

pub(crate) fn customer_topic(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let without_topic =
        set_up_events(&connected, &json!({ "region": FRANKFURT }))?.expect_status(StatusCode::OK)?;
    assert_equal("events without a topic", &without_topic["events"], "awaited")?;
    assert_equal("webhook URL without a topic", &without_topic["webhookUrl"], &Value::Null)?;
    let set = string_at(&without_topic, "/configurationSet")?;

    let customer = &connected.customer;
    let topic = customer.create_topic(parse_region(FRANKFURT)?, "kraiter-events")?;
    let created = set_up_events(&connected, &json!({ "region": FRANKFURT, "topicArn": topic }))?
        .expect_status(StatusCode::OK)?;
    assert_equal("configuration set", &created["configurationSet"], set.as_str())?;
    assert_equal("topic in the policy", &created["topicPolicy"]["Statement"][0]["Resource"], topic.as_str())?;
    assert_equal("events before the confirmation", &region_of(&connected, FRANKFURT)?["events"], "awaited")?;

    let webhook_url = string_at(&created, "/webhookUrl")?;
    customer.subscribe(parse_region(FRANKFURT)?, &topic, "http", &webhook_url)?;
    wait_for_active_events(&connected, FRANKFURT)?;
    let id = connected.send(&email_from(FRANKFURT), "sent")?;
    connected.wait_for_email(&id, "delivered")?;
    Ok(())
}

pub(crate) fn idempotent(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let topic = connected.customer.create_topic(parse_region(FRANKFURT)?, "kraiter-events")?;
    let body = json!({ "region": FRANKFURT, "topicArn": topic });
    let first = set_up_events(&connected, &body)?.expect_status(StatusCode::OK)?;
    let second = set_up_events(&connected, &body)?.expect_status(StatusCode::OK)?;
    assert_equal("configuration set", &second["configurationSet"], &first["configurationSet"])?;
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, CREATE_CONFIGURATION_SET);
    assert_equal("CreateConfigurationSet calls", calls.len(), 1)?;

    // The first webhook URL still works.
    let webhook_url = string_at(&first, "/webhookUrl")?;
    connected.customer.subscribe(parse_region(FRANKFURT)?, &topic, "http", &webhook_url)?;
    wait_for_active_events(&connected, FRANKFURT)?;
    Ok(())
}

pub(crate) fn tracking(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    set_tracking(&connected, true)?.expect_status(StatusCode::OK)?;
    let email = tracked(email_from(FRANKFURT), true, true);
    let response = connected.submit(&email)?;
    assert_error("region without events", &response, 422, "tracking_without_events")?;
    assert_equal("field", response.text("/field"), "tracking")?;

    let topic = connected.customer.create_topic(parse_region(FRANKFURT)?, "kraiter-events")?;
    let created = set_up_events(&connected, &json!({ "region": FRANKFURT, "topicArn": topic }))?
        .expect_status(StatusCode::OK)?;
    let webhook_url = string_at(&created, "/webhookUrl")?;
    connected.customer.subscribe(parse_region(FRANKFURT)?, &topic, "http", &webhook_url)?;
    wait_for_active_events(&connected, FRANKFURT)?;
    let id = connected.send(&email, "sent")?;
    connected.wait_for_email(&id, "delivered")?;
    let settings = connected.organisation.api.get("/v1/settings")?.expect_status(StatusCode::OK)?;
    let sets = &settings["trackingConfigurationSets"];
    assert_equal("second region", &sets[1]["region"], FRANKFURT)?;
    let sent = harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    assert_equal("configuration set", &sent[0].json()["ConfigurationSetName"], &sets[1]["configurationSet"])
}

pub(crate) fn unusable_topic(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let account = connected.customer.account();
    for (topic, code) in [
        (format!("arn:aws:sns:{IRELAND}:{account}:events"), "topic_region_mismatch"),
        (format!("arn:aws:sns:{FRANKFURT}:999999999999:events"), "topic_account_mismatch"),
        (format!("arn:aws:sqs:{FRANKFURT}:{account}:events"), "invalid_topic_arn"),
    ] {
        let response = set_up_events(&connected, &json!({ "region": FRANKFURT, "topicArn": topic }))?;
        assert_error(code, &response, 422, code)?;
        assert_equal("field", response.text("/field"), "topicArn")?;
    }
    assert_equal(
        "CreateConfigurationSet calls",
        harness.aws_proxy.calls_by_role(&connected.role_arn, CREATE_CONFIGURATION_SET).len(),
        0,
    )?;
    assert_equal("events", &region_of(&connected, FRANKFURT)?["events"], "none")
}

pub(crate) fn already_active(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let topic = connected.customer.create_topic(parse_region(IRELAND)?, "another")?;
    for body in [json!({}), json!({ "topicArn": topic })] {
        let response = set_up_events(&connected, &body)?;
        assert_error("response", &response, 409, "events_active")?;
    }
    Ok(())
}

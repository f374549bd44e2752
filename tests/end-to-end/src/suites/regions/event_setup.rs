//! Events by a configuration set of Kraiter's and a topic of the customer's.

use http::StatusCode;
use serde_json::{Value, json};
use test_support::{Result, api::ApiResponse, wait::Poll};

use super::{FRANKFURT, TestResult, assert_equal, email_from, region_of};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, IRELAND, parse_region, string_at},
    polling::wait_for,
};

const CREATE_SET: &str = "POST /v2/email/configuration-sets";

fn set_up_events(connected: &ConnectedOrganisation, body: &Value) -> Result<ApiResponse> {
    connected.organisation.api.post("/v1/aws-binding/events", body)
}

pub(crate) fn customer_topic(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let bare = set_up_events(&connected, &json!({ "region": FRANKFURT }))?.expect_status(StatusCode::OK)?;
    assert_equal("events without a topic", &bare["events"], "awaited")?;
    assert_equal("webhook URL without a topic", &bare["webhookUrl"], &Value::Null)?;
    let set = string_at(&bare, "/configurationSet")?;

    let customer = &connected.customer;
    let topic = customer.create_topic(parse_region(FRANKFURT)?, "kraiter-events")?;
    let created = set_up_events(&connected, &json!({ "region": FRANKFURT, "topicArn": topic }))?
        .expect_status(StatusCode::OK)?;
    assert_equal("configuration set", &created["configurationSet"], set.as_str())?;
    assert_equal("topic in the policy", &created["topicPolicy"]["Statement"][0]["Resource"], topic.as_str())?;
    assert_equal("events before the confirmation", &region_of(&connected, FRANKFURT)?["events"], "awaited")?;

    let address = string_at(&created, "/webhookUrl")?;
    customer.subscribe(parse_region(FRANKFURT)?, &topic, "http", &address)?;
    wait_for("the topic's events to be active", || {
        let region_view = region_of(&connected, FRANKFURT)?;
        Ok(if region_view["events"] == "active" {
            Poll::Ready(())
        } else {
            Poll::Pending(region_view.to_string())
        })
    })?;
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
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, CREATE_SET);
    assert_equal("CreateConfigurationSet calls", calls.len(), 1)?;

    // The first address works too.
    let address = string_at(&first, "/webhookUrl")?;
    connected.customer.subscribe(parse_region(FRANKFURT)?, &topic, "http", &address)?;
    wait_for("the topic's events to be active", || {
        let region_view = region_of(&connected, FRANKFURT)?;
        Ok(if region_view["events"] == "active" {
            Poll::Ready(())
        } else {
            Poll::Pending(region_view.to_string())
        })
    })?;
    Ok(())
}

pub(crate) fn wrong_topic(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let account = connected.customer.account();
    for (topic, code) in [
        (format!("arn:aws:sns:{IRELAND}:{account}:events"), "topic_region_mismatch"),
        (format!("arn:aws:sns:{FRANKFURT}:999999999999:events"), "topic_account_mismatch"),
        (format!("arn:aws:sqs:{FRANKFURT}:{account}:events"), "invalid_topic_arn"),
    ] {
        let response = set_up_events(&connected, &json!({ "region": FRANKFURT, "topicArn": topic }))?;
        assert_equal(code, (response.status.as_u16(), response.code()), (422, Some(code)))?;
        assert_equal("field", response.text("/field"), "topicArn")?;
    }
    assert_equal("calls", harness.aws_proxy.calls_by_role(&connected.role_arn, CREATE_SET).len(), 0)?;
    assert_equal("events", &region_of(&connected, FRANKFURT)?["events"], "none")
}

pub(crate) fn already_active(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let topic = connected.customer.create_topic(parse_region(IRELAND)?, "another")?;
    for body in [json!({}), json!({ "topicArn": topic })] {
        let response = set_up_events(&connected, &body)?;
        assert_equal("response", (response.status.as_u16(), response.code()), (409, Some("events_active")))?;
    }
    Ok(())
}

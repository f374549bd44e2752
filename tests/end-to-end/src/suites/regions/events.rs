//! Events by a configuration set of Kraiter's and a topic of the customer's.

use http::StatusCode;
use serde_json::{Value, json};
use test_support::{Result, api::ApiResponse, wait::Poll};

use super::{FRANKFURT, Outcome, email_from, equal, region_of};
use crate::{
    connected::{Connected, soon},
    world::{IRELAND, World, region, text},
};

const CREATE_SET: &str = "POST /v2/email/configuration-sets";

fn set_up(connected: &Connected, body: &Value) -> Result<ApiResponse> {
    connected.organisation.api.post("/v1/aws-binding/events", body)
}

pub(crate) fn by_hand(world: &World) -> Outcome {
    let connected = world.connected()?;
    let bare = set_up(&connected, &json!({ "region": FRANKFURT }))?.expect_status(StatusCode::OK)?;
    equal("events without a topic", &bare["events"], "awaited")?;
    equal("address without a topic", &bare["webhookUrl"], &Value::Null)?;
    let set = text(&bare, "/configurationSet")?;

    let customer = &connected.customer;
    let topic = customer.create_topic(region(FRANKFURT)?, "kraiter-events")?;
    let made = set_up(&connected, &json!({ "region": FRANKFURT, "topicArn": topic }))?
        .expect_status(StatusCode::OK)?;
    equal("configuration set", &made["configurationSet"], set.as_str())?;
    equal("the policy's topic", &made["topicPolicy"]["Statement"][0]["Resource"], topic.as_str())?;
    equal("events before the confirmation", &region_of(&connected, FRANKFURT)?["events"], "awaited")?;

    let address = text(&made, "/webhookUrl")?;
    customer.subscribe(region(FRANKFURT)?, &topic, "http", &address)?;
    soon("the topic's events", || {
        let seen = region_of(&connected, FRANKFURT)?;
        Ok(if seen["events"] == "active" { Poll::Ready(()) } else { Poll::Pending(seen.to_string()) })
    })?;
    let id = connected.send(&email_from(FRANKFURT), "sent")?;
    connected.wait_for_email(&id, "delivered")?;
    Ok(())
}

pub(crate) fn idempotent(world: &World) -> Outcome {
    let connected = world.connected()?;
    let topic = connected.customer.create_topic(region(FRANKFURT)?, "kraiter-events")?;
    let body = json!({ "region": FRANKFURT, "topicArn": topic });
    let first = set_up(&connected, &body)?.expect_status(StatusCode::OK)?;
    let second = set_up(&connected, &body)?.expect_status(StatusCode::OK)?;
    equal("configuration set", &second["configurationSet"], &first["configurationSet"])?;
    let calls = world.wiretap.calls_by_role(&connected.role_arn, CREATE_SET);
    equal("sets that were made", calls.len(), 1)?;

    // The first address works too.
    let address = text(&first, "/webhookUrl")?;
    connected.customer.subscribe(region(FRANKFURT)?, &topic, "http", &address)?;
    soon("the topic's events", || {
        let seen = region_of(&connected, FRANKFURT)?;
        Ok(if seen["events"] == "active" { Poll::Ready(()) } else { Poll::Pending(seen.to_string()) })
    })?;
    Ok(())
}

pub(crate) fn wrong_topic(world: &World) -> Outcome {
    let connected = world.connected()?;
    let account = connected.customer.account();
    for (topic, code) in [
        (format!("arn:aws:sns:{IRELAND}:{account}:events"), "topic_region_mismatch"),
        (format!("arn:aws:sns:{FRANKFURT}:999999999999:events"), "topic_account_mismatch"),
        (format!("arn:aws:sqs:{FRANKFURT}:{account}:events"), "invalid_topic_arn"),
    ] {
        let answer = set_up(&connected, &json!({ "region": FRANKFURT, "topicArn": topic }))?;
        equal(code, (answer.status.as_u16(), answer.code()), (422, Some(code)))?;
        equal("field", answer.text("/field"), "topicArn")?;
    }
    equal("calls", world.wiretap.calls_by_role(&connected.role_arn, CREATE_SET).len(), 0)?;
    equal("events", &region_of(&connected, FRANKFURT)?["events"], "none")
}

pub(crate) fn active(world: &World) -> Outcome {
    let connected = world.connected()?;
    let topic = connected.customer.create_topic(region(IRELAND)?, "another")?;
    for body in [json!({}), json!({ "topicArn": topic })] {
        let answer = set_up(&connected, &body)?;
        equal("answer", (answer.status.as_u16(), answer.code()), (409, Some("events_active")))?;
    }
    Ok(())
}

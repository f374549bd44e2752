//! Refusals that concern the account, not one email.

use http::StatusCode;
use libtest_mimic::Failed;
use serde_json::{Value, json};

use super::{TestResult, assert_equal, assert_that, scenario::Scenario};
use crate::{
    aws_proxy::{FaultGuard, SEND_EMAIL, fault::json_error},
    connected_organisation::last_history_step,
    harness::{Harness, string_at},
};

/// Makes SES refuse every email.
fn refuse(scenario: &Scenario<'_>, status: u16, code: &'static str, message: &'static str) -> FaultGuard {
    let proxy = &scenario.environment().aws_proxy;
    proxy.inject_fault_for_role(&scenario.connected.role_arn, SEND_EMAIL, move |_| {
        Some(json_error(status, code, message))
    })
}

/// Sends an email, which must be queued. Returns the response.
fn send_queued(scenario: &Scenario<'_>, key: &str) -> Result<Value, Failed> {
    let sent = scenario.send(key, &Scenario::email(key))?.expect_status(StatusCode::ACCEPTED)?;
    assert_equal(key, &sent["status"], "queued")?;
    Ok(sent)
}

fn call_count(scenario: &Scenario<'_>) -> usize {
    scenario.environment().aws_proxy.send_call_count(&scenario.connected.role_arn)
}

pub(super) fn paused(harness: &Harness) -> TestResult {
    let mut scenario = Scenario::start(harness, "hot-path-paused")?;
    let paused = refuse(
        &scenario,
        400,
        "MessageRejected",
        "Sending paused for this account. For more information, please check the inbox of the email address associated with your AWS account.",
    );
    let calls = call_count(&scenario);
    let first = send_queued(&scenario, "first")?;
    let second = send_queued(&scenario, "second")?;
    let third = send_queued(&scenario, "third")?;
    for email in [&first, &second] {
        assert_equal("hold", &email["hold"]["reason"], "sending_paused")?;
    }
    assert_equal("calls to SES", call_count(&scenario) - calls, 1)?;
    let api = &scenario.connected.organisation.api;
    let status = api.get("/v1/sending")?.expect_status(StatusCode::OK)?;
    assert_equal("hold of the region", &status["regions"][0]["hold"]["reason"], "sending_paused")?;
    let step = last_history_step(&scenario.connected.email(&string_at(&first, "/id")?)?);
    assert_equal("last step", (&step["step"], &step["code"]), (&json!("queued"), &json!("MessageRejected")))?;
    // SES hasn't looked at any of them.
    for email in [&first, &third] {
        let cancel = format!("/v1/emails/{}/cancel", string_at(email, "/id")?);
        api.post(&cancel, &json!({}))?.expect_status(StatusCode::OK)?;
    }
    drop(paused);
    scenario.advance_until("the email to be sent", |scenario| Ok(scenario.sent_count("second") == 1))?;
    assert_equal("cancelled emails", (scenario.sent_count("first"), scenario.sent_count("third")), (0, 0))?;
    scenario.check_finished()?;
    Ok(())
}

pub(super) fn signature_expired(harness: &Harness) -> TestResult {
    let mut scenario = Scenario::start(harness, "hot-path-signature")?;
    let message = "Signature expired: 20261124T120000Z is now earlier than 20261124T120500Z (20261124T121000Z - 5 min.)";
    let expired = refuse(&scenario, 403, "InvalidSignatureException", message);
    let calls = call_count(&scenario);
    let email = send_queued(&scenario, "email")?;
    assert_equal("hold", &email["hold"]["reason"], "connection")?;
    assert_equal("calls to SES", call_count(&scenario) - calls, 2)?;
    drop(expired);
    scenario.advance_until("the email to be sent", |scenario| Ok(scenario.sent_count("email") == 1))?;
    scenario.check_finished()?;
    Ok(())
}

pub(super) fn set_deleted(harness: &Harness) -> TestResult {
    let mut scenario = Scenario::start(harness, "hot-path-set-deleted")?;
    let _deleted = delete_configuration_sets(&scenario);
    send_queued(&scenario, "email")?;
    scenario.advance_until("the email to be sent", |scenario| Ok(scenario.sent_count("email") == 1))?;
    let binding = scenario.connected.binding()?;
    assert_equal("reason", &binding["reason"]["code"], "configuration_set_deleted")?;
    let stack_region =
        binding["regions"].as_array().into_iter().flatten().find(|region| region["region"] == "eu-west-1");
    assert_that(stack_region.is_some_and(|region| region["events"] == "set_deleted"), binding.to_string())?;
    assert_equal("configuration set", &binding["configurationSet"], &Value::Null)?;
    // The next email isn't refused first.
    let calls = call_count(&scenario);
    let sent = scenario.send("next", &Scenario::email("next"))?.expect_status(StatusCode::ACCEPTED)?;
    assert_equal("status", &sent["status"], "sent")?;
    assert_equal("calls to SES", call_count(&scenario) - calls, 1)
}

/// Makes SES respond as if all configuration sets had been deleted.
fn delete_configuration_sets(scenario: &Scenario<'_>) -> FaultGuard {
    let role = scenario.connected.role_arn.clone();
    scenario.environment().aws_proxy.inject_fault(move |call| {
        let set = match call.action.strip_prefix("GET /v2/email/configuration-sets/") {
            Some(set) => Some(set.to_owned()),
            None if call.action == SEND_EMAIL => {
                call.json()["ConfigurationSetName"].as_str().map(str::to_owned)
            }
            None => None,
        };
        let message = format!("Configuration set <{}> does not exist.", set?);
        (call.role == role).then(|| json_error(404, "NotFoundException", &message))
    })
}

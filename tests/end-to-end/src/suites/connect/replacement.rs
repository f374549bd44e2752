//! A connection that changes while a role is being verified.

use std::{
    sync::{Mutex, PoisonError, mpsc},
    thread,
};

use http::StatusCode;
use serde_json::{Value, json};
use test_support::customer::Customer;

use super::{TestResult, assert_broken, assert_equal, assert_that, register_role, trust_policy};
use crate::{
    aws_proxy::GET_ACCOUNT,
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, get_binding, string_at, verify_binding},
    polling::{WAIT_TIMEOUT, wait_until},
    test_email::{SUCCESS, email_to},
};

const SECOND: &str = "SecondRole";

/// Runs `change` while a check waits for GetAccount, and returns the response to `verify`.
fn change_during_check(
    harness: &Harness,
    connected: &ConnectedOrganisation,
    change: impl FnOnce() -> TestResult,
) -> Result<Value, libtest_mimic::Failed> {
    let (open, gate) = mpsc::channel::<()>();
    let (started, waiting) = mpsc::channel();
    let gate = Mutex::new(gate);
    let _slow = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, GET_ACCOUNT, move |_| {
        // Errors mean that the case has finished with the channels.
        let _ = started.send(());
        let _ = gate.lock().unwrap_or_else(PoisonError::into_inner).recv();
        None
    });
    thread::scope(|scope| {
        let verifying = scope.spawn(|| connected.verify());
        let changed = waiting.recv().map_err(Into::into).and_then(|()| change());
        drop(open);
        let verified = verifying.join().map_err(|_| "a thread has panicked")?;
        changed?;
        Ok(verified?)
    })
}

fn register_second(
    connected: &ConnectedOrganisation,
    customer: &Customer,
) -> Result<String, libtest_mimic::Failed> {
    let external_id = string_at(&connected.binding()?, "/externalId")?;
    let role_arn = customer.create_role(SECOND, &trust_policy(Some(&external_id)))?;
    let response =
        register_role(&connected.organisation, &role_arn, &external_id)?.expect_status(StatusCode::OK)?;
    assert_equal("status in the response", &response["status"], "verifying")?;
    Ok(role_arn)
}

pub(crate) fn role_replaced_during_check(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let customer = harness.create_customer()?;
    let mut second = String::new();
    let verified = change_during_check(harness, &connected, || {
        second = register_second(&connected, &customer)?;
        Ok(())
    })?;
    let is_consistent = verified["verified"] == (verified["status"] == "connected");
    assert_that(is_consistent, format!("verify returned {verified}"))?;
    // The check of the first role doesn't end the wait for the second.
    wait_until("the second role to be connected", || {
        let binding = connected.binding()?;
        Ok(binding["status"] == "connected" && binding["roleArn"] == second.as_str())
    })?;
    Ok(())
}

pub(crate) fn disconnected_during_check(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let other = harness.create_organisation()?;
    let ids =
        [string_at(&connected.binding()?, "/externalId")?, string_at(&get_binding(&other)?, "/externalId")?];
    let mut both: Value = serde_json::from_str(&trust_policy(Some("")))?;
    both["Statement"][0]["Condition"] = json!({ "StringEquals": { "sts:ExternalId": ids } });
    connected.customer.update_assume_role_policy(connected.role_name(), &both.to_string())?;
    let verified = change_during_check(harness, &connected, || {
        connected.organisation.api.delete("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
        Ok(())
    })?;
    assert_equal(
        "verify",
        (&verified["verified"], &verified["status"]),
        (&json!(false), &json!("disconnected")),
    )?;
    // The check that was in progress has left no claim behind.
    register_role(&other, &connected.role_arn, &ids[1])?.expect_status(StatusCode::OK)?;
    other.wait_for_status("connected", WAIT_TIMEOUT)?;
    Ok(())
}

pub(crate) fn sends_while_verifying(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let missing = format!("arn:aws:iam::{}:role/Missing", connected.customer.account());
    let external_id = string_at(&connected.binding()?, "/externalId")?;
    register_role(&connected.organisation, &missing, &external_id)?.expect_status(StatusCode::OK)?;
    assert_broken(&verify_binding(&connected.organisation)?, "verifying", "role_refused")?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    assert_equal("emails of the role in force", harness.aws_proxy.send_call_count(&connected.role_arn), 1)?;

    // A role that isn't proven is reported, and doesn't replace the one in force.
    let exposed = connected.customer.create_role(SECOND, &trust_policy(None))?;
    register_role(&connected.organisation, &exposed, &external_id)?.expect_status(StatusCode::OK)?;
    wait_until("the second role to be refused", || {
        let refused = &connected.binding()?["refusedRole"];
        Ok(refused["roleArn"] == exposed.as_str() && refused["reason"]["code"] == "external_id_not_enforced")
    })?;
    let binding = connected.binding()?;
    assert_equal(
        "role",
        (&binding["roleArn"], &binding["status"]),
        (&json!(connected.role_arn), &json!("connected")),
    )?;

    // Registering the role in force again ends an attempt.
    register_role(&connected.organisation, &missing, &external_id)?.expect_status(StatusCode::OK)?;
    register_role(&connected.organisation, &connected.role_arn, &external_id)?
        .expect_status(StatusCode::OK)?;
    let binding = connected.binding()?;
    assert_equal("status", (&binding["status"], &binding["refusedRole"]), (&json!("connected"), &Value::Null))
}

//! Finding out what would happen to an email.

use http::StatusCode;
use serde_json::{Value, json};

use super::{TestResult, assert_equal, assert_error, assert_that};
use crate::{
    aws_proxy::{SEND_EMAIL, fault::json_error},
    harness::Harness,
    polling::wait_until,
    test_email::{SENDER, SUCCESS, email_to, scheduled_tomorrow},
};

const DRY_RUN: &str = "/v1/emails/dry-run";

pub(crate) fn reported(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let suppressed = json!({ "address": "bounced@example.org" });
    api.post("/v1/suppressions", &suppressed)?.expect_status(StatusCode::CREATED)?;
    let dry_run = |email: &Value| api.post(DRY_RUN, email)?.expect_status(StatusCode::OK);

    let mut email = email_to(SUCCESS);
    email["cc"] = json!("bounced@example.org");
    let result = dry_run(&email)?;
    assert_equal("status", &result["status"], "sent")?;
    assert_equal("hold", &result["hold"], &Value::Null)?;
    assert_that(result["sendAt"].is_string(), "an email that is sent at once has no time")?;
    assert_equal("suppressed", &result["suppressed"][0]["field"], "cc[0]")?;
    assert_equal("region", &result["region"], "eu-west-1")?;
    assert_equal("size: subject and text", &result["size"], 11)?;
    assert_equal("an unverified sender", &result["senderVerified"], false)?;

    let scheduled = scheduled_tomorrow(email_to(SUCCESS));
    let result = dry_run(&scheduled)?;
    assert_equal("status of a scheduled email", &result["status"], "scheduled")?;
    assert_equal("its hold", &result["hold"], &Value::Null)?;

    let domain = json!({ "identity": "verified.example" });
    api.post("/v1/identities", &domain)?.expect_status(StatusCode::CREATED)?;
    let mut verified = email_to(SUCCESS);
    verified["from"] = json!("shop@mail.verified.example");
    wait_until("the sender's domain to be verified", || Ok(dry_run(&verified)?["senderVerified"] == true))?;

    assert_equal(
        "emails in the list",
        api.get("/v1/emails")?.body["data"].as_array().map(Vec::len),
        Some(0),
    )?;
    assert_equal("calls of SendEmail", harness.aws_proxy.send_call_count(&connected.role_arn), 0)
}

pub(crate) fn refused(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let response = organisation.api.post(DRY_RUN, &email_to(SUCCESS))?;
    assert_error("without a connection", &response, 409, "not_connected")?;
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let response = api.post(DRY_RUN, &json!({ "from": SENDER, "to": "x", "subject": "s", "text": "t" }))?;
    assert_error("an invalid recipient", &response, 422, "invalid_email_address")?;
    api.post("/v1/suppressions", &json!({ "address": SUCCESS }))?.expect_status(StatusCode::CREATED)?;
    let response = api.post(DRY_RUN, &email_to(SUCCESS))?;
    assert_error("a suppressed recipient", &response, 422, "recipients_suppressed")
}

pub(crate) fn held(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let _paused = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(json_error(400, "MessageRejected", "Sending paused for this account."))
    });
    connected.send(&email_to(SUCCESS), "queued")?;
    let result = api.post(DRY_RUN, &email_to(SUCCESS))?.expect_status(StatusCode::OK)?;
    assert_equal("status", &result["status"], "queued")?;
    assert_equal("reason", &result["hold"]["reason"], "sending_paused")?;
    assert_equal("time", &result["sendAt"], &result["hold"]["until"])
}

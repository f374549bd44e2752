//! Sending to suppressed addresses.

use http::StatusCode;
use serde_json::json;

use super::{TestResult, add, assert_equal, assert_that, email_to_all};
use crate::{
    aws_proxy::SEND_EMAIL,
    connected_organisation::last_history_step,
    harness::{Harness, string_at},
    polling::wait_until,
    test_email::{COMPLAINT, SUCCESS},
};

pub(crate) fn skips_suppressed(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let added = add(&connected, "Ada@Example.org")?;
    let mut email = email_to_all(&[SUCCESS, "Ada L <ADA@example.org>"]);
    email["bcc"] = json!("ada@EXAMPLE.org");
    let sent = connected.submit(&email)?.expect_status(StatusCode::ACCEPTED)?;
    let suppressed = |field: &str, address: &str| json!({ "field": field, "address": address, "reason": "manual", "since": added["since"] });
    let expected = json!([suppressed("to[1]", "ADA@example.org"), suppressed("bcc[0]", "ada@example.org")]);
    assert_equal("response", &sent["suppressed"], &expected)?;
    let fetched = connected.email(&string_at(&sent, "/id")?)?;
    assert_equal("email", &fetched["suppressed"], &expected)?;
    assert_equal("to", &fetched["to"], &json!([SUCCESS]))?;
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let destinations: Vec<_> = calls.iter().map(|call| call.json()["Destination"].clone()).collect();
    assert_equal("destinations sent to SES", destinations, vec![json!({ "ToAddresses": [SUCCESS] })])
}

pub(crate) fn all_suppressed(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    add(&connected, "ada@example.org")?;
    add(&connected, "bob@example.org")?;
    let mut email = email_to_all(&["ada@example.org"]);
    email["cc"] = json!(["bob@example.org"]);
    let rejected = connected.submit(&email)?;
    let problem = (rejected.status.as_u16(), rejected.code(), rejected.text("/field"));
    assert_equal("problem", problem, (422, Some("recipients_suppressed"), "to[0]"))?;
    for address in ["ada@example.org", "bob@example.org"] {
        assert_that(rejected.text("/detail").contains(address), format!("{address} is not named"))?;
    }
    assert_equal("send calls", harness.aws_proxy.send_call_count(&connected.role_arn), 0)?;
    let emails = connected.organisation.api.get("/v1/emails")?.expect_status(StatusCode::OK)?;
    assert_equal("emails", &emails["data"], &json!([]))?;
    // An email is sent even if only a CC recipient remains.
    email["cc"] = json!(["bob@example.org", SUCCESS]);
    connected.send(&email, "sent").map(drop)?;
    Ok(())
}

pub(crate) fn batch(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    add(&connected, "ada@example.org")?;
    let emails = [&[SUCCESS][..], &["ada@example.org"], &["ada@example.org", SUCCESS]].map(email_to_all);
    let response = connected.organisation.api.post("/v1/emails/batch", &json!({ "emails": emails }))?;
    let body = response.expect_status(StatusCode::ACCEPTED)?;
    let results: Vec<_> = body["data"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|item| {
            (item["status"].as_str(), item["error"]["code"].as_str(), item["suppressed"][0]["field"].as_str())
        })
        .collect();
    let expected = [
        (Some("sent"), None, None),
        (None, Some("recipients_suppressed"), None),
        (Some("sent"), None, Some("to[0]")),
    ];
    assert_equal("results", results, expected.to_vec())
}

pub(crate) fn suppressed_while_queued(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let throttle = harness.aws_proxy.throttle_emails(&connected.role_arn);
    let both = connected.send(&email_to_all(&[COMPLAINT, SUCCESS]), "queued")?;
    let one = connected.send(&email_to_all(&[COMPLAINT]), "queued")?;
    let added = add(&connected, COMPLAINT)?;
    // An attempt that had already started may not have seen the new entry.
    let failed = connected.wait_for_email(&one, "failed")?;
    wait_until("the other email to skip the suppressed recipient", || {
        Ok(connected.email(&both)?["suppressed"][0].is_object())
    })?;
    drop(throttle);

    let fetched = connected.wait_for_delivery(&both)?;
    assert_equal("to", &fetched["to"], &json!([SUCCESS]))?;
    let suppressed =
        json!({ "field": "to[0]", "address": COMPLAINT, "reason": "manual", "since": added["since"] });
    assert_equal("suppressed recipients", &fetched["suppressed"], &json!([suppressed]))?;
    assert_equal("error code", &failed["error"]["code"], "recipients_suppressed")?;
    let last = last_history_step(&failed);
    assert_equal(
        "last step",
        (&last["step"], &last["code"]),
        (&json!("failed"), &json!("recipients_suppressed")),
    )?;

    let processed = harness.aws_proxy.processed_emails(&connected.role_arn);
    let destinations: Vec<_> = processed.iter().map(|call| call.json()["Destination"].clone()).collect();
    assert_equal("destinations sent to SES", destinations, vec![json!({ "ToAddresses": [SUCCESS] })])
}

//! The sandbox. It is simulated by the AWS proxy, because the emulator has one for all regions.

use http::StatusCode;
use serde_json::{Value, json};

use super::{FRANKFURT, TestResult, assert_equal, assert_error, region_of};
use crate::{
    aws_proxy::{Call, FaultGuard, GET_ACCOUNT},
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, IRELAND},
    http_proxy::ProxyAction,
    polling::wait_until,
    test_email::{SENDER, SUCCESS, email_to},
    wire::Message,
};

/// Puts the account into the sandbox in one region until the guard is dropped.
fn mock_sandbox(harness: &Harness, connected: &ConnectedOrganisation, region: &'static str) -> FaultGuard {
    harness.aws_proxy.inject_fault_for_role(&connected.role_arn, GET_ACCOUNT, move |call: &Call| {
        let account = json!({
            "ProductionAccessEnabled": false,
            "SendingEnabled": true,
            "EnforcementStatus": "HEALTHY",
            "SendQuota": { "Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 3.0 },
            "Details": { "ReviewDetails": { "Status": "DENIED", "CaseId": "173" } },
            "SuppressionAttributes": { "SuppressedReasons": ["COMPLAINT"] },
            "PricingAttributes": { "CurrentPlan": "ESSENTIALS", "NextPlan": null },
        });
        let headers = [("content-type", "application/json")];
        (call.region == region)
            .then(|| ProxyAction::Respond(Message::response(200, &headers, account.to_string())))
    })
}

pub(crate) fn unverified_recipients(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let _sandbox = mock_sandbox(harness, &connected, IRELAND);
    assert_equal("sandbox", &connected.verify()?["sandbox"], true)?;

    let verified = json!({ "identity": "friends.example" });
    connected.organisation.api.post("/v1/identities", &verified)?.expect_status(StatusCode::CREATED)?;
    let mut email = email_to(SUCCESS);
    email["cc"] = json!(["ada@friends.example", "bob@strangers.example", "Eve <eve@strangers.example>"]);
    let rejected = connected.submit(&email)?;
    let code = "sandbox_recipient_not_verified";
    assert_error("response", &rejected, 422, code)?;
    assert_equal("field", rejected.text("/field"), "cc[1]")?;
    let detail = rejected.text("/detail");
    for (address, is_named) in [
        ("bob@strangers.example", true),
        ("eve@strangers.example", true),
        ("ada@", false),
        ("success@", false),
    ] {
        assert_equal(address, detail.contains(address), is_named)?;
    }
    assert_equal("send calls", harness.aws_proxy.send_call_count(&connected.role_arn), 0)?;
    let emails = connected.organisation.api.get("/v1/emails")?.expect_status(StatusCode::OK)?;
    assert_equal("emails", emails["data"].as_array().map(Vec::len), Some(0))?;

    email["cc"] = json!("ada@friends.example");
    connected.send(&email, "sent")?;
    Ok(())
}

pub(crate) fn production_access(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let mut email = email_to("bob@strangers.example");
    email["from"] = json!(SENDER);
    {
        let _sandbox = mock_sandbox(harness, &connected, IRELAND);
        assert_equal("sandbox", &connected.verify()?["sandbox"], true)?;
        assert_equal("status of the response", connected.submit(&email)?.status.as_u16(), 422)?;
    }
    // AWS has granted production access without a notification.
    connected.send(&email, "sent")?;
    wait_until("the binding to report production access", || Ok(connected.binding()?["sandbox"] == false))?;
    Ok(())
}

pub(crate) fn each_region(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let _sandbox = mock_sandbox(harness, &connected, FRANKFURT);
    let body = json!({ "identity": "friends.example", "region": FRANKFURT });
    connected.organisation.api.post("/v1/identities", &body)?.expect_status(StatusCode::CREATED)?;
    connected.verify()?;
    let (ireland, frankfurt) = (region_of(&connected, IRELAND)?, region_of(&connected, FRANKFURT)?);
    assert_equal("sandbox in Ireland", &ireland["sandbox"], false)?;
    assert_equal("sandbox in Frankfurt", &frankfurt["sandbox"], true)?;
    assert_equal("quota in Frankfurt", &frankfurt["quota"]["max24HourSend"], 200.0)?;
    let review = json!({ "status": "denied", "caseId": "173" });
    assert_equal("production access in Frankfurt", &frankfurt["productionAccess"], &review)?;
    assert_equal("production access in Ireland", &ireland["productionAccess"]["status"], "granted")?;
    assert_equal("suppression in Frankfurt", &frankfurt["suppressedReasons"], &json!(["complaint"]))?;
    assert_equal("plan in Frankfurt", &frankfurt["pricingPlan"], "essentials")?;
    let page = "https://eu-central-1.console.aws.amazon.com/ses/home?region=eu-central-1#/account";
    assert_equal("console URL in Frankfurt", &frankfurt["sesConsoleUrl"], page)?;
    assert_equal("sandbox in another region", &region_of(&connected, "us-east-1")?["sandbox"], &Value::Null)?;

    let mut email = email_to("bob@strangers.example");
    connected.send(&email, "sent")?;
    email["region"] = json!(FRANKFURT);
    assert_equal("status of sending from Frankfurt", connected.submit(&email)?.status.as_u16(), 422)
}

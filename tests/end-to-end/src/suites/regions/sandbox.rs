//! The sandbox, which is a region's own, played by the wiretap: the emulator's is one for all.

use http::StatusCode;
use serde_json::json;

use super::{FRANKFURT, TestResult, assert_equal, region_of};
use crate::{
    aws_proxy::{Call, FaultGuard, GET_ACCOUNT, SEND_EMAIL},
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, IRELAND},
    http_proxy::ProxyAction,
    test_email::{SENDER, SUCCESS, email_to},
    wire::Message,
};

/// From now on the account is in the sandbox in one region.
fn mock_sandbox(harness: &Harness, connected: &ConnectedOrganisation, region: &'static str) -> FaultGuard {
    harness.aws_proxy.inject_fault_for_role(&connected.role_arn, GET_ACCOUNT, move |call: &Call| {
        let account = json!({
            "ProductionAccessEnabled": false,
            "SendingEnabled": true,
            "EnforcementStatus": "HEALTHY",
            "SendQuota": { "Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 3.0 },
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
    let refused = connected.submit(&email)?;
    let code = "sandbox_recipient_not_verified";
    assert_equal("response", (refused.status.as_u16(), refused.code()), (422, Some(code)))?;
    assert_equal("field", refused.text("/field"), "cc[1]")?;
    let detail = refused.text("/detail");
    for (address, is_named) in [
        ("bob@strangers.example", true),
        ("eve@strangers.example", true),
        ("ada@", false),
        ("success@", false),
    ] {
        assert_equal(address, detail.contains(address), is_named)?;
    }
    assert_equal("send calls", harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL).len(), 0)?;
    let list = connected.organisation.api.get("/v1/emails")?.expect_status(StatusCode::OK)?;
    assert_equal("emails", list["data"].as_array().map(Vec::len), Some(0))?;

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
        assert_equal("response", connected.submit(&email)?.status.as_u16(), 422)?;
    }
    // AWS has granted it; nobody has told us.
    connected.send(&email, "sent")?;
    crate::polling::wait_until("the binding to report production access", || {
        Ok(connected.binding()?["sandbox"] == false)
    })?;
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
    let page = "https://eu-central-1.console.aws.amazon.com/ses/home?region=eu-central-1#/account";
    assert_equal("console URL in Frankfurt", &frankfurt["sesConsoleUrl"], page)?;
    assert_equal(
        "sandbox in another region",
        &region_of(&connected, "us-east-1")?["sandbox"],
        &serde_json::Value::Null,
    )?;

    let mut email = email_to("bob@strangers.example");
    connected.send(&email, "sent")?;
    email["region"] = json!(FRANKFURT);
    assert_equal("sending from Frankfurt", connected.submit(&email)?.status.as_u16(), 422)
}

//! Connection health: missing permissions, accounts under review or paused by AWS, bounce and complaint rates.

mod permissions;

use std::sync::Weak;

use http::StatusCode;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{
    TestResult, assert_equal, assert_error,
    feed::{all_events, switch_on},
    trial,
};
use crate::{
    aws_proxy::{FaultGuard, GET_ACCOUNT},
    connected_organisation::ConnectedOrganisation,
    harness::Harness,
    http_proxy::ProxyAction,
    sns_signer::{ses_event, signed_notification},
    test_email::{SUCCESS, email_to},
    wire::Message,
};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&Harness) -> TestResult| trial(format!("health::{name}"), harness, case);
    vec![
        case(
            "an audit of a complete role finds nothing missing and changes nothing",
            permissions::complete_role,
        ),
        case("an audit names each missing action that it can be sure of", permissions::each_missing_action),
        case("a lost send permission degrades the connection until it is restored", permissions::lost),
        case("a role limited to an identity or a sender keeps sending", permissions::limited_to_identity),
        case("a role without the configuration set holds emails", permissions::without_configuration_set),
        case("an account under review is reported and still sends", account_under_review),
        case("a paused account is reported and sends nothing", sending_paused),
        case("duplicate bounces and complaints are counted once and raise warnings", reputation_rates),
    ]
}

/// Overrides the response of GetAccount.
fn override_account(
    harness: &Harness,
    connected: &ConnectedOrganisation,
    status: &str,
    is_sending_enabled: bool,
) -> FaultGuard {
    let account = json!({
        "ProductionAccessEnabled": true,
        "SendingEnabled": is_sending_enabled,
        "EnforcementStatus": status,
        "SendQuota": { "Max24HourSend": 50_000, "MaxSendRate": 14, "SentLast24Hours": 0 },
    });
    harness.aws_proxy.inject_fault_for_role(&connected.role_arn, GET_ACCOUNT, move |_| {
        let headers = [("content-type", "application/json")];
        Some(ProxyAction::Respond(Message::response(200, &headers, account.to_string())))
    })
}

fn account_under_review(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let review = override_account(harness, &connected, "PROBATION", true);
    let binding = connected.verify()?;
    assert_equal(
        "status and verified",
        (&binding["status"], &binding["verified"]),
        (&json!("degraded"), &json!(true)),
    )?;
    assert_equal("reason", &binding["reason"]["code"], "account_under_review")?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    drop(review);
    assert_equal("status afterwards", &connected.verify()?["status"], "connected")
}

fn sending_paused(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    for (status, is_sending_enabled) in [("HEALTHY", false), ("SHUTDOWN", true)] {
        assert_equal("status before", &connected.verify()?["status"], "connected")?;
        let _paused = override_account(harness, &connected, status, is_sending_enabled);
        assert_equal(status, &connected.verify()?["reason"]["code"], "sending_paused")?;
    }
    let _paused = override_account(harness, &connected, "SHUTDOWN", false);
    assert_equal("reason", &connected.verify()?["reason"]["code"], "sending_paused")?;
    let refused = connected.submit(&email_to(SUCCESS))?;
    assert_error("sending an email", &refused, 409, "sending_paused")?;
    assert_equal("send calls", harness.aws_proxy.send_call_count(&connected.role_arn), 0)
}

fn reputation_rates(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    switch_on(&connected)?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    let reputation = || connected.organisation.api.get("/v1/reputation")?.expect_status(StatusCode::OK);
    // Emails to the simulator are not counted.
    assert_equal("regions before any event", &reputation()?["regions"], &json!([]))?;
    let recipients: Vec<_> = (0..40).map(|number| format!("recipient{number}@example.org")).collect();
    let recipients: Vec<_> = recipients.iter().map(String::as_str).collect();
    let signed_event = |event_type: &str, to: &[&str], details: &Value| {
        let event = ses_event(&id, event_type, to, details, OffsetDateTime::now_utc());
        signed_notification(&connected.topic_arn, &harness.aws_proxy.origin(), &event)
    };
    let mut posts = vec![signed_event("Send", &recipients, &json!({}))?];
    for recipient in &recipients[..3] {
        let bounced_recipients = json!([{ "emailAddress": recipient }]);
        let details = json!({ "bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": bounced_recipients });
        posts.push(signed_event("Bounce", &recipients, &details)?);
    }
    posts.push(signed_event("Complaint", &recipients[..1], &json!({ "complainedRecipients": [] }))?);
    // Posts each event twice.
    for post in posts.iter().chain(&posts) {
        let response = harness.post_to_webhook(&connected.webhook_target()?, post.clone())?;
        assert_equal("status of the webhook's response", response.status, StatusCode::OK)?;
    }
    let reported = reputation()?;
    let region = &reported["regions"][0];
    assert_equal("region and sent", (&region["region"], &region["sent"]), (&json!("eu-west-1"), &json!(40)))?;
    assert_equal(
        "bounces",
        (&region["bounces"]["count"], &region["bounces"]["level"]),
        (&json!(3), &json!("review")),
    )?;
    // One complaint is too few for a rate.
    assert_equal(
        "complaints",
        (&region["complaints"]["count"], &region["complaints"]["level"]),
        (&json!(1), &json!("too_few")),
    )?;
    let warnings = all_events(&connected)?.into_iter().filter(|event| event["type"] == "reputation.warning");
    let expected = json!({ "region": "eu-west-1", "metric": "bounces", "level": "review", "rate": 0.075 });
    assert_equal("warnings", warnings.map(|event| event["data"].clone()).collect::<Vec<_>>(), [expected])
}

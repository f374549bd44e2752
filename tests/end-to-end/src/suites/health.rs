//! Connection health: missing permissions, accounts under review or paused by AWS, bounce and complaint rates.

use std::sync::Weak;

use domain::onboarding::permissions_policy;
use http::StatusCode;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{TestResult, assert_equal, assert_error, assert_that, trial};
use crate::{
    aws_proxy::{Call, FaultGuard, GET_ACCOUNT, fault::json_error},
    connected_organisation::ConnectedOrganisation,
    harness::Harness,
    http_proxy::ProxyAction,
    polling::WAIT_TIMEOUT,
    sns_signer::{ses_event, signed_notification},
    test_email::{SUCCESS, email_to},
    wire::Message,
};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&Harness) -> TestResult| trial(format!("health::{name}"), harness, case);
    vec![
        case("an audit of a complete role finds nothing missing and changes nothing", complete_role),
        case("an audit names each missing action", each_missing_action),
        case("a lost send permission degrades the connection until it is restored", missing_send_permission),
        case("an account under review is reported and still sends", account_under_review),
        case("a paused account is reported and sends nothing", sending_paused),
        case("duplicate bounces and complaints are counted once and raise warnings", reputation_rates),
    ]
}

/// Makes AWS deny all calls of a role that require `action`, as if its policy lacked it.
fn deny_action(harness: &Harness, connected: &ConnectedOrganisation, action: &str) -> FaultGuard {
    let (role, action) = (connected.role_arn.clone(), action.to_owned());
    harness.aws_proxy.inject_fault(move |call| {
        let is_denied = call.role == role && required_action(call).is_some_and(|required| required == action);
        is_denied.then(|| {
            json_error(403, "AccessDeniedException", "User is not authorized to perform this action")
        })
    })
}

/// Returns the IAM action that an SES call requires.
fn required_action(call: &Call) -> Option<&'static str> {
    let (method, path) = call.action.split_once(' ')?;
    let rest = path.strip_prefix("/v2/email/")?;
    Some(match (method, rest) {
        ("POST", "outbound-emails") if call.body.contains("\"Raw\"") => "ses:SendRawEmail",
        ("POST", "outbound-emails") => "ses:SendEmail",
        ("GET", "account") => "ses:GetAccount",
        ("POST", "list-identities") => "ses:ListEmailIdentities",
        ("POST", "list-configuration-sets") => "ses:ListConfigurationSets",
        ("POST", "identities") => "ses:CreateEmailIdentity",
        ("POST", "configuration-sets") => "ses:CreateConfigurationSet",
        ("POST", _) if rest.ends_with("/event-destinations") => "ses:CreateConfigurationSetEventDestination",
        ("GET", _) if rest.starts_with("configuration-sets/") => "ses:GetConfigurationSet",
        ("PUT", _) if rest.ends_with("/dkim/signing") => "ses:PutEmailIdentityDkimSigningAttributes",
        ("GET", _) if rest.starts_with("identities/") => "ses:GetEmailIdentity",
        ("DELETE", _) if rest.starts_with("identities/") => "ses:DeleteEmailIdentity",
        _ => return None,
    })
}

fn audit(connected: &ConnectedOrganisation) -> test_support::Result<Value> {
    connected.organisation.api.post("/v1/aws-binding/audit", &json!({}))?.expect_status(StatusCode::OK)
}

/// Returns the actions with this verdict.
fn with_verdict<'a>(audit: &'a Value, verdict: &str) -> Vec<&'a str> {
    let permissions = audit["permissions"].as_array().into_iter().flatten();
    permissions
        .filter(|permission| permission["verdict"] == verdict)
        .filter_map(|permission| permission["action"].as_str())
        .collect()
}

fn complete_role(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let first = audit(&connected)?;
    assert_equal("missing permissions", with_verdict(&first, "missing"), Vec::<&str>::new())?;
    // This permission is checked by creating an existing domain again, and there is none yet.
    assert_equal("unknown permissions", with_verdict(&first, "unknown"), ["ses:CreateEmailIdentity"])?;
    api.post("/v1/identities", &json!({ "identity": "audit.example" }))?
        .expect_status(StatusCode::CREATED)?;
    let identities = || api.get("/v1/identities")?.expect_status(StatusCode::OK);
    let before = identities()?;
    let second = audit(&connected)?;
    assert_equal("allowed permissions", with_verdict(&second, "allowed").len(), 12)?;
    assert_equal(
        "number of identities",
        identities()?["data"].as_array().map(Vec::len),
        before["data"].as_array().map(Vec::len),
    )?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 0.0)?;
    assert_equal(
        "missingPermissions of the binding",
        &connected.binding()?["missingPermissions"],
        &json!([]),
    )?;
    assert_equal("emails", &api.get("/v1/emails")?.body["data"], &json!([]))
}

fn each_missing_action(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    api.post("/v1/identities", &json!({ "identity": "each.example" }))?.expect_status(StatusCode::CREATED)?;
    for action in permissions_policy().actions() {
        let _denied = deny_action(harness, &connected, action);
        assert_equal(action, with_verdict(&audit(&connected)?, "missing"), [action])?;
        assert_equal(
            "missingPermissions of the binding",
            &connected.binding()?["missingPermissions"],
            &json!([action]),
        )?;
    }
    assert_equal(
        "missing permissions at the end",
        with_verdict(&audit(&connected)?, "missing"),
        Vec::<&str>::new(),
    )
}

fn missing_send_permission(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let denied = deny_action(harness, &connected, "ses:SendEmail");
    let rejected = connected.submit(&email_to(SUCCESS))?;
    assert_equal(
        "code and awsCode",
        (rejected.code(), rejected.text("/awsCode")),
        (Some("aws_refused"), "AccessDeniedException"),
    )?;
    // No call to verify is needed.
    let degraded = connected.organisation.wait_for_status("degraded", WAIT_TIMEOUT)?;
    assert_equal("reason", &degraded["reason"]["code"], "permission_missing")?;
    assert_that(
        degraded["reason"]["message"].as_str().is_some_and(|text| text.contains("ses:SendEmail")),
        degraded.to_string(),
    )?;
    let next = connected.submit(&email_to(SUCCESS))?;
    assert_error("sending the next email", &next, 409, "permission_missing")?;
    drop(denied);
    assert_equal("status after the fix", &connected.verify()?["status"], "connected")?;
    connected.send(&email_to(SUCCESS), "sent")?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)
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
    )
}

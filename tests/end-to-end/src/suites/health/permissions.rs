//! The permissions of the role: what the audit finds, and what emails show.

use domain::onboarding::permissions_policy;
use http::StatusCode;
use serde_json::{Value, json};

use super::{TestResult, assert_equal};
use crate::{
    aws_proxy::{Call, FaultGuard, fault::json_error, send_policy::SendPolicy},
    connected_organisation::ConnectedOrganisation,
    harness::Harness,
    polling::WAIT_TIMEOUT,
    suites::assert_that,
    test_email::{SENDER, SUCCESS, email_to},
};

/// Actions that a policy can only allow or deny for the whole account.
const WITHOUT_RESOURCE: [&str; 3] =
    ["ses:GetAccount", "ses:ListEmailIdentities", "ses:ListConfigurationSets"];

/// Makes AWS deny all calls of a role that require `action`, as if its policy lacked it.
fn deny_action(harness: &Harness, connected: &ConnectedOrganisation, action: &str) -> FaultGuard {
    let (role, action) = (connected.role_arn.clone(), action.to_owned());
    harness.aws_proxy.inject_fault(move |call| {
        let is_denied = call.role == role && required_action(call).is_some_and(|required| required == action);
        let message = format!("User: kraiter is not authorized to perform: {action} on resource: *");
        is_denied.then(|| json_error(403, "AccessDeniedException", &message))
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

pub(super) fn complete_role(harness: &Harness) -> TestResult {
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

pub(super) fn each_missing_action(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    api.post("/v1/identities", &json!({ "identity": "each.example" }))?.expect_status(StatusCode::CREATED)?;
    for action in permissions_policy().actions() {
        let _denied = deny_action(harness, &connected, action);
        let audit = audit(&connected)?;
        // The policy may allow the others for other resources.
        let missing: &[&str] = if WITHOUT_RESOURCE.contains(&action) { &[action] } else { &[] };
        assert_equal(action, with_verdict(&audit, "missing"), missing)?;
        assert_that(!with_verdict(&audit, "allowed").contains(&action), audit.to_string())?;
        assert_equal(
            "missingPermissions of the binding",
            &connected.binding()?["missingPermissions"],
            &json!(missing),
        )?;
    }
    assert_equal("allowed at the end", with_verdict(&audit(&connected)?, "allowed").len(), 12)
}

/// Sends an email that AWS denies.
fn send_denied(connected: &ConnectedOrganisation, email: &Value) -> TestResult {
    let refused = connected.submit(email)?;
    let codes = (refused.code(), refused.text("/awsCode"));
    assert_equal("code and awsCode", codes, (Some("aws_refused"), "AccessDeniedException"))
}

pub(super) fn lost(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let denied = deny_action(harness, &connected, "ses:SendEmail");
    for _ in 0..2 {
        send_denied(&connected, &email_to(SUCCESS))?;
    }
    assert_equal("status after two emails", &connected.verify()?["status"], "connected")?;
    send_denied(&connected, &email_to(SUCCESS))?;
    let degraded = connected.binding()?;
    assert_equal("reason", &degraded["reason"]["code"], "permission_missing")?;
    assert_that(
        degraded["reason"]["message"].as_str().is_some_and(|text| text.contains("ses:SendEmail")),
        degraded.to_string(),
    )?;
    // Other emails may be allowed, so each is tried.
    send_denied(&connected, &email_to(SUCCESS))?;
    drop(denied);
    connected.send(&email_to(SUCCESS), "sent")?;
    connected.organisation.wait_for_status("connected", WAIT_TIMEOUT)?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)
}

pub(super) fn limited_to_identity(harness: &Harness) -> TestResult {
    let (_, domain) = SENDER.split_once('@').unwrap_or_default();
    for policy in [
        SendPolicy::new(&[&format!("identity/{domain}"), "configuration-set/*"]),
        SendPolicy::new(&["*"]).only_from(SENDER),
    ] {
        let connected = harness.connect_organisation()?;
        let _policy = policy.apply(&harness.aws_proxy, &connected.role_arn);
        let audit = audit(&connected)?;
        let unknown = with_verdict(&audit, "unknown");
        assert_that(
            unknown.contains(&"ses:SendEmail") && unknown.contains(&"ses:SendRawEmail"),
            audit.to_string(),
        )?;
        assert_equal("missing", with_verdict(&audit, "missing"), Vec::<&str>::new())?;
        assert_equal("status after the audit", &connected.verify()?["status"], "connected")?;
        connected.send(&email_to(SUCCESS), "sent")?;
        let mut other = email_to(SUCCESS);
        other["from"] = json!("info@other.example");
        for _ in 0..3 {
            send_denied(&connected, &other)?;
        }
        let degraded = connected.binding()?;
        assert_equal("reason", &degraded["reason"]["code"], "permission_missing")?;
        let message = degraded["reason"]["message"].as_str().unwrap_or_default();
        assert_that(message.contains(":identity/other.example"), degraded.to_string())?;
        // Emails from the identity that the role may use are still sent, and show that the role works.
        connected.send(&email_to(SUCCESS), "sent")?;
        connected.organisation.wait_for_status("connected", WAIT_TIMEOUT)?;
    }
    Ok(())
}

pub(super) fn without_configuration_set(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let policy = SendPolicy::new(&["identity/*"]).apply(&harness.aws_proxy, &connected.role_arn);
    assert_equal(
        "missing",
        with_verdict(&audit(&connected)?, "missing"),
        ["ses:SendEmail", "ses:SendRawEmail"],
    )?;
    // The audit alone doesn't stop a working connection.
    assert_equal("status after the audit", &connected.verify()?["status"], "connected")?;
    let queued = connected.submit(&email_to(SUCCESS))?.expect_status(StatusCode::ACCEPTED)?;
    assert_equal(
        "status and hold",
        (&queued["status"], &queued["hold"]["reason"]),
        (&json!("queued"), &json!("permission_missing")),
    )?;
    let degraded = connected.verify()?;
    assert_equal("reason", &degraded["reason"]["code"], "permission_missing")?;
    let message = degraded["reason"]["message"].as_str().unwrap_or_default();
    assert_that(message.contains(":configuration-set/"), degraded.to_string())?;
    drop(policy);
    assert_equal("status after the fix", &connected.verify()?["status"], "connected")
}

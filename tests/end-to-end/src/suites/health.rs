//! Whether a connection is well: permissions that are missing, accounts that AWS reviews or has stopped, mail that comes back.

use std::sync::Weak;

use http::StatusCode;
use kraiter_core::setup::permissions_policy;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::Error;
use time::OffsetDateTime;

use super::{Outcome, equal, hold, trial};
use crate::{
    connected::{Connected, SUCCESS, email_to},
    forger::{Forgery, ses_event},
    relay::Reaction,
    wire::Message,
    wiretap::{Call, FaultGuard, GET_ACCOUNT, SEND_EMAIL, fault::json_error},
    world::{SOON, World},
};

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("health::{name}"), world, case);
    vec![
        case("a whole role lacks nothing, and finding it out changes nothing", whole_role),
        case("each action that is taken away is named", each_action),
        case(
            "a role that may not send any more degrades the connection by itself, and comes back",
            may_not_send,
        ),
        case("an account that AWS reviews is told, and still sends", under_review),
        case("an account that AWS has stopped is told", stopped),
        case("bounces and complaints are counted once, and warned of", rates),
    ]
}

/// Lets AWS refuse those calls of a role that need this action, as it does where a policy lacks it.
fn without(world: &World, connected: &Connected, action: &str) -> FaultGuard {
    let (role, action) = (connected.role_arn.clone(), action.to_owned());
    world.wiretap.fault(move |call| {
        let is_meant = call.role == role && needs(call).is_some_and(|needed| needed == action);
        is_meant.then(|| {
            json_error(403, "AccessDeniedException", "User is not authorized to perform this action")
        })
    })
}

/// The action that a call of SES needs.
fn needs(call: &Call) -> Option<&'static str> {
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

fn audit(connected: &Connected) -> test_support::Result<Value> {
    connected.organisation.api.post("/v1/aws-binding/audit", &json!({}))?.expect_status(StatusCode::OK)
}

/// The actions that have this verdict.
fn with_verdict<'a>(audit: &'a Value, verdict: &str) -> Vec<&'a str> {
    let permissions = audit["permissions"].as_array().into_iter().flatten();
    permissions.filter(|one| one["verdict"] == verdict).filter_map(|one| one["action"].as_str()).collect()
}

fn whole_role(world: &World) -> Outcome {
    let connected = world.connected()?;
    let api = &connected.organisation.api;
    let first = audit(&connected)?;
    equal("missing", with_verdict(&first, "missing"), Vec::<&str>::new())?;
    // There is no domain yet that could be asked for once more.
    equal("unknown", with_verdict(&first, "unknown"), ["ses:CreateEmailIdentity"])?;
    api.post("/v1/identities", &json!({ "identity": "audit.example" }))?
        .expect_status(StatusCode::CREATED)?;
    let identities = || api.get("/v1/identities")?.expect_status(StatusCode::OK);
    let before = identities()?;
    let second = audit(&connected)?;
    equal("allowed", with_verdict(&second, "allowed").len(), 12)?;
    equal(
        "what is there",
        identities()?["data"].as_array().map(Vec::len),
        before["data"].as_array().map(Vec::len),
    )?;
    equal("mails that AWS counts", connected.sent()?, 0.0)?;
    equal("what the connection lacks", &connected.binding()?["missingPermissions"], &json!([]))?;
    equal("emails", &api.get("/v1/emails")?.body["data"], &json!([]))
}

fn each_action(world: &World) -> Outcome {
    let connected = world.connected()?;
    let api = &connected.organisation.api;
    api.post("/v1/identities", &json!({ "identity": "each.example" }))?.expect_status(StatusCode::CREATED)?;
    for action in permissions_policy().actions() {
        let _gone = without(world, &connected, action);
        equal(action, with_verdict(&audit(&connected)?, "missing"), [action])?;
        equal("what the connection lacks", &connected.binding()?["missingPermissions"], &json!([action]))?;
    }
    equal("missing at the end", with_verdict(&audit(&connected)?, "missing"), Vec::<&str>::new())
}

fn may_not_send(world: &World) -> Outcome {
    let connected = world.connected()?;
    let gone = without(world, &connected, "ses:SendEmail");
    let refused = connected.post(&email_to(SUCCESS))?;
    equal(
        "the answer",
        (refused.code(), refused.text("/awsCode")),
        (Some("aws_refused"), "AccessDeniedException"),
    )?;
    // Nobody has asked for a check.
    let degraded = connected.organisation.wait_for_status("degraded", SOON)?;
    equal("reason", &degraded["reason"]["code"], "permission_missing")?;
    hold(
        degraded["reason"]["message"].as_str().is_some_and(|text| text.contains("ses:SendEmail")),
        degraded.to_string(),
    )?;
    let next = connected.post(&email_to(SUCCESS))?;
    equal("the next mail", (next.status.as_u16(), next.code()), (409, Some("permission_missing")))?;
    drop(gone);
    equal("after it is mended", &connected.verify()?["status"], "connected")?;
    connected.send(&email_to(SUCCESS), "sent")?;
    equal("mails that AWS counts", connected.sent()?, 1.0)
}

/// Lets AWS say this of the account.
fn account(world: &World, connected: &Connected, status: &str, sending: bool) -> FaultGuard {
    let answer = json!({
        "ProductionAccessEnabled": true,
        "SendingEnabled": sending,
        "EnforcementStatus": status,
        "SendQuota": { "Max24HourSend": 50_000, "MaxSendRate": 14, "SentLast24Hours": 0 },
    });
    world.wiretap.fault_of_role(&connected.role_arn, GET_ACCOUNT, move |_| {
        let headers = [("content-type", "application/json")];
        Some(Reaction::Answer(Message::response(200, &headers, answer.to_string())))
    })
}

fn under_review(world: &World) -> Outcome {
    let connected = world.connected()?;
    let reviewed = account(world, &connected, "PROBATION", true);
    let binding = connected.verify()?;
    equal("status", (&binding["status"], &binding["verified"]), (&json!("degraded"), &json!(true)))?;
    equal("reason", &binding["reason"]["code"], "account_under_review")?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    drop(reviewed);
    equal("afterwards", &connected.verify()?["status"], "connected")
}

fn stopped(world: &World) -> Outcome {
    let connected = world.connected()?;
    let _stopped = account(world, &connected, "SHUTDOWN", false);
    equal("reason", &connected.verify()?["reason"]["code"], "sending_paused")?;
    let refused = connected.post(&email_to(SUCCESS))?;
    equal("a mail", (refused.status.as_u16(), refused.code()), (409, Some("sending_paused")))?;
    let asked = world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len();
    equal("calls of SES", asked, 0)
}

fn rates(world: &World) -> Outcome {
    let connected = world.connected()?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    let reputation = || connected.organisation.api.get("/v1/reputation")?.expect_status(StatusCode::OK);
    // The simulator doesn't count.
    equal("before", &reputation()?["regions"], &json!([]))?;
    let readers: Vec<_> = (0..40).map(|number| format!("reader{number}@example.org")).collect();
    let readers: Vec<_> = readers.iter().map(String::as_str).collect();
    let event = |kind: &str, to: &[&str], details: &Value| {
        let event = ses_event(&id, kind, to, details, OffsetDateTime::now_utc());
        let forgery = Forgery::new("Notification", &connected.topic, &world.wiretap.origin());
        Ok::<_, Error>(forgery.with("Message", event).sign()?.to_string())
    };
    let mut posts = vec![event("Send", &readers, &json!({}))?];
    for reader in &readers[..3] {
        let bounced = json!([{ "emailAddress": reader }]);
        let details =
            json!({ "bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": bounced });
        posts.push(event("Bounce", &readers, &details)?);
    }
    posts.push(event("Complaint", &readers[..1], &json!({ "complainedRecipients": [] }))?);
    // Each comes twice.
    for post in posts.iter().chain(&posts) {
        let answer = world.post_to_webhook(&connected.target()?, post.clone())?;
        equal("the webhook's answer", answer.status, StatusCode::OK)?;
    }
    let shown = reputation()?;
    let region = &shown["regions"][0];
    equal("sent", (&region["region"], &region["sent"]), (&json!("eu-west-1"), &json!(40)))?;
    equal(
        "bounces",
        (&region["bounces"]["count"], &region["bounces"]["level"]),
        (&json!(3), &json!("review")),
    )?;
    // One complaint is no rate.
    equal(
        "complaints",
        (&region["complaints"]["count"], &region["complaints"]["level"]),
        (&json!(1), &json!("too_few")),
    )
}

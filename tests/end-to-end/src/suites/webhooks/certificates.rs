//! Signatures and certificates.

use std::time::Instant;

use http::StatusCode;
use serde_json::json;

use super::{TestResult, assert_equal, assert_that};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::Harness,
    http_proxy::ProxyAction,
    sns_signer::{SnsMessage, VALID_CERTIFICATE},
    test_email::{SUCCESS, email_to},
    wire::Message,
};

const FORGED_MESSAGES: u32 = 70;

pub(crate) fn signature_versions(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    for version in ["1", "2"] {
        let id = connected.send(&email_to(SUCCESS), "sent")?;
        let notification = complaint(harness, &connected, &id)?.with("SignatureVersion", version);
        assert_equal(version, post(harness, &connected, notification)?, (200, None))?;
        assert_equal("status", &connected.email(&id)?["status"], "complained")?;
    }
    Ok(())
}

pub(crate) fn fetched_once(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let path = format!("/sns-certificates/{}/valid.pem", connected.organisation.id);
    for _ in 0..5 {
        let id = connected.send(&email_to(SUCCESS), "sent")?;
        let notification = complaint(harness, &connected, &id)?;
        let notification =
            notification.with("SigningCertURL", format!("{}{path}", harness.aws_proxy.origin()));
        assert_equal("response", post(harness, &connected, notification)?, (200, None))?;
        assert_equal("status", &connected.email(&id)?["status"], "complained")?;
    }
    let fetched = harness.aws_proxy.calls_matching(|call| call.action == format!("GET {path}"));
    assert_equal("certificate fetches", fetched.len(), 1)
}

/// The certificate is missing, fails to load, redirects, or is not a certificate.
pub(crate) fn certificate_unavailable(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    let valid_url = format!("{}{VALID_CERTIFICATE}", harness.aws_proxy.origin());
    let responses = [
        ("missing", Message::response(404, &[], "")),
        ("fault", Message::response(500, &[], "")),
        ("redirect", Message::response(302, &[("location", &valid_url)], "")),
        ("page", Message::response(200, &[("content-type", "text/html")], "<p>No certificate</p>")),
    ];
    for (name, response) in responses {
        let path = format!("/certificates/{}/{name}.pem", connected.organisation.id);
        let action = format!("GET {path}");
        let _fault = harness.aws_proxy.inject_fault(move |call| {
            (call.action == action).then(|| ProxyAction::Respond(response.clone()))
        });
        let url = format!("{}{path}", harness.aws_proxy.origin());
        let notification = complaint(harness, &connected, &id)?.with("SigningCertURL", url);
        let code = if name == "page" { "sns_certificate_unreadable" } else { "sns_certificate_unavailable" };
        assert_equal(name, post(harness, &connected, notification)?, (503, Some(code.to_owned())))?;
        assert_equal("status", &connected.email(&id)?["status"], "delivered")?;
    }
    Ok(())
}

/// Forged messages name certificates that don't exist: more than any cache holds.
pub(crate) fn made_up_names(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    let aws = harness.aws_proxy.origin();
    let path = format!("/sns-certificates/{}/valid.pem", connected.organisation.id);
    let real = |id: &str| {
        let notification = complaint(harness, &connected, id)?;
        post(harness, &connected, notification.with("SigningCertURL", format!("{aws}{path}")))
    };
    assert_equal("a real message", real(&id)?, (200, None))?;
    let names = format!("GET /made-up/{}/", connected.organisation.id);
    let made_up = names.clone();
    let _fault = harness.aws_proxy.inject_fault(move |call| {
        call.action.starts_with(&made_up).then(|| ProxyAction::Respond(Message::response(404, &[], "")))
    });
    let count = |start: &str| harness.aws_proxy.calls_matching(|call| call.action.starts_with(start)).len();
    let began_at = Instant::now();
    for number in 0..FORGED_MESSAGES {
        let url = format!("{aws}/made-up/{}/{number}.pem", connected.organisation.id);
        let forged = complaint(harness, &connected, &id)?.with("SigningCertURL", url);
        let unavailable = Some("sns_certificate_unavailable".to_owned());
        assert_equal("a forged message", post(harness, &connected, forged)?, (503, unavailable))?;
    }
    // Four in ten seconds.
    let expected = 4 * (1 + began_at.elapsed().as_secs() / 10);
    let fetched = count(&names) as u64;
    assert_that((1..=expected).contains(&fetched), format!("{fetched} made-up names were fetched"))?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    assert_equal("a real message afterwards", real(&id)?, (200, None))?;
    assert_equal("fetches of the right certificate", count(&format!("GET {path}")), 1)
}

/// Returns a notification with a Complaint event about an email.
fn complaint(
    harness: &Harness,
    connected: &ConnectedOrganisation,
    id: &str,
) -> test_support::Result<SnsMessage> {
    let email = connected.email(id)?;
    let event = json!({
        "eventType": "Complaint",
        "complaint": { "timestamp": "2026-11-24T12:00:00.000Z", "complainedRecipients": [] },
        "mail": {
            "timestamp": "2026-11-24T12:00:00.000Z",
            "messageId": email["sesMessageId"],
            "destination": [SUCCESS],
            "tags": { "kraiter-message-id": [id] },
        },
    });
    let notification = SnsMessage::new("Notification", &connected.topic_arn, &harness.aws_proxy.origin());
    Ok(notification.with("Message", event.to_string()))
}

/// Signs and posts a notification. Returns the status, and the error code or unexpected body.
fn post(
    harness: &Harness,
    connected: &ConnectedOrganisation,
    notification: SnsMessage,
) -> test_support::Result<(u16, Option<String>)> {
    let response = harness.post_to_webhook(&connected.webhook_target()?, notification.sign()?.to_string())?;
    let is_empty = response.status != StatusCode::OK || response.body.is_null();
    let code = response.code().map(str::to_owned);
    Ok((response.status.as_u16(), if is_empty { code } else { Some(response.body.to_string()) }))
}

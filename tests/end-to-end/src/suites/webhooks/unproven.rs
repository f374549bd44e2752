//! Confirmations and topics that nothing has proven yet.

use http::StatusCode;
use serde_json::{Value, json};
use test_support::{Result, api::ApiResponse, sns_signer::ses_event};
use time::OffsetDateTime;

use super::{TestResult, assert_equal, assert_that};
use crate::{
    harness::{Harness, IRELAND, get_binding, open_quick_create},
    sns_signer::SnsMessage,
    suites::assert_error,
    test_email::{SUCCESS, email_to},
};

const VICTIM: &str = "victim@example.com";

/// Returns the path of a webhook with a role.
fn with_role(webhook: &str, role: &str) -> String {
    let path = &webhook[webhook.find("/webhooks/").unwrap_or_default()..];
    format!("{}?role_arn={role}&configuration_set=kraiter", path.split('?').next().unwrap_or_default())
}

fn post(harness: &Harness, target: &str, message: SnsMessage) -> Result<ApiResponse> {
    harness.post_to_webhook(target, message.sign()?.to_string())
}

/// Returns an event of an email that was never sent.
fn made_up_complaint() -> String {
    let details = json!({ "complaint": {
        "timestamp": "2026-11-24T12:00:00.000Z", "complainedRecipients": [{ "emailAddress": VICTIM }],
    } });
    let id = "eml_01k0000000000000000000000";
    ses_event(id, "Complaint", &[VICTIM], &details, OffsetDateTime::now_utc())
}

/// Anyone who knows the link can subscribe a topic of their own account, with a role that doesn't trust Kraiter.
pub(crate) fn topic_of_unproven_role(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let link = open_quick_create(&organisation, IRELAND)?;
    let webhook = link.parameter("WebhookUrl").unwrap_or_default();
    let aws = harness.aws_proxy.origin();
    let intruder = harness.create_customer()?;
    let topic = intruder.create_topic(link.region, "intruder")?;
    let target = with_role(webhook, &format!("arn:aws:iam::{}:role/Intruder", intruder.account()));
    let confirmed = post(harness, &target, SnsMessage::new("SubscriptionConfirmation", &topic, &aws))?;
    assert_equal("confirmation", confirmed.status, StatusCode::SERVICE_UNAVAILABLE)?;

    let event = SnsMessage::new("Notification", &topic, &aws).with("Message", made_up_complaint());
    assert_error("an event", &post(harness, &target, event)?, 403, "sns_topic_unexpected")?;
    let unsubscribed = SnsMessage::new("UnsubscribeConfirmation", &topic, &aws);
    assert_error("an unsubscription", &post(harness, &target, unsubscribed)?, 403, "sns_topic_unexpected")?;
    let suppressed = organisation.api.get("/v1/suppressions")?.expect_status(StatusCode::OK)?;
    assert_equal("suppressed addresses", &suppressed["data"], &json!([]))?;

    // While a role is verified, that of another account can't take its place, but is tried later.
    let other = harness.create_customer()?;
    let other_topic = format!("arn:aws:sns:{IRELAND}:{}:other", other.account());
    let target = with_role(webhook, &format!("arn:aws:iam::{}:role/Other", other.account()));
    let confirmation = SnsMessage::new("SubscriptionConfirmation", &other_topic, &aws);
    let deferred = post(harness, &target, confirmation)?;
    assert_error("another account", &deferred, 503, "sns_role_being_verified")?;
    let account = get_binding(&organisation)?["awsAccountId"].clone();
    assert_equal("account", &account, intruder.account().as_str())
}

/// SNS doesn't sign the query that names the role.
pub(crate) fn replayed_with_another_role(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let posts = harness.webhook_proxy.sns_posts(&connected.topic_arn);
    let recorded = posts.iter().find(|post| post.message_type() == "SubscriptionConfirmation");
    let recorded = recorded.ok_or("SNS has not posted a confirmation")?;
    let before = connected.binding()?;
    let missing = format!("arn:aws:iam::{}:role/Missing", connected.customer.account());
    let target = with_role(connected.webhook_url(), &missing);
    let replayed = harness.post_to_webhook(&target, recorded.body.clone())?;
    assert_error("the replay", &replayed, 403, "sns_confirmation_used")?;
    // SNS repeats a message if the response was lost.
    let repeated = harness.post_to_webhook(&recorded.target, recorded.body.clone())?;
    assert_equal("the repetition", (repeated.status, repeated.body), (StatusCode::OK, Value::Null))?;
    assert_equal("connection", connected.binding()?, before)?;

    // A new message of the account may name another role. Until that is proven, the connection works as before.
    let confirmation =
        SnsMessage::new("SubscriptionConfirmation", &connected.topic_arn, &harness.aws_proxy.origin());
    post(harness, &target, confirmation)?;
    assert_equal("status", &connected.binding()?["status"], "verifying")?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    assert_that(
        harness.aws_proxy.send_call_count(&missing) == 0,
        "an email was sent with a role that isn't proven",
    )
}

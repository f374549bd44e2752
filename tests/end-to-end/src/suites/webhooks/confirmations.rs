//! Confirmed and removed subscriptions.

use serde_json::Value;
use test_support::{
    console::QuickCreate,
    customer::{Customer, Subscription},
    wait::Poll,
};

use super::{TestResult, assert_equal, assert_that};
use crate::{
    aws_proxy::fault,
    connected_organisation::topic_of_stack,
    harness::{Harness, IRELAND, get_binding, open_quick_create, verify_binding},
    honeypot::Honeypot,
    http_proxy::ProxyAction,
    polling::{WAIT_TIMEOUT, wait_for, wait_until},
    sns_signer::SnsMessage,
    test_email::{SUCCESS, email_to},
    webhook_proxy::SnsPost,
    wire::Message,
};

/// `Call::action` of the confirmation.
const CONFIRM: &str = "ConfirmSubscription";

pub(crate) fn confirmed_by_token(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let confirmations = || {
        harness.aws_proxy.calls_matching(|call| {
            call.action == CONFIRM && call.parameter("TopicArn") == connected.topic_arn
        })
    };
    let posts = harness.webhook_proxy.sns_posts(&connected.topic_arn);
    let post = posts
        .iter()
        .find(|post| post.message_type() == "SubscriptionConfirmation")
        .ok_or("SNS has not posted a confirmation")?;
    let calls = confirmations();
    let [call] = &calls[..] else {
        return Err(format!("{} calls confirm the subscription", calls.len()).into());
    };
    assert_equal("token", Some(call.parameter("Token")), post.message["Token"].as_str())?;
    assert_equal("access key", call.access_key_id.as_str(), "")?;
    let mut names: Vec<_> = call.parameters.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_equal("parameters", names, ["Action", "Token", "TopicArn", "Version"])?;

    // The SubscribeURL is ignored, so a message with another URL is confirmed too.
    let honeypot = Honeypot::start()?;
    let topic = connected.topic_arn.clone();
    let _fault = harness.aws_proxy.inject_fault(move |call| {
        let is_matching = call.action == CONFIRM && call.parameter("TopicArn") == topic;
        is_matching.then(|| {
            ProxyAction::Respond(Message::response(
                200,
                &[("content-type", "text/xml")],
                confirmation_response(&topic),
            ))
        })
    });
    let confirmation =
        SnsMessage::new("SubscriptionConfirmation", &connected.topic_arn, &harness.aws_proxy.origin())
            .with("Token", "b7a90ce4d6f1438285c05d7e6f9a1b32")
            .with("SubscribeURL", format!("{}/?Action=ConfirmSubscription", honeypot.origin()));
    let response = harness.post_to_webhook(&connected.webhook_target()?, confirmation.sign()?.to_string())?;
    assert_equal("response", (response.status.as_u16(), response.body), (200, Value::Null))?;
    let calls = confirmations();
    assert_equal("confirmation calls", calls.len(), 2)?;
    assert_equal("token", calls[1].parameter("Token"), "b7a90ce4d6f1438285c05d7e6f9a1b32")?;
    assert_equal("requests to the SubscribeURL", honeypot.requests(), Vec::<String>::new())?;
    assert_equal("connection", &connected.binding()?["status"], "connected")
}

pub(crate) fn retried_confirmation(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let customer = harness.create_customer()?;
    let link = open_quick_create(&organisation, IRELAND)?;
    let account = customer.account().to_string();
    let fault = harness.aws_proxy.inject_fault(move |call| {
        let is_matching = call.action == CONFIRM && call.parameter("TopicArn").contains(&account);
        is_matching.then(|| fault::query_error(500, "InternalFailure", "Try later"))
    });
    link.create_stack(&customer)?;
    let topic = topic_of_stack(&customer, &link)?;
    let post = wait_for_confirmation(harness, &topic)?;
    assert_equal("status of the response", post.status, 503)?;
    assert_that(!is_confirmed(&customer, &link, &topic)?, "the subscription is confirmed")?;

    drop(fault);
    // SNS retries after a 5xx response.
    let retried = harness.post_to_webhook(&post.target, post.body)?;
    assert_equal(
        "response to the second attempt",
        (retried.status.as_u16(), retried.body),
        (200, Value::Null),
    )?;
    assert_that(is_confirmed(&customer, &link, &topic)?, "the subscription is not confirmed")?;
    let connected = organisation.wait_for_status("connected", WAIT_TIMEOUT)?;
    assert_equal("events", &connected["eventsActive"], true)
}

pub(crate) fn topic_unsubscribed(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let confirmations = || {
        let calls =
            harness.aws_proxy.calls_matching(|call| call.parameter("TopicArn") == connected.topic_arn);
        calls.iter().filter(|call| call.action == CONFIRM).count()
    };
    let before = confirmations();
    let confirmation =
        SnsMessage::new("UnsubscribeConfirmation", &connected.topic_arn, &harness.aws_proxy.origin());
    let response = harness.post_to_webhook(&connected.webhook_target()?, confirmation.sign()?.to_string())?;
    assert_equal("response", (response.status.as_u16(), response.body), (200, Value::Null))?;
    let degraded = connected.binding()?;
    assert_equal("status", &degraded["status"], "degraded")?;
    assert_equal("reason", &degraded["reason"]["code"], "topic_unsubscribed")?;
    assert_equal("events", &degraded["eventsActive"], false)?;
    // A successful check of the role doesn't hide the reason.
    let checked = verify_binding(&connected.organisation)?;
    assert_equal("verified", &checked["verified"], true)?;
    assert_equal("reason after a check", &checked["reason"]["code"], "topic_unsubscribed")?;
    assert_equal("confirmation calls", confirmations(), before)?;
    // Emails are still sent.
    connected.send(&email_to(SUCCESS), "sent")?;

    // Subscribing the webhook again restores the connection.
    let subscriptions = connected.customer.subscriptions(connected.link.region, &connected.topic_arn)?;
    let subscription = subscriptions.into_iter().next().ok_or("there is no subscription")?;
    connected.customer.unsubscribe(connected.link.region, &subscription.arn)?;
    connected.customer.subscribe(
        connected.link.region,
        &connected.topic_arn,
        &subscription.protocol,
        &subscription.endpoint,
    )?;
    let recovered = connected.organisation.wait_for_status("connected", WAIT_TIMEOUT)?;
    assert_equal("events", &recovered["eventsActive"], true)?;
    wait_until("the subscription to be confirmed", || {
        is_confirmed(&connected.customer, &connected.link, &connected.topic_arn)
    })?;
    Ok(())
}

pub(crate) fn other_account(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let before = connected.binding()?;
    // Someone else creates a stack from the same link.
    let intruder = harness.create_customer()?;
    connected.link.create_stack(&intruder)?;
    let topic = topic_of_stack(&intruder, &connected.link)?;
    let post = wait_for_confirmation(harness, &topic)?;
    assert_equal("status of the response", post.status, 403)?;
    assert_that(
        !is_confirmed(&intruder, &connected.link, &topic)?,
        "the intruder's subscription is confirmed",
    )?;
    let account = intruder.account().as_str();
    let calls = harness
        .aws_proxy
        .calls_matching(|call| call.role.contains(account) || call.parameter("TopicArn").contains(account));
    assert_equal("calls about the intruder's account", calls.len(), 0)?;
    assert_equal("connection", connected.binding()?, before)?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    Ok(())
}

/// The customer edits the webhook URL in the AWS console.
pub(crate) fn role_in_other_account(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let link = open_quick_create(&organisation, IRELAND)?;
    let (customer, other_customer) = (harness.create_customer()?, harness.create_customer()?);
    let topic = customer.create_topic(link.region, "edited")?;
    let role = format!("arn:aws:iam::{}:role/other", other_customer.account());
    let endpoint =
        format!("{}?role_arn={role}&configuration_set=a", link.parameter("WebhookUrl").unwrap_or_default());
    customer.subscribe(link.region, &topic, "http", &endpoint)?;
    let post = wait_for_confirmation(harness, &topic)?;
    assert_equal("status of the response", post.status, 403)?;
    let calls =
        harness.aws_proxy.calls_matching(|call| call.role == role || call.parameter("TopicArn") == topic);
    assert_equal("calls about the role or topic", calls.len(), 0)?;
    assert_equal("status", &get_binding(&organisation)?["status"], "awaiting_stack")
}

/// Waits for the SubscriptionConfirmation of a topic and returns it.
fn wait_for_confirmation(harness: &Harness, topic: &str) -> test_support::Result<SnsPost> {
    wait_for("a response to the confirmation", || {
        let mut posts = harness.webhook_proxy.sns_posts(topic).into_iter();
        let found = posts.rfind(|post| post.message_type() == "SubscriptionConfirmation");
        Ok(found.map_or_else(|| Poll::Pending("nothing".into()), Poll::Ready))
    })
}

/// Returns whether a topic has a confirmed subscription.
fn is_confirmed(customer: &Customer, link: &QuickCreate, topic: &str) -> test_support::Result<bool> {
    Ok(customer.subscriptions(link.region, topic)?.iter().any(Subscription::is_confirmed))
}

/// Returns the SNS response to ConfirmSubscription.
fn confirmation_response(topic: &str) -> String {
    format!(
        "<ConfirmSubscriptionResponse><ConfirmSubscriptionResult><SubscriptionArn>{topic}:80289ba6-0fd4-4079-afb4-ce8c8260f0ca\
         </SubscriptionArn></ConfirmSubscriptionResult></ConfirmSubscriptionResponse>"
    )
}

//! The quick-create link and the stack that it creates.

use domain::onboarding::{permissions_policy, trust_policy};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use test_support::{console::QuickCreate, template, test_env::KRAITER_ACCOUNT, wait::Poll};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{TestResult, assert_equal, assert_error, assert_that};
use crate::{
    connected_organisation::{ConnectedOrganisation, topic_of_stack},
    harness::{self, Harness, IRELAND, get_binding, open_quick_create, request_connection, string_at},
    polling::{WAIT_TIMEOUT, wait_for, wait_until},
    test_email::{SUCCESS, email_to},
};

pub(crate) fn connects_automatically(harness: &Harness) -> TestResult {
    let start = OffsetDateTime::now_utc();
    let organisation = harness.create_organisation()?;
    let before = get_binding(&organisation)?;
    assert_equal("initial status", &before["status"], "not_connected")?;
    for field in [
        "awsAccountId",
        "roleArn",
        "stackRegion",
        "configurationSet",
        "sandbox",
        "quota",
        "reason",
        "checkedAt",
    ] {
        assert_equal(field, &before[field], &Value::Null)?;
    }

    let details = request_connection(&organisation, IRELAND)?;
    assert_equal("status in the response", &details["status"], "awaiting_stack")?;
    assert_equal(
        "status after requesting the link",
        &get_binding(&organisation)?["status"],
        "awaiting_stack",
    )?;

    let customer = harness.create_customer()?;
    let link = QuickCreate::open(&string_at(&details, "/quickCreateUrl")?)?;
    link.create_stack(&customer)?;
    // No call to verify is needed.
    let binding = organisation.wait_for_status("connected", WAIT_TIMEOUT)?;
    let resource = |kind: &str| customer.stack_resources(link.region, &link.stack_name, kind);
    let role_arn = string_at(&binding, "/roleArn")?;
    assert_equal("account", &binding["awsAccountId"], customer.account().as_str())?;
    // AWS reports the role's name, the emulator its ARN.
    let roles = resource("AWS::IAM::Role")?;
    let name = |role: &str| role.rsplit('/').next().unwrap_or_default().to_owned();
    assert_equal("role", roles.iter().map(|role| name(role)).collect::<Vec<_>>(), [name(&role_arn)])?;
    assert_that(role_arn.starts_with(&format!("arn:aws:iam::{}:role/", customer.account())), role_arn)?;
    assert_equal("region", &binding["stackRegion"], IRELAND)?;
    assert_equal("external ID", &binding["externalId"], &before["externalId"])?;
    let configuration_set = string_at(&binding, "/configurationSet")?;
    assert_equal("configuration set", resource("AWS::SES::ConfigurationSet")?, [configuration_set])?;
    assert_equal("events", &binding["eventsActive"], true)?;
    assert_equal("sandbox", &binding["sandbox"], false)?;
    let quota = json!({ "max24HourSend": 50_000.0, "maxSendRate": 14.0, "sentLast24Hours": 0.0 });
    assert_equal("quota", &binding["quota"], &quota)?;
    assert_equal("reason", &binding["reason"], &Value::Null)?;
    assert_equal("regions", binding["regions"].as_array().map(Vec::len), Some(33))?;
    let checked_at = OffsetDateTime::parse(&string_at(&binding, "/checkedAt")?, &Rfc3339)?;
    assert_that(
        (start..=OffsetDateTime::now_utc()).contains(&checked_at),
        format!("checked at {checked_at}"),
    )?;

    let topic = resource("AWS::SNS::Topic")?.into_iter().next().unwrap_or_default();
    let subscriptions = customer.subscriptions(link.region, &topic)?;
    assert_equal(
        "confirmed subscriptions",
        subscriptions.iter().filter(|subscription| subscription.is_confirmed()).count(),
        1,
    )?;

    let verified = harness::verify_binding(&organisation)?;
    assert_equal("verified", &verified["verified"], true)?;
    assert_equal("status after verify", &verified["status"], "connected")
}

pub(crate) fn link_parameters(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let customer = harness.create_customer()?;
    let details = request_connection(&organisation, "us-west-2")?;
    let url = string_at(&details, "/quickCreateUrl")?;
    let console =
        "https://us-west-2.console.aws.amazon.com/cloudformation/home?region=us-west-2#/stacks/quickcreate?";
    assert_that(url.starts_with(console), url.clone())?;

    let link = QuickCreate::open(&url)?;
    let expected = template::for_endpoint(customer.endpoint());
    assert_that(
        link.template_url.ends_with(&format!("/{}", expected.object_key())),
        link.template_url.clone(),
    )?;
    assert_equal("template", link.template(&customer)?, expected.to_json())?;
    let external_id = string_at(&details, "/externalId")?;
    let prefix = format!("kraiter-ses-{}-", &external_id[..12]);
    assert_that(link.stack_name.starts_with(&prefix), link.stack_name.clone())?;
    assert_equal("stackName", &details["stackName"], link.stack_name.as_str())?;
    let names: Vec<_> = link.parameters.iter().map(|(name, _)| name.as_str()).collect();
    assert_equal("parameters", names, ["KraiterAccountId", "ExternalId", "WebhookUrl"])?;
    assert_equal("KraiterAccountId", link.parameter("KraiterAccountId"), Some(KRAITER_ACCOUNT))?;
    assert_equal("kraiterAccountId", &details["kraiterAccountId"], KRAITER_ACCOUNT)?;
    assert_equal("ExternalId", link.parameter("ExternalId"), Some(external_id.as_str()))?;
    let webhook = link.parameter("WebhookUrl").unwrap_or_default();
    let start = format!("{}/webhooks/sns/", harness.webhook_proxy.origin());
    assert_that(webhook.strip_prefix(&start).is_some_and(|token| token.starts_with("kr_wh_")), webhook)?;

    let trust = trust_policy(&KRAITER_ACCOUNT.parse()?, &external_id.parse()?);
    assert_equal("trustPolicy", &details["trustPolicy"], &trust.to_value())?;
    assert_equal("permissionsPolicy", &details["permissionsPolicy"], &permissions_policy().to_value())
}

pub(crate) fn earlier_link(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let first = open_quick_create(&organisation, IRELAND)?;
    let second = open_quick_create(&organisation, IRELAND)?;
    assert_equal("external ID", first.parameter("ExternalId"), second.parameter("ExternalId"))?;
    assert_that(
        first.parameter("WebhookUrl") != second.parameter("WebhookUrl"),
        "both links have the same token",
    )?;
    assert_that(first.stack_name != second.stack_name, "both links have the same stack name")?;

    let customer = harness.create_customer()?;
    first.create_stack(&customer)?;
    let connected = organisation.wait_for_status("connected", WAIT_TIMEOUT)?;

    // Requesting another link doesn't change an existing connection.
    let third = request_connection(&organisation, "us-east-1")?;
    assert_equal("status in the response", &third["status"], "connected")?;
    assert_equal("connection", get_binding(&organisation)?, connected)
}

pub(crate) fn older_template(harness: &Harness) -> TestResult {
    const BUCKET: &str = "older-templates";
    const OLDER: &str = "0123456789abcdef";
    let (organisation, customer) = (harness.create_organisation()?, harness.create_customer()?);
    let feed = organisation.api.call(Method::PUT, "/v1/settings", Some(&json!({ "feed": true })))?;
    feed.expect_status(StatusCode::OK)?;
    let mut link = open_quick_create(&organisation, IRELAND)?;
    let published = link.template_url.clone();
    let version = template::for_endpoint(customer.endpoint()).version().to_string();
    let older = link.template(&customer)?.replace(&version, OLDER);
    customer.create_bucket(link.region, BUCKET)?;
    link.template_url = customer.put_object(link.region, BUCKET, "template.json", older)?;
    let stack = link.create_stack(&customer)?;
    assert_that(
        stack.outputs.contains(&("TemplateVersion".to_owned(), OLDER.to_owned())),
        format!("{:?}", stack.outputs),
    )?;

    organisation.wait_for_status("connected", WAIT_TIMEOUT)?;
    let stack = || -> test_support::Result<Value> {
        let binding = get_binding(&organisation)?;
        let regions = binding["regions"].as_array().cloned().unwrap_or_default();
        Ok(regions
            .iter()
            .find(|region| region["region"] == IRELAND)
            .map_or(Value::Null, |r| r["stack"].clone()))
    };
    let older = stack()?;
    assert_equal("version", &older["templateVersion"], OLDER)?;
    let outdated = json!({ "stackId": older["id"], "templateVersion": OLDER, "publishedVersion": version });
    wait_until("the event", || {
        let feed = organisation.api.get("/v1/events")?.expect_status(StatusCode::OK)?;
        let events = feed["data"].as_array().cloned().unwrap_or_default();
        Ok(events.iter().any(|event| event["type"] == "stack.outdated" && event["data"] == outdated))
    })?;
    let update_url = string_at(&older, "/updateUrl")?;
    let (_, query) = update_url.split_once("#/stacks/update/template?").ok_or("no page for updates")?;
    let values: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let expected = [("stackId", string_at(&older, "/id")?), ("templateURL", published)];
    assert_equal(
        "values in the link",
        values,
        expected.map(|(name, value)| (name.to_owned(), value)).to_vec(),
    )?;
    assert_that(string_at(&older, "/id")?.contains(&link.stack_name), older.to_string())?;

    // Updating the stack replaces its subscription, because the endpoint has another version.
    let topic = topic_of_stack(&customer, &link)?;
    let subscriptions = customer.subscriptions(link.region, &topic)?;
    let endpoint = subscriptions[0].endpoint.replace(OLDER, &version);
    customer.subscribe(link.region, &topic, &subscriptions[0].protocol, &endpoint)?;
    wait_until("the new version to be reported", || Ok(stack()?["templateVersion"] == version.as_str()))?;
    assert_equal("update link", &stack()?["updateUrl"], &Value::Null)?;
    assert_equal("status", &get_binding(&organisation)?["status"], "connected")
}

pub(crate) fn two_organisations(harness: &Harness) -> TestResult {
    let customer = harness.create_customer()?;
    let one = harness.connect_organisation_to(customer.clone(), IRELAND)?;
    let other = harness.connect_organisation_to(customer, IRELAND)?;
    assert_that(one.link.stack_name != other.link.stack_name, "both stacks have the same name")?;
    assert_that(one.role_arn != other.role_arn, "both organisations have the same role")?;
    assert_that(one.topic_arn != other.topic_arn, "both organisations have the same topic")?;

    let ids = [one.send(&email_to(SUCCESS), "sent")?, other.send(&email_to(SUCCESS), "sent")?];
    for (connected, id) in [(&one, &ids[0]), (&other, &ids[1])] {
        connected.wait_for_delivery(id)?;
        assert_equal("status", &connected.verify()?["status"], "connected")?;
        let page = connected.organisation.api.get("/v1/emails")?.body;
        let listed: Vec<_> =
            page["data"].as_array().into_iter().flatten().map(|email| &email["id"]).collect();
        assert_equal("listed emails", listed, [id.as_str()])?;
    }
    Ok(())
}

pub(crate) fn sandbox_status(harness: &Harness) -> TestResult {
    harness.emulator().set_sandbox(true)?;
    let connected = harness.connect_organisation_to(harness.mailbox_customer()?, IRELAND)?;
    assert_equal("sandbox", &connected.binding()?["sandbox"], true)?;
    // In the sandbox, recipients must be verified.
    let refused = connected.submit(&email_to("a@example.com"))?;
    let code = "sandbox_recipient_not_verified";
    assert_error("sending to an unverified address", &refused, 422, code)?;

    harness.emulator().set_sandbox(false)?;
    assert_equal("sandbox after production access", &connected.verify()?["sandbox"], false)?;
    wait_until("the binding to report production access", || Ok(connected.binding()?["sandbox"] == false))?;
    assert_connected(&connected)
}

fn assert_connected(connected: &ConnectedOrganisation) -> TestResult {
    assert_equal("status", &connected.binding()?["status"], "connected")
}

pub(crate) fn region_changed(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let customer = harness.create_customer()?;
    let mut link = open_quick_create(&organisation, IRELAND)?;
    link.region = "eu-central-1".parse()?;
    link.create_stack(&customer)?;
    let reported = wait_for("the reason", || {
        let binding = get_binding(&organisation)?;
        let is_reported = binding["reason"]["code"] == "stack_in_other_region";
        Ok(if is_reported { Poll::Ready(binding) } else { Poll::Pending(binding.to_string()) })
    })?;
    let message = string_at(&reported, "/reason/message")?;
    assert_that(message.contains("eu-central-1") && message.contains(IRELAND), message)?;
    assert_equal("status", &reported["status"], "awaiting_stack")?;

    customer.delete_stack(link.region, &link.stack_name, WAIT_TIMEOUT)?;
    open_quick_create(&organisation, IRELAND)?.create_stack(&customer)?;
    organisation.wait_for_status("connected", WAIT_TIMEOUT)?;
    Ok(())
}

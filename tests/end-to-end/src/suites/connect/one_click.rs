//! The quick-create link, and what a stack made by it brings about.

use kraiter_core::setup::{permissions_policy, trust_policy};
use serde_json::{Value, json};
use test_support::{console::QuickCreate, template, test_env::KRAITER_ACCOUNT};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Outcome, equal, hold};
use crate::{
    connected::{Connected, SUCCESS, email_to, until},
    world::{self, IRELAND, SOON, World, binding, connect, quick_create, text},
};

pub(crate) fn activates_itself(world: &World) -> Outcome {
    let start = OffsetDateTime::now_utc();
    let organisation = world.organisation()?;
    let before = binding(&organisation)?;
    equal("status at first", &before["status"], "not_connected")?;
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
        equal(field, &before[field], &Value::Null)?;
    }

    let asked = connect(&organisation, IRELAND)?;
    equal("status of the answer", &asked["status"], "awaiting_stack")?;
    equal("status once asked", &binding(&organisation)?["status"], "awaiting_stack")?;

    let customer = world.customer()?;
    let link = QuickCreate::open(&text(&asked, "/quickCreateUrl")?)?;
    link.create_stack(&customer)?;
    // Nobody calls verify.
    let binding = organisation.wait_for_status("connected", SOON)?;
    let resource = |kind: &str| customer.stack_resources(link.region, &link.stack_name, kind);
    let role_arn = text(&binding, "/roleArn")?;
    equal("account", &binding["awsAccountId"], customer.account().as_str())?;
    // By its name on AWS, by its ARN in the emulator.
    let made = resource("AWS::IAM::Role")?;
    let name = |role: &str| role.rsplit('/').next().unwrap_or_default().to_owned();
    equal("role", made.iter().map(|role| name(role)).collect::<Vec<_>>(), [name(&role_arn)])?;
    hold(role_arn.starts_with(&format!("arn:aws:iam::{}:role/", customer.account())), role_arn)?;
    equal("region", &binding["stackRegion"], IRELAND)?;
    equal("external ID", &binding["externalId"], &before["externalId"])?;
    let configuration_set = text(&binding, "/configurationSet")?;
    equal("configuration set", resource("AWS::SES::ConfigurationSet")?, [configuration_set])?;
    equal("events", &binding["eventsActive"], true)?;
    equal("sandbox", &binding["sandbox"], false)?;
    let quota = json!({ "max24HourSend": 50_000.0, "maxSendRate": 14.0, "sentLast24Hours": 0.0 });
    equal("quota", &binding["quota"], &quota)?;
    equal("reason", &binding["reason"], &Value::Null)?;
    equal("regions", binding["regions"].as_array().map(Vec::len), Some(33))?;
    let checked_at = OffsetDateTime::parse(&text(&binding, "/checkedAt")?, &Rfc3339)?;
    hold((start..=OffsetDateTime::now_utc()).contains(&checked_at), format!("checked at {checked_at}"))?;

    let topic = resource("AWS::SNS::Topic")?.into_iter().next().unwrap_or_default();
    let subscriptions = customer.subscriptions(link.region, &topic)?;
    equal("confirmed subscriptions", subscriptions.iter().filter(|one| one.is_confirmed()).count(), 1)?;

    let verified = world::verify(&organisation)?;
    equal("verified", &verified["verified"], true)?;
    equal("status after verify", &verified["status"], "connected")
}

pub(crate) fn fills_in_the_page(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let customer = world.customer()?;
    let asked = connect(&organisation, "us-west-2")?;
    let url = text(&asked, "/quickCreateUrl")?;
    let console =
        "https://us-west-2.console.aws.amazon.com/cloudformation/home?region=us-west-2#/stacks/quickcreate?";
    hold(url.starts_with(console), url.clone())?;

    let link = QuickCreate::open(&url)?;
    let expected = template::for_endpoint(customer.endpoint());
    hold(link.template_url.ends_with(&format!("/{}", expected.object_key())), link.template_url.clone())?;
    equal("the template", link.template(&customer)?, expected.to_json())?;
    let external_id = text(&asked, "/externalId")?;
    equal("the stack's name", &link.stack_name, &format!("kraiter-ses-{}", &external_id[..12]))?;
    equal("the name in the answer", &asked["stackName"], link.stack_name.as_str())?;
    let names: Vec<_> = link.parameters.iter().map(|(name, _)| name.as_str()).collect();
    equal("parameters", names, ["KraiterAccountId", "ExternalId", "WebhookUrl"])?;
    equal("KraiterAccountId", link.parameter("KraiterAccountId"), Some(KRAITER_ACCOUNT))?;
    equal("kraiterAccountId", &asked["kraiterAccountId"], KRAITER_ACCOUNT)?;
    equal("ExternalId", link.parameter("ExternalId"), Some(external_id.as_str()))?;
    let webhook = link.parameter("WebhookUrl").unwrap_or_default();
    let start = format!("{}/webhooks/sns/", world.post_office.origin());
    hold(webhook.strip_prefix(&start).is_some_and(|token| token.len() == 52), webhook)?;

    let trust = trust_policy(&KRAITER_ACCOUNT.parse()?, &external_id.parse()?);
    equal("trustPolicy", &asked["trustPolicy"], &trust.to_value())?;
    equal("permissionsPolicy", &asked["permissionsPolicy"], &permissions_policy().to_value())
}

pub(crate) fn earlier_link_works(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let first = quick_create(&organisation, IRELAND)?;
    let second = quick_create(&organisation, IRELAND)?;
    equal("the external ID", first.parameter("ExternalId"), second.parameter("ExternalId"))?;
    hold(first.parameter("WebhookUrl") != second.parameter("WebhookUrl"), "both links have one token")?;

    let customer = world.customer()?;
    first.create_stack(&customer)?;
    let connected = organisation.wait_for_status("connected", SOON)?;

    // Once connected, asking for a link changes nothing.
    let third = connect(&organisation, "us-east-1")?;
    equal("status of the answer", &third["status"], "connected")?;
    equal("the connection", binding(&organisation)?, connected)
}

pub(crate) fn two_in_one_account(world: &World) -> Outcome {
    let customer = world.customer()?;
    let one = world.connected_to(customer.clone(), IRELAND)?;
    let other = world.connected_to(customer, IRELAND)?;
    hold(one.link.stack_name != other.link.stack_name, "both stacks have one name")?;
    hold(one.role_arn != other.role_arn, "both organisations have one role")?;
    hold(one.topic != other.topic, "both organisations have one topic")?;

    let ids = [one.send(&email_to(SUCCESS), "sent")?, other.send(&email_to(SUCCESS), "sent")?];
    for (connected, id) in [(&one, &ids[0]), (&other, &ids[1])] {
        connected.wait_for_delivery(id)?;
        equal("status", &connected.verify()?["status"], "connected")?;
        let page = connected.organisation.api.get("/v1/emails")?.body;
        let listed: Vec<_> =
            page["data"].as_array().into_iter().flatten().map(|email| &email["id"]).collect();
        equal("its emails", listed, [id.as_str()])?;
    }
    Ok(())
}

pub(crate) fn sandbox(world: &World) -> Outcome {
    world.emulator().set_sandbox(true)?;
    let connected = world.connected_to(world.shown_customer()?, IRELAND)?;
    equal("sandbox", &connected.binding()?["sandbox"], true)?;
    // In the sandbox recipients must be verified.
    let refused = connected.post(&email_to("a@example.com"))?;
    let code = "sandbox_recipient_not_verified";
    equal("an email to somebody", (refused.status.as_u16(), refused.code()), (422, Some(code)))?;

    world.emulator().set_sandbox(false)?;
    equal("sandbox after its end", &connected.verify()?["sandbox"], false)?;
    until("the sandbox to be shown as ended", || Ok(connected.binding()?["sandbox"] == false))?;
    is_not_degraded(&connected)
}

fn is_not_degraded(connected: &Connected) -> Outcome {
    equal("status", &connected.binding()?["status"], "connected")
}

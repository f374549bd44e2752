//! The steps of the demo, in the order in which a customer takes them.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use test_support::{
    Error, Result,
    api::ApiResponse,
    console::QuickCreate,
    customer::Customer,
    emulator::MAILBOX_ACCOUNT,
    template,
    test_env::{KRAITER_ACCOUNT, Organisation, TestEnv},
    wait::{self, Poll},
};

use super::{first_email, step};

const REGION: &str = "eu-west-1";

/// The account whose mailbox can be looked into.
const CUSTOMER_ACCOUNT: &str = MAILBOX_ACCOUNT;

/// How long the connection may take from the stack's completion on; by itself it is done in two seconds.
const ACTIVATION: Duration = Duration::from_mins(1);

/// Plays them all; answers the organisation that is then connected.
pub(super) fn play(env: &TestEnv) -> Result<Organisation> {
    let organisation = step("an organisation is made", || {
        let organisation = env.organisation("Demo")?;
        let said = format!("{}, its API key shown once", organisation.id);
        Ok((organisation, said))
    })?;
    let customer = step("a customer has an AWS account", || {
        let customer = env.customer(CUSTOMER_ACCOUNT)?;
        Ok((customer, format!("{CUSTOMER_ACCOUNT}, with keys of its own")))
    })?;
    let (connect, page) = step("the quick-create link is given", || {
        let connect =
            success(organisation.api.post("/v1/aws-binding/connect", &json!({ "region": REGION }))?)?;
        let page = QuickCreate::open(connect["quickCreateUrl"].as_str().unwrap_or_default())?;
        let said = format!("stack {} in {}", page.stack_name, page.region);
        Ok(((connect, page), said))
    })?;
    step("the link's template and parameters are what CloudFormation would get", || {
        check_link(&connect, &page, &customer).map(|said| ((), said))
    })?;
    step("the customer creates the stack", || {
        let stack = page.create_stack(&customer)?;
        Ok(((), stack.status))
    })?;
    step("the connection activates itself", || {
        let binding = organisation.wait_for_status("connected", ACTIVATION)?;
        let region = &binding["stackRegion"];
        Ok(((), format!("{} in {region}, sandbox: {}", binding["roleArn"], binding["sandbox"])))
    })?;
    step("verify says so too", || {
        let verified = success(organisation.api.post("/v1/aws-binding/verify", &json!({}))?)?;
        expect(&verified, "/verified", &json!(true))?;
        expect(&verified, "/status", &json!("connected"))?;
        Ok(((), format!("verified, quota {}", verified["quota"])))
    })?;
    step("events can come: the subscription is confirmed", || {
        wait::until("the events to be active", ACTIVATION, Duration::from_millis(100), || {
            let binding = success(organisation.api.get("/v1/aws-binding")?)?;
            Ok(if binding["eventsActive"] == true {
                Poll::Ready(((), binding["configurationSet"].to_string()))
            } else {
                Poll::Pending(binding.to_string())
            })
        })
    })?;
    first_email::play(env, &organisation)?;
    step("the dashboard is served, and a key signs in", || {
        sign_in(env, &organisation).map(|said| ((), said))
    })?;
    Ok(organisation)
}

/// The page must come with its content security policy, and a key must become a cookie.
fn sign_in(env: &TestEnv, organisation: &Organisation) -> Result<String> {
    let page = env.api().get("/")?;
    let policy = page.headers.get("content-security-policy").and_then(|policy| policy.to_str().ok());
    if !page.body.as_str().is_some_and(|html| html.contains("<title>Kraiter</title>")) || policy.is_none() {
        return Err(Error::Unexpected(format!("the dashboard answered {}: {}", page.status, page.body)));
    }
    let body = json!({ "apiKey": organisation.api_key }).to_string();
    let headers = [("x-kraiter-csrf", "1"), ("origin", env.worker().origin())];
    let session =
        env.api().send(Method::POST, "/v1/session", Some(("application/json", body.into())), &headers)?;
    let cookie =
        session.headers.get("set-cookie").and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
    let attributes = cookie.split_once("; ").map(|(_, attributes)| attributes.to_owned());
    let name = success(session)?["organisation"]["name"].clone();
    attributes
        .map(|attributes| format!("{name}, with a cookie {attributes}"))
        .ok_or_else(|| Error::Unexpected("signing in sets no cookie".into()))
}

/// The link must lead CloudFormation to the published template, with this organisation's values and nothing else.
fn check_link(connect: &Value, page: &QuickCreate, customer: &Customer) -> Result<String> {
    let expected = template::for_endpoint(customer.endpoint());
    let key = expected.object_key();
    if !page.template_url.ends_with(&format!("/{key}")) {
        return Err(Error::Unexpected(format!("{} isn't the address of {key}", page.template_url)));
    }
    if page.template(customer)? != expected.to_json() {
        return Err(Error::Unexpected("the template behind the link isn't the one of this source".into()));
    }
    let mut names: Vec<&str> = page.parameters.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    if names != ["ExternalId", "KraiterAccountId", "WebhookUrl"] {
        return Err(Error::Unexpected(format!("the link's parameters are {names:?}")));
    }
    for (name, expected) in [
        ("ExternalId", connect["externalId"].as_str()),
        ("KraiterAccountId", connect["kraiterAccountId"].as_str()),
        ("KraiterAccountId", Some(KRAITER_ACCOUNT)),
    ] {
        if page.parameter(name) != expected {
            return Err(Error::Unexpected(format!("{name} is {:?}, not {expected:?}", page.parameter(name))));
        }
    }
    Ok(format!("{key}, parameters {}", names.join(", ")))
}

pub(super) fn success(answer: ApiResponse) -> Result<Value> {
    if answer.status.is_success() {
        Ok(answer.body)
    } else {
        Err(Error::Unexpected(format!("the API answered {}: {}", answer.status, answer.body)))
    }
}

pub(super) fn expect(body: &Value, pointer: &str, expected: &Value) -> Result<()> {
    match body.pointer(pointer) {
        Some(value) if value == expected => Ok(()),
        other => Err(Error::Unexpected(format!("{pointer} is {other:?}, not {expected}: {body}"))),
    }
}

//! The steps of the demo, in a customer's order.

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
    tools::Tools,
    wait::{self, Poll},
};

use super::{first_email, restricted_key, step};

const REGION: &str = "eu-west-1";

/// The account with a readable mailbox.
const CUSTOMER_ACCOUNT: &str = MAILBOX_ACCOUNT;

/// Timeout for the connection after the stack is complete. It usually takes two seconds.
const CONNECT_TIMEOUT: Duration = Duration::from_mins(1);

/// Runs all steps and returns the connected organisation.
pub(super) fn run(tools: &Tools, env: &TestEnv) -> Result<Organisation> {
    let organisation = step("Create an organisation", || {
        let organisation = env.organisation("Demo")?;
        let result = format!("{} with an API key", organisation.id);
        Ok((organisation, result))
    })?;
    let customer = step("Create an AWS account for the customer", || {
        let customer = env.customer(CUSTOMER_ACCOUNT)?;
        Ok((customer, CUSTOMER_ACCOUNT.to_owned()))
    })?;
    let (connect, page) = step("Get the quick-create link", || {
        let connect =
            success(organisation.api.post("/v1/aws-binding/connect", &json!({ "region": REGION }))?)?;
        let page = QuickCreate::open(connect["quickCreateUrl"].as_str().unwrap_or_default())?;
        let result = format!("stack {} in {}", page.stack_name, page.region);
        Ok(((connect, page), result))
    })?;
    step("Check the link's template and parameters", || {
        check_link(&connect, &page, &customer).map(|result| ((), result))
    })?;
    step("Create the stack", || {
        let stack = page.create_stack(&customer)?;
        Ok(((), stack.status))
    })?;
    step("Wait for the connection", || {
        let binding = organisation.wait_for_status("connected", CONNECT_TIMEOUT)?;
        let region = &binding["stackRegion"];
        Ok(((), format!("{} in {region}, sandbox {}", binding["roleArn"], binding["sandbox"])))
    })?;
    step("Verify the connection", || {
        let verified = success(organisation.api.post("/v1/aws-binding/verify", &json!({}))?)?;
        expect(&verified, "/verified", &json!(true))?;
        expect(&verified, "/status", &json!("connected"))?;
        Ok(((), format!("verified, quota {}", verified["quota"])))
    })?;
    step("Wait for the confirmation of the event subscription", || {
        wait::until("the events to be active", CONNECT_TIMEOUT, Duration::from_millis(100), || {
            let binding = success(organisation.api.get("/v1/aws-binding")?)?;
            Ok(if binding["eventsActive"] == true {
                Poll::Ready(((), format!("configuration set {}", binding["configurationSet"])))
            } else {
                Poll::Pending(binding.to_string())
            })
        })
    })?;
    first_email::run(tools, env, &organisation)?;
    restricted_key::run(env, &organisation)?;
    step("Open the dashboard and sign in", || sign_in(env, &organisation).map(|result| ((), result)))?;
    Ok(organisation)
}

/// Checks that the dashboard is served with a content security policy and that signing in sets a cookie.
fn sign_in(env: &TestEnv, organisation: &Organisation) -> Result<String> {
    let page = env.api().get("/")?;
    let policy = page.headers.get("content-security-policy").and_then(|policy| policy.to_str().ok());
    if !page.body.as_str().is_some_and(|html| html.contains("<title>Kraiter</title>")) || policy.is_none() {
        return Err(Error::Unexpected(format!(
            "the dashboard responded with {}: {}",
            page.status, page.body
        )));
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
        .map(|attributes| format!("organisation {name}, cookie attributes {attributes}"))
        .ok_or_else(|| Error::Unexpected("signing in set no cookie".into()))
}

/// Checks that the link points to the published template and has exactly this organisation's parameters.
fn check_link(connect: &Value, page: &QuickCreate, customer: &Customer) -> Result<String> {
    let expected = template::for_endpoint(customer.endpoint());
    let key = expected.object_key();
    if !page.template_url.ends_with(&format!("/{key}")) {
        return Err(Error::Unexpected(format!("{} does not end with {key}", page.template_url)));
    }
    if page.template(customer)? != expected.to_json() {
        return Err(Error::Unexpected(
            "the template behind the link differs from the one in this repository".into(),
        ));
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

pub(super) fn success(response: ApiResponse) -> Result<Value> {
    if response.status.is_success() {
        Ok(response.body)
    } else {
        Err(Error::Unexpected(format!("the API responded with {}: {}", response.status, response.body)))
    }
}

pub(super) fn expect(body: &Value, pointer: &str, expected: &Value) -> Result<()> {
    match body.pointer(pointer) {
        Some(value) if value == expected => Ok(()),
        other => Err(Error::Unexpected(format!("{pointer} is {other:?}, not {expected}: {body}"))),
    }
}

//! The demo's second part: verifying a domain, sending emails and receiving their events.

use std::time::Duration;

use serde_json::{Value, json};
use test_support::{
    Error, Result,
    test_env::{Organisation, TestEnv},
    tools::Tools,
    wait::{self, Poll},
};

use super::{
    step,
    steps::{expect, success},
    webhook::Receiver,
};

/// The verified domain.
pub(super) const DOMAIN: &str = "example.com";

/// The sender of every email.
pub(super) const FROM: &str = "hello@example.com";

/// The recipient of the first email.
pub(super) const FIRST_RECIPIENT: &str = "success@simulator.amazonses.com";

/// Other recipients in the mailbox simulator, with the event that SES publishes for each.
const OTHER_RECIPIENTS: [(&str, &str); 2] =
    [("bounce@simulator.amazonses.com", "bounce"), ("complaint@simulator.amazonses.com", "complaint")];

/// Timeout for a verification or an event.
const TIMEOUT: Duration = Duration::from_mins(1);

pub(super) fn run(tools: &Tools, env: &TestEnv, organisation: &Organisation) -> Result<()> {
    let identity = step("Add a domain", || add_domain(organisation))?;
    let id = text(&identity, "/id")?;
    step("Check DNS before publishing the records", || {
        let check = check_dns(organisation, &id)?;
        expect(&check, "/complete", &json!(false))?;
        Ok(((), summary(&check)))
    })?;
    step("Publish the records and check DNS again", || {
        for record in identity["dnsRecords"].as_array().into_iter().flatten() {
            let (name, value) = (text(record, "/name")?, text(record, "/value")?);
            env.resolver().set(&name, &text(record, "/type")?, &[&value]);
        }
        let check = check_dns(organisation, &id)?;
        expect(&check, "/complete", &json!(true))?;
        Ok(((), summary(&check)))
    })?;
    step("Wait for SES to verify the domain", || {
        wait::until("the domain to be verified", TIMEOUT, Duration::from_millis(200), || {
            let identity = success(organisation.api.get(&format!("/v1/identities/{id}"))?)?;
            Ok(if identity["verified"] == true && identity["dkimStatus"] == "success" {
                Poll::Ready(((), format!("{DOMAIN} with DKIM")))
            } else {
                Poll::Pending(identity.to_string())
            })
        })
    })?;
    let template = step("Create a template", || create_template(organisation))?;
    let mut receiver = step("Create a webhook endpoint", || Receiver::start(tools, organisation))?;
    let first = step("Send the first email with the template", || send_first(env, organisation, &template))?;
    step("Wait for the delivery event", || wait_for_event(organisation, &first, "delivery"))?;
    step("Receive the webhook and verify it with the package standardwebhooks", || {
        receiver.next("email.delivered").map(|result| ((), result))
    })?;
    drop(receiver);
    for (to, event) in OTHER_RECIPIENTS {
        let sent = step(&format!("Send an email to {to}"), || {
            let email = json!({ "from": FROM, "to": to, "subject": "Hello", "text": "Hello from the demo." });
            let sent = success(organisation.api.post("/v1/emails", &email)?)?;
            Ok((text(&sent, "/id")?, text(&sent, "/status")?))
        })?;
        step(&format!("Wait for the {event} event"), || wait_for_event(organisation, &sent, event))?;
    }
    step("Check the emulator's mailbox", || check_mailbox(env).map(|result| ((), result)))
}

fn add_domain(organisation: &Organisation) -> Result<(Value, String)> {
    let identity = success(organisation.api.post("/v1/identities", &json!({ "identity": DOMAIN }))?)?;
    let records = identity["dnsRecords"].as_array().map(Vec::len).unwrap_or_default();
    if records == 0 {
        return Err(Error::Unexpected(format!("the identity has no DNS records: {identity}")));
    }
    let result = format!("{DOMAIN}, {records} DNS records to publish");
    Ok((identity, result))
}

fn check_dns(organisation: &Organisation, id: &str) -> Result<Value> {
    success(organisation.api.post(&format!("/v1/identities/{id}/check-dns"), &json!({}))?)
}

/// Returns the status of each record and the recommended actions for SPF and DMARC.
fn summary(check: &Value) -> String {
    let list = |part: &str, field: &str| {
        let all = check[part].as_array().into_iter().flatten();
        all.filter_map(|one| one[field].as_str()).collect::<Vec<_>>().join(", ")
    };
    format!("{}; SPF and DMARC: {}", list("records", "status"), list("advice", "action"))
}

fn create_template(organisation: &Organisation) -> Result<(String, String)> {
    let template = json!({
        "name": "Welcome",
        "subject": "Welcome, {{ name }}",
        "html": "<p>Hello {{ name }}, this email was sent with a role that requires an external ID.</p>",
    });
    let created = success(organisation.api.post("/v1/templates", &template)?)?;
    let id = text(&created, "/id")?;
    let variables = json!({ "variables": { "name": "Ada <3" } });
    let preview = success(organisation.api.post(&format!("/v1/templates/{id}/preview"), &variables)?)?;
    // Variables are HTML-escaped.
    let escaped = "<p>Hello Ada &lt;3, this email was sent with a role that requires an external ID.</p>";
    expect(&preview, "/html", &json!(escaped))?;
    Ok((id, format!("preview with the subject {}", preview["subject"])))
}

/// Sends an email with the template and checks the subject that SES received.
fn send_first(env: &TestEnv, organisation: &Organisation, template: &str) -> Result<(String, String)> {
    let email = json!({
        "from": format!("Demo <{FROM}>"),
        "to": FIRST_RECIPIENT,
        "template": { "id": template, "variables": { "name": "Ada" } },
        "tags": { "source": "demo" },
    });
    let sent = success(organisation.api.post("/v1/emails", &email)?)?;
    let mailbox = env.emulator().mailbox()?;
    let subject =
        mailbox.iter().find(|email| email.to == [FIRST_RECIPIENT]).and_then(|email| email.subject.as_deref());
    if subject == Some("Welcome, Ada") {
        Ok((text(&sent, "/id")?, format!("{}, subject \"Welcome, Ada\"", text(&sent, "/status")?)))
    } else {
        Err(Error::Unexpected(format!("SES received {mailbox:?}")))
    }
}

/// Waits for an event of an email.
fn wait_for_event(organisation: &Organisation, id: &str, event: &str) -> Result<((), String)> {
    let email = organisation.wait_for_events(id, &["send", event], TIMEOUT)?;
    let events = email["events"].as_array().into_iter().flatten();
    let kinds: Vec<&str> = events.filter_map(|event| event["type"].as_str()).collect();
    Ok(((), format!("events {}, status {}", kinds.join(", "), email["status"])))
}

/// Checks that SES received each email exactly once, and no others.
fn check_mailbox(env: &TestEnv) -> Result<String> {
    let mut recipients: Vec<String> =
        env.emulator().mailbox()?.into_iter().flat_map(|email| email.to).collect();
    recipients.sort_unstable();
    let mut expected: Vec<&str> =
        OTHER_RECIPIENTS.iter().map(|(to, _)| *to).chain([FIRST_RECIPIENT]).collect();
    expected.sort_unstable();
    if recipients == expected {
        Ok(format!("{} emails", recipients.len()))
    } else {
        Err(Error::Unexpected(format!("SES received emails to {recipients:?}")))
    }
}

/// Returns the string at a JSON pointer.
pub(super) fn text(body: &Value, pointer: &str) -> Result<String> {
    let found = body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| Error::Unexpected(format!("found no string at {pointer} in {body}")))
}

//! The demo's second half: from a domain to the first email, and what comes back.

use std::time::Duration;

use serde_json::{Value, json};
use test_support::{
    Error, Result,
    test_env::{Organisation, TestEnv},
    wait::{self, Poll},
};

use super::{
    step,
    steps::{expect, success},
};

/// The domain that is verified.
const DOMAIN: &str = "example.com";

/// The sender, of that domain.
pub(super) const FROM: &str = "hello@example.com";

/// The mailbox that the first email goes to.
const FIRST: &str = "success@simulator.amazonses.com";

/// The simulator's other mailboxes, each with what SES publishes about a mail to it.
const OTHERS: [(&str, &str); 2] =
    [("bounce@simulator.amazonses.com", "bounce"), ("complaint@simulator.amazonses.com", "complaint")];

/// How long an identity or an event may take.
const SOON: Duration = Duration::from_mins(1);

/// Plays it.
pub(super) fn play(env: &TestEnv, organisation: &Organisation) -> Result<()> {
    let identity = step("a domain is added", || add_domain(organisation))?;
    let id = text(&identity, "/id")?;
    step("DNS doesn't have its records yet", || {
        let check = check_dns(organisation, &id)?;
        expect(&check, "/complete", &json!(false))?;
        Ok(((), statuses(&check)))
    })?;
    step("the customer publishes them, and DNS has them", || {
        for record in identity["dnsRecords"].as_array().into_iter().flatten() {
            let (name, value) = (text(record, "/name")?, text(record, "/value")?);
            env.resolver().set(&name, &text(record, "/type")?, &[&value]);
        }
        let check = check_dns(organisation, &id)?;
        expect(&check, "/complete", &json!(true))?;
        Ok(((), statuses(&check)))
    })?;
    step("SES has verified the domain", || {
        wait::until("the domain to be verified", SOON, Duration::from_millis(200), || {
            let seen = success(organisation.api.get(&format!("/v1/identities/{id}"))?)?;
            Ok(if seen["verified"] == true && seen["dkimStatus"] == "success" {
                Poll::Ready(((), format!("{DOMAIN}, its mail signed by DKIM")))
            } else {
                Poll::Pending(seen.to_string())
            })
        })
    })?;
    let template = step("a template is made", || make_template(organisation))?;
    let first = step("the first email is sent by the template", || send_first(env, organisation, &template))?;
    step("it is delivered, says signed SNS", || happens(organisation, &first, "delivery"))?;
    for (to, event) in OTHERS {
        let sent = step(&format!("an email to {to} is sent"), || {
            let email = json!({ "from": FROM, "to": to, "subject": "Hello", "text": "Hello from the demo." });
            let sent = success(organisation.api.post("/v1/emails", &email)?)?;
            Ok((text(&sent, "/id")?, text(&sent, "/status")?))
        })?;
        step(&format!("a {event} comes back, says signed SNS"), || happens(organisation, &sent, event))?;
    }
    step("the local AWS's mailbox has each of them once", || check_mailbox(env).map(|said| ((), said)))
}

fn add_domain(organisation: &Organisation) -> Result<(Value, String)> {
    let identity = success(organisation.api.post("/v1/identities", &json!({ "identity": DOMAIN }))?)?;
    let records = identity["dnsRecords"].as_array().map(Vec::len).unwrap_or_default();
    if records == 0 {
        return Err(Error::Unexpected(format!("there are no records to publish: {identity}")));
    }
    let said = format!("{DOMAIN}, with {records} records to publish");
    Ok((identity, said))
}

fn check_dns(organisation: &Organisation, id: &str) -> Result<Value> {
    success(organisation.api.post(&format!("/v1/identities/{id}/check-dns"), &json!({}))?)
}

/// How each record is, and what is advised beside.
fn statuses(check: &Value) -> String {
    let list = |part: &str, field: &str| {
        let all = check[part].as_array().into_iter().flatten();
        all.filter_map(|one| one[field].as_str()).collect::<Vec<_>>().join(", ")
    };
    format!("{}; SPF and DMARC: {}", list("records", "status"), list("advice", "action"))
}

fn make_template(organisation: &Organisation) -> Result<(String, String)> {
    let template = json!({
        "name": "Welcome",
        "subject": "Welcome, {{ name }}",
        "html": "<p>Hello {{ name }}, this was sent by a role that was assumed with an external ID.</p>",
    });
    let made = success(organisation.api.post("/v1/templates", &template)?)?;
    let id = text(&made, "/id")?;
    let variables = json!({ "variables": { "name": "Ada <3" } });
    let preview = success(organisation.api.post(&format!("/v1/templates/{id}/preview"), &variables)?)?;
    // What it is filled with is text, never HTML.
    let escaped = "<p>Hello Ada &lt;3, this was sent by a role that was assumed with an external ID.</p>";
    expect(&preview, "/html", &json!(escaped))?;
    Ok((id, format!("its preview's subject is {}", preview["subject"])))
}

/// Sends by the template; SES must have got what the template makes.
fn send_first(env: &TestEnv, organisation: &Organisation, template: &str) -> Result<(String, String)> {
    let email = json!({
        "from": format!("Demo <{FROM}>"),
        "to": FIRST,
        "template": { "id": template, "variables": { "name": "Ada" } },
        "tags": { "source": "demo" },
    });
    let sent = success(organisation.api.post("/v1/emails", &email)?)?;
    let mailbox = env.emulator().mailbox()?;
    let subject = mailbox.iter().find(|mail| mail.to == [FIRST]).and_then(|mail| mail.subject.as_deref());
    if subject == Some("Welcome, Ada") {
        Ok((text(&sent, "/id")?, format!("{}, its subject is \"Welcome, Ada\"", text(&sent, "/status")?)))
    } else {
        Err(Error::Unexpected(format!("SES got {mailbox:?}")))
    }
}

/// Waits for the event about a mail.
fn happens(organisation: &Organisation, id: &str, event: &str) -> Result<((), String)> {
    let email = organisation.wait_for_events(id, &["send", event], SOON)?;
    let events = email["events"].as_array().into_iter().flatten();
    let kinds: Vec<&str> = events.filter_map(|event| event["type"].as_str()).collect();
    Ok(((), format!("{}, so the status is {}", kinds.join(", "), email["status"])))
}

/// SES must have got exactly these mails, each once.
fn check_mailbox(env: &TestEnv) -> Result<String> {
    let mut got: Vec<String> = env.emulator().mailbox()?.into_iter().flat_map(|mail| mail.to).collect();
    got.sort_unstable();
    let mut expected: Vec<&str> = OTHERS.iter().map(|(to, _)| *to).chain([FIRST]).collect();
    expected.sort_unstable();
    if got == expected {
        Ok(format!("{} mails", got.len()))
    } else {
        Err(Error::Unexpected(format!("SES got mails to {got:?}")))
    }
}

/// The text at a JSON pointer.
fn text(body: &Value, pointer: &str) -> Result<String> {
    let found = body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| Error::Unexpected(format!("there is no text at {pointer} in {body}")))
}

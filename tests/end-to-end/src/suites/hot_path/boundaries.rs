//! A keyed send with three events, interrupted at every boundary.

use serde_json::{Value, json};
use test_support::{Error, Result};

use super::{
    TestResult, assert_that,
    scenario::{STEP, Scenario},
};
use crate::{harness::Harness, test_entry::Fault};

/// The events of each email, in the order of their posts.
const EVENTS: [&str; 3] = ["Send", "Delivery", "Open"];

/// More boundaries than a step has.
const MAX_BOUNDARIES: usize = 40;

/// How often the boundaries of a send are tried again, if no request has set the alarm at one.
const MORE_PASSES: usize = 3;

/// Fewer boundaries than all steps have.
const MIN_EMAILS: usize = 25;

/// Where an email is interrupted.
struct Interruption {
    fault: Fault,
    /// 0 for the request that sends the email, then the number of the event.
    step: usize,
    at: usize,
    /// A description of the boundary; `None` if the step has fewer.
    boundary: Option<String>,
}

/// Sends one email for each boundary, and interrupts it there.
pub(super) fn interrupt(harness: &Harness, fault: Fault) -> TestResult {
    let name = format!("{fault:?}").to_lowercase();
    let mut scenario = Scenario::start(harness, &format!("hot-path-{name}"))?;
    let mut sent = Vec::new();
    let mut failures = Vec::new();
    let sets_alarm = |(_, description): &(String, String)| description.ends_with("alarm set");
    for (pass, step) in (0..=EVENTS.len()).chain([0; MORE_PASSES]).enumerate() {
        // Whether a request finds an alarm that is lost also depends on what else is due.
        if pass > EVENTS.len() && (fault == Fault::Kill || sent.iter().any(sets_alarm)) {
            break;
        }
        for at in 1..MAX_BOUNDARIES {
            let key = format!("{name} {pass} {at}");
            let mut interruption = Interruption { fault, step, at, boundary: None };
            let result = send_interrupted(&mut scenario, &key, &mut interruption);
            let is_over = interruption.boundary.is_none();
            let description = format!("{key}, {}", interruption.boundary.unwrap_or_default());
            if let Err(error) = result {
                failures.push(format!("{description}: {error}"));
            }
            sent.push((key, description));
            if is_over {
                break;
            }
        }
    }
    // Emails that are still believed to be unsent would be sent now.
    for _ in 0..8 {
        scenario.advance()?;
    }
    for (key, description) in &sent {
        let count = scenario.sent_count(key);
        if count != 1 {
            failures.push(format!("{description}: SES has the email {count} times in the end"));
        }
    }
    if let Err(error) = scenario.check_finished() {
        failures.push(error.to_string());
    }
    if fault != Fault::Kill && !sent.iter().any(sets_alarm) {
        failures.push("no request set the alarm".to_owned());
    }
    println!("\n{} emails, {} failures", sent.len(), failures.len());
    assert_that(sent.len() > MIN_EMAILS && failures.is_empty(), failures.join("\n"))
}

/// Sends an email and its events with one interruption. The client and SNS repeat what fails.
fn send_interrupted(scenario: &mut Scenario<'_>, key: &str, interruption: &mut Interruption) -> Result<()> {
    let Interruption { fault, step, at, .. } = *interruption;
    if step == 0 {
        // The alarm counts as lost, so that the request sets it.
        scenario.move_clock(STEP * 2)?;
        // The result doesn't matter: the client repeats the request.
        let send = |scenario: &Scenario<'_>| drop(scenario.send(key, &Scenario::email(key)));
        interruption.boundary = scenario.interrupt(fault, at, send)?;
    }
    let id = scenario.send_until_accepted(key)?;
    if step == 0 {
        // The next email must not make the object forget this one.
        scenario.move_clock(STEP)?;
        scenario.send_until_accepted(&format!("after {key}"))?;
    }
    scenario.advance_until("the call to SES", |scenario| Ok(scenario.sent_count(key) > 0))?;
    for (number, event_type) in (1..).zip(EVENTS) {
        let event = scenario.event(&id, event_type)?;
        if number == step {
            interruption.boundary = scenario.interrupt(fault, at, |scenario| drop(scenario.post(&event)))?;
        }
        scenario.post_until_accepted(&event)?;
    }
    scenario.advance_until("the status \"opened\"", |scenario| {
        Ok(scenario.connected.email(&id)?["status"] == "opened")
    })?;
    check_email(scenario, key, &id)
}

fn check_email(scenario: &Scenario<'_>, key: &str, id: &str) -> Result<()> {
    let email = scenario.connected.email(id)?;
    let mut types: Vec<&Value> =
        email["events"].as_array().into_iter().flatten().map(|event| &event["type"]).collect();
    types.sort_by_key(ToString::to_string);
    expect("calls", &json!(scenario.sent_count(key)), &json!(1))?;
    expect("events", &json!(types), &json!(["delivery", "open", "send"]))?;
    let replayed = scenario.send(key, &Scenario::email(key))?;
    expect("replayed id", &replayed.body["id"], &json!(id))?;
    let other = scenario.send(key, &Scenario::email("another email"))?;
    expect("code of another request with the key", &other.body["code"], &json!("idempotency_key_reused"))?;
    scenario.check_storage()
}

fn expect(what: &str, actual: &Value, expected: &Value) -> Result<()> {
    if actual == expected {
        Ok(())
    } else {
        Err(Error::Unexpected(format!("{what}: {actual} instead of {expected}")))
    }
}

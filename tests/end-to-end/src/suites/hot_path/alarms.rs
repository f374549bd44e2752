//! Alarms that ring late, twice, or not at all.

use std::thread;

use http::StatusCode;
use serde_json::json;
use test_support::{Error, Result};
use time::Duration;

use super::{TestResult, assert_equal, scenario::Scenario};
use crate::{harness::Harness, polling::wait_until, sns_signer::sns_timestamp};

const EMAIL_COUNT: usize = 5;

/// More than any hold of a throttled region lasts.
const DELAY: Duration = Duration::minutes(10);

fn keys() -> Vec<String> {
    (0..EMAIL_COUNT).map(|number| format!("email {number}")).collect()
}

/// Queues emails that SES throttles.
fn queue_emails(scenario: &Scenario<'_>) -> Result<()> {
    let throttle = scenario.environment().aws_proxy.throttle_emails(&scenario.connected.role_arn);
    for key in keys() {
        let queued = scenario.send(&key, &Scenario::email(&key))?.expect_status(StatusCode::ACCEPTED)?;
        if queued["status"] != "queued" {
            return Err(Error::Unexpected(format!("the email is not queued: {queued}")));
        }
    }
    drop(throttle);
    Ok(())
}

/// Fails unless every email is sent, and once even if the alarm rings again.
fn expect_sent_once(scenario: &mut Scenario<'_>) -> TestResult {
    wait_until("all emails to be sent", || Ok(keys().iter().all(|key| scenario.sent_count(key) > 0)))?;
    scenario.advance()?;
    for key in keys() {
        assert_equal(&key, scenario.sent_count(&key), 1)?;
        let replayed = scenario.send(&key, &Scenario::email(&key))?.expect_status(StatusCode::ACCEPTED)?;
        let id = replayed["id"].as_str().unwrap_or_default();
        assert_equal("status", &scenario.connected.email(id)?["status"], "sent")?;
    }
    Ok(())
}

pub(super) fn late(harness: &Harness) -> TestResult {
    let mut scenario = Scenario::start(harness, "hot-path-late-alarm")?;
    for key in keys() {
        let mut email = Scenario::email(&key);
        email["scheduledAt"] = json!(sns_timestamp(scenario.now() + Duration::minutes(1)));
        let scheduled = scenario.send(&key, &email)?.expect_status(StatusCode::ACCEPTED)?;
        assert_equal("status", &scheduled["status"], "scheduled")?;
    }
    scenario.move_clock(DELAY)?;
    scenario.ring()?;
    wait_until("all emails to be sent", || Ok(keys().iter().all(|key| scenario.sent_count(key) > 0)))?;
    scenario.advance()?;
    for key in keys() {
        assert_equal(&key, scenario.sent_count(&key), 1)?;
    }
    Ok(())
}

pub(super) fn doubled(harness: &Harness) -> TestResult {
    let mut scenario = Scenario::start(harness, "hot-path-doubled-alarm")?;
    queue_emails(&scenario)?;
    scenario.move_clock(DELAY)?;
    let ringing = &scenario;
    thread::scope(|scope| {
        let second = scope.spawn(|| ringing.ring());
        ringing.ring()?;
        second.join().map_err(|_| Error::Unexpected("a thread has panicked".into()))?
    })?;
    expect_sent_once(&mut scenario)
}

pub(super) fn lost(harness: &Harness) -> TestResult {
    let mut scenario = Scenario::start(harness, "hot-path-lost-alarm")?;
    queue_emails(&scenario)?;
    scenario.move_clock(DELAY)?;
    let organisation = &scenario.connected.organisation;
    scenario.worker()?.lose_alarm(&organisation.id)?;
    scenario.worker()?.evict(&organisation.id)?;
    organisation.api.get("/v1/emails")?.expect_status(StatusCode::OK)?;
    expect_sent_once(&mut scenario)
}

//! Sending under mixed faults while the Worker is killed repeatedly.

use std::{thread, time::Duration};

use super::{
    TestResult, assert_that,
    bulk_send::{BulkSend, DeliveryCounts},
    fault_injection::{FaultKind, inject_faults, override_quota},
};
use crate::harness::Harness;

const EMAIL_COUNT: usize = 2000;

const KILLS: usize = 20;

/// Recipients per second.
const RATE: u32 = 15;

/// Grace period for events. The Worker is down for seconds at a time, and SNS retries its posts after the restart. An
/// event that arrives later than this causes a duplicate email; the production default is 15 minutes.
const GRACE_SECONDS: &str = "60";

/// Seed of the faults.
const SEED: u64 = 20_261_126;

/// Maximum duration.
const TIMEOUT: Duration = Duration::from_mins(30);

pub(super) fn twenty_kills(harness: &Harness) -> TestResult {
    let mut environment = harness.create_environment("kills")?;
    environment.settings.push(("UNCONFIRMED_GRACE_SECONDS", GRACE_SECONDS.to_owned()));
    let start_worker = || environment.start_worker(&harness.tools);
    let mut worker = start_worker()?;
    let connected = environment.connect_organisation(harness.mailbox_customer()?)?;
    let _quota = override_quota(&environment.aws_proxy, &connected.role_arn, RATE, 1_000_000);
    connected.verify()?;
    let _faults = inject_faults(&environment.aws_proxy, &connected.role_arn, &FaultKind::ALL, SEED);
    environment.webhook_proxy.duplicate_notifications(&connected.topic_arn);
    let mut bulk = BulkSend::new(&connected.organisation, "killed");
    for kill in 0..KILLS {
        // Sends only while the Worker is running, because every accepted email is counted.
        bulk.send(EMAIL_COUNT / KILLS)?;
        // Each kill comes slightly later after the send, so that different moments are tested.
        thread::sleep(Duration::from_millis(300 + 137 * u64::try_from(kill).unwrap_or(0)));
        worker.kill()?;
        worker = start_worker()?;
    }
    bulk.wait_until_finished(TIMEOUT)?;
    let DeliveryCounts { accepted, lost, duplicated, not_sent, incomplete_history, retried } =
        bulk.count(harness.emulator())?;
    println!(
        "\nsummary: {accepted} accepted, {KILLS} kills: {lost} lost, {duplicated} duplicated, {not_sent} not sent, {retried} retried"
    );
    assert_that(
        accepted == EMAIL_COUNT && lost + duplicated + not_sent + incomplete_history == 0,
        format!("emails were lost, duplicated or not finished; seed {SEED}"),
    )
}

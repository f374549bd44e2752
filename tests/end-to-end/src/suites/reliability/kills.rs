//! Mails under mixed faults, with the Worker killed again and again.

use std::{thread, time::Duration};

use super::{
    TestResult, assert_that,
    bulk_send::{BulkSend, DeliveryCounts},
    fault_injection::{FaultKind, inject_faults, override_quota},
};
use crate::harness::Harness;

/// How many mails there are.
const EMAIL_COUNT: usize = 2000;

/// How often workerd is killed.
const KILLS: usize = 20;

/// How many recipients a second the account may write to.
const RATE: u32 = 15;

/// How long an event is waited for: the Worker is gone for seconds at a time, and what SNS posts meanwhile comes again after it is back. Where
/// an event comes later than that, its mail is sent twice; in earnest it is a quarter of an hour.
const GRACE_SECONDS: &str = "60";

/// What faults happen, and when, is told by this number.
const SEED: u64 = 20_261_126;

/// How long everything may take.
const DEADLINE: Duration = Duration::from_mins(30);

pub(super) fn twenty_kills(harness: &Harness) -> TestResult {
    let mut environment = harness.create_environment("killed-again")?;
    environment.settings.push(("UNCONFIRMED_GRACE_SECONDS", GRACE_SECONDS.to_owned()));
    let start = || environment.start_worker(&harness.tools);
    let mut worker = start()?;
    let connected = environment.connect_organisation(harness.mailbox_customer()?)?;
    let _quota = override_quota(&environment.aws_proxy, &connected.role_arn, RATE, 1_000_000);
    connected.verify()?;
    let _faults = inject_faults(&environment.aws_proxy, &connected.role_arn, &FaultKind::ALL, SEED);
    environment.webhook_proxy.duplicate_notifications(&connected.topic_arn);
    let mut bulk = BulkSend::new(&connected.organisation, "killed");
    for kill in 0..KILLS {
        // What was accepted is counted, so nothing is posted while there is nobody to accept it.
        bulk.send(EMAIL_COUNT / KILLS)?;
        // Each kill comes a little later than the last one: there is no moment that is better known than another.
        thread::sleep(Duration::from_millis(300 + 137 * u64::try_from(kill).unwrap_or(0)));
        worker.kill()?;
        worker = start()?;
    }
    bulk.wait_until_finished(DEADLINE)?;
    let DeliveryCounts { accepted, lost, duplicated, not_sent, incomplete_history, retried } =
        bulk.count(harness.emulator())?;
    println!(
        "\n{accepted} accepted, {KILLS} kills: {lost} lost, {duplicated} doubled, {not_sent} not sent, {retried} sent again"
    );
    assert_that(
        accepted == EMAIL_COUNT && lost + duplicated + not_sent + incomplete_history == 0,
        format!("emails were lost, duplicated or not finished; seed {SEED}"),
    )
}

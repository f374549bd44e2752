//! Sending under each kind of fault.

use std::{thread, time::Duration};

use test_support::{Error, Result};

use super::{
    TestResult, assert_that,
    bulk_send::{BulkSend, DeliveryCounts},
    fault_injection::{FaultKind, inject_faults, override_quota},
};
use crate::{environment::Environment, harness::Harness};

/// Emails per kind of fault.
const EMAIL_COUNT: usize = 300;

/// Seed of the faults, reported on failure.
const SEED: u64 = 0x004b_5241_4954_4552;

/// Recipients per second of the account that all organisations share. The local AWS signs two events per email and
/// can't keep up with a higher rate; late responses would be faults of another kind.
const RATE: u32 = 25;

/// Grace period for events. Well above the latency of the local SNS, and well below the duration of a test.
const GRACE_SECONDS: &str = "20";

/// Maximum duration.
const TIMEOUT: Duration = Duration::from_mins(20);

pub(super) fn every_fault(harness: &Harness) -> TestResult {
    let mut environment = harness.create_environment("faults")?;
    environment.settings.push(("UNCONFIRMED_GRACE_SECONDS", GRACE_SECONDS.to_owned()));
    let _worker = environment.start_worker(&harness.tools)?;
    let counts = run_concurrently(harness, &environment)?;
    println!(
        "\nsummary: {:<15}{:>9}{:>7}{:>12}{:>10}{:>9}",
        "fault", "accepted", "lost", "duplicated", "not sent", "retried"
    );
    let mut all_correct = true;
    for (kind, count) in counts {
        let DeliveryCounts { accepted, lost, duplicated, not_sent, incomplete_history, retried } = count?;
        println!("summary: {kind:<15}{accepted:>9}{lost:>7}{duplicated:>12}{not_sent:>10}{retried:>9}");
        all_correct &= accepted == EMAIL_COUNT && lost + duplicated + not_sent + incomplete_history == 0;
    }
    assert_that(all_correct, format!("emails were lost, duplicated or not finished; seed {SEED}"))
}

fn run_concurrently(
    harness: &Harness,
    environment: &Environment,
) -> Result<Vec<(FaultKind, Result<DeliveryCounts>)>> {
    thread::scope(|scope| {
        let running: Vec<_> = FaultKind::ALL
            .map(|kind| scope.spawn(move || (kind, send_under_fault(harness, environment, kind))))
            .into();
        running
            .into_iter()
            .map(|thread| thread.join().map_err(|_| Error::Unexpected("a thread has panicked".into())))
            .collect()
    })
}

fn send_under_fault(harness: &Harness, environment: &Environment, kind: FaultKind) -> Result<DeliveryCounts> {
    let connected = environment.connect_organisation(harness.mailbox_customer()?)?;
    let _quota = override_quota(&environment.aws_proxy, &connected.role_arn, RATE, 1_000_000);
    connected.verify()?;
    let _faults = inject_faults(&environment.aws_proxy, &connected.role_arn, &[kind], SEED);
    if kind == FaultKind::Duplicate {
        environment.webhook_proxy.duplicate_notifications(&connected.topic_arn);
    }
    let mut bulk = BulkSend::new(&connected.organisation, "fault");
    bulk.send(EMAIL_COUNT)?;
    bulk.wait_until_finished(TIMEOUT)?;
    bulk.count(harness.emulator())
}

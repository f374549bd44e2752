//! Sending that holds: as fast as the account may and no faster, whatever happens on the way no mail lost and none doubled.
//!
//! These cases measure, so they run when the others have ended.

mod bulk_send;
mod delivery_policy;
mod event_burst;
mod fault_injection;
mod faults;
mod kills;
mod rate_limit;

use std::sync::Weak;

use libtest_mimic::Trial;

use super::{TestResult, assert_equal, assert_that, trial};
use crate::harness::Harness;

/// Cases that are quick and may run beside all others.
pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("holding::{name}"), harness, case);
    vec![
        case("where no events come back a lost answer is the caller's to judge", delivery_policy::no_events),
        case("a full day is waited for, and said, and what waits can be taken back", rate_limit::daily_quota),
        case("what waits, how fast it goes and why is shown", rate_limit::sending_status),
    ]
}

/// Cases that measure.
pub(crate) fn sequential_trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("holding::{name}"), harness, case);
    let mut cases = vec![
        case(
            "two thousand mails drain at nine tenths of the limit without a throttled one",
            rate_limit::drain_rate,
        ),
        case("a thousand events a minute are taken in time, and none is lost", event_burst::event_burst),
        case("no fault on the way loses a mail or doubles one", faults::every_fault),
    ];
    // What isn't run doesn't count as passed, so it is no case of a run that leaves it out.
    if is_thorough() {
        cases.push(case("two thousand mails outlive twenty kills under mixed faults", kills::twenty_kills));
    }
    cases
}

/// Whether cases may take long: `cargo xtask test --thorough`.
fn is_thorough() -> bool {
    std::env::var_os("KRAITER_THOROUGH").is_some()
}

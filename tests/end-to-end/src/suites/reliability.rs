//! Reliable sending: the rate limit is used but not exceeded, and no fault loses or duplicates an email.

mod bulk_send;
mod delivery_policy;
pub(super) mod event_burst;
pub(super) mod fault_injection;
mod faults;
mod kills;
pub(super) mod rate_limit;

use std::sync::Weak;

use libtest_mimic::Trial;

use super::{TestResult, assert_equal, assert_that, is_thorough, trial};
use crate::harness::Harness;

/// Returns the quick cases, which can run in parallel with all others.
pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("reliability::{name}"), harness, case);
    vec![
        case(
            "without events, the delivery option decides whether a lost response is retried",
            delivery_policy::no_events,
        ),
        case(
            "an email over the daily quota is held with a reason and can be cancelled",
            rate_limit::daily_quota,
        ),
        case("the sending status shows the queue, the rate and the quota", rate_limit::sending_status),
    ]
}

/// Returns the cases that measure time or load the machine.
pub(crate) fn sequential_trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("reliability::{name}"), harness, case);
    let mut cases = vec![
        case(
            "two thousand emails are sent at 90 % of the rate limit without throttling",
            rate_limit::drain_rate,
        ),
        case("a thousand events per minute are accepted in time and none is lost", event_burst::event_burst),
        case("no kind of fault loses or duplicates an email", faults::every_fault),
    ];
    // Not listed in other runs, because a skipped case would count as passed.
    if is_thorough() {
        cases.push(case("two thousand emails survive twenty kills under mixed faults", kills::twenty_kills));
    }
    cases
}

//! The path of a send and its events: interrupted at every boundary, under Cloudflare's limit of connections, and counted.

mod alarms;
mod boundaries;
mod connections;
mod counts;
mod refusals;
mod rollback;
pub(super) mod scenario;
mod silence;
mod storage;

use std::sync::Weak;

use libtest_mimic::Trial;

use super::{TestResult, assert_equal, assert_that, trial};
use crate::{harness::Harness, test_entry::Fault};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("hot_path::{name}"), harness, case);
    vec![
        case("a call that throws at any boundary loses and duplicates no email", |harness| {
            boundaries::interrupt(harness, Fault::Throw)
        }),
        case("an object evicted at any boundary loses and duplicates no email", |harness| {
            boundaries::interrupt(harness, Fault::Evict)
        }),
        case("an object superseded at any boundary loses and duplicates no email", |harness| {
            boundaries::interrupt(harness, Fault::Supersede)
        }),
        case("a process killed at any boundary loses and duplicates no email", |harness| {
            boundaries::interrupt(harness, Fault::Kill)
        }),
        case("a warm send with a key is one object call and few rows", counts::warm_send),
        case("a late alarm sends each scheduled email once", alarms::late),
        case("an alarm that rings twice sends each queued email once", alarms::doubled),
        case("a queue without its alarm is sent after the next request", alarms::lost),
        case("a pause by AWS holds the queue, and no email fails", refusals::paused),
        case("an expired signature is made again, and then holds the queue", refusals::signature_expired),
        case(
            "a deleted configuration set is dropped, and the email is sent without it",
            refusals::set_deleted,
        ),
        case("emails without events make their region silent until an event arrives", silence::noticed),
        case("an object with an older storage sends no email twice", rollback::put_back),
    ]
}

/// Returns the cases that load the machine.
pub(crate) fn sequential_trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("hot_path::{name}"), harness, case);
    vec![
        case("six connections per invocation suffice for the rate limit and for many events", |harness| {
            connections::limited(harness, "invocation")
        }),
        case("six connections per object suffice for the rate limit and for many events", |harness| {
            connections::limited(harness, "object")
        }),
    ]
}

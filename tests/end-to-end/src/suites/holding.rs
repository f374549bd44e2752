//! Sending that holds: as fast as the account may and no faster, whatever happens on the way no mail lost and none doubled.
//!
//! These cases measure, so they run when the others have ended.

mod burst;
mod crowd;
mod faults;
mod killed;
mod pace;
mod policy;
mod tampering;

use std::sync::Weak;

use libtest_mimic::Trial;

use super::{Outcome, equal, hold, trial};
use crate::world::World;

/// Cases that are quick and may run beside all others.
pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("holding::{name}"), world, case);
    vec![
        case("where no events come back a lost answer is the caller's to judge", policy::without_events),
        case("a full day is waited for, and said, and what waits can be taken back", pace::full_day),
        case("what waits, how fast it goes and why is shown", pace::shown),
    ]
}

/// Cases that measure.
pub(crate) fn measured(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("holding::{name}"), world, case);
    let mut cases = vec![
        case("two thousand mails drain at nine tenths of the limit without a throttled one", pace::drained),
        case("a thousand events a minute are taken in time, and none is lost", burst::of_events),
        case("no fault on the way loses a mail or doubles one", faults::every_kind),
    ];
    // What isn't run doesn't count as passed, so it is no case of a run that leaves it out.
    if is_thorough() {
        cases.push(case("two thousand mails outlive twenty kills under mixed faults", killed::twenty_times));
    }
    cases
}

/// Whether cases may take long: `cargo xtask test --thorough`.
fn is_thorough() -> bool {
    std::env::var_os("KRAITER_THOROUGH").is_some()
}

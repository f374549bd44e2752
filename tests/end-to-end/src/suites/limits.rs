//! Request limits and quotas: nobody can use up what others need.

mod abusive_tenant;
mod quotas;
mod requests;

use std::sync::Weak;

use libtest_mimic::Trial;

use super::{TestResult, assert_equal, assert_error, assert_that, is_thorough, trial};
use crate::harness::Harness;

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&Harness) -> TestResult| trial(format!("limits::{name}"), harness, case);
    vec![
        case("all keys of an organisation share its limit, and others don't", requests::shared_by_keys),
        case("a revoked key doesn't use up the organisation's limits", requests::revoked_key),
        case("sign-ins are limited by client address", requests::sign_ins),
        case("refused credentials are limited by client address, and valid ones are not", requests::refusals),
        case("a key creates so many sessions and no more", quotas::sessions),
        case("an organisation stores so many templates and no more", quotas::templates),
        case("an organisation has so many identities in a region and no more", quotas::identities),
    ]
}

/// Returns the cases that measure time or load the machine.
pub(crate) fn sequential_trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&Harness) -> TestResult| trial(format!("limits::{name}"), harness, case);
    let mut cases =
        vec![case("an abusive tenant doesn't slow down nine others", abusive_tenant::nine_others)];
    // Not listed in other runs, because a skipped case would count as passed.
    if is_thorough() {
        cases.push(case("an organisation schedules so many emails and no more", quotas::scheduled_emails));
        cases.push(case("an organisation suppresses so many addresses and no more", quotas::suppressions));
    }
    cases
}

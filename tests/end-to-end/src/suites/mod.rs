//! The test cases, grouped by subject.

mod api_keys;
mod aws_calls;
mod bad_input;
mod connect;
mod emails;
mod feed;
mod health;
mod hot_path;
mod idempotency;
mod identities;
mod key_restrictions;
mod limits;
mod long_texts;
mod messages;
mod metrics;
mod openapi;
mod operations;
mod outgoing_webhooks;
mod parked_requests;
mod regions;
mod reliability;
mod request_bodies;
mod request_log;
mod retention;
mod secrets;
mod sessions;
mod settings;
mod sns_attacks;
mod suppressions;
mod templates;
mod tenants;
mod webhooks;

use std::sync::{Arc, Weak};

use libtest_mimic::{Failed, Trial};
use test_support::api::ApiResponse;

use crate::harness::Harness;

type TestResult = Result<(), Failed>;

/// Returns the cases that run in parallel.
pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    [
        connect::trials(harness),
        api_keys::trials(harness),
        key_restrictions::trials(harness),
        operations::trials(harness),
        parked_requests::trials(harness),
        request_bodies::trials(harness),
        long_texts::trials(harness),
        emails::trials(harness),
        aws_calls::trials(harness),
        request_log::trials(harness),
        feed::trials(harness),
        outgoing_webhooks::trials(harness),
        health::trials(harness),
        reliability::trials(harness),
        hot_path::trials(harness),
        messages::trials(harness),
        metrics::trials(harness),
        webhooks::trials(harness),
        sns_attacks::trials(harness),
        tenants::trials(harness),
        idempotency::trials(harness),
        identities::trials(harness),
        regions::trials(harness),
        limits::trials(harness),
        retention::trials(harness),
        templates::trials(harness),
        secrets::trials(harness),
        sessions::trials(harness),
        settings::trials(harness),
        suppressions::trials(harness),
        openapi::trials(harness),
        bad_input::trials(harness),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns the cases that measure time, which run one at a time after the parallel ones.
pub(crate) fn sequential_trials(harness: &Weak<Harness>) -> Vec<Trial> {
    [
        reliability::sequential_trials(harness),
        hot_path::sequential_trials(harness),
        templates::sequential_trials(harness),
        limits::sequential_trials(harness),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns the cases that inspect the results of all others. `is_complete_run` is false if only some of the cases run.
pub(crate) fn final_trials(harness: &Weak<Harness>, is_complete_run: bool) -> Vec<Trial> {
    [secrets::final_trials(harness), openapi::final_trials(harness, is_complete_run)]
        .into_iter()
        .flatten()
        .collect()
}

/// Returns whether slow cases are enabled (`cargo xtask test --thorough`).
fn is_thorough() -> bool {
    std::env::var_os("KRAITER_THOROUGH").is_some()
}

fn trial(
    name: impl Into<String>,
    harness: &Weak<Harness>,
    case: impl FnOnce(&Harness) -> TestResult + Send + 'static,
) -> Trial {
    let harness = Weak::clone(harness);
    Trial::test(name, move || {
        let harness: Arc<Harness> = harness.upgrade().ok_or("the harness has stopped")?;
        case(&harness)
    })
}

/// Fails with both values unless they are equal. `description` names the compared value.
#[expect(clippy::needless_pass_by_value, reason = "most callers compare temporary values")]
fn assert_equal<T: PartialEq<U> + std::fmt::Debug, U: std::fmt::Debug>(
    description: &str,
    actual: T,
    expected: U,
) -> TestResult {
    if actual == expected {
        Ok(())
    } else {
        Err(format!("{description}\n  actual: {actual:?}\nexpected: {expected:?}").into())
    }
}

/// Fails unless the response has this status and error code.
fn assert_error(description: &str, response: &ApiResponse, status: u16, code: &str) -> TestResult {
    assert_equal(description, (response.status.as_u16(), response.code()), (status, Some(code)))
}

/// Fails with `failure` unless the condition is true.
fn assert_that(condition: bool, failure: impl Into<String>) -> TestResult {
    if condition { Ok(()) } else { Err(failure.into().into()) }
}

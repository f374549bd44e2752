//! An organisation calls every route with another's ids, cursors, idempotency keys, tokens and templates.
//!
//! The calls are random, but the seed determines them. They come from the table of routes, so a new route is called too, or fails the
//! case until its parameter and its body are known here.

mod call;
mod tenant;

use std::{
    collections::BTreeMap,
    env,
    sync::{
        Weak,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, ScopedJoinHandle},
};

use api_contract::ROUTES;
use fastrand::Rng;
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use self::{
    call::{Call, Expectation},
    tenant::Tenant,
};
use super::{TestResult, assert_equal, assert_that, trial};
use crate::harness::Harness;

/// Calls of a run, unless `KRAITER_TENANT_CALLS` says otherwise.
const CALLS: usize = 3_000;

/// How many calls are in progress.
const THREADS: usize = 6;

/// How many organisations make the calls: each has its own request limits.
const CALLERS: usize = 3;

const SEED: u64 = 16;

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    vec![trial("tenants::nothing of another organisation can be seen or changed on any route", harness, walk)]
}

/// What the calls of a run led to.
#[derive(Default)]
struct Results {
    calls: AtomicUsize,
    rate_limited: AtomicUsize,
    /// Calls that named something of the other organisation and weren't rate-limited.
    foreign: AtomicUsize,
}

fn walk(harness: &Harness) -> TestResult {
    let calls = match env::var("KRAITER_TENANT_CALLS") {
        Ok(calls) => calls.parse().map_err(|error| format!("KRAITER_TENANT_CALLS: {error}"))?,
        Err(_) => CALLS,
    };
    let other = Tenant::create(harness)?;
    let callers: Vec<_> = (0..CALLERS).map(|_| Tenant::create(harness)).collect::<Result<_, _>>()?;
    let before = other.state()?;
    let results = Results::default();
    let mut seeds = Rng::with_seed(SEED);
    let walks: Vec<_> = (0..THREADS).map(|_| Rng::with_seed(seeds.u64(..))).collect();
    let mut failures = thread::scope(|scope| {
        let walk = |caller, random| call_all(harness, caller, &other, random, calls / THREADS, &results);
        let walks: Vec<_> = callers
            .iter()
            .cycle()
            .zip(walks)
            .map(|(caller, random)| scope.spawn(move || walk(caller, random)))
            .collect();
        let joined = walks.into_iter().map(ScopedJoinHandle::join);
        joined
            .flat_map(|failed| failed.unwrap_or_else(|_| vec!["a thread has panicked".to_owned()]))
            .collect::<Vec<_>>()
    });
    // Ends the callers' own access, which must not touch the other's.
    callers.iter().try_for_each(Tenant::leave)?;
    failures.extend(changes(&before, &other.state()?));

    let count = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
    let [made, foreign, rate_limited] =
        [count(&results.calls), count(&results.foreign), count(&results.rate_limited)];
    println!(
        "\nsummary: Tenants: {made} calls, {foreign} with something of the other organisation, {rate_limited} rate-limited, {} leaks or \
         changes",
        failures.len()
    );
    assert_that(failures.is_empty(), failures.join("\n"))?;
    assert_that(foreign * 4 > made, "too few calls reached the other organisation")
}

/// Makes `count` calls and returns what went wrong.
fn call_all(
    harness: &Harness,
    caller: &Tenant,
    other: &Tenant,
    mut random: Rng,
    count: usize,
    results: &Results,
) -> Vec<String> {
    let mut failures = Vec::new();
    for _ in 0..count {
        let route = &ROUTES[random.usize(..ROUTES.len())];
        let outcome = Call::new(route, caller, other, &mut random).and_then(|call| {
            let status = check(harness, &call, other).map_err(|failure| {
                let failure = failure.message().unwrap_or_default().to_owned();
                Failed::from(format!("{} {}: {failure}", call.method, call.path))
            })?;
            let reached_other = call.is_foreign && status != 429;
            results.foreign.fetch_add(usize::from(reached_other), Ordering::SeqCst);
            Ok(status)
        });
        results.calls.fetch_add(1, Ordering::SeqCst);
        match outcome {
            Ok(429) => drop(results.rate_limited.fetch_add(1, Ordering::SeqCst)),
            Ok(_) => {}
            Err(failure) => failures.push(failure.message().unwrap_or_default().to_owned()),
        }
    }
    failures
}

/// Sends a call and returns its status. Fails if the response shows something of the other organisation, or has a wrong status.
fn check(harness: &Harness, call: &Call, other: &Tenant) -> Result<u16, Failed> {
    let response = call.send(harness)?;
    let status = response.status.as_u16();
    let text = format!("{:?} {}", response.headers, response.body);
    if let Some(leaked) = other.secrets().find(|secret| text.contains(*secret) && !call.contains(secret)) {
        return Err(format!("the response contains {leaked}: {status} {text}").into());
    }
    assert_that(status < 500, format!("{status} {text}"))?;
    match call.expectation {
        _ if status == 429 => {}
        Expectation::NotFound => assert_equal("status", status, 404)?,
        Expectation::Unauthorised => assert_that([401, 403].contains(&status), format!("{status} {text}"))?,
        Expectation::Refused => assert_that(status >= 400, format!("{status} {text}"))?,
        Expectation::Any => {}
    }
    Ok(status)
}

/// Names the parts of a tenant's state that changed.
fn changes(before: &BTreeMap<&str, Value>, after: &BTreeMap<&str, Value>) -> Vec<String> {
    let changed = before.iter().filter(|(name, value)| after.get(*name) != Some(value));
    changed.map(|(name, value)| format!("{name} changed from {value} to {:?}", after.get(name))).collect()
}

//! One Worker, ten tenants, one of them abusive.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use http::{Method, StatusCode};
use libtest_mimic::Failed;
use serde_json::{Value, json};
use test_support::{
    Error, Result,
    api::{Api, ApiResponse},
    test_env::Organisation,
};

use super::{TestResult, assert_that};
use crate::{
    connected_organisation::ConnectedOrganisation,
    environment::Environment,
    harness::Harness,
    standalone_worker::StandaloneWorker,
    suites::is_thorough,
    test_email::{SUCCESS, email_to},
};

/// Tenants beside the abusive one.
const OTHERS: usize = 9;

/// The time between two requests of a tenant.
const INTERVAL: Duration = Duration::from_millis(400);

/// How much longer the slowest twentieth of responses may take beside the abusive tenant.
const MAX_SLOWDOWN: f64 = 3.0;

/// What an instance of a Worker may use.
///
/// <https://developers.cloudflare.com/workers/platform/limits/#memory>
const MEMORY_BYTES: u64 = 128_000_000;

/// Sends the request with a number on behalf of a tenant.
type SendRequest = fn(&Organisation, u32) -> Result<ApiResponse>;

/// What the abusive tenant does, in a loop of its own each.
const ABUSE: [(&str, SendRequest); 8] = [
    ("verifications", |tenant, _| tenant.api.post("/v1/aws-binding/verify", &json!({}))),
    ("imports", |tenant, number| {
        let rows = (0..10_000).map(|row| format!("a{number}-{row}@example.com\n"));
        let file = std::iter::once("address\n".to_owned()).chain(rows).collect::<String>();
        tenant.api.send(Method::POST, "/v1/suppressions/import", Some(("text/csv", file.into())), &[])
    }),
    ("exports", |tenant, _| tenant.api.get("/v1/suppressions/export")),
    ("searches", |tenant, _| tenant.api.get("/v1/suppressions?search=nobody")),
    ("templates", |tenant, number| {
        let text = "x".repeat(250_000);
        let name = format!("T{number}");
        tenant.api.post("/v1/templates", &json!({ "name": name, "subject": "s", "text": text }))
    }),
    ("previews", |tenant, _| {
        let text = "{% for a in xs %}{% for b in xs %}{{ b }}{% endfor %}{% endfor %}";
        let xs: Vec<u32> = (0..50).collect();
        let body = json!({ "subject": "s", "text": text, "variables": { "xs": xs } });
        tenant.api.post("/v1/templates/preview", &body)
    }),
    ("sign-ins", |tenant, _| {
        let body = Some(("application/json", json!({ "apiKey": "kr_key_wrong" }).to_string().into()));
        let api = Api::new(tenant.api.origin());
        api.send(Method::POST, "/v1/session", body, &[("x-kraiter-csrf", "1")])
    }),
    ("webhooks", |tenant, _| {
        let api = Api::new(tenant.api.origin());
        api.send(Method::POST, "/webhooks/sns/kr_wh_wrong", Some(("text/plain", "{}".into())), &[])
    }),
];

/// Compares the response times of nine tenants without and beside the abusive one.
pub(super) fn nine_others(harness: &Harness) -> TestResult {
    let duration = Duration::from_secs(if is_thorough() { 120 } else { 15 });
    let environment = harness.create_environment("abusive-tenant")?;
    let worker = environment.start_worker(&harness.tools)?;
    let connected = connect(harness, &environment)?;
    let (abusive, others) = connected.split_first().ok_or("there is no tenant")?;
    // Credentials and code are ready.
    run(others, Duration::from_secs(3))?;
    let alone = run(others, duration)?;
    let stop = AtomicBool::new(false);
    let (beside, counts) = thread::scope(|scope| {
        let loops: Vec<_> = ABUSE
            .iter()
            .map(|(name, request)| {
                let (stop, tenant) = (&stop, &abusive.organisation);
                scope.spawn(move || (*name, abuse(tenant, *request, stop)))
            })
            .collect();
        let beside = run(others, duration);
        stop.store(true, Ordering::SeqCst);
        let counts: Vec<_> = loops.into_iter().filter_map(|thread| thread.join().ok()).collect();
        (beside, counts)
    });
    let beside = beside?;
    let memory = highest_memory(&worker);
    let [before, after] = [percentile_95(&alone), percentile_95(&beside)];
    println!(
        "\np95 of {} and {} emails: {before:.1?} alone, {after:.1?} beside the abusive tenant; {memory} bytes of memory",
        alone.len(),
        beside.len(),
    );
    for (name, counts) in &counts {
        println!("  {name}: {counts:?}");
        let is_expected = counts.keys().all(|status| matches!(status, 200 | 201 | 401 | 404 | 429));
        assert_that(is_expected && !counts.is_empty(), format!("{name}: {counts:?}"))?;
    }
    assert_that(counts.len() == ABUSE.len(), "a thread has panicked")?;
    assert_that(after.as_secs_f64() <= MAX_SLOWDOWN * before.as_secs_f64(), "the others are too slow")?;
    assert_that((1..MEMORY_BYTES).contains(&memory), format!("{memory} bytes of memory"))
}

/// Connects all tenants, several at a time.
fn connect(
    harness: &Harness,
    environment: &Environment,
) -> std::result::Result<Vec<ConnectedOrganisation>, Failed> {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..=OTHERS)
            .map(|_| scope.spawn(|| environment.connect_organisation(harness.create_customer()?)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| "a thread has panicked")?.map_err(Failed::from))
            .collect()
    })
}

/// Has all tenants send emails for this time. Returns the response times.
fn run(tenants: &[ConnectedOrganisation], duration: Duration) -> Result<Vec<Duration>> {
    thread::scope(|scope| {
        let threads: Vec<_> = tenants.iter().map(|tenant| scope.spawn(|| send(tenant, duration))).collect();
        let times = threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| Error::Unexpected("a thread has panicked".into()))?);
        Ok(times.collect::<Result<Vec<_>>>()?.concat())
    })
}

/// Sends an email in each interval, also if the last one took longer.
fn send(tenant: &ConnectedOrganisation, duration: Duration) -> Result<Vec<Duration>> {
    let (began_at, mut times) = (Instant::now(), Vec::new());
    while began_at.elapsed() < duration {
        let started_at = Instant::now();
        tenant.submit(&email_to(SUCCESS))?.expect_status(StatusCode::ACCEPTED)?;
        times.push(started_at.elapsed());
        thread::sleep(INTERVAL.saturating_sub(started_at.elapsed()));
    }
    Ok(times)
}

/// Sends a kind of request until `stop` is set, as fast as the responses come. Returns the number of responses by status.
fn abuse(tenant: &Organisation, request: SendRequest, stop: &AtomicBool) -> BTreeMap<u16, u32> {
    let mut counts = BTreeMap::new();
    for number in 0.. {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let status = request(tenant, number).map_or(0, |response| response.status.as_u16());
        *counts.entry(status).or_default() += 1;
    }
    counts
}

fn percentile_95(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() * 95 / 100).copied().unwrap_or_default()
}

/// Returns the highest size of the WebAssembly memory in the Worker's log.
fn highest_memory(worker: &StandaloneWorker) -> u64 {
    let log = worker.log();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter_map(|line| line["wasmBytes"].as_u64()).max().unwrap_or_default()
}

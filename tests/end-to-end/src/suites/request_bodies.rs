//! A body gets memory and time for what has arrived, not for what it promises, and nobody gets so much that others starve.

use std::{net::SocketAddr, sync::Weak, time::Instant};

use http::StatusCode;
use libtest_mimic::Trial;
use serde_json::json;
use test_support::{Result, test_env::Organisation};

use super::{TestResult, assert_equal, assert_that, trial};
use crate::{
    harness::{Harness, create_organisation, socket_address},
    parked_request::{Length, ParkedRequest, ParkedResponse},
    polling::wait_until,
};

/// The largest request that sends an email.
const LARGEST: u64 = 42_000_000;

/// The Worker's own memory, and what a few small bodies take.
const SMALL_MEMORY: u64 = 16_000_000;

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&Harness) -> TestResult| {
        trial(format!("request_bodies::{name}"), harness, case)
    };
    vec![
        case("a body takes memory only for what has arrived", promised_memory),
        case("an organisation takes at most half of the memory, and others have theirs", half_of_memory),
        case("a length over the limit is refused before anything arrives", declared_length),
        case("a body that doesn't arrive in time is refused", late_body),
        case("a webhook's token is checked before its body", webhook_token),
        case("a client that hangs up is no internal error", hung_up),
    ]
}

/// Opens a JSON request with a key, or without one for the sign-in.
fn open(
    to: SocketAddr,
    key: Option<&str>,
    path: &str,
    length: Length,
    start: &[u8],
) -> Result<ParkedRequest> {
    let mut headers = vec!["content-type: application/json".to_owned(), "x-kraiter-csrf: 1".to_owned()];
    headers.extend(key.map(|key| format!("authorization: Bearer {key}")));
    ParkedRequest::open(to, ("POST", path), &headers, length, start)
}

/// Sends an email with an attachment of so many bytes. The organisation isn't connected, so that a body that was read gets `not_connected`.
fn send_large(to: SocketAddr, organisation: &Organisation, bytes: usize) -> Result<ParkedResponse> {
    let email = json!({
        "from": "a@example.com", "to": "b@example.com", "subject": "Hello", "text": "Hello",
        "attachments": [{ "filename": "a.bin", "content": "A".repeat(bytes / 4 * 4) }],
    });
    let body = email.to_string().into_bytes();
    let length = Length::Declared(body.len() as u64);
    open(to, Some(&organisation.api_key), "/v1/emails", length, &[])?.finish(&body)
}

/// Returns the Worker's memory in bytes, as the last large request logged it.
fn logged_memory(log: &str) -> u64 {
    let (_, last) = log.rsplit_once("\"wasmBytes\":").unwrap_or_default();
    last.split(|c: char| !c.is_ascii_digit())
        .next()
        .and_then(|digits| digits.parse().ok())
        .unwrap_or_default()
}

fn promised_memory(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("promised-memory")?;
    let worker = environment.start_worker(&harness.tools)?;
    let to = socket_address(worker.api().origin())?;
    let [uploading, other] = [create_organisation(worker.api())?, create_organisation(worker.api())?];
    let mut parked = Vec::new();
    for _ in 0..60 {
        parked.push(open(to, None, "/v1/session", Length::Declared(4_096), b"{")?);
        parked.push(open(to, Some(&uploading.api_key), "/v1/templates", Length::Declared(1 << 20), b"{")?);
        parked.push(open(to, Some(&uploading.api_key), "/v1/emails", Length::Declared(LARGEST), b"{")?);
    }
    let response = send_large(to, &other, 2_000_000)?;
    assert_equal("a large email of another organisation", response.outcome(), (409, "not_connected"))?;
    let own = send_large(to, &uploading, 2_000_000)?;
    assert_equal("a large email of the same organisation", own.outcome(), (409, "not_connected"))?;
    let memory = logged_memory(&worker.log());
    drop(parked);
    println!("{memory} bytes of Wasm memory with 180 parked requests");
    assert_that((1..SMALL_MEMORY).contains(&memory), format!("{memory} bytes of memory were used"))
}

fn half_of_memory(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("half-of-memory")?;
    let worker = environment.start_worker(&harness.tools)?;
    let to = socket_address(worker.api().origin())?;
    let [uploading, other] = [create_organisation(worker.api())?, create_organisation(worker.api())?];
    let mut parked = open(to, Some(&uploading.api_key), "/v1/emails", Length::Declared(LARGEST), b"{")?;
    parked.send(&vec![b' '; 40_000_000])?;
    wait_until("the upload to arrive", || {
        Ok(send_large(to, &uploading, 2_000_000)?.outcome() == (503, "busy"))
    })?;
    let response = send_large(to, &other, 2_000_000)?;
    assert_equal("a large email of another organisation", response.outcome(), (409, "not_connected"))?;
    drop(parked);
    wait_until("the memory to be released", || {
        Ok(send_large(to, &uploading, 2_000_000)?.outcome() == (409, "not_connected"))
    })?;
    Ok(())
}

fn declared_length(harness: &Harness) -> TestResult {
    let (to, organisation) = (harness.worker_address()?, harness.create_organisation()?);
    let key = Some(organisation.api_key.as_str());
    for (key, path, limit) in [
        (None, "/v1/session", 4_096),
        (key, "/v1/api-keys", 65_536),
        (key, "/v1/templates", 1_048_576),
        (key, "/v1/emails", LARGEST),
    ] {
        for length in [limit + 1, 1 << 32, (1 << 32) + 1, 1 << 53] {
            let response = open(to, key, path, Length::Declared(length), &[])?.response()?;
            assert_equal(
                &format!("{path} with {length} bytes"),
                response.outcome(),
                (413, "body_too_large"),
            )?;
        }
    }
    Ok(())
}

fn late_body(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("late-body")?;
    let worker = environment.start_worker(&harness.tools)?;
    let to = socket_address(worker.api().origin())?;
    let organisation = create_organisation(worker.api())?;
    let key = Some(organisation.api_key.as_str());
    let routes = [
        (None, "/v1/session", Length::Declared(20)),
        (key, "/v1/api-keys", Length::Declared(20)),
        (key, "/v1/emails", Length::Declared(LARGEST)),
        (key, "/v1/emails", Length::Chunked),
    ];
    let began_at = Instant::now();
    let parked = routes.map(|(key, path, length)| open(to, key, path, length, b"{"));
    for (parked, (_, path, length)) in parked.into_iter().zip(routes) {
        let response = parked?.response()?;
        let name = format!("{path} with {length:?}");
        assert_equal(&name, response.outcome(), (408, "body_timeout"))?;
    }
    assert_that(began_at.elapsed().as_secs() >= 29, "a request was ended too early")?;
    let keys = organisation.api.get("/v1/api-keys")?.expect_status(StatusCode::OK)?;
    assert_equal("keys", keys["data"].as_array().map(Vec::len), Some(1))
}

fn webhook_token(harness: &Harness) -> TestResult {
    let path = "/webhooks/sns/kr_hook_unknown";
    let parked = open(harness.worker_address()?, None, path, Length::Declared(100_000), b"{")?;
    assert_equal("an unknown webhook", parked.response()?.outcome(), (404, "not_found"))
}

fn hung_up(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("hung-up")?;
    let worker = environment.start_worker(&harness.tools)?;
    let to = socket_address(worker.api().origin())?;
    let organisation = create_organisation(worker.api())?;
    let key = Some(organisation.api_key.as_str());
    let parked = [
        open(to, None, "/v1/session", Length::Declared(20), b"{")?,
        open(to, key, "/v1/api-keys", Length::Declared(20), b"{")?,
        open(to, key, "/v1/emails", Length::Declared(LARGEST), b"{")?,
        open(to, key, "/v1/emails", Length::Chunked, b"{")?,
    ];
    // Each has arrived when a later request has been answered.
    send_large(to, &organisation, 100_000)?;
    let count = |code: &str| worker.log().matches(&format!("\"code\":\"{code}\"")).count();
    let requests = parked.len();
    drop(parked);
    wait_until("the requests to end", || Ok(count("body_incomplete") + count("internal_error") >= requests))?;
    assert_equal("internal errors", count("internal_error"), 0)?;
    assert_equal("incomplete bodies", count("body_incomplete"), requests)
}

//! Idempotency keys: a repeated request returns the first response and has no further effect.

use std::{
    sync::{
        Arc, Barrier, Mutex, PoisonError, Weak,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
};

use http::{Method, StatusCode};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{
    Result,
    api::{Api, ApiResponse},
    test_env::ADMIN_TOKEN,
};

use super::{TestResult, assert_equal, assert_that, trial};
use crate::{
    aws_proxy::{CREATE_IDENTITY, SEND_EMAIL, fault},
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, IRELAND, string_at},
    polling::wait_until,
    test_email::{SUCCESS, email_to},
};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("idempotency::{name}"), harness, case);
    vec![
        case("a repeated request returns the first response and sends nothing", replayed_response),
        case("a key can't be reused for a different request", key_bound_to_request),
        case("a repeated batch is sent once and returns the same errors", batch_replay),
        case("ten concurrent requests with one key send one email", concurrent_requests),
        case("an invalid request releases its key, a rejected email keeps it", refusals),
        case("a request that failed with a server error is retried with the same key", aws_fault),
        case("a response with a secret is replayed without storing the secret", secret_responses),
        case("a repeated request creates one template", template_created_once),
        case("an email interrupted by a killed Worker is sent once", killed_worker),
    ]
}

fn post_with_key(api: &Api, key: &str, path: &str, body: &Value) -> Result<ApiResponse> {
    let body = ("application/json", body.to_string().into());
    api.send(Method::POST, path, Some(body), &[("idempotency-key", key)])
}

fn send(connected: &ConnectedOrganisation, key: &str, email: &Value) -> Result<ApiResponse> {
    post_with_key(&connected.organisation.api, key, "/v1/emails", email)
}

/// Fails unless both responses are equal and only the second is marked as a replay.
fn assert_replayed(first: &ApiResponse, second: &ApiResponse) -> TestResult {
    assert_equal("status", second.status, first.status)?;
    assert_equal("body", &second.body, &first.body)?;
    assert_that(!first.headers.contains_key("idempotent-replayed"), "the first response is a replay")?;
    assert_equal(
        "idempotent-replayed",
        second.headers.get("idempotent-replayed").map(http::HeaderValue::as_bytes),
        Some(&b"true"[..]),
    )
}

fn assert_problem(response: &ApiResponse, status: u16, code: &str) -> TestResult {
    assert_equal("status and code", (response.status.as_u16(), response.code()), (status, Some(code)))
}

fn attempts(harness: &Harness, connected: &ConnectedOrganisation) -> usize {
    harness.aws_proxy.send_call_count(&connected.role_arn)
}

fn replayed_response(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let first = send(&connected, "order 17", &email_to(SUCCESS))?;
    assert_equal("status", first.status, StatusCode::ACCEPTED)?;
    connected.wait_for_delivery(first.text("/id"))?;
    // The first response is replayed, even though the email is delivered by now.
    assert_replayed(&first, &send(&connected, "order 17", &email_to(SUCCESS))?)?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)?;
    assert_equal("attempts", attempts(harness, &connected), 1)?;

    let other = send(&connected, "order 18", &email_to(SUCCESS))?;
    assert_that(other.text("/id") != first.text("/id"), "another key returned the same email")?;
    // Keys of different organisations are independent.
    let another = harness.connect_organisation()?;
    assert_equal("status", send(&another, "order 17", &email_to(SUCCESS))?.status, StatusCode::ACCEPTED)?;
    assert_equal("emails of the other organisation", another.aws_sent_count()?, 1.0)
}

fn batch_replay(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let invalid = json!({ "from": "nobody", "to": SUCCESS, "subject": "s", "text": "t" });
    let body = json!({ "emails": [email_to(SUCCESS), invalid, email_to(SUCCESS)] });
    let first = post_with_key(api, "a", "/v1/emails/batch", &body)?;
    assert_equal("status", first.status, StatusCode::ACCEPTED)?;
    assert_that(first.body["data"][1]["error"]["field"] == "from", first.body.to_string())?;
    assert_replayed(&first, &post_with_key(api, "a", "/v1/emails/batch", &body)?)?;
    for place in ["/data/0/id", "/data/2/id"] {
        connected.wait_for_delivery(first.text(place))?;
    }
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 2.0)
}

fn key_bound_to_request(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    assert_equal("status", send(&connected, "a", &email_to(SUCCESS))?.status, StatusCode::ACCEPTED)?;
    let mut other = email_to(SUCCESS);
    other["subject"] = json!("Bye");
    assert_problem(&send(&connected, "a", &other)?, 409, "idempotency_key_reused")?;
    let template = json!({ "name": "A", "subject": "s", "text": "t" });
    assert_problem(&post_with_key(api, "a", "/v1/templates", &template)?, 409, "idempotency_key_reused")?;
    assert_problem(
        &post_with_key(api, "a", "/v1/emails?x=1", &email_to(SUCCESS))?,
        409,
        "idempotency_key_reused",
    )?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)
}

fn concurrent_requests(harness: &Harness) -> TestResult {
    const REQUESTS: usize = 10;
    let connected = harness.connect_organisation()?;
    // SES responds only after it was called and all requests have started.
    let (open, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let ses_calls = Arc::new(AtomicU32::new(0));
    let ses_call_counter = Arc::clone(&ses_calls);
    let _slow = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, move |_| {
        ses_call_counter.fetch_add(1, Ordering::SeqCst);
        // An error means that the sender was dropped and the gate is open.
        let _ = gate.lock().unwrap_or_else(PoisonError::into_inner).recv();
        None
    });
    let start_barrier = Barrier::new(REQUESTS + 1);
    let responses = thread::scope(|scope| -> std::result::Result<Vec<ApiResponse>, libtest_mimic::Failed> {
        let sending: Vec<_> = (0..REQUESTS)
            .map(|_| {
                scope.spawn(|| {
                    start_barrier.wait();
                    send(&connected, "once", &email_to(SUCCESS))
                })
            })
            .collect();
        start_barrier.wait();
        let ses_called = wait_until("SES to be called", || Ok(ses_calls.load(Ordering::SeqCst) > 0));
        drop(open);
        let responses = sending
            .into_iter()
            .map(|thread| Ok(thread.join().map_err(|_| "a thread has panicked")??))
            .collect();
        ses_called?;
        responses
    })?;
    for response in &responses {
        assert_equal("status", response.status, StatusCode::ACCEPTED)?;
        assert_equal("body", &response.body, &responses[0].body)?;
    }
    let replayed =
        responses.iter().filter(|response| response.headers.contains_key("idempotent-replayed")).count();
    assert_equal("replayed responses", replayed, REQUESTS - 1)?;
    connected.wait_for_delivery(responses[0].text("/id"))?;
    assert_equal("attempts", attempts(harness, &connected), 1)?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)
}

fn refusals(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let invalid = json!({ "from": "nobody", "to": SUCCESS, "subject": "s", "text": "t" });
    assert_equal("status", send(&connected, "a", &invalid)?.status, StatusCode::UNPROCESSABLE_ENTITY)?;
    let corrected = send(&connected, "a", &email_to(SUCCESS))?;
    assert_equal("status of the corrected request", corrected.status, StatusCode::ACCEPTED)?;
    assert_that(
        !corrected.headers.contains_key("idempotent-replayed"),
        "the corrected request was replayed",
    )?;

    // An email that SES rejected is listed, so its key must not create a second one.
    let mut rejected = email_to(SUCCESS);
    rejected["from"] = json!("sender@example.com");
    let first = send(&connected, "b", &rejected)?;
    assert_problem(&first, 400, "aws_refused")?;
    assert_replayed(&first, &send(&connected, "b", &rejected)?)?;
    assert_equal("attempts", attempts(harness, &connected), 2)?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)
}

fn aws_fault(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let identity = json!({ "identity": "again.example" });
    let fault = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, CREATE_IDENTITY, |_| {
        Some(fault::json_error(503, "ServiceUnavailable", "Oops"))
    });
    assert_problem(&post_with_key(api, "a", "/v1/identities", &identity)?, 502, "aws_unreachable")?;
    assert_problem(
        &post_with_key(api, "a", "/v1/identities", &json!({ "identity": "other.example" }))?,
        409,
        "idempotency_key_reused",
    )?;
    drop(fault);
    let created = post_with_key(api, "a", "/v1/identities", &identity)?;
    assert_equal("status", created.status, StatusCode::CREATED)?;
    assert_replayed(&created, &post_with_key(api, "a", "/v1/identities", &identity)?)
}

fn secret_responses(harness: &Harness) -> TestResult {
    let administrator = harness.api().with_key(ADMIN_TOKEN);
    let body = json!({ "name": "Once" });
    let create = |key: &str| post_with_key(&administrator, key, "/v1/organisations", &body);
    let first = create("one organisation")?;
    assert_equal("status", first.status, StatusCode::CREATED)?;
    assert_replayed(&first, &create("one organisation")?)?;
    assert_that(
        create("another organisation")?.text("/id") != first.text("/id"),
        "two keys created the same organisation",
    )?;
    let api = harness.api().with_key(first.text("/apiKey"));
    api.get("/v1/aws-binding")?.expect_status(StatusCode::OK)?;

    // The `secrets` suite searches the storage for both secrets.
    let connect =
        |key: &str| post_with_key(&api, key, "/v1/aws-binding/connect", &json!({ "region": IRELAND }));
    let link = connect("a")?;
    assert_equal("status", link.status, StatusCode::OK)?;
    assert_replayed(&link, &connect("a")?)?;
    assert_that(
        connect("b")?.text("/quickCreateUrl") != link.text("/quickCreateUrl"),
        "two keys created the same link",
    )
}

fn template_created_once(harness: &Harness) -> TestResult {
    let api = harness.create_organisation()?.api;
    let body = json!({ "name": "Once", "subject": "s", "text": "t" });
    let first = post_with_key(&api, "a", "/v1/templates", &body)?;
    assert_equal("status", first.status, StatusCode::CREATED)?;
    assert_replayed(&first, &post_with_key(&api, "a", "/v1/templates", &body)?)?;
    assert_problem(&post_with_key(&api, "b", "/v1/templates", &body)?, 409, "template_name_taken")
}

/// SES accepts the email, and the Worker is killed before it gets the response.
fn killed_worker(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("idempotency-killed-worker")?;
    let start_worker = || environment.start_worker(&harness.tools);
    let worker = start_worker()?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;

    let (open, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let ses_calls = Arc::new(AtomicU32::new(0));
    let ses_call_counter = Arc::clone(&ses_calls);
    let slow = environment.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, move |_| {
        ses_call_counter.fetch_add(1, Ordering::SeqCst);
        let _ = gate.lock().unwrap_or_else(PoisonError::into_inner).recv();
        None
    });
    thread::scope(|scope| -> TestResult {
        let first = scope.spawn(|| send(&connected, "order 17", &email_to(SUCCESS)));
        wait_until("SES to be called", || Ok(ses_calls.load(Ordering::SeqCst) > 0))?;
        worker.kill()?;
        // Lets SES process the call.
        drop(open);
        let response = first.join().map_err(|_| "a thread has panicked")?;
        assert_that(
            !response.is_ok_and(|response| response.status.is_success()),
            "the killed Worker has responded",
        )
    })?;
    drop(slow);
    let _worker = start_worker()?;
    let response = send(&connected, "order 17", &email_to(SUCCESS))?;
    assert_equal("status", response.status, StatusCode::ACCEPTED)?;
    let id = response.text("/id");
    assert_replayed(&response, &send(&connected, "order 17", &email_to(SUCCESS))?)?;
    let page = connected.organisation.api.get("/v1/emails")?.expect_status(StatusCode::OK)?;
    assert_equal("listed emails", page["data"].as_array().map(Vec::len), Some(1))?;
    assert_equal("email", string_at(&page, "/data/0/id")?, id)?;
    assert_equal("send calls", environment.aws_proxy.send_call_count(&connected.role_arn), 1)?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)
}

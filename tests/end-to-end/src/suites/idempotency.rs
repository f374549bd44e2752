//! What is repeated under its key is answered as the first was, and does nothing again.

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

use super::{Outcome, equal, hold, trial};
use crate::{
    connected::{Connected, SUCCESS, email_to, until},
    wiretap::{CREATE_IDENTITY, SEND_EMAIL, fault},
    world::{IRELAND, World, text},
};

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("idempotency::{name}"), world, case);
    vec![
        case("a repetition is answered alike and sends nothing", repeated),
        case("a key is one request's", reused),
        case("a batch is sent once, and what was refused of it is refused again", batch),
        case("ten at once are one mail", at_once),
        case("a refusal of nothing frees the key, one of a mail stands", refused),
        case("a fault is tried again under the same key", faults),
        case("what is shown once is shown alike and stored nowhere", shown_once),
        case("a template is made once", template),
        case("a mail that a power cut interrupts is sent once", power_cut),
    ]
}

fn under(api: &Api, key: &str, path: &str, body: &Value) -> Result<ApiResponse> {
    let body = ("application/json", body.to_string().into());
    api.send(Method::POST, path, Some(body), &[("idempotency-key", key)])
}

fn send(connected: &Connected, key: &str, email: &Value) -> Result<ApiResponse> {
    under(&connected.organisation.api, key, "/v1/emails", email)
}

/// Both say the same, and the second says that it is a repetition.
fn are_alike(first: &ApiResponse, second: &ApiResponse) -> Outcome {
    equal("status", second.status, first.status)?;
    equal("body", &second.body, &first.body)?;
    hold(!first.headers.contains_key("idempotent-replayed"), "the first is a repetition")?;
    equal(
        "idempotent-replayed",
        second.headers.get("idempotent-replayed").map(http::HeaderValue::as_bytes),
        Some(&b"true"[..]),
    )
}

fn is_problem(answer: &ApiResponse, status: u16, code: &str) -> Outcome {
    equal("status and code", (answer.status.as_u16(), answer.code()), (status, Some(code)))
}

fn attempts(world: &World, connected: &Connected) -> usize {
    world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len()
}

fn repeated(world: &World) -> Outcome {
    let connected = world.connected()?;
    let first = send(&connected, "order 17", &email_to(SUCCESS))?;
    equal("status", first.status, StatusCode::ACCEPTED)?;
    connected.wait_for_delivery(first.text("/id"))?;
    // It says what it said, whatever has become of the mail meanwhile.
    are_alike(&first, &send(&connected, "order 17", &email_to(SUCCESS))?)?;
    equal("mails that AWS counts", connected.sent()?, 1.0)?;
    equal("attempts", attempts(world, &connected), 1)?;

    let other = send(&connected, "order 18", &email_to(SUCCESS))?;
    hold(other.text("/id") != first.text("/id"), "another key is the same mail")?;
    // Another organisation's keys are its own.
    let another = world.connected()?;
    equal("status", send(&another, "order 17", &email_to(SUCCESS))?.status, StatusCode::ACCEPTED)?;
    equal("mails of another organisation", another.sent()?, 1.0)
}

fn batch(world: &World) -> Outcome {
    let connected = world.connected()?;
    let api = &connected.organisation.api;
    let wrong = json!({ "from": "nobody", "to": SUCCESS, "subject": "s", "text": "t" });
    let body = json!({ "emails": [email_to(SUCCESS), wrong, email_to(SUCCESS)] });
    let first = under(api, "a", "/v1/emails/batch", &body)?;
    equal("status", first.status, StatusCode::ACCEPTED)?;
    hold(first.body["data"][1]["error"]["field"] == "from", first.body.to_string())?;
    are_alike(&first, &under(api, "a", "/v1/emails/batch", &body)?)?;
    for place in ["/data/0/id", "/data/2/id"] {
        connected.wait_for_delivery(first.text(place))?;
    }
    equal("mails that AWS counts", connected.sent()?, 2.0)
}

fn reused(world: &World) -> Outcome {
    let connected = world.connected()?;
    let api = &connected.organisation.api;
    equal("status", send(&connected, "a", &email_to(SUCCESS))?.status, StatusCode::ACCEPTED)?;
    let mut other = email_to(SUCCESS);
    other["subject"] = json!("Bye");
    is_problem(&send(&connected, "a", &other)?, 409, "idempotency_key_reused")?;
    let template = json!({ "name": "A", "subject": "s", "text": "t" });
    is_problem(&under(api, "a", "/v1/templates", &template)?, 409, "idempotency_key_reused")?;
    is_problem(&under(api, "a", "/v1/emails?x=1", &email_to(SUCCESS))?, 409, "idempotency_key_reused")?;
    equal("mails that AWS counts", connected.sent()?, 1.0)
}

fn at_once(world: &World) -> Outcome {
    const REQUESTS: usize = 10;
    let connected = world.connected()?;
    // SES keeps its answer back until it has been asked and everybody has begun.
    let (open, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let asked = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&asked);
    let _slow = world.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, move |_| {
        seen.fetch_add(1, Ordering::SeqCst);
        // An error says that the gate is open for good.
        let _ = gate.lock().unwrap_or_else(PoisonError::into_inner).recv();
        None
    });
    let begun = Barrier::new(REQUESTS + 1);
    let answers = thread::scope(|scope| -> std::result::Result<Vec<ApiResponse>, libtest_mimic::Failed> {
        let sending: Vec<_> = (0..REQUESTS)
            .map(|_| {
                scope.spawn(|| {
                    begun.wait();
                    send(&connected, "once", &email_to(SUCCESS))
                })
            })
            .collect();
        begun.wait();
        let waiting = until("SES to be asked", || Ok(asked.load(Ordering::SeqCst) > 0));
        drop(open);
        let answers =
            sending.into_iter().map(|one| Ok(one.join().map_err(|_| "a thread has panicked")??)).collect();
        waiting?;
        answers
    })?;
    for answer in &answers {
        equal("status", answer.status, StatusCode::ACCEPTED)?;
        equal("body", &answer.body, &answers[0].body)?;
    }
    let replayed = answers.iter().filter(|answer| answer.headers.contains_key("idempotent-replayed")).count();
    equal("repetitions", replayed, REQUESTS - 1)?;
    connected.wait_for_delivery(answers[0].text("/id"))?;
    equal("attempts", attempts(world, &connected), 1)?;
    equal("mails that AWS counts", connected.sent()?, 1.0)
}

fn refused(world: &World) -> Outcome {
    let connected = world.connected()?;
    let wrong = json!({ "from": "nobody", "to": SUCCESS, "subject": "s", "text": "t" });
    equal("status", send(&connected, "a", &wrong)?.status, StatusCode::UNPROCESSABLE_ENTITY)?;
    let mended = send(&connected, "a", &email_to(SUCCESS))?;
    equal("status of the mended one", mended.status, StatusCode::ACCEPTED)?;
    hold(!mended.headers.contains_key("idempotent-replayed"), "the mended one is a repetition")?;

    // SES's refusal is the end of a mail that is listed: there is no second one under its key.
    let mut refused = email_to(SUCCESS);
    refused["from"] = json!("sender@example.com");
    let first = send(&connected, "b", &refused)?;
    is_problem(&first, 400, "aws_refused")?;
    are_alike(&first, &send(&connected, "b", &refused)?)?;
    equal("attempts", attempts(world, &connected), 2)?;
    equal("mails that AWS counts", connected.sent()?, 1.0)
}

fn faults(world: &World) -> Outcome {
    let connected = world.connected()?;
    let api = &connected.organisation.api;
    let identity = json!({ "identity": "again.example" });
    let fault = world.wiretap.fault_of_role(&connected.role_arn, CREATE_IDENTITY, |_| {
        Some(fault::json_error(503, "ServiceUnavailable", "Oops"))
    });
    is_problem(&under(api, "a", "/v1/identities", &identity)?, 502, "aws_unreachable")?;
    is_problem(
        &under(api, "a", "/v1/identities", &json!({ "identity": "other.example" }))?,
        409,
        "idempotency_key_reused",
    )?;
    drop(fault);
    let made = under(api, "a", "/v1/identities", &identity)?;
    equal("status", made.status, StatusCode::CREATED)?;
    are_alike(&made, &under(api, "a", "/v1/identities", &identity)?)
}

fn shown_once(world: &World) -> Outcome {
    let administrator = world.api().with_key(ADMIN_TOKEN);
    let body = json!({ "name": "Once" });
    let make = |key: &str| under(&administrator, key, "/v1/organisations", &body);
    let first = make("one organisation")?;
    equal("status", first.status, StatusCode::CREATED)?;
    are_alike(&first, &make("one organisation")?)?;
    hold(make("another organisation")?.text("/id") != first.text("/id"), "two keys make one organisation")?;
    let api = world.api().with_key(first.text("/apiKey"));
    api.get("/v1/aws-binding")?.expect_status(StatusCode::OK)?;

    // The secrets' suite looks for both in the storage.
    let connect = |key: &str| under(&api, key, "/v1/aws-binding/connect", &json!({ "region": IRELAND }));
    let link = connect("a")?;
    equal("status", link.status, StatusCode::OK)?;
    are_alike(&link, &connect("a")?)?;
    hold(connect("b")?.text("/quickCreateUrl") != link.text("/quickCreateUrl"), "two keys make one link")
}

fn template(world: &World) -> Outcome {
    let api = world.organisation()?.api;
    let body = json!({ "name": "Once", "subject": "s", "text": "t" });
    let first = under(&api, "a", "/v1/templates", &body)?;
    equal("status", first.status, StatusCode::CREATED)?;
    are_alike(&first, &under(&api, "a", "/v1/templates", &body)?)?;
    is_problem(&under(&api, "b", "/v1/templates", &body)?, 409, "template_name_taken")
}

/// SES takes the mail, and the Worker dies before it hears of it.
fn power_cut(world: &World) -> Outcome {
    let site = world.site("idempotency-power-cut")?;
    let start = || site.start(&world.tools);
    let worker = start()?;
    let connected = site.connected(world.customer()?)?;

    let (open, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let asked = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&asked);
    let slow = site.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, move |_| {
        seen.fetch_add(1, Ordering::SeqCst);
        let _ = gate.lock().unwrap_or_else(PoisonError::into_inner).recv();
        None
    });
    thread::scope(|scope| -> Outcome {
        let first = scope.spawn(|| send(&connected, "order 17", &email_to(SUCCESS)));
        until("SES to be asked", || Ok(asked.load(Ordering::SeqCst) > 0))?;
        worker.kill()?;
        // SES goes on with what it has.
        drop(open);
        let answer = first.join().map_err(|_| "a thread has panicked")?;
        hold(!answer.is_ok_and(|answer| answer.status.is_success()), "the dead Worker has answered")
    })?;
    drop(slow);
    let _worker = start()?;
    let answer = send(&connected, "order 17", &email_to(SUCCESS))?;
    equal("status", answer.status, StatusCode::ACCEPTED)?;
    let id = answer.text("/id");
    are_alike(&answer, &send(&connected, "order 17", &email_to(SUCCESS))?)?;
    let page = connected.organisation.api.get("/v1/emails")?.expect_status(StatusCode::OK)?;
    equal("emails that are listed", page["data"].as_array().map(Vec::len), Some(1))?;
    equal("the email", text(&page, "/data/0/id")?, id)?;
    equal("calls", site.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len(), 1)?;
    equal("mails that AWS counts", connected.sent()?, 1.0)
}

//! Invalid requests get a problem response that names the error, and change nothing.
//!
//! Each case sends one request to the Worker, byte for byte, on behalf of a connected organisation. If validation
//! accepted it, the organisation's connection, emails or AWS calls would change.

pub(super) mod cases;
mod request;

use std::sync::{Arc, Mutex, PoisonError, Weak};

use http::StatusCode;
use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};
use test_support::test_env::{ADMIN_TOKEN, Organisation};

use self::request::{Body, Case};
use super::{TestResult, assert_equal, assert_that, trial};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, string_at},
    polling::WAIT_TIMEOUT,
    test_email::{SUCCESS, email_to},
    wire::{self, Message, MessageKind},
};

/// State shared by all cases. No case may change it.
struct Fixture {
    connected: ConnectedOrganisation,
    /// Placeholders such as `{key}` and their values.
    placeholders: Vec<(&'static str, String)>,
    suppressions: Value,
    /// The previous snapshot.
    last_snapshot: Mutex<Value>,
}

/// The fixture of the next case.
#[derive(Default)]
struct Fixtures(Mutex<Option<Result<Arc<Fixture>, String>>>);

impl Fixtures {
    /// Returns the fixture, or a new one if the organisation of `used_up` has reached a request limit.
    fn get(&self, harness: &Harness, used_up: Option<&Arc<Fixture>>) -> Result<Arc<Fixture>, Failed> {
        let failed = |error: &str| Failed::from(format!("failed to set up the fixture: {error}"));
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*current {
            Some(Ok(fixture)) if used_up.is_none_or(|old| !Arc::ptr_eq(fixture, old)) => {
                return Ok(Arc::clone(fixture));
            }
            // The first one. Others would fail as well.
            Some(Err(error)) => return Err(failed(error)),
            _ => {}
        }
        match Fixture::create(harness) {
            Ok(fixture) => {
                let fixture = Arc::new(fixture);
                *current = Some(Ok(Arc::clone(&fixture)));
                Ok(fixture)
            }
            Err(error) => {
                let error = error.to_string();
                let failure = failed(&error);
                current.get_or_insert(Err(error));
                Err(failure)
            }
        }
    }
}

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let fixtures = Arc::new(Fixtures::default());
    cases::all()
        .into_iter()
        .map(|case| {
            let fixtures = Arc::clone(&fixtures);
            trial(format!("bad_input::{}", case.name), harness, move |harness| {
                let mut fixture = fixtures.get(harness, None)?;
                let mut response = send_case(harness, &fixture, &case)?;
                while response.status() == 429 {
                    fixture = fixtures.get(harness, Some(&fixture))?;
                    response = send_case(harness, &fixture, &case)?;
                }
                check(harness, &fixture, &case, &response)
            })
        })
        .collect()
}

impl Fixture {
    fn create(harness: &Harness) -> test_support::Result<Self> {
        let connected = harness.connect_organisation()?;
        let email = send(&connected.organisation)?;
        connected.organisation.wait_for_events(&email, &["send", "delivery"], WAIT_TIMEOUT)?;

        let identity = |name: &str| {
            let body = json!({ "identity": name });
            let created = connected
                .organisation
                .api
                .post("/v1/identities", &body)?
                .expect_status(StatusCode::CREATED)?;
            string_at(&created, "/id")
        };
        let (domain, address) = (identity("there.example")?, identity("me@there.example")?);

        let template = |organisation: &Organisation, name: &str| {
            let body = json!({ "name": name, "subject": "Hello {{ name }}", "text": "{{ name }}" });
            string_at(
                &organisation.api.post("/v1/templates", &body)?.expect_status(StatusCode::CREATED)?,
                "/id",
            )
        };
        let hello = template(&connected.organisation, "Hello")?;
        template(&connected.organisation, "Taken")?;

        let other = harness.connect_organisation()?;
        let other_email = send(&other.organisation)?;
        let body = json!({ "identity": "other.example" });
        let other_identity =
            other.organisation.api.post("/v1/identities", &body)?.expect_status(StatusCode::CREATED)?;

        let external_id = |organisation: &Organisation| {
            let binding = organisation.api.get("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
            string_at(&binding, "/externalId")
        };
        let placeholders = vec![
            ("{key}", connected.organisation.api_key.clone()),
            ("{admin}", ADMIN_TOKEN.to_owned()),
            ("{organisation}", connected.organisation.id.clone()),
            ("{account}", connected.customer.account().to_string()),
            ("{role}", connected.role_arn.clone()),
            ("{external id}", external_id(&connected.organisation)?),
            ("{email}", email),
            ("{domain}", domain),
            ("{address}", address),
            ("{template}", hello),
            ("{other template}", template(&other.organisation, "Hello")?),
            ("{other email}", other_email),
            ("{other identity}", string_at(&other_identity, "/id")?),
            ("{other external id}", external_id(&other.organisation)?),
            ("{other account}", other.customer.account().to_string()),
        ];
        let last_snapshot = Mutex::new(snapshot(harness, &connected)?);
        let suppressions = suppressions(&connected)?;
        Ok(Self { connected, placeholders, suppressions, last_snapshot })
    }

    /// Replaces the placeholders in a text.
    fn fill(&self, text: &str) -> String {
        self.placeholders.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}

fn send(organisation: &Organisation) -> test_support::Result<String> {
    string_at(
        &organisation.api.post("/v1/emails", &email_to(SUCCESS))?.expect_status(StatusCode::ACCEPTED)?,
        "/id",
    )
}

fn suppressions(connected: &ConnectedOrganisation) -> test_support::Result<Value> {
    connected.organisation.api.get("/v1/suppressions?limit=100")?.expect_status(StatusCode::OK)
}

/// Returns the organisation's resources and AWS calls.
fn snapshot(harness: &Harness, connected: &ConnectedOrganisation) -> test_support::Result<Value> {
    let api = &connected.organisation.api;
    let calls = harness.aws_proxy.calls_matching(|call| call.role == connected.role_arn);
    Ok(json!({
        "binding": api.get("/v1/aws-binding")?.expect_status(StatusCode::OK)?,
        "emails": api.get("/v1/emails?limit=100")?.expect_status(StatusCode::OK)?,
        "templates": api.get("/v1/templates?limit=100")?.expect_status(StatusCode::OK)?,
        "calls": calls.iter().map(|call| &call.action).collect::<Vec<_>>(),
    }))
}

/// Returns the part of a request to send. A declared length over the limit is refused before the body arrives, and wrangler can lose a
/// response that comes while it passes on a body.
fn to_send<'a>(request: &'a [u8], case: &Case) -> &'a [u8] {
    let is_declared = match case.body {
        Body::LongInChunks(_) => false,
        // Emails may be longer with attachments, which shows when they have arrived.
        Body::Long(_) => !case.path.starts_with("/v1/emails"),
        _ => true,
    };
    match request.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
        Some(end) if case.code == "body_too_large" && is_declared => &request[..end + 4],
        _ => request,
    }
}

/// Sends the request of a case and returns the response.
fn send_case(harness: &Harness, fixture: &Fixture, case: &Case) -> Result<Message, Failed> {
    let request = case.request(|text| fixture.fill(text));
    let kind = if case.method == "HEAD" { MessageKind::ResponseToHead } else { MessageKind::Response };
    let response = wire::round_trip(harness.worker_address()?, to_send(&request, case), kind)?;
    if case.method != "HEAD" {
        harness.contract.check(case.method, &fixture.fill(&case.path), &[], &response)?;
    }
    Ok(response)
}

fn check(harness: &Harness, fixture: &Fixture, case: &Case, response: &Message) -> TestResult {
    assert_problem(response, case, |text| fixture.fill(text))?;

    let mut last_snapshot = fixture.last_snapshot.lock().unwrap_or_else(PoisonError::into_inner);
    // The snapshot is stored even if it differs, so that one change doesn't fail every later case.
    let before = std::mem::replace(&mut *last_snapshot, snapshot(harness, &fixture.connected)?);
    for part in ["binding", "emails", "calls"] {
        assert_equal(part, &last_snapshot[part], &before[part])?;
    }
    // Its requests are limited, so only the cases that could change the list read it.
    if case.path.starts_with("/v1/suppressions") {
        assert_equal("suppressions", &suppressions(&fixture.connected)?, &fixture.suppressions)?;
    }
    Ok(())
}

/// Checks a response against RFC 9457, Kraiter's own fields and the case.
fn assert_problem(response: &Message, case: &Case, fill: impl Fn(&str) -> String) -> TestResult {
    let describe = || format!("{} {:?} {}", response.start, response.headers, response.text());
    let status = response.status();
    assert_that(
        status == case.status,
        format!("status {status} instead of {}: {}", case.status, describe()),
    )?;
    let content_type = response.header("content-type").unwrap_or_default();
    assert_that(
        content_type == "application/problem+json",
        format!("content-type is {content_type:?}: {}", describe()),
    )?;
    let id = response.header("x-request-id").unwrap_or_default();
    assert_that(!id.is_empty(), format!("x-request-id is missing: {}", describe()))?;
    if status == 401 {
        assert_that(
            response.header("www-authenticate").is_some(),
            format!("www-authenticate is missing: {}", describe()),
        )?;
    }
    let allow = response.header("allow").unwrap_or_default();
    assert_equal("allow header", allow, &*case.allow)?;
    if case.method == "HEAD" {
        return Ok(());
    }
    let body: Value =
        serde_json::from_slice(&response.body).map_err(|error| format!("{error}: {}", describe()))?;
    assert_equal("code", &body["code"], case.code)?;
    assert_equal("field", body["field"].as_str(), case.field.map(&fill).as_deref())?;
    let page = format!("/docs/errors#{}", case.code);
    let kind = body["type"].as_str().unwrap_or_default();
    assert_that(
        kind.strip_suffix(&page).is_some_and(|origin| origin.starts_with("http")),
        format!("the type is \"{kind}\""),
    )?;
    assert_equal("status", &body["status"], status)?;
    assert_equal("requestId", &body["requestId"], id)?;
    for name in ["title", "detail"] {
        assert_that(
            body[name].as_str().is_some_and(|text| !text.is_empty()),
            format!("{name} is missing: {}", describe()),
        )?;
    }
    Ok(())
}

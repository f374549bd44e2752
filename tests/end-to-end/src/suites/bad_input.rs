//! What is wrong is refused with a problem that says what, and changes nothing.
//!
//! Each case is one request to the Worker, byte for byte, by an organisation that is connected: whatever a check lets through
//! would be seen at once in its connection, in its emails or in what is said to AWS.

mod cases;
mod request;

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use http::StatusCode;
use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};
use test_support::test_env::{ADMIN_TOKEN, Organisation};

use self::request::Case;
use super::{Outcome, equal, hold, trial};
use crate::{
    connected::{Connected, SUCCESS, email_to},
    wire::{self, Kind, Message},
    world::{SOON, World, text},
};

/// What the cases share: nobody may change it.
struct Fixture {
    connected: Connected,
    /// What stands in braces in a case, and what it stands for.
    names: Vec<(&'static str, String)>,
    /// All that the organisation has, and had said to AWS in its name, when it was last looked at.
    last_seen: Mutex<Value>,
}

type Shared = Arc<OnceLock<Result<Fixture, String>>>;

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let shared = Shared::default();
    cases::all()
        .into_iter()
        .map(|case| {
            let shared = Arc::clone(&shared);
            trial(format!("bad_input::{}", case.name), world, move |world| {
                let fixture = shared.get_or_init(|| Fixture::make(world).map_err(|error| error.to_string()));
                let fixture =
                    fixture.as_ref().map_err(|error| Failed::from(format!("the fixture: {error}")))?;
                check(world, fixture, &case)
            })
        })
        .collect()
}

impl Fixture {
    fn make(world: &World) -> test_support::Result<Self> {
        let connected = world.connected()?;
        let email = send(&connected.organisation)?;
        connected.organisation.wait_for_events(&email, &["send", "delivery"], SOON)?;

        let identity = |name: &str| {
            let body = json!({ "identity": name });
            let made = connected
                .organisation
                .api
                .post("/v1/identities", &body)?
                .expect_status(StatusCode::CREATED)?;
            text(&made, "/id")
        };
        let (domain, address) = (identity("there.example")?, identity("me@there.example")?);

        let template = |organisation: &Organisation, name: &str| {
            let body = json!({ "name": name, "subject": "Hello {{ name }}", "text": "{{ name }}" });
            text(&organisation.api.post("/v1/templates", &body)?.expect_status(StatusCode::CREATED)?, "/id")
        };
        let hello = template(&connected.organisation, "Hello")?;
        template(&connected.organisation, "Taken")?;

        let other = world.connected()?;
        let other_email = send(&other.organisation)?;
        let body = json!({ "identity": "other.example" });
        let other_identity =
            other.organisation.api.post("/v1/identities", &body)?.expect_status(StatusCode::CREATED)?;

        let external_id = |organisation: &Organisation| {
            let binding = organisation.api.get("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
            text(&binding, "/externalId")
        };
        let names = vec![
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
            ("{other identity}", text(&other_identity, "/id")?),
            ("{other external id}", external_id(&other.organisation)?),
            ("{other account}", other.customer.account().to_string()),
            ("{other role}", other.role_arn.clone()),
        ];
        let last_seen = Mutex::new(snapshot(world, &connected)?);
        Ok(Self { connected, names, last_seen })
    }

    /// Puts in what stands in braces.
    fn fill(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}

fn send(organisation: &Organisation) -> test_support::Result<String> {
    text(
        &organisation.api.post("/v1/emails", &email_to(SUCCESS))?.expect_status(StatusCode::ACCEPTED)?,
        "/id",
    )
}

/// All that the organisation has, and what of it reached AWS.
fn snapshot(world: &World, connected: &Connected) -> test_support::Result<Value> {
    let api = &connected.organisation.api;
    let calls = world.wiretap.calls_where(|call| call.role == connected.role_arn);
    Ok(json!({
        "binding": api.get("/v1/aws-binding")?.expect_status(StatusCode::OK)?,
        "emails": api.get("/v1/emails?limit=100")?.expect_status(StatusCode::OK)?,
        "templates": api.get("/v1/templates?limit=100")?.expect_status(StatusCode::OK)?,
        "suppressions": api.get("/v1/suppressions?limit=100")?.expect_status(StatusCode::OK)?,
        "calls": calls.iter().map(|call| &call.action).collect::<Vec<_>>(),
    }))
}

fn check(world: &World, fixture: &Fixture, case: &Case) -> Outcome {
    let request = case.request(|text| fixture.fill(text));
    let kind = if case.method == "HEAD" { Kind::ResponseToHead } else { Kind::Response };
    let answer = wire::exchange(world.worker_address()?, &request, kind)?;
    is_problem(&answer, case, |text| fixture.fill(text))?;
    if case.method != "HEAD" {
        world.contract.check(case.method, &fixture.fill(&case.path), &[], &answer)?;
    }

    let mut last_seen = fixture.last_seen.lock().unwrap_or_else(PoisonError::into_inner);
    // Noted also where it is wrong, so that one change isn't every later case's fault.
    let before = std::mem::replace(&mut *last_seen, snapshot(world, &fixture.connected)?);
    for part in ["binding", "emails", "suppressions", "calls"] {
        equal(part, &last_seen[part], &before[part])?;
    }
    Ok(())
}

/// Holds an answer to RFC 9457, to our own fields, and to what the case says.
fn is_problem(answer: &Message, case: &Case, fill: impl Fn(&str) -> String) -> Outcome {
    let shown = || format!("{} {:?} {}", answer.start, answer.headers, answer.text());
    let status = answer.status();
    hold(status == case.status, format!("answered {status} instead of {}: {}", case.status, shown()))?;
    let content_type = answer.header("content-type").unwrap_or_default();
    hold(
        content_type == "application/problem+json",
        format!("content-type is {content_type:?}: {}", shown()),
    )?;
    let id = answer.header("x-request-id").unwrap_or_default();
    hold(!id.is_empty(), format!("x-request-id is missing: {}", shown()))?;
    if status == 401 {
        hold(
            answer.header("www-authenticate").is_some(),
            format!("www-authenticate is missing: {}", shown()),
        )?;
    }
    let allow = answer.header("allow").unwrap_or_default();
    equal("the header allow", allow, case.allow)?;
    if case.method == "HEAD" {
        return Ok(());
    }
    let body: Value =
        serde_json::from_slice(&answer.body).map_err(|error| format!("{error}: {}", shown()))?;
    equal("code", &body["code"], case.code)?;
    equal("field", body["field"].as_str(), case.field.map(&fill).as_deref())?;
    equal("type", &body["type"], &*format!("urn:kraiter:problem:{}", case.code))?;
    equal("status", &body["status"], status)?;
    equal("requestId", &body["requestId"], id)?;
    for name in ["title", "detail"] {
        hold(
            body[name].as_str().is_some_and(|text| !text.is_empty()),
            format!("{name} is missing: {}", shown()),
        )?;
    }
    Ok(())
}

//! A request that is parked, because its body or a call of its own takes long, must not outlive its key, its session or its organisation.

mod deletions;

use std::{
    net::SocketAddr,
    sync::{Mutex, PoisonError, Weak, mpsc},
    thread,
};

use http::{Method, StatusCode, header};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{
    Result,
    api::Api,
    test_env::{ADMIN_TOKEN, Organisation},
};

use super::{TestResult, assert_equal, assert_that, trial};
use crate::{
    aws_proxy::{CREATE_IDENTITY, SEND_EMAIL},
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, socket_address, string_at},
    http_proxy::ProxyAction,
    parked_request::{Length, ParkedRequest},
    polling::{WAIT_TIMEOUT, wait_until},
    test_email::{SUCCESS, email_to},
};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&Harness) -> TestResult| {
        trial(format!("parked_requests::{name}"), harness, case)
    };
    vec![
        case("a key that is revoked while bodies arrive has no effect", revoked_key),
        case("a session that is ended while bodies arrive has no effect", ended_session),
        case("a key that is revoked during a call to AWS has no further effect", revoked_during_call),
        case("an email that was accepted is sent although its key was revoked", accepted_email),
        case(
            "an organisation that is deleted while bodies arrive does nothing any more",
            deleted_organisation,
        ),
        case(
            "an organisation that was deleted stays deleted in a new instance of its object",
            evicted_object,
        ),
        case("a deletion that was interrupted gives nobody access", deletions::interrupted),
        case("a deletion that fails is reported and stops no other", deletions::failing),
    ]
}

/// Requests that change something, with their bodies.
fn changes() -> [(&'static str, Value); 4] {
    [
        ("/v1/api-keys", json!({ "name": "Parked" })),
        ("/v1/suppressions", json!({ "address": "parked@example.org" })),
        ("/v1/templates", json!({ "name": "Parked", "subject": "Hello", "text": "Hello" })),
        ("/v1/emails", email_to(SUCCESS)),
    ]
}

/// Opens a request for each of [`changes`], and withholds all but the first byte of each body.
fn park_changes(
    to: SocketAddr,
    credentials: &[String],
    is_chunked: bool,
) -> Result<Vec<(ParkedRequest, Vec<u8>)>> {
    let headers = [credentials, &["content-type: application/json".to_owned()]].concat();
    let park = |(path, body): (&str, Value)| {
        let mut body = body.to_string().into_bytes();
        let length = if is_chunked { Length::Chunked } else { Length::Declared(body.len() as u64) };
        let rest = body.split_off(1);
        Ok((ParkedRequest::open(to, ("POST", path), &headers, length, &body)?, rest))
    };
    changes().into_iter().map(park).collect()
}

/// Finishes parked requests. Each must be refused.
fn assert_refused(parked: Vec<(ParkedRequest, Vec<u8>)>) -> TestResult {
    for ((parked, rest), (path, _)) in parked.into_iter().zip(changes()) {
        let response = parked.finish(&rest)?;
        assert_equal(path, response.outcome(), (401, "unauthorized"))?;
    }
    Ok(())
}

/// Fails if any of [`changes`] has had an effect. `keys` is the number of keys that the organisation has.
fn assert_unchanged(api: &Api, keys: usize) -> TestResult {
    for (path, expected) in
        [("/v1/api-keys", keys), ("/v1/suppressions", 0), ("/v1/templates", 0), ("/v1/emails", 0)]
    {
        let list = api.get(path)?.expect_status(StatusCode::OK)?;
        assert_equal(path, list["data"].as_array().map(Vec::len), Some(expected))?;
    }
    Ok(())
}

/// A key that is to be revoked.
struct OtherKey {
    id: String,
    key: String,
}

impl OtherKey {
    fn create(organisation: &Organisation) -> Result<Self> {
        let created = organisation.api.post("/v1/api-keys", &json!({ "name": "Stolen" }))?;
        let created = created.expect_status(StatusCode::CREATED)?;
        Ok(Self { id: string_at(&created, "/id")?, key: string_at(&created, "/apiKey")? })
    }

    fn header(&self) -> String {
        format!("authorization: Bearer {}", self.key)
    }

    /// Waits until a request with the key has been authenticated.
    fn wait_for_use(&self, organisation: &Organisation) -> TestResult {
        wait_until("the key to be used", || {
            let list = organisation.api.get("/v1/api-keys")?.expect_status(StatusCode::OK)?;
            let keys = list["data"].as_array().cloned().unwrap_or_default();
            Ok(keys.iter().any(|key| key["id"] == self.id.as_str() && key["lastUsedAt"].is_string()))
        })?;
        Ok(())
    }

    fn revoke(&self, organisation: &Organisation) -> TestResult {
        let response = organisation.api.delete(&format!("/v1/api-keys/{}", self.id))?;
        assert_equal("status of the revocation", response.status, StatusCode::NO_CONTENT)
    }
}

fn revoked_key(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let organisation = &connected.organisation;
    for is_chunked in [false, true] {
        let stolen = OtherKey::create(organisation)?;
        let parked = park_changes(harness.worker_address()?, &[stolen.header()], is_chunked)?;
        if is_chunked {
            // The object has authenticated it, and reads the body.
            stolen.wait_for_use(organisation)?;
        }
        stolen.revoke(organisation)?;
        assert_refused(parked)?;
        assert_unchanged(&organisation.api, 1)?;
    }
    assert_equal("send calls", harness.aws_proxy.send_call_count(&connected.role_arn), 0)
}

fn ended_session(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let organisation = &connected.organisation;
    let api = harness.api();
    let sign_in = ("application/json", json!({ "apiKey": organisation.api_key }).to_string().into());
    let csrf = ("x-kraiter-csrf", "1");
    let response = api.send(Method::POST, "/v1/session", Some(sign_in), &[csrf])?;
    let cookie = response.headers.get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok());
    let cookie = cookie.and_then(|cookie| cookie.split(';').next()).ok_or("no cookie was set")?;
    let credentials = [format!("cookie: {cookie}"), "x-kraiter-csrf: 1".to_owned()];
    let parked = park_changes(harness.worker_address()?, &credentials, true)?;
    let ended = api.send(Method::DELETE, "/v1/session", None, &[("cookie", cookie), csrf])?;
    assert_equal("status of signing out", ended.status, StatusCode::NO_CONTENT)?;
    assert_refused(parked)?;
    assert_unchanged(&organisation.api, 1)?;
    assert_equal("send calls", harness.aws_proxy.send_call_count(&connected.role_arn), 0)
}

/// Sends a request, revokes its key during its first call of `action` to AWS, and returns the response.
fn revoke_during(
    harness: &Harness,
    connected: &ConnectedOrganisation,
    action: &'static str,
    (path, body): (&str, &Value),
) -> std::result::Result<test_support::api::ApiResponse, libtest_mimic::Failed> {
    let stolen = OtherKey::create(&connected.organisation)?;
    let api = harness.api().with_key(&stolen.key);
    let (called, is_called) = mpsc::channel();
    let (revoked, is_revoked) = mpsc::channel::<()>();
    let (called, is_revoked) = (Mutex::new(called), Mutex::new(is_revoked));
    let _fault = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, action, move |_| {
        let _ = called.lock().unwrap_or_else(PoisonError::into_inner).send(());
        // Only the first call waits: afterwards the sender is dropped.
        let _ = is_revoked.lock().unwrap_or_else(PoisonError::into_inner).recv();
        Some(ProxyAction::Forward)
    });
    thread::scope(|scope| {
        let response = scope.spawn(|| api.post(path, body));
        is_called.recv_timeout(WAIT_TIMEOUT)?;
        let revocation = stolen.revoke(&connected.organisation);
        drop(revoked);
        revocation?;
        Ok(response.join().map_err(|_| "a thread has panicked")??)
    })
}

fn revoked_during_call(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let request = ("/v1/identities", &json!({ "identity": "parked.example.org" }));
    let response = revoke_during(harness, &connected, CREATE_IDENTITY, request)?;
    assert_equal("status", response.status, StatusCode::UNAUTHORIZED)?;
    let reads = harness.aws_proxy.calls_matching(|call| {
        call.role == connected.role_arn && call.action == "GET /v2/email/identities/parked.example.org"
    });
    assert_equal("calls after the revocation", reads.len(), 0)
}

fn accepted_email(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let response = revoke_during(harness, &connected, SEND_EMAIL, ("/v1/emails", &email_to(SUCCESS)))?;
    let body = response.expect_status(StatusCode::ACCEPTED)?;
    assert_equal("status", &body["status"], "sent")?;
    connected.wait_for_delivery(&string_at(&body, "/id")?).map(drop)?;
    assert_equal("send calls", harness.aws_proxy.send_call_count(&connected.role_arn), 1)
}

fn delete_organisation(origin: &str, organisation: &Organisation) -> TestResult {
    let administrator = Api::new(origin).with_key(ADMIN_TOKEN);
    let response = administrator.delete(&format!("/v1/organisations/{}", organisation.id))?;
    assert_equal("status of the deletion", response.status, StatusCode::NO_CONTENT)
}

fn deleted_organisation(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let stolen = OtherKey::create(&connected.organisation)?;
    let address = harness.worker_address()?;
    let mut parked = Vec::new();
    for is_chunked in [false, true] {
        parked.push(park_changes(address, &[stolen.header()], is_chunked)?);
    }
    stolen.wait_for_use(&connected.organisation)?;
    delete_organisation(&harness.webhook_proxy.origin(), &connected.organisation)?;
    for parked in parked {
        assert_refused(parked)?;
    }
    assert_equal("send calls", harness.aws_proxy.send_call_count(&connected.role_arn), 0)
}

fn evicted_object(harness: &Harness) -> TestResult {
    let (environment, customer) = harness.create_environment_with_clock("parked")?;
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(customer)?;
    let key = format!("authorization: Bearer {}", connected.organisation.api_key);
    let address = socket_address(worker.api().origin())?;
    let parked = park_changes(address, std::slice::from_ref(&key), false)?;
    delete_organisation(worker.api().origin(), &connected.organisation)?;
    worker.evict(&connected.organisation.id)?;
    assert_refused(parked)?;
    worker.evict(&connected.organisation.id)?;
    assert_refused(park_changes(address, &[key], true)?)?;
    assert_that(
        environment.aws_proxy.processed_emails(&connected.role_arn).is_empty(),
        "an organisation that was deleted has sent an email",
    )
}

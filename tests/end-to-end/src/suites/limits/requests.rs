//! Request limits.

use api_contract::{RateClass, RequestLimit};
use http::Method;
use libtest_mimic::Failed;
use serde_json::json;
use test_support::{
    Result,
    api::{Api, ApiResponse, CLIENT_ADDRESS},
    test_env::ADMIN_TOKEN,
};

use super::{TestResult, assert_equal, assert_error};
use crate::harness::{Harness, string_at};

/// Returns the limit of a class, and the most requests that are accepted in a row: those of two periods, because a new one may begin.
fn limit(class: RateClass) -> std::result::Result<(RequestLimit, u32), Failed> {
    let limit = class.limit().ok_or("the class has no limit")?;
    Ok((limit, 2 * limit.requests))
}

/// Sends requests until one is limited. Returns the number of others and the limited response.
fn exhaust(
    class: RateClass,
    mut send: impl FnMut() -> Result<ApiResponse>,
    expected: u16,
) -> std::result::Result<(u32, ApiResponse), Failed> {
    let (_, most) = limit(class)?;
    for accepted in 0..=most {
        let response = send()?;
        if response.status == 429 {
            return Ok((accepted, response));
        }
        assert_equal("status before the limit", response.status.as_u16(), expected)?;
    }
    Err(format!("none of {} requests was limited", most + 1).into())
}

/// Checks that a response reports the limit of a class.
fn assert_limited(class: RateClass, response: &ApiResponse) -> TestResult {
    let (limit, _) = limit(class)?;
    assert_error(limit.name, response, 429, "rate_limited")?;
    let header = |name: &str| response.headers.get(name).and_then(|value| value.to_str().ok());
    assert_equal("retry-after", header("retry-after"), Some(&*limit.seconds.to_string()))?;
    for (name, value) in limit.header_fields() {
        assert_equal(name, header(name), Some(&*value))?;
    }
    Ok(())
}

fn verify(api: &Api) -> Result<ApiResponse> {
    api.post("/v1/aws-binding/verify", &json!({}))
}

pub(super) fn shared_by_keys(harness: &Harness) -> TestResult {
    let (connected, other) = (harness.connect_organisation()?, harness.create_organisation()?);
    let organisation = &connected.organisation;
    let second = organisation.api.post("/v1/api-keys", &json!({ "name": "Second" }))?;
    let second = harness.api().with_key(string_at(&second.body, "/apiKey")?);
    let before = harness.aws_proxy.calls_by_role(&connected.role_arn, "AssumeRole").len();
    let (accepted, limited) = exhaust(RateClass::Checks, || verify(&organisation.api), 200)?;
    let assumed = harness.aws_proxy.calls_by_role(&connected.role_arn, "AssumeRole").len() - before;
    println!("\n{accepted} verifications were accepted in a row, with {assumed} AssumeRole calls");
    assert_limited(RateClass::Checks, &limited)?;
    assert_limited(RateClass::Checks, &verify(&second)?)?;
    assert_error("another organisation", &verify(&other.api)?, 409, "not_connected")?;
    assert_equal("other routes", organisation.api.get("/v1/aws-binding")?.status.as_u16(), 200)
}

pub(super) fn revoked_key(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let created = organisation.api.post("/v1/api-keys", &json!({ "name": "Revoked" }))?;
    let revoked = harness.api().with_key(string_at(&created.body, "/apiKey")?);
    organisation.api.delete(&format!("/v1/api-keys/{}", string_at(&created.body, "/id")?))?;
    let (limit, _) = limit(RateClass::Checks)?;
    for _ in 0..=limit.requests {
        assert_error("a revoked key", &verify(&revoked)?, 401, "unauthorized")?;
    }
    assert_error("the other key", &verify(&organisation.api)?, 409, "not_connected")
}

fn sign_in_from(harness: &Harness, address: &str, key: &str) -> Result<ApiResponse> {
    let body = Some(("application/json", json!({ "apiKey": key }).to_string().into()));
    let headers = [(CLIENT_ADDRESS, address), ("x-kraiter-csrf", "1")];
    harness.api().send(Method::POST, "/v1/session", body, &headers)
}

pub(super) fn sign_ins(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let mut number = 0_u32;
    // From many addresses of one network, without a key.
    let without_key = || {
        number += 1;
        sign_in_from(harness, &format!("2001:db8:1:1::{number:x}"), "")
    };
    let (_, limited) = exhaust(RateClass::SignIns, without_key, 422)?;
    assert_limited(RateClass::SignIns, &limited)?;
    let right = sign_in_from(harness, "2001:db8:1:2::1", &organisation.api_key)?;
    assert_equal("a sign-in from elsewhere", right.status.as_u16(), 200)
}

pub(super) fn refusals(harness: &Harness) -> TestResult {
    let address = "203.0.113.40";
    let api = harness.api();
    let get =
        |api: &Api, path: &str, from: &str| api.send(Method::GET, path, None, &[(CLIENT_ADDRESS, from)]);
    let wrong = api.with_key("wrong-administrator-token");
    let list = || get(&wrong, "/v1/organisations", address);
    let (_, limited) = exhaust(RateClass::Refusals, list, 401)?;
    assert_limited(RateClass::Refusals, &limited)?;

    let webhook = || {
        let body = Some(("text/plain", "{}".into()));
        api.send(Method::POST, "/webhooks/sns/kr_wh_unknown", body, &[(CLIENT_ADDRESS, address)])
    };
    assert_limited(RateClass::Refusals, &webhook()?)?;
    assert_limited(RateClass::Refusals, &get(&wrong, "/v1/emails", address)?)?;
    assert_limited(RateClass::Refusals, &get(&wrong, "/metrics", address)?)?;
    // From the same address.
    let right = get(&api.with_key(ADMIN_TOKEN), "/v1/organisations", address)?;
    assert_equal("the administrator's token", right.status.as_u16(), 200)?;
    let organisation = harness.create_organisation()?;
    let right = get(&organisation.api, "/v1/emails", address)?;
    assert_equal("an API key", right.status.as_u16(), 200)?;
    assert_error("another address", &get(&wrong, "/v1/organisations", "203.0.113.41")?, 401, "unauthorized")
}

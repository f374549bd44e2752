//! Dashboard sessions with a cookie.

use std::sync::Weak;

use http::{Method, StatusCode, header};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{
    api::{Api, ApiResponse},
    test_env::Organisation,
};

use super::{TestResult, assert_equal, assert_error, assert_that, trial};
use crate::harness::{Harness, IRELAND, get_binding};

/// Header that the dashboard sends with every change.
const CSRF_HEADER: (&str, &str) = ("x-kraiter-csrf", "1");

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("sessions::{name}"), harness, case);
    vec![
        case("a key is exchanged for a cookie that scripts can't read", sign_in_sets_cookie),
        case("a cookie has the permissions of its key, for its organisation only", cookie_acts_as_key),
        case("a change with a cookie from another site is rejected", cross_site_requests),
        case("a session is rejected after signing out", signed_out_session),
    ]
}

/// Calls the API with a cookie and additional headers.
fn call(
    harness: &Harness,
    cookie: &str,
    (method, path): (Method, &str),
    body: Option<&Value>,
    headers: &[(&str, &str)],
) -> test_support::Result<ApiResponse> {
    let headers = [&[("cookie", cookie)], headers].concat();
    let body = body.map(|body| ("application/json", body.to_string().into()));
    harness.api().send(method, path, body, &headers)
}

/// Signs in with the organisation's key and returns the cookie's name and value.
fn sign_in(harness: &Harness, organisation: &Organisation) -> test_support::Result<String> {
    let body = json!({ "apiKey": organisation.api_key });
    let response = call(harness, "", (Method::POST, "/v1/session"), Some(&body), &[CSRF_HEADER])?;
    Ok(set_cookie(&response).split(';').next().unwrap_or_default().to_owned())
}

fn set_cookie(response: &ApiResponse) -> &str {
    response.headers.get(header::SET_COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn sign_in_sets_cookie(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let origin = harness.webhook_proxy.origin();
    let body = json!({ "apiKey": organisation.api_key });
    let headers = [CSRF_HEADER, ("origin", origin.as_str()), ("sec-fetch-site", "same-origin")];
    let response = call(harness, "", (Method::POST, "/v1/session"), Some(&body), &headers)?;
    let expected =
        json!({ "organisation": { "id": organisation.id, "name": "End to end" }, "scope": "full" });
    assert_equal("response", (response.status, &response.body), (StatusCode::OK, &expected))?;

    let mut parts = set_cookie(&response).split("; ");
    let cookie = parts.next().unwrap_or_default();
    assert_that(cookie.strip_prefix("kraiter=").is_some_and(|token| token.starts_with("kr_se_")), cookie)?;
    let attributes: Vec<_> = parts.collect();
    // `Secure` and the prefix `__Host-` are missing, because they require HTTPS.
    assert_equal("attributes", attributes, ["Path=/", "Max-Age=43200", "HttpOnly", "SameSite=Strict"])?;
    let session = call(harness, cookie, (Method::GET, "/v1/session"), None, &[])?;
    assert_equal("session", (session.status, &session.body), (StatusCode::OK, &expected))
}

fn cookie_acts_as_key(harness: &Harness) -> TestResult {
    let (organisation, other) = (harness.create_organisation()?, harness.create_organisation()?);
    let cookie = sign_in(harness, &organisation)?;
    let body = json!({ "region": IRELAND });
    let change =
        call(harness, &cookie, (Method::POST, "/v1/aws-binding/connect"), Some(&body), &[CSRF_HEADER])?;
    assert_equal("status of a change", change.status, StatusCode::OK)?;
    let binding = call(harness, &cookie, (Method::GET, "/v1/aws-binding"), None, &[])?;
    assert_equal("binding read with the cookie", binding.body, get_binding(&organisation)?)?;
    assert_equal("the other organisation's connection", &get_binding(&other)?["status"], "not_connected")?;

    // If a request has both, the key takes precedence, even an unknown one.
    let with_key = |api: &Api| api.send(Method::GET, "/v1/session", None, &[("cookie", &cookie)]);
    assert_equal("organisation of the other key", with_key(&other.api)?.text("/organisation/id"), other.id)?;
    assert_equal(
        "status with an unknown key",
        with_key(&harness.api().with_key("kr_key_unknown"))?.status,
        StatusCode::UNAUTHORIZED,
    )?;
    let administration = call(
        harness,
        &cookie,
        (Method::POST, "/v1/organisations"),
        Some(&json!({ "name": "x" })),
        &[CSRF_HEADER],
    )?;
    assert_equal("status of an administrator's route", administration.status, StatusCode::UNAUTHORIZED)
}

fn cross_site_requests(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let cookie = sign_in(harness, &organisation)?;
    let before = get_binding(&organisation)?;
    let origin = harness.webhook_proxy.origin();
    let rejected: [&[(&str, &str)]; 6] = [
        &[],
        &[("origin", &origin), ("sec-fetch-site", "same-origin")],
        &[CSRF_HEADER, ("origin", "https://evil.example")],
        &[CSRF_HEADER, ("origin", "null")],
        &[CSRF_HEADER, ("sec-fetch-site", "cross-site")],
        &[CSRF_HEADER, ("sec-fetch-site", "same-site"), ("origin", &origin)],
    ];
    for headers in rejected {
        for (method, path, body) in [
            (Method::POST, "/v1/aws-binding/connect", Some(json!({ "region": IRELAND }))),
            (Method::POST, "/v1/aws-binding/verify", None),
            (Method::DELETE, "/v1/aws-binding", None),
            (Method::DELETE, "/v1/session", None),
        ] {
            let response = call(harness, &cookie, (method, path), body.as_ref(), headers)?;
            assert_error(path, &response, 403, "csrf")?;
        }
    }
    assert_equal("connection", get_binding(&organisation)?, before)?;
    let session =
        call(harness, &cookie, (Method::GET, "/v1/session"), None, &[("sec-fetch-site", "same-site")])?;
    assert_equal("status of a read request", session.status, StatusCode::OK)
}

fn signed_out_session(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let (cookie, other) = (sign_in(harness, &organisation)?, sign_in(harness, &organisation)?);
    assert_that(cookie != other, "two sessions have the same cookie")?;
    let response = call(harness, &cookie, (Method::DELETE, "/v1/session"), None, &[CSRF_HEADER])?;
    assert_equal("response", (response.status, &response.body), (StatusCode::NO_CONTENT, &Value::Null))?;
    let cleared = "kraiter=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict";
    assert_equal("set-cookie header", set_cookie(&response), cleared)?;
    for path in ["/v1/session", "/v1/aws-binding"] {
        assert_equal(
            path,
            call(harness, &cookie, (Method::GET, path), None, &[])?.status,
            StatusCode::UNAUTHORIZED,
        )?;
        assert_equal(path, call(harness, &other, (Method::GET, path), None, &[])?.status, StatusCode::OK)?;
    }
    Ok(())
}

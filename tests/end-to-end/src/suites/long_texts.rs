//! Names that callers make up, and texts of AWS, are cut before they are shown, logged or stored.

use std::sync::Weak;

use http::{Method, StatusCode};
use libtest_mimic::Trial;
use serde_json::json;

use super::{TestResult, assert_equal, assert_error, assert_that, trial};
use crate::{
    aws_proxy::{CREATE_IDENTITY, fault::json_error},
    harness::Harness,
    http_proxy::ProxyAction,
    wire::Message,
};

/// Longer than any response with one name.
const LONG_RESPONSE: usize = 2_000;

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("long_texts::{name}"), harness, case);
    vec![
        case("a field's name is cut, and a name of the caller's isn't logged", field_names),
        case("a message of AWS is cut", aws_message),
        case("a response of AWS over 1 MB isn't read", aws_response),
    ]
}

fn field_names(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let secret = "kr-canary-name-";
    for (path, length, pointer) in [
        ("/v1/session", 3_000, ""),
        ("/v1/templates", 900_000, ""),
        ("/v1/emails", 900_000, "/headers"),
        ("/v1/emails/batch", 900_000, ""),
    ] {
        let name = format!("{secret}{}", "x".repeat(length));
        let mut body = json!({ "from": "a@example.com", "to": "b@example.com", "subject": "s", "text": "t" });
        if pointer.is_empty() {
            body = json!({ name.as_str(): 1 });
        } else {
            body["headers"] = json!({ name.as_str(): 1 });
        }
        let body = ("application/json", body.to_string().into());
        let response = organisation.api.send(Method::POST, path, Some(body), &[("x-kraiter-csrf", "1")])?;
        assert_equal(path, response.status, StatusCode::UNPROCESSABLE_ENTITY)?;
        let field = response.text("/field").chars().count();
        assert_that(field <= 100, format!("{path} names a field of {field} characters"))?;
        let length = response.body.to_string().len();
        assert_that(length < LONG_RESPONSE, format!("{path} responds with {length} bytes"))?;
    }
    let query = format!("/v1/emails?{secret}{}=1", "x".repeat(3_000));
    let response = organisation.api.get(&query)?;
    assert_error("an unknown parameter", &response, 422, "unknown_field")?;
    assert_equal("length of its name", response.text("/field").len(), 100)?;
    let log = harness.worker_log_without_wrangler();
    assert_that(!log.contains(secret), "the log contains the name of an unknown field")
}

fn aws_message(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let _fault = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, CREATE_IDENTITY, |_| {
        Some(json_error(400, "BadRequestException", &"m".repeat(5_000)))
    });
    let response =
        connected.organisation.api.post("/v1/identities", &json!({ "identity": "long.example" }))?;
    assert_error("a long message", &response, 400, "aws_refused")?;
    assert_equal("characters of the message", response.text("/detail").matches('m').count(), 1_000)
}

fn aws_response(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    for is_chunked in [false, true] {
        let _fault =
            harness.aws_proxy.inject_fault_for_role(&connected.role_arn, CREATE_IDENTITY, move |_| {
                let body = json!({ "message": "m".repeat(1_100_000) }).to_string();
                let response = Message::response(400, &[("content-type", "application/json")], body);
                Some(if is_chunked {
                    ProxyAction::RespondUntilClosed(response)
                } else {
                    ProxyAction::Respond(response)
                })
            });
        let body = json!({ "identity": "long.example" });
        let response = connected.organisation.api.post("/v1/identities", &body)?;
        assert_error("a response that is too long", &response, 502, "aws_unreachable")?;
    }
    Ok(())
}

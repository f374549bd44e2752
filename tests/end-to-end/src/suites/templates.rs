//! From a template that a customer writes to the mail that a recipient reads.

mod abuse;
mod send;
mod versions;

use std::sync::Weak;

use http::{Method, StatusCode};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{api::ApiResponse, test_env::Organisation};

use super::{TestResult, assert_equal, assert_that, trial};
use crate::harness::{Harness, string_at};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("templates::{name}"), harness, case);
    vec![
        case(
            "a template is made, previewed and sent, and the mail has what it made",
            send::create_preview_send,
        ),
        case("a text of its own is sent as it is", send::explicit_text),
        case("a draft shows what it would make, and which variables it uses", send::preview_draft),
        case("what is missing or not used is named, and nothing is sent", send::invalid_variables),
        case(
            "a mail that was accepted stays as it is when its template changes",
            send::later_template_change,
        ),
        case("another organisation can't see, change or use a template", send::other_organisation),
        case("each change makes a version, and no change makes none", versions::change_creates_version),
        case("of changes to one version exactly one is taken", versions::concurrent_changes),
        case("the newest fifty versions are kept", versions::version_limit),
        case("a name is one template's in an organisation", versions::unique_names),
        case("pages are newest first, whole and without repetition", versions::pages),
        case("a deleted template is gone with all its versions", versions::deletion),
        case(
            "what is meant to harm is answered with an error, soon, and others are served on",
            abuse::rejected,
        ),
        case("what nests as deep as is allowed is filled in", abuse::deep_nesting),
    ]
}

fn template(name: &str, text: &str) -> Value {
    json!({ "name": name, "subject": "Hello", "text": text })
}

fn create(organisation: &Organisation, template: &Value) -> test_support::Result<Value> {
    organisation.api.post("/v1/templates", template)?.expect_status(StatusCode::CREATED)
}

fn get(organisation: &Organisation, id: &str, query: &str) -> test_support::Result<Value> {
    organisation.api.get(&format!("/v1/templates/{id}{query}"))?.expect_status(StatusCode::OK)
}

fn put(organisation: &Organisation, id: &str, template: &Value) -> test_support::Result<ApiResponse> {
    organisation.api.call(Method::PUT, &format!("/v1/templates/{id}"), Some(template))
}

fn id_of(template: &Value) -> test_support::Result<String> {
    string_at(template, "/id")
}

/// Holds an answer to a problem's status, code and field.
fn assert_problem(response: &ApiResponse, status: u16, code: &str, field: &str) -> TestResult {
    let actual = (response.status.as_u16(), response.code().unwrap_or_default(), response.text("/field"));
    assert_equal("problem", actual, (status, code, field))
}

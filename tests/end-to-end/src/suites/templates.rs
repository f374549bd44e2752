//! Templates: managing, previewing and sending.

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
        case("a template is created, previewed and sent with the same content", send::create_preview_send),
        case("a template's own text is sent unchanged", send::explicit_text),
        case("the preview of a draft returns its content and variables", send::preview_draft),
        case("missing and unknown variables are named and nothing is sent", send::invalid_variables),
        case("an accepted email doesn't change with its template", send::later_template_change),
        case("another organisation's templates are not accessible", send::other_organisation),
        case(
            "each change creates a version, and an unchanged template doesn't",
            versions::change_creates_version,
        ),
        case("only one of several concurrent changes to a version is accepted", versions::concurrent_changes),
        case("the newest fifty versions are kept", versions::version_limit),
        case("template names are unique within an organisation", versions::unique_names),
        case("pages are ordered newest first, complete and without duplicates", versions::pages),
        case("deleting a template deletes all its versions", versions::deletion),
        case(
            "an abusive template is rejected quickly and the Worker keeps serving",
            abuse::abusive_templates,
        ),
        case("a template at the nesting limit is rendered", abuse::deep_nesting),
    ]
}

/// Cases that measure time.
pub(crate) fn sequential_trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let name = "templates::a batch of costly templates hardly delays another organisation's emails";
    vec![trial(name, harness, abuse::costly_batch)]
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

/// Checks the status, code and field of a problem response.
fn assert_problem(response: &ApiResponse, status: u16, code: &str, field: &str) -> TestResult {
    let problem = (response.status.as_u16(), response.code().unwrap_or_default(), response.text("/field"));
    assert_equal("problem", problem, (status, code, field))
}

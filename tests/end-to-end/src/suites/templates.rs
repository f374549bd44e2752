//! From a template that a customer writes to the mail that a recipient reads.

mod harm;
mod send;
mod versions;

use std::sync::Weak;

use http::{Method, StatusCode};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{api::ApiResponse, test_env::Organisation};

use super::{Outcome, equal, hold, trial};
use crate::world::{World, text};

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("templates::{name}"), world, case);
    vec![
        case("a template is made, previewed and sent, and the mail has what it made", send::whole_way),
        case("a text of its own is sent as it is", send::own_text),
        case("a draft shows what it would make, and which variables it uses", send::draft),
        case("what is missing or not used is named, and nothing is sent", send::wrong_variables),
        case("a mail that was accepted stays as it is when its template changes", send::later_change),
        case("another organisation can't see, change or use a template", send::of_another),
        case("each change makes a version, and no change makes none", versions::each_change),
        case("of changes to one version exactly one is taken", versions::at_once),
        case("the newest fifty versions are kept", versions::kept),
        case("a name is one template's in an organisation", versions::names),
        case("pages are newest first, whole and without repetition", versions::pages),
        case("a deleted template is gone with all its versions", versions::deleted),
        case(
            "what is meant to harm is answered with an error, soon, and others are served on",
            harm::refused,
        ),
        case("what nests as deep as is allowed is filled in", harm::deep),
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
    text(template, "/id")
}

/// Holds an answer to a problem's status, code and field.
fn is_problem(answer: &ApiResponse, status: u16, code: &str, field: &str) -> Outcome {
    let is = (answer.status.as_u16(), answer.code().unwrap_or_default(), answer.text("/field"));
    equal("the problem", is, (status, code, field))
}

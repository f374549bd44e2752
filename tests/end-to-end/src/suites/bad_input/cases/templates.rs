//! What no template may be, and what none may be asked for.

use super::super::request::Case;

/// A template that isn't there.
const ID: &str = "/v1/templates/tpl_019ab0c5d0007000800000000000000a";

pub(super) fn all() -> Vec<Case> {
    let mut cases = saved();
    cases.extend(previewed());
    cases.extend(asked_for());
    cases.extend(sent());
    cases
}

fn saved() -> Vec<Case> {
    let case = |name: &str, body: &str| Case::json("POST", "/v1/templates", name, body);
    let long = format!(r#"{{"name":"{}","subject":"s","text":"t"}}"#, "x".repeat(101));
    vec![
        case("no name", r#"{"subject":"s","text":"t"}"#).field("missing_field", "name"),
        case("blank name", r#"{"name":" ","subject":"s","text":"t"}"#).field("missing_field", "name"),
        case("a long name", &long).field("invalid_name", "name"),
        case("no subject", r#"{"name":"n","text":"t"}"#).field("missing_field", "subject"),
        case("neither part", r#"{"name":"n","subject":"s"}"#).field("missing_field", "html"),
        case("html is a number", r#"{"name":"n","subject":"s","html":1}"#).field("invalid_type", "html"),
        case("cut off", r#"{"name":"n","subject":"{{ a","text":"t"}"#).field("template_syntax", "subject"),
        case("an include", r#"{"name":"n","subject":"s","text":"{% include 'x' %}"}"#)
            .field("template_syntax", "text"),
        case("an assignment", r#"{"name":"n","subject":"s","text":"{% set x = 1 %}"}"#)
            .field("template_not_allowed", "text"),
        case("a version", r#"{"name":"n","subject":"s","text":"t","version":1}"#)
            .field("unknown_field", "version"),
        Case::json("PUT", ID, "no version", r#"{"name":"n","subject":"s","text":"t"}"#)
            .field("missing_field", "version"),
    ]
}

fn previewed() -> Vec<Case> {
    let case = |name: &str, body: &str| Case::json("POST", "/v1/templates/preview", name, body);
    vec![
        case("variables are a list", r#"{"subject":"s","text":"t","variables":[]}"#)
            .field("invalid_type", "variables"),
        case("a variable too many", r#"{"subject":"s","text":"t","variables":{"a":1}}"#)
            .field("unknown_variable", "variables.a"),
        case("a variable too few", r#"{"subject":"{{ a }}","text":"t"}"#)
            .field("missing_variable", "variables.a"),
    ]
}

fn asked_for() -> Vec<Case> {
    vec![
        Case::json("PUT", ID, "unknown", r#"{"name":"n","subject":"s","text":"t","version":1}"#)
            .is(404, "not_found"),
        Case::json("POST", &format!("{ID}/preview"), "unknown", "{}").is(404, "not_found"),
        Case::bare("GET", ID, "unknown").is(404, "not_found"),
        Case::bare("DELETE", ID, "unknown").is(404, "not_found"),
        Case::bare("GET", "/v1/templates/{email}", "of another kind").is(404, "not_found"),
        Case::bare("GET", &format!("{ID}?version=0"), "version zero").field("invalid_version", "version"),
        Case::bare("GET", "/v1/templates?cursor={email}", "cursor of another kind")
            .field("invalid_cursor", "cursor"),
    ]
}

fn sent() -> Vec<Case> {
    let case = |name: &str, template: &str| {
        let addresses = r#""from":"sender@simulator.amazonses.com","to":"success@simulator.amazonses.com""#;
        let body = format!(r#"{{{addresses},"template":{template}}}"#);
        Case::json("POST", "/v1/emails", &format!("template::{name}"), body)
    };
    vec![
        case("a text", r#""tpl_x""#).field("invalid_type", "template"),
        case("no id", "{}").field("missing_field", "template.id"),
        case("no such", r#"{"id":"tpl_019ab0c5d0007000800000000000000a"}"#)
            .field("unknown_template", "template.id"),
        case("not an id", r#"{"id":"x"}"#).field("unknown_template", "template.id"),
        case("a version below zero", r#"{"id":"x","version":-1}"#).field("invalid_type", "template.version"),
    ]
}

//! What is no organisation, and what an administrator can't ask for.

use super::super::request::Case;

/// Names that no organisation has.
pub(super) fn all() -> Vec<Case> {
    let case = |name: &str, body: &str| Case::json("POST", "/v1/organisations", name, body);
    let delete = |name: &str, id: &str| Case::bare("DELETE", &format!("/v1/organisations/{id}"), name);
    vec![
        delete("no such one", "org_019ab0c5d0007000800000000000000a").is(404, "not_found"),
        delete("no id", "organisation").is(404, "not_found"),
        delete("an email's id", "{email}").is(404, "not_found"),
        Case::bare("GET", "/metrics?by=day", "by::another word").field("invalid_by", "by"),
        Case::bare("GET", "/metrics?limit=5", "limit").field("unknown_field", "limit"),
        case("no name", "{}").field("missing_field", "name"),
        case("empty name", r#"{"name":""}"#).field("missing_field", "name"),
        case("blank name", r#"{"name":" \t "}"#).field("missing_field", "name"),
        case("name is null", r#"{"name":null}"#).field("invalid_type", "name"),
        case("name is a number", r#"{"name":1}"#).field("invalid_type", "name"),
        case("name is a list", r#"{"name":["Shop"]}"#).field("invalid_type", "name"),
        case("name twice", r#"{"name":"a","name":"b"}"#).field("duplicate_field", "name"),
        case("line break", r#"{"name":"Shop\r\nset-cookie: a=b"}"#).field("invalid_name", "name"),
        case("NUL in the name", r#"{"name":"Shop\u0000"}"#).field("invalid_name", "name"),
        case("a long name", &format!(r#"{{"name":"{}"}}"#, "ü".repeat(101))).field("invalid_name", "name"),
        case("half a surrogate", r#"{"name":"\ud800"}"#).is(400, "malformed_json"),
    ]
}

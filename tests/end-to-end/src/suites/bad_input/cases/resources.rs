//! What is no organisation and no identity.

use super::super::request::Case;

/// Names that no organisation has.
pub(super) fn organisations() -> Vec<Case> {
    let case = |name: &str, body: &str| Case::json("POST", "/v1/organisations", name, body);
    vec![
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

/// Domains and addresses that nobody sends from.
pub(super) fn identities() -> Vec<Case> {
    let case = |name: &str, body: String| Case::json("POST", "/v1/identities", name, body);
    let mut cases = vec![
        case("no identity", "{}".into()).field("missing_field", "identity"),
        case("identity is null", r#"{"identity":null}"#.into()).field("invalid_type", "identity"),
        case("identity is a list", r#"{"identity":["a.example"]}"#.into()).field("invalid_type", "identity"),
        case("no such region", r#"{"identity":"a.example","region":"eu-west-9"}"#.into())
            .field("invalid_region", "region"),
        case("region is a number", r#"{"identity":"a.example","region":1}"#.into())
            .field("invalid_type", "region"),
    ];
    let long = format!("{}.example", "a".repeat(64));
    for (name, identity, code) in [
        ("empty", "", "missing_field"),
        ("one label", "localhost", "invalid_domain"),
        ("an address of a machine", "127.0.0.1", "invalid_domain"),
        ("a URL", "https://a.example", "invalid_domain"),
        ("a path", "a.example/../b", "invalid_domain"),
        ("a space", "a .example", "invalid_domain"),
        ("a line break", "a.example\n", "invalid_domain"),
        ("a wildcard", "*.example.com", "invalid_domain"),
        ("a long label", long.as_str(), "invalid_domain"),
        ("no local part", "@a.example", "invalid_email_address"),
        ("two at signs", "a@b@c.example", "invalid_email_address"),
        ("a name", "Me <me@a.example>", "invalid_email_address"),
        ("a header", "me@a.example\r\nbcc: x@a.example", "invalid_email_address"),
    ] {
        let body = format!(r#"{{"identity":{}}}"#, serde_json::Value::from(identity));
        cases.push(case(&format!("identity::{name}"), body).field(code, "identity"));
    }
    cases
}

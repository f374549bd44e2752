//! Invalid requests to `/v1/api-keys`.

use super::super::request::Case;

pub(super) fn all() -> Vec<Case> {
    let case = |name: &str, body: &str| Case::json("POST", "/v1/api-keys", name, body);
    let delete = |name: &str, id: &str| Case::bare("DELETE", &format!("/v1/api-keys/{id}"), name);
    vec![
        case("a missing name", "{}").field("missing_field", "name"),
        case("a blank name", r#"{"name":"  "}"#).field("missing_field", "name"),
        case("name: a number", r#"{"name":1}"#).field("invalid_type", "name"),
        case("a line break in the name", r#"{"name":"Shop\r\nset-cookie: a=b"}"#)
            .field("invalid_name", "name"),
        case("a name that is shown backwards", "{\"name\":\"key \u{202e}nimda\"}")
            .field("invalid_name", "name"),
        case("a name that is too long", &format!(r#"{{"name":"{}"}}"#, "ü".repeat(101)))
            .field("invalid_name", "name"),
        case("a chosen key", r#"{"name":"Shop","apiKey":"kr_x"}"#).field("unknown_field", "apiKey"),
        case("restrictions of a full key", r#"{"name":"Shop","restrictions":{"senders":["example.com"]}}"#)
            .field("invalid_restriction", "restrictions"),
        case(
            "a pattern as a sender",
            r#"{"name":"Shop","scope":"sending","restrictions":{"senders":["*@example.com"]}}"#,
        )
        .field("invalid_restriction", "restrictions.senders[0]"),
        case(
            "an address as a recipient's domain",
            r#"{"name":"Shop","scope":"sending","restrictions":{"recipientDomains":["a@example.com"]}}"#,
        )
        .field("invalid_restriction", "restrictions.recipientDomains[0]"),
        case("an unknown list", r#"{"name":"Shop","scope":"sending","restrictions":{"from":[]}}"#)
            .field("unknown_field", "restrictions.from"),
        case("a test key that may do everything", r#"{"name":"Tests","test":true}"#)
            .field("invalid_test", "test"),
        case("an unknown scope", r#"{"name":"Shop","scope":"admin"}"#).field("invalid_scope", "scope"),
        case("scope: a list", r#"{"name":"Shop","scope":["read"]}"#).field("invalid_type", "scope"),
        case("an expiry in the past", r#"{"name":"Shop","expiresAt":"2020-01-01T00:00:00Z"}"#)
            .field("invalid_expiry", "expiresAt"),
        case("an expiry without a time", r#"{"name":"Shop","expiresAt":"2099-01-01"}"#)
            .field("invalid_expiry", "expiresAt"),
        delete("an unknown id", "key_019ab0c5d0007000800000000000000a").is(404, "not_found"),
        delete("an invalid id", "key").is(404, "not_found"),
        delete("a key instead of an id", "{key}").is(404, "not_found"),
        delete("the id of an email", "{email}").is(404, "not_found"),
    ]
}

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
        delete("an unknown id", "key_019ab0c5d0007000800000000000000a").is(404, "not_found"),
        delete("an invalid id", "key").is(404, "not_found"),
        delete("a key instead of an id", "{key}").is(404, "not_found"),
        delete("the id of an email", "{email}").is(404, "not_found"),
    ]
}

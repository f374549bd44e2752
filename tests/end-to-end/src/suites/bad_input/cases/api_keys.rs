//! Invalid requests to `/v1/api-keys`.

use super::super::request::Case;

pub(super) fn all() -> Vec<Case> {
    let case = |name: &str, body: &str| Case::json("POST", "/v1/api-keys", name, body);
    let delete = |name: &str, id: &str| Case::bare("DELETE", &format!("/v1/api-keys/{id}"), name);
    vec![
        case("no name", "{}").field("missing_field", "name"),
        case("blank name", r#"{"name":"  "}"#).field("missing_field", "name"),
        case("name is a number", r#"{"name":1}"#).field("invalid_type", "name"),
        case("line break", r#"{"name":"Shop\r\nset-cookie: a=b"}"#).field("invalid_name", "name"),
        case("a long name", &format!(r#"{{"name":"{}"}}"#, "ü".repeat(101))).field("invalid_name", "name"),
        case("a key of one's own", r#"{"name":"Shop","apiKey":"kr_x"}"#).field("unknown_field", "apiKey"),
        delete("no such one", "key_019ab0c5d0007000800000000000000a").is(404, "not_found"),
        delete("no id", "key").is(404, "not_found"),
        delete("the key itself", "{key}").is(404, "not_found"),
        delete("an email's id", "{email}").is(404, "not_found"),
    ]
}

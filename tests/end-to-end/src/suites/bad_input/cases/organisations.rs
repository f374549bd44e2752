//! Invalid requests to the administrator's routes.

use super::super::request::Case;

const UNKNOWN: &str = "/v1/organisations/org_019ab0c5d0007000800000000000000a";

pub(super) fn all() -> Vec<Case> {
    let case = |name: &str, body: &str| Case::json("POST", "/v1/organisations", name, body);
    let delete = |name: &str, id: &str| Case::bare("DELETE", &format!("/v1/organisations/{id}"), name);
    let back_up = |name: &str, rest: &str| Case::bare("GET", &format!("/v1/organisations/{rest}"), name);
    let restore = |name: &str, query: &str, body: &str| {
        let path = format!("/v1/organisations/{{organisation}}/restore{query}");
        Case::json("POST", &path, name, body)
    };
    vec![
        back_up("an unknown id", "org_019ab0c5d0007000800000000000000a/backup").is(404, "not_found"),
        back_up("an invalid id", "organisation/backup").is(404, "not_found"),
        back_up("an invalid cursor", "{organisation}/backup?cursor=emails.1")
            .field("invalid_cursor", "cursor"),
        back_up("an unknown parameter", "{organisation}/backup?limit=1").field("unknown_field", "limit"),
        restore("an empty object", "", "{}").field("missing_field", "version"),
        restore("a list as the body", "", "[]").field("invalid_type", "body"),
        restore("malformed JSON", "", "{").is(400, "malformed_json"),
        restore("an unknown policy", "?policy=send", "{}").field("invalid_policy", "policy"),
        restore("another version", "", &page("{organisation}", 1)).field("invalid_backup", "version"),
        restore("a backup of another organisation", "", &page("org_019ab0c5d0007000800000000000000a", 3))
            .field("invalid_backup", "organisationId"),
        restore("an unknown table", "", &page_with("{organisation}", r#"{"name":"state","rows":[]}"#))
            .field("invalid_backup", "tables[0].name"),
        restore(
            "a row without its columns",
            "",
            &page_with("{organisation}", r#"{"name":"templates","rows":[[1]]}"#),
        )
        .field("invalid_backup", "tables[0].rows[0]"),
        restore(
            "a value of another type",
            "",
            &page_with("{organisation}", r#"{"name":"recipients","rows":[[["AA=="],null,null]]}"#),
        )
        .field("invalid_backup", "tables[0].rows[0]"),
        delete("an unknown id", "org_019ab0c5d0007000800000000000000a").is(404, "not_found"),
        delete("an invalid id", "organisation").is(404, "not_found"),
        delete("the id of an email", "{email}").is(404, "not_found"),
        Case::bare("GET", "/v1/organisations?limit=0", "an invalid limit").field("invalid_limit", "limit"),
        Case::bare("GET", "/v1/organisations?cursor={email}", "the id of an email as the cursor")
            .field("invalid_cursor", "cursor"),
        Case::json("PUT", UNKNOWN, "an unknown id", r#"{"name":"Shop"}"#).is(404, "not_found"),
        Case::json("PUT", "/v1/organisations/{organisation}", "a blank name", r#"{"name":" "}"#)
            .field("missing_field", "name"),
        Case::json("PUT", "/v1/organisations/{organisation}", "no change", "{}")
            .field("missing_field", "name"),
        Case::json("PUT", "/v1/organisations/{organisation}", "suspended: a text", r#"{"suspended":"yes"}"#)
            .field("invalid_type", "suspended"),
        Case::bare("GET", &format!("{UNKNOWN}/api-keys"), "an unknown id").is(404, "not_found"),
        Case::bare("DELETE", "/v1/organisations/{organisation}/api-keys", "no key")
            .field("missing_field", "key"),
        Case::bare("DELETE", "/v1/organisations/{organisation}/api-keys?key={email}", "the id of an email")
            .is(404, "not_found"),
        Case::bare("DELETE", "/v1/organisations/{organisation}/api-keys?id=1", "an unknown parameter")
            .field("unknown_field", "id"),
        Case::json("POST", &format!("{UNKNOWN}/api-keys"), "an unknown id", r#"{"name":"Shop"}"#)
            .is(404, "not_found"),
        Case::bare("GET", "/metrics?by=day", "an unknown grouping").field("invalid_by", "by"),
        Case::bare("GET", "/metrics?limit=5", "an unknown parameter").field("unknown_field", "limit"),
        case("a missing name", "{}").field("missing_field", "name"),
        case("an empty name", r#"{"name":""}"#).field("missing_field", "name"),
        case("a blank name", r#"{"name":" \t "}"#).field("missing_field", "name"),
        case("name: null", r#"{"name":null}"#).field("invalid_type", "name"),
        case("name: a number", r#"{"name":1}"#).field("invalid_type", "name"),
        case("name: a list", r#"{"name":["Shop"]}"#).field("invalid_type", "name"),
        case("a duplicate name", r#"{"name":"a","name":"b"}"#).field("duplicate_field", "name"),
        case("a line break in the name", r#"{"name":"Shop\r\nset-cookie: a=b"}"#)
            .field("invalid_name", "name"),
        case("NUL in the name", r#"{"name":"Shop\u0000"}"#).field("invalid_name", "name"),
        case("a name that is too long", &format!(r#"{{"name":"{}"}}"#, "ü".repeat(101)))
            .field("invalid_name", "name"),
        case("an unknown region", r#"{"name":"Shop","region":"mars"}"#).field("invalid_region", "region"),
        case("region: a number", r#"{"name":"Shop","region":1}"#).field("invalid_type", "region"),
        Case {
            field: Some("name"),
            ..case("an unpaired surrogate", r#"{"name":"\ud800"}"#).is(400, "malformed_json")
        },
    ]
}

/// Returns an empty page of a backup.
fn page(organisation: &str, version: u32) -> String {
    page_with(organisation, "").replace(r#""version":3"#, &format!(r#""version":{version}"#))
}

/// Returns a page of a backup with these tables.
fn page_with(organisation: &str, tables: &str) -> String {
    format!(
        r#"{{"version":3,"organisationId":"{organisation}","takenAt":"2026-11-26T12:00:00Z","organisation":{{"name":"Example","externalId":"k7f2-aebagbafaydqqcikbmga2dqpca","createdAt":"2026-11-01T12:00:00Z"}},"connection":null,"tables":[{tables}],"nextCursor":null}}"#
    )
}

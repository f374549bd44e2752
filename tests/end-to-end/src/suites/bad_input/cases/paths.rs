//! Invalid methods, paths, ids and pages.

use super::{super::request::Case, routes};

pub(super) fn methods() -> Vec<Case> {
    let mut cases = Vec::new();
    for (path, allowed) in routes::allowed_methods() {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            if !allowed.contains(&method) {
                let case = Case::bare(method, &path, "the method").is(405, "method_not_allowed");
                cases.push(Case { allow: allowed.join(", "), ..case });
            }
        }
    }
    cases
}

pub(super) fn routes() -> Vec<Case> {
    let mut cases = Vec::new();
    for path in [
        "/v1",
        "/v1/",
        "/v1/emails/",
        "/v1//emails",
        "/v1/emails/{email}/",
        "/v1/emails/{email}/events",
        "/v1/emails/{email}%00",
        "/v1/emails/%2e%2e%2faws-binding",
        "/v1/emails/..%2faws-binding",
        "/v1/emails%2f{email}",
        "/v1/aws-binding;a=b",
        "/v1/aws-binding.json",
        "/webhooks/",
        "/webhooks/sns",
        "/webhooks/sns/a/b",
        "/v1/.env",
        "/v1/../v1/nothing",
    ] {
        cases.push(Case::bare("GET", path, "an unknown route").is(404, "not_found"));
    }
    for (name, id) in [
        ("an unknown id", "eml_01hzzzzzzzzzzzzzzzzzzzzzzz"),
        ("an id of another organisation", "{other email}"),
        ("an id of another type", "{organisation}"),
        ("an upper-case id", "EML_01HZZZZZZZZZZZZZZZZZZZZZZZ"),
        ("SQL injection", "'%20OR%20'1'='1"),
        ("an id that is not UTF-8", "%ff%fe"),
    ] {
        cases.push(Case::bare("GET", &format!("/v1/emails/{id}"), name).is(404, "not_found"));
    }
    let long = format!("/v1/emails/{}", "a".repeat(4_000));
    cases.push(Case::bare("GET", &long, "an id that is too long").is(404, "not_found"));
    for (name, query, code, field) in [
        ("a limit of zero", "limit=0", "invalid_limit", "limit"),
        ("a limit above the maximum", "limit=101", "invalid_limit", "limit"),
        ("a negative limit", "limit=-1", "invalid_limit", "limit"),
        ("a limit that is not a number", "limit=all", "invalid_limit", "limit"),
        ("an empty limit", "limit=", "invalid_limit", "limit"),
        ("a huge limit", "limit=99999999999999999999", "invalid_limit", "limit"),
        ("a cursor that is not an id", "cursor=x", "invalid_cursor", "cursor"),
        ("an empty cursor", "cursor=", "invalid_cursor", "cursor"),
        ("a cursor of another type", "cursor={organisation}", "invalid_cursor", "cursor"),
        ("an unknown parameter", "offset=1", "unknown_field", "offset"),
    ] {
        cases.push(Case::bare("GET", &format!("/v1/emails?{query}"), name).field(code, field));
    }
    cases
}

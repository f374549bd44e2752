//! Requests without a valid key, cookie or idempotency key.

use super::{super::request::Case, EMAILS, JSON_ROUTES, SESSION, with_key};

pub(super) fn keys() -> Vec<Case> {
    let unknown = format!("Bearer kr_{}", "a".repeat(52));
    let mut cases = Vec::new();
    for (name, header) in [
        ("no key", None),
        ("empty", Some("")),
        ("no scheme", Some("{key}")),
        ("only the scheme", Some("Bearer")),
        ("basic", Some("Basic {key}")),
        ("unknown", Some(unknown.as_str())),
        ("one character more", Some("Bearer {key}a")),
        ("two spaces", Some("Bearer  {key}")),
        ("two keys", Some("Bearer {key}, Bearer {key}")),
        ("in quotes", Some("Bearer \"{key}\"")),
        ("of the administrator", Some("Bearer {admin}")),
        ("the organisation's id", Some("Bearer {organisation}")),
        ("SQL", Some("Bearer kr_' OR '1'='1")),
        (
            "long",
            Some(
                "Bearer kr_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            ),
        ),
    ] {
        cases.push(
            Case::bare("GET", "/v1/aws-binding", &format!("key::{name}"))
                .with_header("authorization", header)
                .is(401, "unauthorized"),
        );
    }
    for (path, method) in [
        ("/v1/aws-binding", "DELETE"),
        ("/v1/api-keys", "GET"),
        ("/v1/api-keys/key_019ab0c5d0007000800000000000000a", "DELETE"),
        ("/v1/aws-binding/verify", "POST"),
        ("/v1/aws-binding/audit", "POST"),
        ("/v1/reputation", "GET"),
        ("/v1/emails", "GET"),
        ("/v1/emails/{email}", "GET"),
        ("/v1/organisations/{organisation}", "DELETE"),
        ("/v1/identities/{other identity}", "GET"),
    ] {
        let case = Case::bare(method, path, "key::none").with_header("authorization", None);
        cases.push(case.is(401, "unauthorized"));
    }
    for (method, path, _, right) in JSON_ROUTES.into_iter().filter(|(_, path, ..)| *path != SESSION) {
        let case = Case::json(method, path, "key::none", right).with_header("authorization", None);
        cases.push(case.is(401, "unauthorized"));
    }
    let organisation = |name: &str, header: &str| {
        Case::json("POST", "/v1/organisations", name, r#"{"name":"Shop"}"#)
            .with_header("authorization", Some(header))
            .is(401, "unauthorized")
    };
    cases.extend([
        Case::bare("DELETE", "/v1/organisations/{organisation}", "key::its own").is(401, "unauthorized"),
        Case::bare("GET", "/v1/organisations/{organisation}/backup", "key::its own").is(401, "unauthorized"),
        Case::json("POST", "/v1/organisations/{organisation}/restore", "key::its own", "{}")
            .is(401, "unauthorized"),
        Case::bare("GET", "/v1/organisations/{organisation}/backup", "key::none")
            .with_header("authorization", None)
            .is(401, "unauthorized"),
        Case::json("POST", "/v1/organisations/{organisation}/restore", "key::none", "{}")
            .with_header("authorization", None)
            .is(401, "unauthorized"),
        Case::bare("GET", "/metrics", "key::of an organisation").is(401, "unauthorized"),
        Case::bare("GET", "/metrics", "key::none").with_header("authorization", None).is(401, "unauthorized"),
    ]);
    cases.extend([
        organisation("key::of an organisation", "Bearer {key}"),
        organisation("key::wrong", "Bearer local-administrator"),
        organisation("key::with more after it", "Bearer {admin}x"),
        organisation("key::empty", "Bearer "),
    ]);
    cases
}

pub(super) fn idempotency_keys() -> Vec<Case> {
    let long = "a".repeat(257);
    let mut cases = Vec::new();
    for (method, path, key, right) in JSON_ROUTES.into_iter().chain([EMAILS]) {
        let takes = method == "POST" && path != SESSION && !path.ends_with("/preview");
        for (name, header) in [("empty", ""), ("long", &*long), ("a tab", "a\tb"), ("no ASCII", "grün")] {
            let case = Case::json(method, path, &format!("idempotency key::{name}"), right);
            if takes {
                cases.push(
                    with_key(case, key)
                        .with_header("idempotency-key", Some(header))
                        .field("invalid_idempotency_key", "Idempotency-Key"),
                );
            }
        }
    }
    cases
}

pub(super) fn sessions() -> Vec<Case> {
    let case = |name: &str, body: &str| with_key(Case::json("POST", SESSION, name, body), "");
    let right = r#"{"apiKey":"{key}"}"#;
    let mut cases = vec![
        case("no apiKey", "{}").field("missing_field", "apiKey"),
        case("apiKey is null", r#"{"apiKey":null}"#).field("invalid_type", "apiKey"),
        case("apiKey is a list", r#"{"apiKey":["{key}"]}"#).field("invalid_type", "apiKey"),
        case("empty apiKey", r#"{"apiKey":""}"#).field("missing_field", "apiKey"),
        case("from no page of ours", right).with_header("x-kraiter-csrf", None).is(403, "csrf"),
        case("from another origin", right)
            .with_header("origin", Some("https://evil.example"))
            .is(403, "csrf"),
        case("from no origin", right).with_header("origin", Some("null")).is(403, "csrf"),
        case("from another site", right).with_header("sec-fetch-site", Some("cross-site")).is(403, "csrf"),
        case("from the same site", right).with_header("sec-fetch-site", Some("same-site")).is(403, "csrf"),
    ];
    for (name, key) in [
        ("an unknown key", "kr_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("the administrator's token", "{admin}"),
        ("a key with more after it", "{key}a"),
        ("a header", "Bearer {key}"),
        ("the organisation's id", "{organisation}"),
    ] {
        cases.push(case(name, &format!(r#"{{"apiKey":"{key}"}}"#)).is(401, "unauthorized"));
    }
    let long = format!("kraiter={}", "a".repeat(5_000));
    for (name, cookie) in [
        ("none", None),
        ("empty", Some("kraiter=")),
        ("unknown", Some("kraiter=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
        ("a key", Some("kraiter={key}")),
        ("SQL", Some("kraiter=' OR '1'='1")),
        ("long", Some(long.as_str())),
    ] {
        for (method, path) in [("GET", SESSION), ("DELETE", SESSION), ("GET", "/v1/emails")] {
            let case =
                Case::bare(method, path, &format!("cookie::{name}")).with_header("authorization", None);
            cases.push(case.with_header("cookie", cookie).is(401, "unauthorized"));
        }
    }
    cases
}

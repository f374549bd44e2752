//! Requests without a valid key, cookie or idempotency key.

use domain::{OrganisationId, token::ApiKeyToken};
use test_support::test_env::TOKEN_TAG_KEYS;
use time::OffsetDateTime;

use super::{
    super::request::Case,
    routes::{self, SESSION},
    with_key,
};

/// A key with a valid tag that Kraiter has never issued.
fn unknown_key() -> String {
    let keys = TOKEN_TAG_KEYS.parse().unwrap_or_else(|error| panic!("{error}"));
    let organisation = OrganisationId::new(OffsetDateTime::UNIX_EPOCH, 1);
    ApiKeyToken::issue(&keys, organisation, &[1; 20]).reveal().to_owned()
}

pub(super) fn keys() -> Vec<Case> {
    let wrong_tag = format!("Bearer kr_key_{}", "a".repeat(74));
    let unknown = format!("Bearer {}", unknown_key());
    let mut cases = Vec::new();
    for (name, header) in [
        ("no authorization header", None),
        ("an empty header", Some("")),
        ("a key without a scheme", Some("{key}")),
        ("a scheme without a key", Some("Bearer")),
        ("basic authentication", Some("Basic {key}")),
        ("a key with a wrong tag", Some(wrong_tag.as_str())),
        ("a key of an unknown organisation", Some(unknown.as_str())),
        ("an extra character", Some("Bearer {key}a")),
        ("two spaces", Some("Bearer  {key}")),
        ("two keys", Some("Bearer {key}, Bearer {key}")),
        ("a quoted key", Some("Bearer \"{key}\"")),
        ("the administrator token", Some("Bearer {admin}")),
        ("the organisation id", Some("Bearer {organisation}")),
        ("SQL injection", Some("Bearer kr_key_' OR '1'='1")),
        (
            "a long key",
            Some(
                "Bearer kr_key_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            ),
        ),
    ] {
        cases.push(
            Case::bare("GET", "/v1/aws-binding", &format!("API key: {name}"))
                .with_header("authorization", header)
                .is(401, "unauthorized"),
        );
    }
    for (method, path) in routes::authenticated() {
        let case =
            Case::bare(method, &path, "a request without credentials").with_header("authorization", None);
        cases.push(case.is(401, "unauthorized"));
    }
    for request in routes::json_requests().into_iter().filter(|request| request.path != SESSION) {
        let case =
            Case::json(request.method, &request.path, "a valid body without credentials", request.body);
        cases.push(case.with_header("authorization", None).is(401, "unauthorized"));
    }
    let organisation = |name: &str, header: &str| {
        Case::json("POST", "/v1/organisations", name, r#"{"name":"Shop"}"#)
            .with_header("authorization", Some(header))
            .is(401, "unauthorized")
    };
    cases.extend([
        Case::bare("DELETE", "/v1/organisations/{organisation}", "the key of the organisation")
            .is(401, "unauthorized"),
        Case::bare("GET", "/v1/organisations/{organisation}/backup", "the key of the organisation")
            .is(401, "unauthorized"),
        Case::json("POST", "/v1/organisations/{organisation}/restore", "the key of the organisation", "{}")
            .is(401, "unauthorized"),
        Case::bare("GET", "/metrics", "the key of an organisation").is(401, "unauthorized"),
    ]);
    cases.extend([
        organisation("the key of an organisation", "Bearer {key}"),
        organisation("an invalid token", "Bearer local-administrator"),
        organisation("a token with extra characters", "Bearer {admin}x"),
        organisation("an empty token", "Bearer "),
    ]);
    cases
}

pub(super) fn idempotency_keys() -> Vec<Case> {
    let long = "a".repeat(257);
    let mut cases = Vec::new();
    for request in routes::json_requests().into_iter().filter(|request| request.is_idempotent) {
        for (name, header) in
            [("empty", ""), ("too long", &*long), ("with a tab", "a\tb"), ("not ASCII", "grün")]
        {
            let name = format!("Idempotency-Key: {name}");
            let case = Case::json(request.method, &request.path, &name, request.body.clone());
            cases.push(
                with_key(case, request.key)
                    .with_header("idempotency-key", Some(header))
                    .field("invalid_idempotency_key", "Idempotency-Key"),
            );
        }
    }
    cases
}

pub(super) fn sessions() -> Vec<Case> {
    let case = |name: &str, body: &str| with_key(Case::json("POST", SESSION, name, body), "");
    let valid = r#"{"apiKey":"{key}"}"#;
    let mut cases = vec![
        case("a missing apiKey", "{}").field("missing_field", "apiKey"),
        case("apiKey: null", r#"{"apiKey":null}"#).field("invalid_type", "apiKey"),
        case("apiKey: a list", r#"{"apiKey":["{key}"]}"#).field("invalid_type", "apiKey"),
        case("an empty apiKey", r#"{"apiKey":""}"#).field("missing_field", "apiKey"),
        case("a request without the CSRF header", valid).with_header("x-kraiter-csrf", None).is(403, "csrf"),
        case("a request from another origin", valid)
            .with_header("origin", Some("https://evil.example"))
            .is(403, "csrf"),
        case("a request with the origin null", valid).with_header("origin", Some("null")).is(403, "csrf"),
        case("a request from another site", valid)
            .with_header("sec-fetch-site", Some("cross-site"))
            .is(403, "csrf"),
        case("a request from another origin of the same site", valid)
            .with_header("sec-fetch-site", Some("same-site"))
            .is(403, "csrf"),
    ];
    for (name, key) in [
        ("a key of an unknown organisation", unknown_key().as_str()),
        ("the administrator token", "{admin}"),
        ("a key with extra characters", "{key}a"),
        ("a key with a scheme", "Bearer {key}"),
        ("the organisation id", "{organisation}"),
    ] {
        cases.push(case(name, &format!(r#"{{"apiKey":"{key}"}}"#)).is(401, "unauthorized"));
    }
    let long = format!("kraiter={}", "a".repeat(5_000));
    for (name, cookie) in [
        ("missing", None),
        ("empty", Some("kraiter=")),
        (
            "unknown",
            Some(
                "kraiter=kr_se_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            ),
        ),
        ("an API key", Some("kraiter={key}")),
        ("SQL injection", Some("kraiter=' OR '1'='1")),
        ("too long", Some(long.as_str())),
    ] {
        for (method, path) in [("GET", SESSION), ("DELETE", SESSION), ("GET", "/v1/emails")] {
            let case = Case::bare(method, path, &format!("session cookie: {name}"))
                .with_header("authorization", None);
            cases.push(case.with_header("cookie", cookie).is(401, "unauthorized"));
        }
    }
    cases
}

//! The table: route by route, what is wrong and what must be answered.

mod emails;
mod identities;

use super::request::{Body, Case};

/// One over the most bytes that a JSON route takes.
const TOO_LONG: usize = kraiter_core::api::MAX_BODY_BYTES + 1;

/// The route that needs no key, but a page of ours.
const SESSION: &str = "/v1/session";

/// Every route that takes JSON, with a body that it would take.
const JSON_ROUTES: [(&str, &str, &str, &str); 6] = [
    ("POST", "/v1/organisations", "{admin}", r#"{"name":"Shop"}"#),
    ("POST", SESSION, "", r#"{"apiKey":"{key}"}"#),
    ("POST", "/v1/aws-binding/connect", "{key}", r#"{"region":"eu-west-1"}"#),
    (
        "POST",
        "/v1/aws-binding",
        "{key}",
        r#"{"awsAccountId":"{account}","roleArn":"{role}","externalId":"{external id}","stackRegion":"eu-west-1"}"#,
    ),
    ("POST", "/v1/identities", "{key}", r#"{"identity":"mail.example"}"#),
    ("PUT", "/v1/identities/{domain}/dkim", "{key}", r#"{"keyLength":1024}"#),
];

/// Every route and the methods that it takes.
const ROUTES: [(&str, &str); 15] = [
    ("/v1/organisations", "POST"),
    (SESSION, "GET, POST, DELETE"),
    ("/v1/aws-binding", "GET, POST, DELETE"),
    ("/v1/aws-binding/connect", "POST"),
    ("/v1/aws-binding/verify", "POST"),
    ("/v1/identities", "GET, POST"),
    ("/v1/identities/{domain}", "GET, DELETE"),
    ("/v1/identities/{domain}/dkim", "PUT"),
    ("/v1/identities/{domain}/check-dns", "POST"),
    ("/v1/identities/{domain}/zone", "GET"),
    ("/v1/emails", "GET, POST"),
    ("/v1/emails/{email}", "GET"),
    ("/webhooks/sns/token", "POST"),
    ("/healthz", "GET"),
    ("/v1/emails/", ""),
];

pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for (method, path, key, right) in
        JSON_ROUTES.into_iter().chain([("POST", "/v1/emails", "{key}", emails::RIGHT)])
    {
        cases.extend(bodies(method, path, right).into_iter().map(|case| with_key(case, key)));
    }
    cases.extend(methods());
    cases.extend(keys());
    cases.extend(routes());
    cases.extend(organisations().into_iter().map(|case| with_key(case, "{admin}")));
    cases.extend(sessions());
    cases.extend(connect());
    cases.extend(register());
    cases.extend(identities::all());
    cases.extend(emails::all());
    cases
}

/// The same with this key; without one it comes from a page of ours.
fn with_key(case: Case, key: &str) -> Case {
    if key.is_empty() {
        case.with_header("authorization", None).with_header("x-kraiter-csrf", Some("1"))
    } else {
        case.with_header("authorization", Some(&format!("Bearer {key}")))
    }
}

/// What no JSON route takes.
fn bodies(method: &'static str, path: &'static str, right: &str) -> Vec<Case> {
    let case = |name: &str, body: &str| Case::json(method, path, name, body);
    let deep = format!(r#"{{"name":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let mut cases = vec![
        case("empty", "").is(400, "malformed_json"),
        Case::json(method, path, "none", "").with_body(Body::None).is(400, "malformed_json"),
        case("cut off", &right[..right.len() - 1]).is(400, "malformed_json"),
        case("trailing comma", &format!("{},}}", &right[..right.len() - 1])).is(400, "malformed_json"),
        case("something after it", &format!("{right} {right}")).is(400, "malformed_json"),
        case("byte order mark", &format!("\u{feff}{right}")).is(400, "malformed_json"),
        case("single quotes", &right.replace('"', "'")).is(400, "malformed_json"),
        case("NUL", "{\"name\":\"\0\"}").with_body(Body::Bytes(vec![0; 3])).is(400, "malformed_json"),
        case("not UTF-8", "")
            .with_body(Body::Bytes(b"{\"\xff\xfe\":\"x\"}".to_vec()))
            .is(400, "malformed_json"),
        case("UTF-16", "")
            .with_body(Body::Bytes(right.encode_utf16().flat_map(u16::to_le_bytes).collect()))
            .is(400, "malformed_json"),
        case("a list", "[]").field("invalid_type", "body"),
        case("null", "null").field("invalid_type", "body"),
        case("a text", "\"text\"").field("invalid_type", "body"),
        case("a number", "1e400").is(400, "malformed_json"),
        case("unknown field", &right.replacen('{', r#"{"admin":true,"#, 1)).field("unknown_field", "admin"),
        case("__proto__", &right.replacen('{', r#"{"__proto__":{},"#, 1)).field("unknown_field", "__proto__"),
        case("too long", "").with_body(Body::Long(limit(path))).is(413, "body_too_large"),
        case("too long, in chunks", "").with_body(Body::LongInChunks(limit(path))).is(413, "body_too_large"),
        case("text/plain", right)
            .with_header("content-type", Some("text/plain"))
            .is(415, "unsupported_media_type"),
        case("a form", "name=Shop")
            .with_header("content-type", Some("application/x-www-form-urlencoded"))
            .is(415, "unsupported_media_type"),
        case("no content-type", right).with_header("content-type", None).is(415, "unsupported_media_type"),
        case("nearly JSON", right)
            .with_header("content-type", Some("application/jsonp"))
            .is(415, "unsupported_media_type"),
    ];
    // Only one of the routes knows the field.
    let code = if path == "/v1/organisations" { "invalid_type" } else { "unknown_field" };
    cases.push(case("nested without end", &deep).field(code, "name"));
    cases
}

/// One more byte than the route takes.
fn limit(path: &str) -> usize {
    if path == "/v1/emails" { emails::TOO_LONG } else { TOO_LONG }
}

/// Methods that a route doesn't take, and what it says that it does.
fn methods() -> Vec<Case> {
    let mut cases = Vec::new();
    for (path, allow) in ROUTES.into_iter().filter(|(_, allow)| !allow.is_empty()) {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            if !allow.split(", ").any(|taken| taken == method) {
                let case = Case::bare(method, path, "method").is(405, "method_not_allowed");
                cases.push(Case { allow, ..case });
            }
        }
    }
    cases
}

/// Keys that aren't.
fn keys() -> Vec<Case> {
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
        ("/v1/aws-binding/verify", "POST"),
        ("/v1/emails", "GET"),
        ("/v1/emails/{email}", "GET"),
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
        organisation("key::of an organisation", "Bearer {key}"),
        organisation("key::wrong", "Bearer local-administrator"),
        organisation("key::with more after it", "Bearer {admin}x"),
        organisation("key::empty", "Bearer "),
    ]);
    cases
}

/// Paths that lead nowhere, and ids that aren't the organisation's.
fn routes() -> Vec<Case> {
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
        cases.push(Case::bare("GET", path, "route").is(404, "not_found"));
    }
    for (name, id) in [
        ("unknown", "eml_01hzzzzzzzzzzzzzzzzzzzzzzz"),
        ("of another organisation", "{other email}"),
        ("of another kind", "{organisation}"),
        ("in upper case", "EML_01HZZZZZZZZZZZZZZZZZZZZZZZ"),
        ("SQL", "'%20OR%20'1'='1"),
        ("not UTF-8", "%ff%fe"),
    ] {
        cases.push(
            Case::bare("GET", &format!("/v1/emails/{id}"), &format!("id::{name}")).is(404, "not_found"),
        );
    }
    let long = format!("/v1/emails/{}", "a".repeat(4_000));
    cases.push(Case::bare("GET", &long, "id::long").is(404, "not_found"));
    for (name, query, code, field) in [
        ("zero", "limit=0", "invalid_limit", "limit"),
        ("over the most", "limit=101", "invalid_limit", "limit"),
        ("below zero", "limit=-1", "invalid_limit", "limit"),
        ("a word", "limit=all", "invalid_limit", "limit"),
        ("empty", "limit=", "invalid_limit", "limit"),
        ("huge", "limit=99999999999999999999", "invalid_limit", "limit"),
        ("not an id", "cursor=x", "invalid_cursor", "cursor"),
        ("empty cursor", "cursor=", "invalid_cursor", "cursor"),
        ("of another kind", "cursor={organisation}", "invalid_cursor", "cursor"),
        ("unknown parameter", "offset=1", "unknown_field", "offset"),
    ] {
        cases.push(
            Case::bare("GET", &format!("/v1/emails?{query}"), &format!("page::{name}")).field(code, field),
        );
    }
    cases
}

fn organisations() -> Vec<Case> {
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

fn sessions() -> Vec<Case> {
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

fn connect() -> Vec<Case> {
    let case = |name: &str, body: &str| Case::json("POST", "/v1/aws-binding/connect", name, body);
    let mut cases = vec![
        case("no region", "{}").field("missing_field", "region"),
        case("region is null", r#"{"region":null}"#).field("invalid_type", "region"),
        case("region is an object", r#"{"region":{}}"#).field("invalid_type", "region"),
        case("region twice", r#"{"region":"eu-west-1","region":"eu-west-2"}"#)
            .field("duplicate_field", "region"),
    ];
    for (name, region) in [
        ("no such region", "eu-west-9"),
        ("empty", ""),
        ("in upper case", "EU-WEST-1"),
        ("a space after it", "eu-west-1 "),
        ("a place", "Ireland"),
        ("a host", "eu-west-1.evil.example"),
        ("a path", "eu-west-1/../"),
        ("a parameter", "eu-west-1&templateURL=https://evil.example"),
    ] {
        let body = format!(r#"{{"region":"{region}"}}"#);
        cases.push(case(&format!("region::{name}"), &body).field("invalid_region", "region"));
    }
    cases
}

fn register() -> Vec<Case> {
    let right = [
        ("awsAccountId", "{account}"),
        ("roleArn", "{role}"),
        ("externalId", "{external id}"),
        ("stackRegion", "eu-west-1"),
    ];
    let body = |changed: &str, value: Option<&str>| {
        let fields = right.iter().filter_map(|(name, right)| {
            let value = if *name == changed { value? } else { right };
            Some(format!("\"{name}\":{}", serde_json::Value::from(value)))
        });
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    };
    let case = |name: &str, body: String| Case::json("POST", "/v1/aws-binding", name, body);
    let mut cases = Vec::new();
    for (name, _) in right {
        cases.push(case(&format!("no {name}"), body(name, None)).field("missing_field", name));
        let null = body(name, Some("?")).replace("\"?\"", "null");
        cases.push(case(&format!("{name} is null"), null).field("invalid_type", name));
    }
    for (field, code, name, value) in [
        ("awsAccountId", "invalid_account_id", "eleven digits", "12345678901"),
        ("awsAccountId", "invalid_account_id", "with hyphens", "1234-5678-9012"),
        ("awsAccountId", "invalid_account_id", "other digits", "１２３４５６７８９０１２"),
        ("awsAccountId", "invalid_account_id", "empty", ""),
        ("roleArn", "invalid_role_arn", "empty", ""),
        ("roleArn", "invalid_role_arn", "a user", "arn:aws:iam::{account}:user/Kraiter"),
        ("roleArn", "invalid_role_arn", "an assumed role", "arn:aws:sts::{account}:assumed-role/Kraiter/x"),
        ("roleArn", "invalid_role_arn", "a region in it", "arn:aws:iam:eu-west-1:{account}:role/Kraiter"),
        ("roleArn", "invalid_role_arn", "another partition", "arn:evil:iam::{account}:role/Kraiter"),
        ("roleArn", "invalid_role_arn", "no name", "arn:aws:iam::{account}:role/"),
        ("roleArn", "invalid_role_arn", "a line break", "arn:aws:iam::{account}:role/Kraiter\n"),
        ("roleArn", "invalid_role_arn", "a space before it", " {role}"),
        ("roleArn", "invalid_role_arn", "a parameter", "{role}&ExternalId=x"),
        ("externalId", "invalid_external_id", "empty", ""),
        ("externalId", "invalid_external_id", "chosen by the customer", "mxk7-your-external-id"),
        ("externalId", "invalid_external_id", "a space after it", "{external id} "),
        ("externalId", "external_id_mismatch", "of another organisation", "{other external id}"),
        ("stackRegion", "invalid_region", "no such region", "mars-north-1"),
        ("stackRegion", "invalid_region", "empty", ""),
    ] {
        cases.push(case(&format!("{field}::{name}"), body(field, Some(value))).field(code, field));
    }
    let other_account = body("awsAccountId", Some("{other account}"));
    cases.push(case("another account's role", other_account).field("account_mismatch", "roleArn"));
    let mut taken = case("another organisation's role", body("roleArn", Some("{other role}")));
    taken.body = Body::Text(
        r#"{"awsAccountId":"{other account}","roleArn":"{other role}","externalId":"{external id}","stackRegion":"eu-west-1"}"#
            .into(),
    );
    taken = taken.field("role_bound_elsewhere", "roleArn");
    taken.status = 409;
    cases.push(taken);
    cases
}

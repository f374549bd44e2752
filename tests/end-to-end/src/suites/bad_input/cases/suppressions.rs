//! Invalid requests to `/v1/suppressions` and `/unsubscribe`.

use super::super::request::{Body, Case};

/// One byte more than an import accepts.
const TOO_LONG: usize = api_contract::MAX_BODY_BYTES + 1;

pub(super) fn all() -> Vec<Case> {
    [entries(), lists(), addresses(), files(), links()].into_iter().flatten().collect()
}

fn entries() -> Vec<Case> {
    let case = |name: &str, body: &str| Case::json("POST", "/v1/suppressions", name, body);
    vec![
        case("a missing address", r#"{"reason":"manual"}"#).field("missing_field", "address"),
        case("an empty address", r#"{"address":""}"#).field("missing_field", "address"),
        case("address: a number", r#"{"address":1}"#).field("invalid_type", "address"),
        case("an address without a domain", r#"{"address":"nobody"}"#)
            .field("invalid_email_address", "address"),
        case("an address with a display name", r#"{"address":"Ada <ada@example.org>"}"#)
            .field("invalid_email_address", "address"),
        case("two addresses", r#"{"address":"a@example.org,b@example.org"}"#)
            .field("invalid_email_address", "address"),
        case("an address that is not ASCII", r#"{"address":"grün@example.org"}"#)
            .field("unsupported_email_address", "address"),
        case("a line break in the address", r#"{"address":"a@example.org\nb@example.org"}"#)
            .field("invalid_email_address", "address"),
        case("an unknown reason", r#"{"address":"a@example.org","reason":"spam"}"#)
            .field("invalid_type", "reason"),
        case("an unknown field", r#"{"address":"a@example.org","since":"2026-01-01T00:00:00Z"}"#)
            .field("unknown_field", "since"),
    ]
}

fn lists() -> Vec<Case> {
    let long = format!("search={}", "a".repeat(255));
    let case = |name: &str, query: &str| Case::bare("GET", &format!("/v1/suppressions?{query}"), name);
    vec![
        case("a limit of zero", "limit=0").field("invalid_limit", "limit"),
        case("a limit above the maximum", "limit=101").field("invalid_limit", "limit"),
        case("a cursor that is not an address", "cursor=x").field("invalid_cursor", "cursor"),
        case("an id as the cursor", "cursor={email}").field("invalid_cursor", "cursor"),
        case("an unknown reason", "reason=spam").field("invalid_reason", "reason"),
        case("a search that is too long", &long).field("invalid_search", "search"),
        case("an unknown parameter", "q=a").field("unknown_field", "q"),
    ]
}

fn addresses() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, address) in [
        ("an unknown address", "unknown%40example.org"),
        ("an invalid address", "nobody"),
        ("an id instead of an address", "{email}"),
        ("SQL injection", "'%20OR%20'1'='1"),
        ("an address that is not UTF-8", "%ff%fe"),
        ("NUL in the address", "a%00@example.org"),
    ] {
        for method in ["GET", "DELETE"] {
            let path = format!("/v1/suppressions/{address}");
            cases.push(Case::bare(method, &path, name).is(404, "not_found"));
        }
    }
    cases
}

fn files() -> Vec<Case> {
    let file = |name: &str, text: &str| {
        Case::json("POST", "/v1/suppressions/import", name, text)
            .with_header("content-type", Some("text/csv"))
    };
    let rows = |name: &str, text: &str| file(name, text).field("invalid_rows", "body");
    let many = (0..10_001).fold("address\n".to_owned(), |file, n| file + &format!("a{n}@b.example\n"));
    vec![
        rows("an empty file", ""),
        rows("a missing heading", "ada@example.org\n"),
        rows("an unknown column", "address,note\nada@example.org,x\n"),
        rows("a duplicate column", "address,address\na@example.org,b@example.org\n"),
        rows("a missing address column", "reason\nbounce\n"),
        rows("an invalid address", "address\nada@example.org\nnobody\n"),
        rows("an invalid reason", "address,reason\nada@example.org,spam\n"),
        rows("an invalid date", "address,since\nada@example.org,yesterday\n"),
        rows("a time in the future", "address,since\nada@example.org,2999-01-01T00:00:00Z\n"),
        rows("an extra value", "address\nada@example.org,bounce\n"),
        rows("an unclosed quote", "address\n\"ada@example.org\n"),
        rows("too many rows", &many),
        rows("a file that is not UTF-8", "")
            .with_body(Body::Bytes(b"address\n\xff\xfe@example.org\n".to_vec())),
        rows("a file in UTF-16", "")
            .with_body(Body::Bytes("address\n".encode_utf16().flat_map(u16::to_le_bytes).collect())),
        file("a file that is too long", "").with_body(Body::Long(TOO_LONG)).is(413, "body_too_large"),
        file("a chunked file that is too long", "")
            .with_body(Body::LongInChunks(TOO_LONG))
            .is(413, "body_too_large"),
        file("JSON instead of CSV", r#"["ada@example.org"]"#)
            .with_header("content-type", Some("application/json"))
            .is(415, "unsupported_media_type"),
        file("a missing content type", "address\n")
            .with_header("content-type", None)
            .is(415, "unsupported_media_type"),
        file("a request without a key", "address\n")
            .with_header("authorization", None)
            .is(401, "unauthorized"),
        Case::bare("GET", "/v1/suppressions/export", "a request without a key")
            .with_header("authorization", None)
            .is(401, "unauthorized"),
    ]
}

fn links() -> Vec<Case> {
    let long = "A".repeat(4_000);
    let mut cases = Vec::new();
    for (name, token) in [
        ("a short token", "x"),
        ("a token that is not base64", "%21%21%21"),
        ("an unsigned token", &"A".repeat(160)),
        ("a token that is too long", &long),
    ] {
        for method in ["GET", "POST"] {
            let path = format!("/unsubscribe/{token}");
            let case = Case::bare(method, &path, name);
            cases.push(case.with_header("authorization", None).is(404, "not_found"));
        }
    }
    cases
}

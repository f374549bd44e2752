//! Bodies that every JSON route rejects.

use super::super::request::{Body, Case};

/// One byte more than a JSON route accepts.
const TOO_LONG: usize = api_contract::MAX_BODY_BYTES + 1;

/// Returns the invalid bodies of a route. `right` is a valid body.
pub(super) fn bodies(method: &'static str, path: &'static str, right: &str) -> Vec<Case> {
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
        case("too long", "").with_body(Body::Long(TOO_LONG)).is(413, "body_too_large"),
        case("too long, in chunks", "").with_body(Body::LongInChunks(TOO_LONG)).is(413, "body_too_large"),
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
    // A route without the field "name" rejects it as unknown.
    let code = if right.starts_with(r#"{"name":"#) { "invalid_type" } else { "unknown_field" };
    cases.push(case("nested without end", &deep).field(code, "name"));
    cases
}

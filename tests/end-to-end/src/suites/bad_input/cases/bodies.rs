//! Bodies that every JSON route rejects.

use super::{
    super::request::{Body, Case},
    routes::ValidRequest,
};

/// The length of JSON with more values than a tree may have.
const MANY_VALUES: usize = 600_000;

/// Returns cases with an invalid body for one route.
pub(super) fn all(request: &ValidRequest) -> Vec<Case> {
    let ValidRequest { method, path, body: valid_body, limit, .. } = request;
    let case = |name: &str, body: &str| Case::json(method, path, name, body);
    let deep = format!(r#"{{"name":{}1{}}}"#, "[".repeat(1_000), "]".repeat(1_000));
    let many = (*limit > MANY_VALUES).then(|| {
        let many = format!(r#"{{"name":[{}1]}}"#, "1,".repeat(MANY_VALUES / 2));
        case("too many values", &many).field("invalid_type", "body")
    });
    let too_long = *limit + 1;
    let mut cases = vec![
        case("an empty body", "").is(400, "malformed_json"),
        Case::json(method, path, "a missing body", "").with_body(Body::None).is(400, "malformed_json"),
        case("a truncated body", &valid_body[..valid_body.len() - 1]).is(400, "malformed_json"),
        case("a trailing comma", &format!("{},}}", &valid_body[..valid_body.len() - 1]))
            .is(400, "malformed_json"),
        case("content after the JSON", &format!("{valid_body} {valid_body}")).is(400, "malformed_json"),
        case("single quotes", &valid_body.replace('"', "'")).is(400, "malformed_json"),
        case("NUL bytes", "{\"name\":\"\0\"}").with_body(Body::Bytes(vec![0; 3])).is(400, "malformed_json"),
        case("a body that is not UTF-8", "")
            .with_body(Body::Bytes(b"{\"\xff\xfe\":\"x\"}".to_vec()))
            .is(400, "malformed_json"),
        case("a body in UTF-16", "")
            .with_body(Body::Bytes(valid_body.encode_utf16().flat_map(u16::to_le_bytes).collect()))
            .is(400, "malformed_json"),
        case("deeply nested JSON", &deep).is(400, "malformed_json"),
        case("a list as the body", "[]").field("invalid_type", "body"),
        case("null as the body", "null").field("invalid_type", "body"),
        case("a string as the body", "\"text\"").field("invalid_type", "body"),
        case("a number that is too large", "1e400").is(400, "malformed_json"),
        case("an unknown field", &valid_body.replacen('{', r#"{"admin":true,"#, 1))
            .field("unknown_field", "admin"),
        case("the field __proto__", &valid_body.replacen('{', r#"{"__proto__":{},"#, 1))
            .field("unknown_field", "__proto__"),
        case("a body that is too long", "").with_body(Body::Long(too_long)).is(413, "body_too_large"),
        case("a chunked body that is too long", "")
            .with_body(Body::LongInChunks(too_long))
            .is(413, "body_too_large"),
        case("the content type text/plain", valid_body)
            .with_header("content-type", Some("text/plain"))
            .is(415, "unsupported_media_type"),
        case("a form", "name=Shop")
            .with_header("content-type", Some("application/x-www-form-urlencoded"))
            .is(415, "unsupported_media_type"),
        case("a missing content type", valid_body)
            .with_header("content-type", None)
            .is(415, "unsupported_media_type"),
        case("a content type similar to JSON", valid_body)
            .with_header("content-type", Some("application/jsonp"))
            .is(415, "unsupported_media_type"),
    ];
    cases.extend(many);
    cases
}

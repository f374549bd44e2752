//! Parsing of JSON request bodies.

use aws_sans_io::json;
use serde::de::DeserializeOwned;

use super::{ApiError, FieldError, field::cut_name};

/// Default maximum size of a JSON body in bytes: 64 KiB.
pub const MAX_JSON_BYTES: usize = 64 * 1024;

/// Maximum size of a body with a template or a list in bytes: 1 MiB.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Parses a JSON body.
///
/// # Errors
/// Fails with [`ApiError::MalformedJson`], or with [`ApiError::Field`] and the path of the field that is missing, unknown, repeated or of
/// the wrong type.
pub fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    // Editors and PowerShell write a byte order mark, which a parser may ignore (RFC 8259, section 8.1).
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    json::parse(body).map_err(|error| to_api_error(&error.path, &error.source))
}

fn to_api_error(path: &str, error: &serde_json::Error) -> ApiError {
    let text = error.to_string();
    if !error.is_data() {
        return malformed_json(path, &text);
    }
    // The limit of values is one of the whole body.
    let path = if text.starts_with("there are too many values") { "" } else { path };
    // serde doesn't expose the kind of the error, so its text is parsed. The tests below detect changes of the text.
    let field_name = |start: &str| {
        let name = text.strip_prefix(start)?.split('`').next()?;
        Some(cut_name(if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }))
    };
    ApiError::Field(if let Some(name) = field_name("missing field `") {
        FieldError::missing(name)
    } else if let Some(name) = field_name("unknown field `") {
        let message = format!("\"{name}\" is not a field of this request");
        FieldError::new(name, "unknown_field", message + &suggestion(&text))
    } else if let Some(name) = field_name("duplicate field `") {
        let message = format!("\"{name}\" must not be repeated");
        FieldError::new(name, "duplicate_field", message)
    } else {
        let field = if path.is_empty() { "body" } else { path };
        FieldError::new(field.to_owned(), "invalid_type", without_value(&text).replace('`', "\""))
    })
}

/// JavaScript's texts can contain half of an emoji, for example after `slice`. JSON can't.
fn malformed_json(path: &str, text: &str) -> ApiError {
    let is_half = ["unexpected end of hex escape", "lone leading surrogate"]
        .iter()
        .any(|start| text.starts_with(start));
    if is_half && !path.is_empty() {
        let detail = format!("\"{path}\" contains half of a surrogate pair, such as a cut emoji");
        return ApiError::MalformedJson { detail, field: Some(path.to_owned()) };
    }
    ApiError::MalformedJson { detail: text.replace('`', "\""), field: None }
}

/// Returns a question for the field that was probably meant, such as `replyTo` for `reply_to`. `message` is serde's: the unknown field in
/// backticks, followed by all fields.
fn suggestion(message: &str) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let unknown = names.next().map(normalised).filter(|name| !name.is_empty());
    let meant = unknown.and_then(|unknown| names.find(|name| normalised(name) == unknown));
    meant.map(|name| format!(": did you mean \"{name}\"?")).unwrap_or_default()
}

/// Returns a field's name without what other naming conventions write differently: case, separators and the plural.
fn normalised(name: &str) -> String {
    let letters: String = name.chars().filter(|character| !matches!(character, '_' | '-' | ' ')).collect();
    letters.to_lowercase().trim_end_matches('s').to_owned()
}

/// Removes the unexpected value from serde's message: it may be a secret in the wrong field.
fn without_value(message: &str) -> String {
    match message.rsplit_once(", expected ") {
        Some((found, expected)) => {
            let kind = found.split(['"', '`']).next().unwrap_or_default().trim_end();
            format!("{kind}, expected {expected}")
        }
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    #[allow(dead_code, reason = "the tests only read the errors")]
    struct Example {
        stack_region: String,
        list: Option<Vec<Inner>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "the tests only read the errors")]
    struct Inner {
        n: u8,
    }

    fn code_and_field(body: &str) -> (&'static str, Option<String>) {
        let error = parse_json::<Example>(body.as_bytes()).unwrap_err();
        (error.code(), error.field().map(str::to_owned))
    }

    #[test]
    fn every_kind_of_invalid_body_names_its_field() {
        let cases = [
            ("{}", "missing_field", Some("stackRegion")),
            (r#"{"stackRegion":"x","nope":1}"#, "unknown_field", Some("nope")),
            (r#"{"stackRegion":"x","stackRegion":"y"}"#, "duplicate_field", Some("stackRegion")),
            (r#"{"stackRegion":1}"#, "invalid_type", Some("stackRegion")),
            (r#"{"stackRegion":null}"#, "invalid_type", Some("stackRegion")),
            (r#"{"stackRegion":"x","list":[{"n":1},{"n":"a"}]}"#, "invalid_type", Some("list[1].n")),
            (r#"{"stackRegion":"x","list":[{}]}"#, "missing_field", Some("list[0].n")),
            (r#"{"stackRegion":"x","list":[{"n":1,"m":2}]}"#, "unknown_field", Some("list[0].m")),
            ("[]", "invalid_type", Some("body")),
            ("null", "invalid_type", Some("body")),
            ("", "malformed_json", None),
            ("{", "malformed_json", None),
            (r#"{"stackRegion":"x"} trailing"#, "malformed_json", None),
            ("\u{feff}{}", "missing_field", Some("stackRegion")),
            (r#"{"stackRegion":"Sale \ud83d"}"#, "malformed_json", Some("stackRegion")),
            (r#"{"stackRegion":"Sale \ud83d x"}"#, "malformed_json", Some("stackRegion")),
            (r#"{"stackRegion":"Sale \ud83d\u0041"}"#, "malformed_json", Some("stackRegion")),
            (r#"{"list":[{"n":1},{"n":["\ude00"]}]}"#, "malformed_json", Some("list[1].n[0]")),
            (r#"{"\ud83d":1}"#, "malformed_json", None),
            (r#"{"stackRegion":"\u12"}"#, "malformed_json", None),
        ];
        for (body, code, field) in cases {
            assert_eq!(code_and_field(body), (code, field.map(str::to_owned)), "{body}");
        }
    }

    #[test]
    fn an_unknown_field_with_a_similar_name_suggests_the_field() {
        let detail =
            |name: &str| parse_json::<Example>(format!(r#"{{"{name}":1}}"#).as_bytes()).unwrap_err().detail();
        for name in ["stack_region", "stack-region", "StackRegion", "stackRegions"] {
            let expected =
                format!("\"{name}\" is not a field of this request: did you mean \"stackRegion\"?");
            assert_eq!(detail(name), expected);
        }
        for name in ["region", "", "s"] {
            assert_eq!(detail(name), format!("\"{name}\" is not a field of this request."));
        }
        let email = parse_json::<crate::SendEmail>(br#"{"reply_to":"a@example.com"}"#).unwrap_err();
        assert!(email.detail().ends_with("did you mean \"replyTo\"?"), "{}", email.detail());
    }

    #[test]
    fn an_error_never_contains_the_unexpected_value() {
        for body in [
            r#"{"stackRegion":"x","list":"s3cret"}"#,
            r#"{"stackRegion":"x","list":"s3cret, expected x"}"#,
            r#"{"stackRegion":"x","list":[{"n":"s3cret"}]}"#,
            r#""s3cret""#,
            r#"{"stackRegion":["s3cret"]}"#,
        ] {
            let detail = parse_json::<Example>(body.as_bytes()).unwrap_err().detail();
            assert!(!detail.contains("s3cret"), "{detail}");
            assert!(detail.contains("expected"), "{detail}");
        }
    }

    #[test]
    fn a_message_quotes_with_straight_quotes() {
        for body in [r#"{"a" 1}"#, r#"{"a":[1 2]}"#, r#"{"nope":1}"#, "{}", r#"{"stackRegion":1}"#] {
            let detail = parse_json::<Example>(body.as_bytes()).unwrap_err().detail();
            assert!(!detail.contains('`'), "{body}: {detail}");
        }
    }

    #[test]
    fn deeply_nested_json_is_refused() {
        let deep = format!(r#"{{"stackRegion":{}"#, "[".repeat(100_000));
        assert!(parse_json::<Example>(deep.as_bytes()).is_err());
    }
}

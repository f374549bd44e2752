//! From a request's bytes to a request's type, naming the field that is wrong.

use serde::de::DeserializeOwned;

use super::{ApiError, FieldError};

/// The most bytes that a JSON route takes, unless it says otherwise: 1 MiB.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Reads a JSON body.
///
/// # Errors
/// [`ApiError::MalformedJson`], or [`ApiError::Field`] with the path of the field that is missing, unknown or of the wrong type.
pub fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        read_error(&path, error.inner())
    })?;
    deserializer.end().map_err(|error| ApiError::MalformedJson { detail: error.to_string() })?;
    Ok(value)
}

fn read_error(path: &str, error: &serde_json::Error) -> ApiError {
    let text = error.to_string();
    if !error.is_data() {
        return ApiError::MalformedJson { detail: text };
    }
    // serde words these three itself and hands over no structure; the tests below hold it to its words.
    let named = |start: &str| {
        let rest = text.strip_prefix(start)?;
        let name = rest.split('`').next()?;
        // The path ends with the field's own name or with what the field is in, depending on who noticed.
        let parent = match path.strip_suffix(name) {
            _ if path == "." => "",
            Some("") => "",
            Some(rest) => rest.strip_suffix('.').unwrap_or(path),
            None => path,
        };
        Some(if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") })
    };
    let field = if path == "." { "body".to_owned() } else { path.to_owned() };
    let message = without_value(text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message));
    ApiError::Field(if let Some(name) = named("missing field `") {
        FieldError::missing(name)
    } else if let Some(name) = named("unknown field `") {
        let message = format!("`{name}` isn't a field of this request");
        FieldError::new(name, "unknown_field", message)
    } else if let Some(name) = named("duplicate field `") {
        let message = format!("`{name}` is given twice");
        FieldError::new(name, "duplicate_field", message)
    } else {
        FieldError::new(field, "invalid_type", message)
    })
}

/// serde repeats the value that it didn't expect, and a secret may have been put into the wrong place.
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
    #[allow(dead_code, reason = "only the errors are looked at")]
    struct Example {
        stack_region: String,
        list: Option<Vec<Inner>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only the errors are looked at")]
    struct Inner {
        n: u8,
    }

    fn code_and_field(body: &str) -> (&'static str, Option<String>) {
        let error = parse_json::<Example>(body.as_bytes()).unwrap_err();
        (error.code(), error.field().map(str::to_owned))
    }

    #[test]
    fn each_kind_of_wrong_body_names_its_field() {
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
            ("\u{feff}{}", "malformed_json", None),
        ];
        for (body, code, field) in cases {
            assert_eq!(code_and_field(body), (code, field.map(str::to_owned)), "{body}");
        }
    }

    #[test]
    fn a_value_in_the_wrong_place_is_not_repeated() {
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
    fn nesting_without_end_is_refused_and_not_followed() {
        let deep = format!(r#"{{"stackRegion":{}"#, "[".repeat(100_000));
        assert!(parse_json::<Example>(deep.as_bytes()).is_err());
    }
}

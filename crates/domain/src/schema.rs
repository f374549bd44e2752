//! Macros that declare JSON schemas, and the schema of times.

pub use schemars;

/// A time in JSON.
pub struct Timestamp;

/// Implements a schema with this name for a type.
#[macro_export]
macro_rules! schema {
    ($type:ty, $name:expr, $($schema:tt)+) => {
        impl $crate::schema::schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut $crate::schema::schemars::SchemaGenerator) -> $crate::schema::schemars::Schema {
                $crate::schema::schemars::json_schema!($($schema)+)
            }
        }
    };
}

/// Implements the schema of a string that matches a pattern for a type.
#[macro_export]
macro_rules! text_schema {
    ($type:ty, $name:expr, $pattern:expr, $example:expr, $description:literal) => {
        $crate::schema!($type, $name, {
            "type": "string",
            "description": $description,
            "pattern": $pattern,
            "examples": [$example],
        });
    };
}

schema!(Timestamp, "Timestamp", {
    "type": "string",
    "format": "date-time",
    "description": "A time in UTC (RFC 3339).",
    "examples": ["2026-11-24T12:00:00Z"],
});

/// Asserts that a type accepts the example and every string that matches the pattern of its schema.
#[cfg(test)]
pub(crate) fn assert_accepts_pattern<T: schemars::JsonSchema + std::str::FromStr + std::fmt::Display>() {
    use proptest::{prop_assert, string::string_regex, test_runner::TestRunner};

    let schema = T::json_schema(&mut schemars::SchemaGenerator::default()).to_value();
    let example = schema["examples"][0].as_str().unwrap();
    assert_eq!(example.parse::<T>().ok().unwrap().to_string(), example);
    let pattern = schema["pattern"].as_str().unwrap().trim_start_matches('^').trim_end_matches('$');
    let texts = string_regex(pattern).unwrap();
    TestRunner::deterministic()
        .run(&texts, |text| {
            prop_assert!(text.parse::<T>().is_ok(), "{:?} is rejected", text);
            Ok(())
        })
        .unwrap();
}

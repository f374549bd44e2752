//! JSON Schemas of the types with a textual form.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::{AccountId, Region, RoleArn, TopicArn, ses::EventType};

/// Implements a schema with this name for a type.
macro_rules! schema {
    ($type:ty, $name:literal, $($schema:tt)+) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($($schema)+)
            }
        }
    };
}

/// Implements the schema of a string that matches a pattern for a type.
macro_rules! text {
    ($type:ty, $name:literal, $pattern:literal, $example:literal, $description:literal) => {
        schema!($type, $name, {
            "type": "string",
            "description": $description,
            "pattern": $pattern,
            "examples": [$example],
        });
    };
}

text!(AccountId, "AccountId", "^[0-9]{12}$", "123456789012", "An AWS account id: 12 digits.");
text!(
    RoleArn,
    "RoleArn",
    "^arn:aws:iam::[0-9]{12}:role/([!-~]{0,510}/)?[A-Za-z0-9+=,.@_-]{1,64}$",
    "arn:aws:iam::123456789012:role/ExampleRole",
    "The ARN of an IAM role."
);
text!(
    TopicArn,
    "TopicArn",
    "^arn:aws:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\\.fifo)?$",
    "arn:aws:sns:eu-west-1:123456789012:example-events",
    "The ARN of an SNS topic."
);
schema!(Region, "RegionCode", {
    "type": "string",
    "description": "A region where Amazon SES is available.",
    "enum": Region::all().map(Region::name).collect::<Vec<_>>(),
});
schema!(EventType, "EventType", {
    "description": "What happened to an email. A kind that Amazon SES added later comes as `other:` and SES's name for it.",
    "anyOf": [
        { "type": "string", "enum": EventType::all().map(|kind| kind.to_string()).collect::<Vec<_>>() },
        { "type": "string", "pattern": "^other:" },
    ],
});

#[cfg(test)]
mod tests {
    use std::{fmt::Display, str::FromStr};

    use proptest::{prelude::*, string::string_regex, test_runner::TestRunner};
    use serde_json::Value;

    use super::*;

    fn schema<T: JsonSchema>() -> Value {
        T::json_schema(&mut SchemaGenerator::default()).to_value()
    }

    /// Asserts that the type accepts every string that matches the pattern, and the example.
    fn assert_pattern_is_valid<T: JsonSchema + FromStr + Display>() {
        let schema = schema::<T>();
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

    #[test]
    fn a_pattern_matches_only_valid_values() {
        assert_pattern_is_valid::<AccountId>();
        assert_pattern_is_valid::<RoleArn>();
    }

    #[test]
    fn the_example_of_a_topic_arn_is_valid() {
        // The pattern allows any region name, so only the example is checked.
        let topic = schema::<TopicArn>();
        assert!(topic["examples"][0].as_str().unwrap().parse::<TopicArn>().is_ok());
    }
}

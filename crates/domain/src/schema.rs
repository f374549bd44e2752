//! JSON Schemas of the types that have a textual form, and the macros that declare such schemas.

pub use schemars;

use crate::{
    ApiKeyId, EmailId, IdentityId, OrganisationId, RequestId, TemplateId, connection::Reason,
    onboarding::ExternalId, suppression::AddressKey,
};

/// A time in JSON.
pub struct Timestamp;

/// The code of a [`Reason`].
pub struct ReasonCode;

/// Implements a schema with this name for a type.
#[macro_export]
macro_rules! schema {
    ($type:ty, $name:literal, $($schema:tt)+) => {
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
    ($type:ty, $name:literal, $pattern:literal, $example:literal, $description:literal) => {
        $crate::schema!($type, $name, {
            "type": "string",
            "description": $description,
            "pattern": $pattern,
            "examples": [$example],
        });
    };
}

text_schema!(
    ExternalId,
    "ExternalId",
    "^[a-z0-9]{4}-[a-z2-7]{25}[aeimquy4]$",
    "mxk7-ae5x4z6kq2m7w3nbtv5jc2hdpi",
    "The external ID of an organisation, which Kraiter generates."
);
text_schema!(
    OrganisationId,
    "OrganisationId",
    "^org_[0-9a-f]{32}$",
    "org_019ab0c5d0007000800000000000000a",
    "An organisation's id. Ids sort by creation time."
);
text_schema!(
    EmailId,
    "EmailId",
    "^eml_[0-9a-f]{32}$",
    "eml_019ab0c5d0007000800000000000000a",
    "An email's id. Ids sort by creation time."
);
text_schema!(
    IdentityId,
    "IdentityId",
    "^idn_[0-9a-f]{32}$",
    "idn_019ab0c5d0007000800000000000000a",
    "An identity's id. Ids sort by creation time."
);
text_schema!(
    TemplateId,
    "TemplateId",
    "^tpl_[0-9a-f]{32}$",
    "tpl_019ab0c5d0007000800000000000000a",
    "A template's id. Ids sort by creation time."
);
text_schema!(
    ApiKeyId,
    "ApiKeyId",
    "^key_[0-9a-f]{32}$",
    "key_019ab0c5d0007000800000000000000a",
    "The id of an API key, not the key itself. Ids sort by creation time."
);
text_schema!(
    RequestId,
    "RequestId",
    "^req_[0-9a-f]{32}$",
    "req_019ab0c5d0007000800000000000000a",
    "A request's id, as in responses and logs."
);
schema!(AddressKey, "Address", {
    "type": "string",
    "format": "email",
    "description": "An email address without a display name. Case-insensitive.",
    "examples": ["ada@example.net"],
});
schema!(Timestamp, "Timestamp", {
    "type": "string",
    "format": "date-time",
    "description": "A time in UTC (RFC 3339).",
    "examples": ["2026-11-24T12:00:00Z"],
});
schema!(ReasonCode, "ReasonCode", {
    "type": "string",
    "description": "Why a connection or a region doesn't work.",
    "enum": Reason::CODES,
});

#[cfg(test)]
mod tests {
    use std::{fmt::Display, str::FromStr};

    use proptest::{prelude::*, string::string_regex, test_runner::TestRunner};
    use schemars::{JsonSchema, SchemaGenerator};
    use serde_json::Value;

    use super::*;

    fn schema<T: JsonSchema>() -> Value {
        T::json_schema(&mut SchemaGenerator::default()).to_value()
    }

    /// Asserts that the type accepts every string that matches the pattern, and the example.
    fn accepts_the_pattern<T: JsonSchema + FromStr + Display>() {
        let schema = schema::<T>();
        let example = schema["examples"][0].as_str().unwrap();
        assert_eq!(example.parse::<T>().ok().unwrap().to_string(), example);
        let pattern = schema["pattern"].as_str().unwrap().trim_start_matches('^').trim_end_matches('$');
        let texts = string_regex(pattern).unwrap();
        TestRunner::deterministic()
            .run(&texts, |text| {
                prop_assert!(text.parse::<T>().is_ok(), "{:?} is refused", text);
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn a_pattern_matches_only_valid_values() {
        accepts_the_pattern::<ExternalId>();
        accepts_the_pattern::<OrganisationId>();
        accepts_the_pattern::<EmailId>();
        accepts_the_pattern::<IdentityId>();
        accepts_the_pattern::<TemplateId>();
        accepts_the_pattern::<ApiKeyId>();
        accepts_the_pattern::<RequestId>();
    }
}

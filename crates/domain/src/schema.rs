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

/// Gives a type the schema of this name.
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

/// Gives a type the schema of a text that is written in this way.
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
    "An organisation's external ID, made by Kraiter."
);
text_schema!(
    OrganisationId,
    "OrganisationId",
    "^org_[0-9a-f]{32}$",
    "org_019ab0c5d0007000800000000000000a",
    "An organisation's id. Later ones sort later."
);
text_schema!(
    EmailId,
    "EmailId",
    "^eml_[0-9a-f]{32}$",
    "eml_019ab0c5d0007000800000000000000a",
    "An email's id. Later ones sort later."
);
text_schema!(
    IdentityId,
    "IdentityId",
    "^idn_[0-9a-f]{32}$",
    "idn_019ab0c5d0007000800000000000000a",
    "A sender identity's id. Later ones sort later."
);
text_schema!(
    TemplateId,
    "TemplateId",
    "^tpl_[0-9a-f]{32}$",
    "tpl_019ab0c5d0007000800000000000000a",
    "A template's id. Later ones sort later."
);
text_schema!(
    ApiKeyId,
    "ApiKeyId",
    "^key_[0-9a-f]{32}$",
    "key_019ab0c5d0007000800000000000000a",
    "An API key's id, which isn't the key. Later ones sort later."
);
text_schema!(
    RequestId,
    "RequestId",
    "^req_[0-9a-f]{32}$",
    "req_019ab0c5d0007000800000000000000a",
    "A request's id, as answers and logs name it."
);
schema!(AddressKey, "Address", {
    "type": "string",
    "format": "email",
    "description": "An email address without a display name; letters make no difference.",
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
    "description": "Why a connection doesn't work, for programs.",
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

    /// Whatever the pattern lets through is taken, the example too.
    fn takes_what_it_says<T: JsonSchema + FromStr + Display>() {
        let schema = schema::<T>();
        let example = schema["examples"][0].as_str().unwrap();
        assert_eq!(example.parse::<T>().ok().unwrap().to_string(), example);
        let pattern = schema["pattern"].as_str().unwrap().trim_start_matches('^').trim_end_matches('$');
        let texts = string_regex(pattern).unwrap();
        TestRunner::deterministic()
            .run(&texts, |text| {
                prop_assert!(text.parse::<T>().is_ok(), "{} isn't taken", text);
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn a_pattern_matches_only_valid_values() {
        takes_what_it_says::<ExternalId>();
        takes_what_it_says::<OrganisationId>();
        takes_what_it_says::<EmailId>();
        takes_what_it_says::<IdentityId>();
        takes_what_it_says::<TemplateId>();
        takes_what_it_says::<ApiKeyId>();
        takes_what_it_says::<RequestId>();
    }
}

//! The schemas of what is more than a text or an object: how it is written, with an example.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::{
    api::{
        ApiKey, ApiKeyId, Base64, EmailId, IdentityId, OneOrMany, OrganisationId, PrivateKeyText, RequestId,
        TemplateId, TextMap,
    },
    aws::{AccountId, Region, RoleArn, TopicArn},
    connection::Reason,
    mail::{EventType, suppression::AddressKey, template::Variables},
    setup::ExternalId,
};

/// A JSON object, whatever it holds.
pub(crate) type Object = serde_json::Map<String, Value>;

/// A time in JSON.
pub(crate) struct Timestamp;

/// The code of a [`Reason`].
pub(crate) struct ReasonCode;

/// Gives a type the schema of this name.
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

/// Gives a type the schema of a text that is written in this way.
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

text!(AccountId, "AccountId", "^[0-9]{12}$", "123456789012", "An AWS account id, leading zeros kept.");
text!(
    RoleArn,
    "RoleArn",
    "^arn:aws:iam::[0-9]{12}:role/([!-~]{0,510}/)?[A-Za-z0-9+=,.@_-]{1,64}$",
    "arn:aws:iam::123456789012:role/KraiterSESRole",
    "The ARN of an IAM role."
);
text!(
    TopicArn,
    "TopicArn",
    "^arn:aws:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\\.fifo)?$",
    "arn:aws:sns:eu-west-1:123456789012:kraiter-events",
    "The ARN of an SNS topic."
);
text!(
    ExternalId,
    "ExternalId",
    "^[a-z0-9]{4}-[a-z2-7]{25}[aeimquy4]$",
    "mxk7-ae5x4z6kq2m7w3nbtv5jc2hdpi",
    "An organisation's external ID, made by Kraiter."
);
text!(
    OrganisationId,
    "OrganisationId",
    "^org_[0-9a-f]{32}$",
    "org_019ab0c5d0007000800000000000000a",
    "An organisation's id. Later ones sort later."
);
text!(
    EmailId,
    "EmailId",
    "^eml_[0-9a-f]{32}$",
    "eml_019ab0c5d0007000800000000000000a",
    "An email's id. Later ones sort later."
);
text!(
    IdentityId,
    "IdentityId",
    "^idn_[0-9a-f]{32}$",
    "idn_019ab0c5d0007000800000000000000a",
    "A sender identity's id. Later ones sort later."
);
text!(
    TemplateId,
    "TemplateId",
    "^tpl_[0-9a-f]{32}$",
    "tpl_019ab0c5d0007000800000000000000a",
    "A template's id. Later ones sort later."
);
text!(
    ApiKeyId,
    "ApiKeyId",
    "^key_[0-9a-f]{32}$",
    "key_019ab0c5d0007000800000000000000a",
    "An API key's id, which isn't the key. Later ones sort later."
);
text!(
    RequestId,
    "RequestId",
    "^req_[0-9a-f]{32}$",
    "req_019ab0c5d0007000800000000000000a",
    "A request's id, as answers and logs name it."
);
text!(
    ApiKey,
    "ApiKey",
    "^kr_[a-z2-7]{52}$",
    "kr_ae5x4z6kq2m7w3nbtv5jc2hdpiae5x4z6kq2m7w3nbtv5jc2hdpi",
    "An organisation's API key. Whoever has it acts for the organisation."
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
schema!(Region, "Region", {
    "type": "string",
    "description": "A region where Amazon SES v2 is available.",
    "enum": Region::all().map(Region::name).collect::<Vec<_>>(),
});
schema!(ReasonCode, "ReasonCode", {
    "type": "string",
    "description": "Why a connection doesn't work, for programs.",
    "enum": Reason::CODES,
});
schema!(EventType, "EventType", {
    "description": "What happened to an email. A kind that Amazon SES added later comes as `other:` and SES's name for it.",
    "anyOf": [
        { "type": "string", "enum": EventType::all().map(|kind| kind.to_string()).collect::<Vec<_>>() },
        { "type": "string", "pattern": "^other:" },
    ],
});
schema!(PrivateKeyText, "PrivateKey", {
    "type": "string",
    "description": "An RSA private key of 1024 to 2048 bits in PEM form (PKCS#1 or PKCS#8), without a password. It is handed to SES and not kept.",
    "writeOnly": true,
});
schema!(Base64, "Base64", {
    "type": "string",
    "description": "Bytes in base64 of the standard alphabet, padded, without line breaks.",
    "contentEncoding": "base64",
});
schema!(OneOrMany, "OneOrMany", {
    "description": "One text, or a list of them.",
    "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }],
});
schema!(TextMap, "TextMap", {
    "type": "object",
    "description": "Texts by name; no name stands there twice.",
    "additionalProperties": { "type": "string" },
});
schema!(Variables, "Variables", {
    "type": "object",
    "description": "What a template is filled with: any JSON, by name; no name stands there twice.",
    "additionalProperties": true,
});

#[cfg(test)]
mod tests {
    use std::{fmt::Display, str::FromStr};

    use proptest::{prelude::*, string::string_regex, test_runner::TestRunner};

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
    fn a_pattern_lets_through_what_is_taken() {
        takes_what_it_says::<AccountId>();
        takes_what_it_says::<RoleArn>();
        takes_what_it_says::<ExternalId>();
        takes_what_it_says::<OrganisationId>();
        takes_what_it_says::<EmailId>();
        takes_what_it_says::<IdentityId>();
        takes_what_it_says::<TemplateId>();
        takes_what_it_says::<ApiKeyId>();
        takes_what_it_says::<RequestId>();
    }

    #[test]
    fn what_no_pattern_can_say_wholly_is_right_in_its_example() {
        // A topic's region is one of many names.
        let topic = schema::<TopicArn>();
        assert!(topic["examples"][0].as_str().unwrap().parse::<TopicArn>().is_ok());
        let key = schema::<ApiKey>();
        let header = format!("Bearer {}", key["examples"][0].as_str().unwrap());
        assert!(ApiKey::from_authorization(&header).is_some());
    }
}

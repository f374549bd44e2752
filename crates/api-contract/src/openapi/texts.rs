//! JSON Schemas of the contract's types that have a textual form.

use std::borrow::Cow;

use domain::schema;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::{Base64, DkimChoice, DkimKey, OneOrMany, PrivateKeyText, TextMap};

schema!(PrivateKeyText, "PrivateKey", {
    "type": "string",
    "description": "An RSA private key of 1024 to 2048 bits in PEM format (PKCS#1 or PKCS#8), unencrypted. Kraiter passes it to SES and doesn't store it.",
    "writeOnly": true,
});
schema!(Base64, "Base64", {
    "type": "string",
    "description": "Base64. Line breaks, missing padding and the alphabet for URLs are accepted.",
    "contentEncoding": "base64",
});

impl JsonSchema for DkimChoice {
    fn schema_name() -> Cow<'static, str> {
        "DkimChoice".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = DkimKey::json_schema(generator);
        let description =
            "The key to sign a domain's email with from now on: one that SES generates, or your own.";
        schema.insert("description".into(), description.into());
        schema
    }
}

impl JsonSchema for OneOrMany {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "OneOrMany".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })
    }
}

impl JsonSchema for TextMap {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "TextMap".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": { "type": "string" } })
    }
}

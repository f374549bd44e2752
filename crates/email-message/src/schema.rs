//! JSON Schemas of the types that derive cannot describe.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::template::Variables;

impl JsonSchema for Variables {
    fn schema_name() -> Cow<'static, str> {
        "TemplateVariables".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "The values of a template's variables, by name: any JSON.",
            "additionalProperties": true,
        })
    }
}

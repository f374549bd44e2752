//! JSON Schemas of types that cannot derive them.

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
            "description": "Values of a template's variables, by name. A value may be any JSON.",
            "additionalProperties": true,
        })
    }
}

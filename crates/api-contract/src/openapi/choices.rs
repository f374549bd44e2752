//! Requests that are a choice between two objects.
//!
//! In Rust each is one struct; its `parse` reports members that don't belong together. The document has one schema for each
//! choice, so that generated clients can't mix them.

use schemars::Schema;
use serde_json::{Map, Value, json};

/// A schema that is split.
struct Choice {
    name: &'static str,
    variants: [Variant; 2],
}

/// One of the objects.
struct Variant {
    name: &'static str,
    description: &'static str,
    /// Members of the other variant.
    without: &'static [&'static str],
    /// Members that this variant requires.
    required: &'static [&'static str],
}

const OWN_DKIM_KEY: Variant = Variant {
    name: "OwnDkimKey",
    description: "Your own RSA key.",
    without: &["keyLength"],
    required: &["selector", "privateKey"],
};

const CHOICES: [Choice; 3] = [
    Choice {
        name: "SendEmail",
        variants: [
            Variant {
                name: "WrittenEmail",
                description: "An email with its own content. `html` or `text` is required.",
                without: &["template"],
                required: &["subject"],
            },
            Variant {
                name: "TemplateEmail",
                description: "An email with content from a template.",
                without: &["subject", "html", "text"],
                required: &["template"],
            },
        ],
    },
    Choice {
        name: "DkimKey",
        variants: [
            Variant {
                name: "SesDkimKey",
                description: "A key that SES generates. Without a length, SES chooses one.",
                without: &["selector", "privateKey"],
                required: &[],
            },
            OWN_DKIM_KEY,
        ],
    },
    Choice {
        name: "DkimChoice",
        variants: [
            Variant {
                name: "SesDkimKeyLength",
                description: "A key of this length that SES generates.",
                without: &["selector", "privateKey"],
                required: &["keyLength"],
            },
            OWN_DKIM_KEY,
        ],
    },
];

/// Splits the schemas that are choices.
pub(super) fn split(schemas: &mut Map<String, Value>) {
    for Choice { name, variants } in &CHOICES {
        let Some(whole) = schemas.get(*name).cloned() else { continue };
        let references = variants
            .iter()
            .map(|variant| json!({ "$ref": format!("#/components/schemas/{}", variant.name) }));
        let choice = json!({ "description": whole["description"], "oneOf": references.collect::<Vec<_>>() });
        schemas.insert((*name).to_owned(), choice);
        for variant in variants {
            schemas.insert(variant.name.to_owned(), variant.schema(&whole));
        }
    }
}

impl Variant {
    fn schema(&self, whole: &Value) -> Value {
        let mut schema = whole.clone();
        schema["description"] = self.description.into();
        if let Some(properties) = schema["properties"].as_object_mut() {
            properties.retain(|name, _| !self.without.contains(&name.as_str()));
            for name in self.required {
                if let Some(property) = properties.get_mut(*name) {
                    remove_null(property);
                }
            }
        }
        let required = whole["required"].as_array().into_iter().flatten().cloned();
        let required: Vec<Value> =
            required.chain(self.required.iter().map(|name| Value::from(*name))).collect();
        if !required.is_empty() {
            schema["required"] = required.into();
        }
        schema
    }
}

/// Removes `null` from the properties of responses that may be absent: the API omits them instead.
pub(super) fn without_absent_nulls(schema: &mut Schema) {
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties
            .iter_mut()
            .filter(|(name, _)| !required.contains(&Value::from(name.as_str())))
            .for_each(|(_, property)| remove_null(property));
    }
}

/// Removes `null` from the values of a property.
fn remove_null(property: &mut Value) {
    if let Some(types) = property["type"].as_array()
        && let [only] = types.iter().filter(|kind| **kind != "null").collect::<Vec<_>>()[..]
    {
        property["type"] = only.clone();
    }
    if let Some(values) = property.get_mut("enum").and_then(Value::as_array_mut) {
        values.retain(|value| !value.is_null());
    }
    if let Some(variants) = property.get("anyOf").and_then(Value::as_array)
        && let Some(reference) = variants.iter().find_map(|variant| variant.get("$ref")).cloned()
        && let Some(fields) = property.as_object_mut()
    {
        fields.remove("anyOf");
        fields.insert("$ref".into(), reference);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_variant_has_its_own_members_and_the_shared_ones() {
        let template =
            json!({ "anyOf": [{ "$ref": "#/T" }, { "type": "null" }], "description": "Its template." });
        let mut schemas = Map::new();
        schemas.insert(
            "SendEmail".into(),
            json!({
                "type": "object",
                "description": "An email.",
                "additionalProperties": false,
                "properties": {
                    "from": { "type": "string" },
                    "subject": { "type": ["string", "null"] },
                    "template": template,
                },
                "required": ["from"],
            }),
        );
        split(&mut schemas);
        let names = ["SendEmail", "TemplateEmail", "WrittenEmail"];
        assert_eq!(schemas.keys().filter(|name| !names.contains(&name.as_str())).count(), 0);
        let references = json!([
            { "$ref": "#/components/schemas/WrittenEmail" },
            { "$ref": "#/components/schemas/TemplateEmail" },
        ]);
        assert_eq!(schemas["SendEmail"], json!({ "description": "An email.", "oneOf": references }));
        let written = &schemas["WrittenEmail"];
        assert_eq!(
            written["properties"],
            json!({ "from": { "type": "string" }, "subject": { "type": "string" } })
        );
        assert_eq!(written["required"], json!(["from", "subject"]));
        let made = &schemas["TemplateEmail"];
        assert_eq!(made["properties"]["template"], json!({ "$ref": "#/T", "description": "Its template." }));
        assert_eq!(made["required"], json!(["from", "template"]));
        assert_eq!(made["additionalProperties"], false);
    }
}

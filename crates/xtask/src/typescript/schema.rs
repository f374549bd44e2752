//! Reads JSON Schema, as far as the contract uses it.

use serde_json::{Map, Value};

use super::{
    GenerateError, comment,
    types::{Member, Presence, Type, quoted},
};

const REFERENCE: &str = "#/components/schemas/";

/// Who writes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// Callers of the API.
    Request,
    /// The API.
    Response,
}

/// The component schemas of a document.
pub(super) struct Schemas<'a>(&'a Map<String, Value>);

impl<'a> Schemas<'a> {
    pub(super) fn new(document: &'a Value) -> Result<Self, GenerateError> {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        schemas.map(Self).ok_or_else(|| GenerateError::new("components.schemas", "missing"))
    }

    pub(super) fn get(&self, name: &str) -> Result<&'a Value, GenerateError> {
        self.0.get(name).ok_or_else(|| GenerateError::new(name, "there is no such schema"))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The type of a schema. A reference gives the name of the declaration, or the type itself if that is written in place.
    pub(super) fn type_of(
        &self,
        schema: &Value,
        place: &str,
        direction: Direction,
    ) -> Result<Type, GenerateError> {
        if let Some(name) = reference(schema) {
            return match self.type_of(self.get(name)?, name, direction)? {
                kind @ (Type::String | Type::Time | Type::Number | Type::Boolean | Type::Array(_)) => {
                    Ok(kind)
                }
                _ => Ok(Type::Named(name.to_owned())),
            };
        }
        if let Some(value) = schema.get("const") {
            return literal(value, place);
        }
        if let Some(values) = list(schema, "enum") {
            return Ok(Type::union(
                values.iter().map(|value| literal(value, place)).collect::<Result<Vec<_>, _>>()?,
            ));
        }
        if let Some(variants) = list(schema, "oneOf").or_else(|| list(schema, "anyOf")) {
            let types = variants.iter().map(|variant| self.type_of(variant, place, direction));
            return Ok(Type::union(types.collect::<Result<Vec<_>, _>>()?));
        }
        match schema.get("type") {
            Some(Value::String(name)) => self.simple(name, schema, place, direction),
            Some(Value::Array(names)) => {
                let types = names
                    .iter()
                    .map(|name| self.simple(name.as_str().unwrap_or_default(), schema, place, direction));
                Ok(Type::union(types.collect::<Result<Vec<_>, _>>()?))
            }
            _ => Err(GenerateError::new(place, format!("no type can be derived from {schema}"))),
        }
    }

    /// The declared union with the same members, if there is one.
    pub(super) fn name_of(&self, kind: &Type) -> Option<Type> {
        let Type::Union(_) = kind else { return None };
        let same = |(name, schema): &(&String, &Value)| {
            self.type_of(schema, name, Direction::Response).is_ok_and(|declared| declared == *kind)
        };
        self.0.iter().find(same).map(|(name, _)| Type::Named(name.clone()))
    }

    fn simple(
        &self,
        name: &str,
        schema: &Value,
        place: &str,
        direction: Direction,
    ) -> Result<Type, GenerateError> {
        match name {
            "string" if direction == Direction::Request && text(schema, "format") == Some("date-time") => {
                Ok(Type::Time)
            }
            "string" => {
                Ok(schema.get("pattern").and_then(Value::as_str).and_then(prefixed).unwrap_or(Type::String))
            }
            "integer" | "number" => Ok(Type::Number),
            "boolean" => Ok(Type::Boolean),
            "null" => Ok(Type::Null),
            "array" => {
                let items =
                    schema.get("items").ok_or_else(|| GenerateError::new(place, "an array without items"))?;
                Ok(Type::Array(Box::new(self.type_of(items, place, direction)?)))
            }
            "object" if schema.get("properties").is_some() => {
                Ok(Type::Object(self.members(schema, place, direction)?))
            }
            "object" => match schema.get("additionalProperties") {
                Some(Value::Bool(true)) => Ok(Type::Record(Box::new(Type::Json))),
                Some(of @ Value::Object(_)) => {
                    Ok(Type::Record(Box::new(self.type_of(of, place, direction)?)))
                }
                _ => Ok(Type::Empty),
            },
            other => Err(GenerateError::new(place, format!("unknown type {other:?}"))),
        }
    }

    /// The members of an object.
    pub(super) fn members(
        &self,
        schema: &Value,
        place: &str,
        direction: Direction,
    ) -> Result<Vec<Member>, GenerateError> {
        let required: Vec<&str> =
            list(schema, "required").into_iter().flatten().filter_map(Value::as_str).collect();
        let properties = schema.get("properties").and_then(Value::as_object);
        let members = properties.into_iter().flatten().map(|(name, property)| {
            let place = format!("{place}.{name}");
            let kind = self.type_of(property, &place, direction)?;
            let presence = match direction {
                _ if required.contains(&name.as_str()) => Presence::Always,
                Direction::Request => Presence::Optional,
                Direction::Response => Presence::Maybe,
            };
            let description = self.description(property, &place)?;
            Ok(Member { name: name.clone(), description, presence, kind })
        });
        members.collect()
    }

    /// The description of a property, with the format of a time.
    pub(super) fn description(&self, property: &Value, place: &str) -> Result<String, GenerateError> {
        let description = text(property, "description").or_else(|| {
            let target = self.0.get(reference(property)?)?;
            text(target, "description")
        });
        let description = description.ok_or_else(|| GenerateError::new(place, "it has no description"))?;
        Ok(if self.is_time(property) {
            comment::with_note(description, "RFC 3339")
        } else {
            description.to_owned()
        })
    }

    fn is_time(&self, schema: &Value) -> bool {
        text(schema, "format") == Some("date-time")
            || reference(schema).and_then(|name| self.0.get(name)).is_some_and(|target| self.is_time(target))
            || list(schema, "anyOf").into_iter().flatten().any(|variant| self.is_time(variant))
    }
}

/// The name of the component a schema refers to.
pub(super) fn reference(schema: &Value) -> Option<&str> {
    text(schema, "$ref")?.strip_prefix(REFERENCE)
}

/// A field that is a text.
pub(super) fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field).and_then(Value::as_str)
}

/// A field that is a list.
pub(super) fn list<'a>(value: &'a Value, field: &str) -> Option<&'a Vec<Value>> {
    value.get(field).and_then(Value::as_array)
}

fn literal(value: &Value, place: &str) -> Result<Type, GenerateError> {
    match value {
        Value::Null => Ok(Type::Null),
        Value::String(text) => Ok(Type::Literal(quoted(text))),
        Value::Number(_) | Value::Bool(_) => Ok(Type::Literal(value.to_string())),
        Value::Array(_) | Value::Object(_) => {
            Err(GenerateError::new(place, format!("{value} has no literal type")))
        }
    }
}

/// The template literal type of a pattern that only demands a prefix.
fn prefixed(pattern: &str) -> Option<Type> {
    let prefix = pattern.strip_prefix('^')?;
    let is_plain = !prefix.is_empty()
        && prefix.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '-'));
    is_plain.then(|| Type::Literal(format!("`{prefix}${{string}}`")))
}

//! Values of template variables.

use std::{fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
    ser::{SerializeMap, SerializeSeq},
};
use serde_json::Number;

use crate::subject::contains_line_break;

/// The maximum length of all texts in the variables, including names, in bytes.
pub const MAX_VARIABLE_BYTES: usize = 256 * 1024;

/// Values of a template's variables: any JSON object without duplicate names.
///
/// ```
/// use email_message::template::Variables;
///
/// let variables: Variables = serde_json::from_str(r#"{"name":"Ada","order":{"items":[1,2]}}"#)?;
/// assert!(serde_json::from_str::<Variables>(r#"{"name":"Ada","name":"Eve"}"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables(pub(super) Arc<Fields>);

/// A JSON value. Clones are cheap because texts, lists and objects are shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Variable {
    Null,
    Bool(bool),
    Number(Number),
    Text(Arc<str>),
    List(Arc<[Variable]>),
    Object(Arc<Fields>),
}

/// The fields of an object, sorted by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(Vec<(Arc<str>, Variable)>);

impl Fields {
    /// Fails with the first duplicate name, because JSON parsers differ in which value they use.
    pub(super) fn new(mut entries: Vec<(Arc<str>, Variable)>) -> Result<Self, Arc<str>> {
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        match entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(duplicates) => Err(Arc::clone(&duplicates[0].0)),
            None => Ok(Self(entries)),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&(Arc<str>, Variable)> {
        let index = self.0.binary_search_by(|(other, _)| (**other).cmp(name)).ok()?;
        self.0.get(index)
    }

    pub(super) fn name(&self, index: usize) -> Option<&Arc<str>> {
        self.0.get(index).map(|(name, _)| name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the total length of all texts and names, in bytes.
    pub(super) fn text_bytes(&self) -> usize {
        self.0.iter().map(|(name, value)| name.len() + value.text_bytes()).sum()
    }
}

impl Variable {
    fn text_bytes(&self) -> usize {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) => 0,
            Self::Text(text) => text.len(),
            Self::List(items) => items.iter().map(Self::text_bytes).sum(),
            Self::Object(fields) => fields.text_bytes(),
        }
    }

    /// Returns the path from this value to the first text with a line break or control character.
    pub(super) fn find_line_break(&self) -> Option<String> {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) => None,
            Self::Text(text) => contains_line_break(text).then(String::new),
            Self::List(items) => items
                .iter()
                .enumerate()
                .find_map(|(index, item)| Some(format!("[{index}]{}", item.find_line_break()?))),
            Self::Object(fields) => {
                fields.0.iter().find_map(|(name, value)| Some(format!(".{name}{}", value.find_line_break()?)))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Variables {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Variables;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Variables, A::Error> {
                fields(map).map(Variables)
            }
        }

        deserializer.deserialize_map(Object)
    }
}

fn fields<'de, A: MapAccess<'de>>(mut map: A) -> Result<Arc<Fields>, A::Error> {
    let mut entries = Vec::new();
    while let Some((name, value)) = map.next_entry::<String, Variable>()? {
        entries.push((name.into(), value));
    }
    // The same text as serde's error for a duplicate struct field.
    Fields::new(entries).map(Arc::new).map_err(|name| A::Error::custom(format!("duplicate field `{name}`")))
}

impl<'de> Deserialize<'de> for Variable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Variable;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }

            fn visit_unit<E>(self) -> Result<Variable, E> {
                Ok(Variable::Null)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Variable, E> {
                Ok(Variable::Bool(value))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Variable, E> {
                Ok(Variable::Number(value.into()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Variable, E> {
                Ok(Variable::Number(value.into()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Variable, E> {
                Ok(Number::from_f64(value).map_or(Variable::Null, Variable::Number))
            }

            fn visit_str<E>(self, text: &str) -> Result<Variable, E> {
                Ok(Variable::Text(text.into()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Variable, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(Variable::List(items.into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Variable, A::Error> {
                fields(map).map(Variable::Object)
            }
        }

        deserializer.deserialize_any(Any)
    }
}

impl Serialize for Variables {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(&**name, value)?;
        }
        map.end()
    }
}

impl Serialize for Variable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items.iter() {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Object(fields) => fields.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<Variables, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn json_is_serialized_unchanged() {
        let json = r#"{"a":{"list":[1,-2,3.5,true,null,[],{"x":""}]},"m":18446744073709551615,"z":"ü"}"#;
        let variables = parse(json).unwrap();
        assert_eq!(serde_json::to_string(&variables).unwrap(), json);
        assert_eq!(variables.0.names().collect::<Vec<_>>(), ["a", "m", "z"]);
        assert_eq!(variables.0.get("a").map(|(name, _)| &**name), Some("a"));
        assert!(variables.0.get("b").is_none());
        assert_eq!(variables.0.text_bytes(), "züalistxm".len());
    }

    #[test]
    fn only_objects_without_duplicate_names_are_accepted() {
        for json in ["[]", "null", "1", r#""a""#, r#"{"a":1,"a":2}"#, r#"{"a":[{"b":1,"c":0,"b":2}]}"#] {
            assert!(parse(json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_line_break_is_found_at_any_depth() {
        let found = |json: &str| Variable::Object(parse(json).unwrap().0).find_line_break();
        assert_eq!(found(r#"{"a":"b","c":[1,{"d":"e\r\nf"}]}"#).as_deref(), Some(".c[1].d"));
        assert_eq!(found(r#"{"a":"\u2028"}"#).as_deref(), Some(".a"));
        assert_eq!(found(r#"{"a":"b c"}"#), None);
    }
}

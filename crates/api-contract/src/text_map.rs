//! Texts by name.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, Visitor},
};

/// Texts by name; a name that stands there twice is refused, since readers of JSON differ in which of the two they believe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct TextMap(pub BTreeMap<String, String>);

impl<'de> Deserialize<'de> for TextMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;

        impl<'de> Visitor<'de> for Texts {
            type Value = TextMap;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TextMap, A::Error> {
                let mut texts = BTreeMap::new();
                while let Some((name, text)) = map.next_entry::<String, String>()? {
                    if texts.contains_key(&name) {
                        // The words that serde has for a struct's field.
                        return Err(A::Error::custom(format!("duplicate field `{name}`")));
                    }
                    texts.insert(name, text);
                }
                Ok(TextMap(texts))
            }
        }

        deserializer.deserialize_map(Texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_json;

    #[derive(Debug, Deserialize)]
    struct Example {
        headers: TextMap,
    }

    #[test]
    fn a_name_that_stands_there_twice_is_refused_by_its_path() {
        let read = |json: &str| parse_json::<Example>(json.as_bytes());
        assert_eq!(read(r#"{"headers":{"a":"1","b":"2"}}"#).unwrap().headers.0.len(), 2);
        let error = read(r#"{"headers":{"X-A":"1","X-A":"2"}}"#).unwrap_err();
        assert_eq!((error.code(), error.field()), ("duplicate_field", Some("headers.X-A")));
        let error = read(r#"{"headers":{"X-A":1}}"#).unwrap_err();
        assert_eq!((error.code(), error.field()), ("invalid_type", Some("headers.X-A")));
        assert_eq!(read(r#"{"headers":[["a","b"]]}"#).unwrap_err().field(), Some("headers"));
    }
}

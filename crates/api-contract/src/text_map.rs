//! Strings by name.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, Visitor},
};

/// Strings by name. A repeated name is an error, because JSON parsers disagree about which value wins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct TextMap(pub BTreeMap<String, String>);

impl<'de> Deserialize<'de> for TextMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StringsVisitor;

        impl<'de> Visitor<'de> for StringsVisitor {
            type Value = TextMap;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TextMap, A::Error> {
                let mut texts = BTreeMap::new();
                while let Some((name, text)) = map.next_entry::<String, String>()? {
                    if texts.contains_key(&name) {
                        // The same text as serde's for a struct: `parse_json` recognises it.
                        return Err(A::Error::custom(format!("duplicate field `{name}`")));
                    }
                    texts.insert(name, text);
                }
                Ok(TextMap(texts))
            }
        }

        deserializer.deserialize_map(StringsVisitor)
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
    fn a_repeated_name_is_an_error_with_its_path() {
        let read = |json: &str| parse_json::<Example>(json.as_bytes());
        assert_eq!(read(r#"{"headers":{"a":"1","b":"2"}}"#).unwrap().headers.0.len(), 2);
        let error = read(r#"{"headers":{"X-A":"1","X-A":"2"}}"#).unwrap_err();
        assert_eq!((error.code(), error.field()), ("duplicate_field", Some("headers.X-A")));
        let error = read(r#"{"headers":{"X-A":1}}"#).unwrap_err();
        assert_eq!((error.code(), error.field()), ("invalid_type", Some("headers.X-A")));
        assert_eq!(read(r#"{"headers":[["a","b"]]}"#).unwrap_err().field(), Some("headers"));
    }
}

//! JSON whose errors name the path of the invalid value.
//!
//! The text is first parsed into a tree. So each type has one deserialiser, whichever kind of text it is read from, which keeps a
//! WebAssembly module small.

mod deserializer;
mod tree;

use std::cell::RefCell;

use serde::Deserialize;
use thiserror::Error;

use self::{
    deserializer::{Path, Place, ValueDeserializer},
    tree::Tree,
};

/// The maximum number of values in a text, which bounds the memory that a small text can use.
pub const MAX_VALUES: usize = 250_000;

/// The error of a JSON text.
#[derive(Debug, Error)]
#[error("{}{}{source}", self.path, if self.path.is_empty() { "" } else { ": " })]
pub struct Error {
    /// The path of the invalid value, such as `list[1].name`. Empty for the whole text. If the text is no JSON, what is wrong may follow
    /// the value.
    ///
    /// If a field is missing, unknown or repeated, it is the path of its object.
    pub path: String,
    /// The reason.
    #[source]
    pub source: serde_json::Error,
}

/// Parses a JSON text of at most [`MAX_VALUES`] values.
///
/// Unlike `serde_json`, it accepts no array in place of a struct.
///
/// ```
/// use aws_sans_io::json;
///
/// let numbers: Vec<u8> = json::parse(b"[1, 2]")?;
/// assert_eq!(numbers, [1, 2]);
///
/// let error = json::parse::<Vec<u8>>(b"[1, 300]").unwrap_err();
/// assert_eq!(error.path, "[1]");
/// # Ok::<(), json::Error>(())
/// ```
///
/// # Errors
/// [`struct@Error`] if the text is no JSON or doesn't match the type.
pub fn parse<'de, T: Deserialize<'de>>(text: &'de [u8]) -> Result<T, Error> {
    parse_tree(text, |tree| tree)
}

/// As [`parse`], but a null counts as absent, in objects and in arrays.
pub(crate) fn parse_without_nulls<'de, T: Deserialize<'de>>(text: &'de [u8]) -> Result<T, Error> {
    parse_tree(text, Tree::without_nulls)
}

fn parse_tree<'de, T: Deserialize<'de>>(
    text: &'de [u8],
    change: fn(Tree<'de>) -> Tree<'de>,
) -> Result<T, Error> {
    let first_error = RefCell::new(None);
    let place = Place { path: Path::Root, first_error: &first_error };
    let tree = Tree::parse(text, place).map(change);
    let value = tree.and_then(|value| T::deserialize(ValueDeserializer { value, place }));
    value.map_err(|source| Error { path: first_error.take().unwrap_or_default(), source })
}

#[cfg(test)]
mod tests {
    use std::{borrow::Cow, collections::BTreeMap};

    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Example<'a> {
        #[serde(borrow)]
        text: Cow<'a, str>,
        number: Option<i16>,
        #[serde(default)]
        list: Vec<Inner>,
        #[serde(default)]
        map: BTreeMap<String, u8>,
        kind: Option<Kind>,
        tagged: Option<Tagged>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        n: u8,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Unit,
        Newtype(u8),
        Struct { a: bool },
        Tuple(u8, f64),
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(tag = "type", rename_all = "snake_case")]
    enum Tagged {
        One { n: u8 },
    }

    fn path(text: &str) -> String {
        parse::<Example<'_>>(text.as_bytes()).unwrap_err().path
    }

    #[test]
    fn a_text_becomes_the_same_value_as_with_serde_json() {
        let kinds = [
            r#""unit""#,
            r#"{"newtype":1}"#,
            r#"{"struct":{"a":true,"b":null}}"#,
            r#"{"tuple":[1,1e3]}"#,
            "null",
        ];
        for kind in kinds {
            let text = format!(
                r#"{{"text":"a\né","number":-5,"list":[{{"n":1}},{{"n":2,"m":[{{}}]}}],"map":{{"a":1}},"kind":{kind},
                "tagged":{{"type":"one","n":3}}}}"#
            );
            let parsed: Example<'_> = parse(text.as_bytes()).unwrap();
            assert_eq!(parsed, serde_json::from_str(&text).unwrap());
        }
    }

    #[test]
    fn a_text_without_escapes_is_not_copied() {
        let parsed: Example<'_> = parse(br#"{"text":"a"}"#).unwrap();
        assert!(matches!(parsed.text, Cow::Borrowed("a")));
    }

    #[test]
    fn an_error_has_the_path_of_the_value() {
        for (text, expected) in [
            ("[]", ""),
            ("null", ""),
            ("{}", ""),
            (r#"{"text":1}"#, "text"),
            (r#"{"text":"","unknown":1}"#, ""),
            (r#"{"text":"","text":""}"#, ""),
            (r#"{"text":"","number":40000}"#, "number"),
            (r#"{"text":"","number":1.5}"#, "number"),
            (r#"{"text":"","list":[{"n":1},{"n":"x"}]}"#, "list[1].n"),
            (r#"{"text":"","list":[{"n":1},{}]}"#, "list[1]"),
            (r#"{"text":"","list":[1]}"#, "list[0]"),
            (r#"{"text":"","map":{"a":1,"b c":-1}}"#, "map.b c"),
            (r#"{"text":"","kind":"none"}"#, "kind"),
            (r#"{"text":"","kind":{"newtype":"x"}}"#, "kind.newtype"),
            (r#"{"text":"","kind":{"struct":{"a":1}}}"#, "kind.struct.a"),
            (r#"{"text":"","kind":{"tuple":[1,"x"]}}"#, "kind.tuple[1]"),
            (r#"{"text":"","kind":{"unit":null,"newtype":1}}"#, "kind"),
            (r#"{"text":"","kind":"newtype"}"#, "kind"),
            (r#"{"text":"","tagged":{"type":"one","n":"x"}}"#, "tagged"),
        ] {
            assert_eq!(path(text), expected, "{text}");
        }
    }

    #[test]
    fn an_error_names_its_reason() {
        let error = parse::<Example<'_>>(br#"{"text":null}"#).unwrap_err();
        assert_eq!(error.to_string(), "text: invalid type: null, expected a string");
        assert_eq!(parse::<Example<'_>>(b"{}").unwrap_err().to_string(), "missing field `text`");
        for invalid in ["", "{", "{} x", "{\"a\":1,}", "[1e999]"] {
            assert!(!parse::<Value>(invalid.as_bytes()).unwrap_err().source.is_data(), "{invalid}");
        }
    }

    #[test]
    fn the_number_of_values_and_the_depth_are_limited() {
        let list = |count: usize| format!("[{}1]", "1,".repeat(count - 1));
        assert!(parse::<Vec<u8>>(list(MAX_VALUES - 1).as_bytes()).is_ok());
        assert!(parse::<Vec<u8>>(list(MAX_VALUES).as_bytes()).is_err());
        assert!(parse::<Value>("[".repeat(100_000).as_bytes()).is_err());
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1e9..1e9).prop_map(|number: f64| Value::from(number)),
            "\\PC{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z\"]{0,3}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_value_survives(value in any_json()) {
            let parsed: Value = parse(value.to_string().as_bytes()).unwrap();
            prop_assert_eq!(parsed, serde_json::from_str::<Value>(&value.to_string()).unwrap());
        }

        #[test]
        fn no_text_panics(text in "[\\[\\]{}\":,0-9a-z\\\\ ]{0,40}") {
            let ours = parse::<Value>(text.as_bytes()).ok();
            prop_assert_eq!(ours, serde_json::from_str::<Value>(&text).ok());
        }
    }
}

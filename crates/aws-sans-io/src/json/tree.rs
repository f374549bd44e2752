//! JSON texts as trees.

use std::{borrow::Cow, fmt};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::Number;

use super::{
    MAX_VALUES,
    deserializer::{Path, Place},
};

/// A JSON value. Objects keep repeated fields, so that they can be reported.
#[derive(Debug)]
pub(super) enum Tree<'de> {
    Null,
    Bool(bool),
    Number(Number),
    String(Cow<'de, str>),
    Array(Vec<Self>),
    Object(Vec<(Cow<'de, str>, Self)>),
}

impl<'de> Tree<'de> {
    /// Reports the place of the value that is no JSON, such as a string with half of a surrogate pair.
    pub(super) fn parse(text: &'de [u8], place: Place<'_>) -> Result<Self, serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        let tree = Builder { remaining: &mut { MAX_VALUES }, place }.deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(tree)
    }

    /// Removes all nulls from objects and arrays.
    pub(super) fn without_nulls(self) -> Self {
        let is_value = |value: &Self| !matches!(value, Self::Null);
        match self {
            Self::Array(values) => {
                Self::Array(values.into_iter().filter(is_value).map(Self::without_nulls).collect())
            }
            Self::Object(fields) => Self::Object(
                fields
                    .into_iter()
                    .filter(|(_, value)| is_value(value))
                    .map(|(name, value)| (name, value.without_nulls()))
                    .collect(),
            ),
            value => value,
        }
    }
}

/// Builds a tree of at most `remaining` values.
struct Builder<'a, 'p> {
    remaining: &'a mut usize,
    place: Place<'p>,
}

impl<'de> DeserializeSeed<'de> for Builder<'_, '_> {
    type Value = Tree<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree<'de>, D::Error> {
        *self.remaining =
            self.remaining.checked_sub(1).ok_or_else(|| D::Error::custom("there are too many values"))?;
        let place = self.place;
        deserializer.deserialize_any(self).inspect_err(|_| place.report_here())
    }
}

impl<'de> Visitor<'de> for Builder<'_, '_> {
    type Value = Tree<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Tree<'de>, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree<'de>, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree<'de>, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree<'de>, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree<'de>, E> {
        // serde_json gives no infinite numbers.
        Ok(Number::from_f64(value).map_or(Tree::Null, Tree::Number))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Tree<'de>, E> {
        Ok(Tree::String(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree<'de>, E> {
        Ok(Tree::String(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Tree<'de>, A::Error> {
        let mut values = Vec::new();
        loop {
            let place = self.place.at(Path::Index(&self.place.path, values.len()));
            let builder = Builder { remaining: &mut *self.remaining, place };
            match access.next_element_seed(builder)? {
                Some(value) => values.push(value),
                None => break,
            }
        }
        Ok(Tree::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Tree<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(Key(name)) = access.next_key_seed(Key::default())? {
            let place = self.place.at(Path::Field(&self.place.path, &name));
            let value = access.next_value_seed(Builder { remaining: &mut *self.remaining, place })?;
            fields.push((name, value));
        }
        Ok(Tree::Object(fields))
    }
}

/// The name of a field.
#[derive(Default)]
struct Key<'de>(Cow<'de, str>);

impl<'de> DeserializeSeed<'de> for Key<'de> {
    type Value = Self;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key<'de> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self, E> {
        Ok(Self(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self, E> {
        Ok(Self(Cow::Owned(name.to_owned())))
    }
}

//! Deserialisation of trees.

use std::{borrow::Cow, cell::RefCell, fmt::Write, vec};

use serde::{
    Deserializer,
    de::{
        DeserializeSeed, EnumAccess, Error as _, Expected, MapAccess, SeqAccess, Unexpected, VariantAccess,
        Visitor, value::StrDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::Error;

use super::tree::Tree;

/// The path of a value.
#[derive(Clone, Copy)]
pub(super) enum Path<'a> {
    Root,
    Field(&'a Self, &'a str),
    Index(&'a Self, usize),
}

impl Path<'_> {
    fn write(self, text: &mut String) {
        match self {
            Self::Root => {}
            Self::Field(parent, name) => {
                parent.write(text);
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
            Self::Index(parent, index) => {
                parent.write(text);
                // Writing to a string doesn't fail.
                let _ = write!(text, "[{index}]");
            }
        }
    }
}

/// Where a value is, and where to report the path of the first error.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) path: Path<'a>,
    pub(super) first_error: &'a RefCell<Option<String>>,
}

impl<'a> Place<'a> {
    pub(super) const fn at(self, path: Path<'a>) -> Self {
        Self { path, ..self }
    }

    /// Reports an error of the value at this place. It isn't the first one if it is about a value inside.
    fn report(self, error: Error) -> Error {
        self.report_here();
        error
    }

    pub(super) fn report_here(self) {
        self.first_error.borrow_mut().get_or_insert_with(|| {
            let mut text = String::new();
            self.path.write(&mut text);
            text
        });
    }
}

/// Deserialises a value.
pub(super) struct ValueDeserializer<'de, 'a> {
    pub(super) value: Tree<'de>,
    pub(super) place: Place<'a>,
}

impl<'de> ValueDeserializer<'de, '_> {
    fn invalid_type(&self, expected: &dyn Expected) -> Error {
        let found = match &self.value {
            Tree::Null => Unexpected::Unit,
            Tree::Bool(value) => Unexpected::Bool(*value),
            Tree::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), ..) => Unexpected::Unsigned(number),
                (_, Some(number), _) => Unexpected::Signed(number),
                (.., number) => Unexpected::Float(number.unwrap_or_default()),
            },
            Tree::String(text) => Unexpected::Str(text),
            Tree::Array(_) => Unexpected::Seq,
            Tree::Object(_) => Unexpected::Map,
        };
        Error::invalid_type(found, expected)
    }

    /// Visits a text. For a string, avoids the code for all other types.
    fn visit_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Tree::String(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
            Tree::String(Cow::Owned(text)) => visitor.visit_string(text),
            _ => Err(self.invalid_type(&visitor)),
        }
    }

    fn visit_number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Tree::Number(number) => number.deserialize_any(visitor),
            _ => Err(self.invalid_type(&visitor)),
        }
    }

    fn visit_object<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Tree::Object(fields) => {
                visitor.visit_map(&mut Fields { rest: fields.into_iter(), field: None, place: self.place })
            }
            _ => Err(self.invalid_type(&visitor)),
        }
    }

    fn visit_array<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Tree::Array(values) => {
                let length = values.len();
                let mut elements = Elements { values: values.into_iter(), index: 0, place: self.place };
                let value = visitor.visit_seq(&mut elements)?;
                if elements.values.len() == 0 {
                    Ok(value)
                } else {
                    Err(Error::invalid_length(length, &"fewer elements in array"))
                }
            }
            _ => Err(self.invalid_type(&visitor)),
        }
    }
}

macro_rules! forward {
    ($to:ident: $($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.$to(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for ValueDeserializer<'de, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Tree::Null => visitor.visit_unit(),
            Tree::Bool(value) => visitor.visit_bool(value),
            Tree::Number(_) => self.visit_number(visitor),
            Tree::String(_) => self.visit_str(visitor),
            Tree::Array(_) => self.visit_array(visitor),
            Tree::Object(_) => self.visit_object(visitor),
        }
    }

    // The code for each type of value is in the module once for each visitor, so it has only the types that the visitor expects.
    forward!(visit_str: deserialize_str deserialize_string deserialize_char deserialize_identifier);
    forward!(visit_number: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 deserialize_u8
        deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64);
    forward!(visit_object: deserialize_map);
    forward!(visit_array: deserialize_seq);

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Tree::Bool(value) => visitor.visit_bool(value),
            _ => Err(self.invalid_type(&visitor)),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Tree::Null => visitor.visit_unit(),
            _ => Err(self.invalid_type(&visitor)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Tree::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.visit_array(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.visit_array(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.visit_object(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let (name, value) = match self.value {
            Tree::String(name) => (name, None),
            Tree::Object(mut fields) => match (fields.pop(), fields.is_empty()) {
                (Some((name, value)), true) => (name, Some(value)),
                _ => return Err(Error::invalid_value(Unexpected::Map, &"map with a single key")),
            },
            _ => return Err(self.invalid_type(&visitor)),
        };
        visitor.visit_enum(Variant { name, value, place: self.place })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { bytes byte_buf }
}

/// The elements of an array.
struct Elements<'de, 'a> {
    values: vec::IntoIter<Tree<'de>>,
    index: usize,
    place: Place<'a>,
}

impl<'de> SeqAccess<'de> for Elements<'de, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(value) = self.values.next() else { return Ok(None) };
        let place = self.place.at(Path::Index(&self.place.path, self.index));
        self.index += 1;
        seed.deserialize(ValueDeserializer { value, place }).map(Some).map_err(|error| place.report(error))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.values.len())
    }
}

/// The fields of an object.
struct Fields<'de, 'a> {
    rest: vec::IntoIter<(Cow<'de, str>, Tree<'de>)>,
    /// The field whose value comes next.
    field: Option<(Cow<'de, str>, Tree<'de>)>,
    place: Place<'a>,
}

impl<'de> MapAccess<'de> for Fields<'de, '_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.field = self.rest.next();
        let Some((name, _)) = &self.field else { return Ok(None) };
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let Some((name, value)) = self.field.take() else {
            return Err(Error::custom("a value without a name"));
        };
        let place = self.place.at(Path::Field(&self.place.path, &name));
        seed.deserialize(ValueDeserializer { value, place }).map_err(|error| place.report(error))
    }
}

/// A variant of an enum.
struct Variant<'de, 'a> {
    name: Cow<'de, str>,
    value: Option<Tree<'de>>,
    place: Place<'a>,
}

impl<'de> EnumAccess<'de> for Variant<'de, '_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Error> {
        Ok((seed.deserialize(StrDeserializer::new(&self.name))?, self))
    }
}

impl<'de> Variant<'de, '_> {
    /// Deserialises the variant's content.
    fn content<T>(
        self,
        expected: &str,
        deserialize: impl FnOnce(ValueDeserializer<'de, '_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Some(value) = self.value else {
            return Err(Error::invalid_type(Unexpected::UnitVariant, &expected));
        };
        let place = self.place.at(Path::Field(&self.place.path, &self.name));
        deserialize(ValueDeserializer { value, place }).map_err(|error| place.report(error))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de, '_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.value {
            None | Some(Tree::Null) => Ok(()),
            Some(_) => Err(Error::invalid_type(Unexpected::NewtypeVariant, &"unit variant")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        self.content("newtype variant", |value| seed.deserialize(value))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.content("tuple variant", |value| value.visit_array(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.content("struct variant", |value| value.visit_object(visitor))
    }
}

//! Variables as values of the engine that know their path, so that errors can name a missing value.

use std::{cmp::Ordering, fmt, sync::Arc};

use minijinja::value::{DynObject, Enumerator, Object, ObjectRepr, Value};

use super::{
    undefined_tracker::UndefinedTracker,
    variables::{Fields, Variable},
};

/// An object or list with its path.
///
/// Lookups of names that a template contains, steps of an iteration and comparisons take constant time, because the engine does not count
/// their cost by length.
#[derive(Debug)]
pub(super) struct PathValue {
    container: Container,
    path: Option<Arc<PathStep>>,
    undefined: Arc<UndefinedTracker>,
}

#[derive(Clone, Debug)]
enum Container {
    List(Arc<[Variable]>),
    Object(Arc<Fields>),
}

/// The last step of a path, linked to the steps before it.
#[derive(Debug)]
struct PathStep {
    parent: Option<Arc<PathStep>>,
    key: Key,
}

#[derive(Debug)]
enum Key {
    Field(Arc<str>),
    Index(usize),
}

impl PathValue {
    /// Creates the root value, which contains all variables. Failed lookups are recorded in `undefined`.
    pub(super) fn root(fields: &Arc<Fields>, undefined: &Arc<UndefinedTracker>) -> Self {
        Self {
            container: Container::Object(Arc::clone(fields)),
            path: None,
            undefined: Arc::clone(undefined),
        }
    }

    /// Returns whether this is an object with this field. Unlike a lookup, this is no use of a missing value.
    pub(super) fn has_field(&self, name: &Value) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, key: &Value) -> Option<(Key, &Variable)> {
        match &self.container {
            Container::List(items) => {
                let index = key.as_usize()?;
                items.get(index).map(|item| (Key::Index(index), item))
            }
            Container::Object(fields) => {
                let (name, value) = fields.get(key.as_str()?)?;
                Some((Key::Field(Arc::clone(name)), value))
            }
        }
    }

    fn child(&self, key: Key, container: Container) -> Value {
        let path = Some(Arc::new(PathStep { parent: self.path.clone(), key }));
        Value::from_object(Self { container, path, undefined: Arc::clone(&self.undefined) })
    }

    /// Returns the path of a value in this container, such as `order.items[2].price`.
    fn path_of(&self, key: &Value) -> String {
        let mut keys = Vec::new();
        let mut next = self.path.as_ref();
        while let Some(step) = next {
            keys.push(&step.key);
            next = step.parent.as_ref();
        }
        let mut path = String::new();
        for key in keys.into_iter().rev() {
            match key {
                Key::Field(name) if path.is_empty() => path.push_str(name),
                Key::Field(name) => path.extend([".", name]),
                Key::Index(index) => path.extend(["[", &index.to_string(), "]"]),
            }
        }
        match key.as_str() {
            Some(name) if path.is_empty() => path.push_str(name),
            Some(name) => path.extend([".", name]),
            None => path.extend(["[", &key.to_string(), "]"]),
        }
        path
    }

    /// Returns the identity of the container. Containers are equal only if they are the same: contents are never compared.
    fn address(&self) -> usize {
        match &self.container {
            Container::List(items) => Arc::as_ptr(items).addr(),
            Container::Object(fields) => Arc::as_ptr(fields).addr(),
        }
    }

    fn length(&self) -> usize {
        match &self.container {
            Container::List(items) => items.len(),
            Container::Object(fields) => fields.len(),
        }
    }
}

impl Object for PathValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        match self.container {
            Container::List(_) => ObjectRepr::Seq,
            Container::Object(_) => ObjectRepr::Map,
        }
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let Some((key, value)) = self.find(key) else {
            self.undefined.record(|| self.path_of(key));
            return None;
        };
        Some(match value {
            Variable::Null => Value::from(()),
            Variable::Bool(value) => Value::from(*value),
            Variable::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), ..) => Value::from(number),
                (_, Some(number), _) => Value::from(number),
                (.., number) => Value::from(number.unwrap_or_default()),
            },
            Variable::Text(text) => Value::from(Arc::clone(text)),
            Variable::List(items) => self.child(key, Container::List(Arc::clone(items))),
            Variable::Object(fields) => self.child(key, Container::Object(Arc::clone(fields))),
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        match &self.container {
            Container::List(items) => Enumerator::Seq(items.len()),
            Container::Object(fields) => {
                let fields = Arc::clone(fields);
                let name = move |index| {
                    fields.name(index).map_or(Value::UNDEFINED, |name| Value::from(Arc::clone(name)))
                };
                Enumerator::Iter(Box::new((0..self.length()).map(name)))
            }
        }
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        other.downcast_ref::<Self>().map(|other| self.address().cmp(&other.address()))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.container {
            Container::List(_) => "[list]",
            Container::Object(_) => "[object]",
        })
    }
}

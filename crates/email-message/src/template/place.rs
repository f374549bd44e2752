//! A value at its place among the variables, as the engine sees it: what a template looks up and doesn't find is named by its place.

use std::{
    cmp::Ordering,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use minijinja::value::{DynObject, Enumerator, Object, ObjectRepr, Value};

use crate::template::variables::{Fields, Variable};

/// An object or a list. Looking something up in it, starting to go through it and comparing it take the same short time whatever
/// its length: the engine counts none of the three by length.
#[derive(Debug)]
pub(super) struct Place {
    here: Container,
    at: Option<Arc<Step>>,
    misses: Arc<Misses>,
}

#[derive(Clone, Debug)]
enum Container {
    List(Arc<[Variable]>),
    Object(Arc<Fields>),
}

/// A step from the variables down to a value.
#[derive(Debug)]
struct Step {
    parent: Option<Arc<Step>>,
    name: Name,
}

#[derive(Debug)]
enum Name {
    Field(Arc<str>),
    Item(usize),
}

impl Place {
    /// All variables; what isn't found is noted in `misses`.
    pub(super) fn root(fields: &Arc<Fields>, misses: &Arc<Misses>) -> Self {
        Self { here: Container::Object(Arc::clone(fields)), at: None, misses: Arc::clone(misses) }
    }

    fn find(&self, key: &Value) -> Option<(Name, &Variable)> {
        match &self.here {
            Container::List(items) => {
                let index = key.as_usize()?;
                items.get(index).map(|item| (Name::Item(index), item))
            }
            Container::Object(fields) => {
                let (name, value) = fields.get(key.as_str()?)?;
                Some((Name::Field(Arc::clone(name)), value))
            }
        }
    }

    fn below(&self, name: Name, here: Container) -> Value {
        let at = Some(Arc::new(Step { parent: self.at.clone(), name }));
        Value::from_object(Self { here, at, misses: Arc::clone(&self.misses) })
    }

    /// The place of what isn't there: `order.items[2].price`.
    fn miss(&self, key: &Value) -> String {
        let mut steps = Vec::new();
        let mut step = self.at.as_ref();
        while let Some(here) = step {
            steps.push(&here.name);
            step = here.parent.as_ref();
        }
        let mut place = String::new();
        for name in steps.into_iter().rev() {
            match name {
                Name::Field(name) if place.is_empty() => place.push_str(name),
                Name::Field(name) => place.extend([".", name]),
                Name::Item(index) => place.extend(["[", &index.to_string(), "]"]),
            }
        }
        match key.as_str() {
            Some(name) if place.is_empty() => place.push_str(name),
            Some(name) => place.extend([".", name]),
            None => place.extend(["[", &key.to_string(), "]"]),
        }
        place
    }

    /// Two lists, or two objects, are the same only where they are one: contents are never compared.
    fn address(&self) -> usize {
        match &self.here {
            Container::List(items) => Arc::as_ptr(items).addr(),
            Container::Object(fields) => Arc::as_ptr(fields).addr(),
        }
    }
}

impl Object for Place {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        match self.here {
            Container::List(_) => ObjectRepr::Seq,
            Container::Object(_) => ObjectRepr::Map,
        }
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let Some((name, value)) = self.find(key) else {
            self.misses.note(|| self.miss(key));
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
            Variable::List(items) => self.below(name, Container::List(Arc::clone(items))),
            Variable::Object(fields) => self.below(name, Container::Object(Arc::clone(fields))),
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        match &self.here {
            Container::List(items) => Enumerator::Seq(items.len()),
            Container::Object(fields) => {
                let fields = Arc::clone(fields);
                let name =
                    move |place| fields.name(place).map_or(Value::UNDEFINED, |name| Value::from(&**name));
                Enumerator::Iter(Box::new((0..self.length()).map(name)))
            }
        }
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        other.downcast_ref::<Self>().map(|other| self.address().cmp(&other.address()))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.here {
            Container::List(_) => "[list]",
            Container::Object(_) => "[object]",
        })
    }
}

impl Place {
    fn length(&self) -> usize {
        match &self.here {
            Container::List(items) => items.len(),
            Container::Object(fields) => fields.len(),
        }
    }
}

/// What was looked up and isn't there. A template may ask whether something is there, or say what stands in for it; whatever else it
/// does with what isn't there is an error, even where the engine would take it for false.
#[derive(Debug, Default)]
pub(super) struct Misses(Mutex<Noted>);

#[derive(Debug, Default)]
struct Noted {
    /// The first that nothing has stood in for.
    first: Option<String>,
    /// The one that may still be asked about.
    last: Option<String>,
}

impl Misses {
    fn note(&self, place: impl FnOnce() -> String) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = &mut *noted;
        if noted.first.is_none() {
            noted.first = noted.last.take();
            noted.last = Some(place());
        }
    }

    /// The one that was noted last was asked about, or has something that stands in for it.
    pub(super) fn forgive(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).last = None;
    }

    /// The first that nothing has stood in for.
    pub(super) fn take(&self) -> Option<String> {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = noted.last.take();
        noted.first.take().or(last)
    }
}

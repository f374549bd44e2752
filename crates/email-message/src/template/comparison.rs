//! Comparisons that cost fuel by length.

use minijinja::{
    Error, ErrorKind, State, Value,
    value::{StringInput, ValueKind},
};

use super::{fuel, value_path::PathValue};

pub(super) fn is_equal(state: &State<'_, '_>, left: &Value, right: &Value) -> Result<bool, Error> {
    charge(state, left, right)?;
    Ok(left == right)
}

pub(super) fn is_different(state: &State<'_, '_>, left: &Value, right: &Value) -> Result<bool, Error> {
    charge(state, left, right)?;
    Ok(left != right)
}

pub(super) fn is_less(state: &State<'_, '_>, left: &Value, right: &Value) -> Result<bool, Error> {
    charge(state, left, right)?;
    Ok(left < right)
}

pub(super) fn is_at_most(state: &State<'_, '_>, left: &Value, right: &Value) -> Result<bool, Error> {
    charge(state, left, right)?;
    Ok(left <= right)
}

pub(super) fn is_greater(state: &State<'_, '_>, left: &Value, right: &Value) -> Result<bool, Error> {
    charge(state, left, right)?;
    Ok(left > right)
}

pub(super) fn is_at_least(state: &State<'_, '_>, left: &Value, right: &Value) -> Result<bool, Error> {
    charge(state, left, right)?;
    Ok(left >= right)
}

/// Returns whether a text contains a text, a list a value, or an object a field.
pub(super) fn is_in(state: &State<'_, '_>, value: &Value, container: &Value) -> Result<bool, Error> {
    check_defined(state, container)?;
    check_defined(state, value)?;
    if let Some(text) = container.as_str() {
        let part = StringInput::new(state, value)?;
        fuel::charge_search(state, text.len(), part.as_str().len())?;
        return Ok(text.contains(part.as_str()));
    }
    match container.kind() {
        ValueKind::Undefined => Ok(false),
        ValueKind::Map => {
            fuel::charge_lookup(state, value)?;
            match container.downcast_object_ref::<PathValue>() {
                Some(object) => Ok(object.has_field(value)),
                None => Ok(!container.get_item(value)?.is_undefined()),
            }
        }
        ValueKind::Seq => {
            for item in container.try_iter()? {
                state.consume_fuel(1)?;
                fuel::charge_comparison(state, &item, value)?;
                if item == *value {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        kind => Err(Error::new(ErrorKind::InvalidOperation, format!("a {kind} cannot contain values"))),
    }
}

/// Charges fuel for comparing two values. Lists and objects are compared by identity, which takes constant time.
fn charge(state: &State<'_, '_>, left: &Value, right: &Value) -> Result<(), Error> {
    check_defined(state, left)?;
    check_defined(state, right)?;
    fuel::charge_comparison(state, left, right)
}

/// Fails if a value is undefined, except for the result of an `if` without `else`.
fn check_defined(state: &State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_undefined() {
        StringInput::new(state, value)?;
    }
    Ok(())
}

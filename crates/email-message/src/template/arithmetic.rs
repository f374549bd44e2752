//! Addition and multiplication without repeated texts and joined lists.
//!
//! As in Python, the engine repeats a text that is multiplied: a price given as `"4.50"` would be sent as `4.504.50`. And it adds lists,
//! without counting the items: `{% set a = a + a %}`, forty times, would never end.

use std::borrow::Cow;

use minijinja::{Error, ErrorKind, State, Value, value::ValueKind};

use super::fuel;

/// The longest text that a message quotes, in characters.
const MAX_QUOTED_CHARS: usize = 40;

pub(super) fn multiply(left: &Value, right: &Value) -> Result<Value, Error> {
    calculate(left, right, "multiplied; use a number", i128::checked_mul, |left, right| left * right)
}

/// Adds numbers, or joins texts.
pub(super) fn add(state: &State<'_, '_>, left: &Value, right: &Value) -> Result<Value, Error> {
    if let (Some(left), Some(right)) = (left.as_str(), right.as_str()) {
        fuel::charge_bytes(state, left.len() + right.len())?;
        return Ok(Value::from([left, right].concat()));
    }
    calculate(left, right, "added; use a number, or join texts with ~", i128::checked_add, |left, right| {
        left + right
    })
}

fn calculate(
    left: &Value,
    right: &Value,
    verb: &str,
    integers: impl Fn(i128, i128) -> Option<i128>,
    floats: impl Fn(f64, f64) -> f64,
) -> Result<Value, Error> {
    let not_a_number = [left, right].into_iter().find(|value| value.kind() != ValueKind::Number);
    if let Some(value) = not_a_number {
        let description = value.as_str().map_or_else(
            || format!("a {}", value.kind()),
            |text| format!("the text \"{}\"", text.chars().take(MAX_QUOTED_CHARS).collect::<String>()),
        );
        return Err(invalid(format!("{description} cannot be {verb}")));
    }
    if left.is_integer() && right.is_integer() {
        let result = integers(i128::try_from(left.clone())?, i128::try_from(right.clone())?);
        return result.map(Value::from).ok_or_else(|| invalid("the result is too large"));
    }
    Ok(Value::from(floats(f64::try_from(left.clone())?, f64::try_from(right.clone())?)))
}

fn invalid(message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

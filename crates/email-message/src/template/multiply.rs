//! Multiplication of numbers only.
//!
//! As in Python, the engine repeats a text that is multiplied: a price given as `"4.50"` would be sent as `4.504.50`. So compiled
//! templates multiply with a filter instead. The analysis does not let templates use it by name.

use minijinja::{
    Environment, Error, ErrorKind, Value,
    machinery::{Instruction, Instructions},
    value::ValueKind,
};

const FILTER: &str = "multiply";

/// The engine looks up a filter with this ID each time that it is used.
const UNCACHED: u8 = u8::MAX;

/// The longest text that a message quotes, in characters.
const MAX_QUOTED_CHARS: usize = 40;

pub(super) fn add_filter(environment: &mut Environment<'_>) {
    environment.add_filter(FILTER, multiply);
}

/// Replaces the engine's multiplications by the filter. Both take two values from the stack.
pub(super) fn replace_in(instructions: &mut Instructions<'_>) {
    let mut index = 0;
    while let Some(instruction) = instructions.get_mut(index) {
        if matches!(instruction, Instruction::Mul) {
            *instruction = Instruction::ApplyFilter(FILTER, Some(2), UNCACHED);
        }
        index += 1;
    }
}

fn multiply(left: &Value, right: &Value) -> Result<Value, Error> {
    let not_a_number = [left, right].into_iter().find(|value| value.kind() != ValueKind::Number);
    if let Some(value) = not_a_number {
        let description = value.as_str().map_or_else(
            || format!("a {}", value.kind()),
            |text| format!("the text \"{}\"", text.chars().take(MAX_QUOTED_CHARS).collect::<String>()),
        );
        return Err(invalid(format!("{description} cannot be multiplied; use a number")));
    }
    if left.is_integer() && right.is_integer() {
        let product = i128::try_from(left.clone())?.checked_mul(i128::try_from(right.clone())?);
        return product.map(Value::from).ok_or_else(|| invalid("the product is too large"));
    }
    Ok(Value::from(f64::try_from(left.clone())? * f64::try_from(right.clone())?))
}

fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

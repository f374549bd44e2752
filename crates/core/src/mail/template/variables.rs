//! Whether the variables are those that a template names.

use serde_json::{Map, Value};

use super::{MAX_VARIABLES_BYTES, TemplateProblem};

/// Checks that every name leads to a value, and that every value has a name.
pub(super) fn check(names: &[String], variables: &Map<String, Value>) -> Result<(), TemplateProblem> {
    // Serialising JSON has no way to fail; an empty text would pass, and the engine's own limits stay.
    if serde_json::to_string(variables).unwrap_or_default().len() > MAX_VARIABLES_BYTES {
        return Err(TemplateProblem::VariablesTooLong);
    }
    let first = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    if let Some(name) = variables.keys().find(|given| !names.iter().any(|name| first(name) == **given)) {
        return Err(TemplateProblem::UnknownVariable { name: name.clone() });
    }
    match names.iter().find(|name| !is_there(name, variables)) {
        Some(name) => Err(TemplateProblem::MissingVariable { name: name.clone() }),
        None => Ok(()),
    }
}

/// Whether a dotted name leads to a value. What isn't an object has no parts to look for: then the engine tells.
fn is_there(name: &str, variables: &Map<String, Value>) -> bool {
    let mut names = name.split('.');
    let Some(mut value) = names.next().and_then(|first| variables.get(first)) else { return false };
    for part in names {
        match value {
            Value::Object(object) => match object.get(part) {
                Some(next) => value = next,
                None => return false,
            },
            _ => return true,
        }
    }
    true
}

/// The variables as the engine has them.
pub(super) fn to_engine(variables: &Map<String, Value>) -> minijinja::Value {
    minijinja::Value::from_pairs(variables.iter().map(|(name, value)| (name.clone(), one(value))))
}

/// JSON read from a request is at most 128 levels deep.
fn one(value: &Value) -> minijinja::Value {
    match value {
        Value::Null => ().into(),
        Value::Bool(truth) => (*truth).into(),
        Value::Number(number) => number
            .as_i64()
            .map(minijinja::Value::from)
            .or_else(|| number.as_u64().map(minijinja::Value::from))
            .unwrap_or_else(|| number.as_f64().unwrap_or(f64::NAN).into()),
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => items.iter().map(one).collect::<Vec<_>>().into(),
        Value::Object(object) => to_engine(object),
    }
}

//! The codes of the problems that the SDK's operations respond with.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    GenerateError, comment,
    method::{Method, find},
    schema::{list, text},
    types,
};

const DESCRIPTION: &str = "A stable code of a problem that the API responds with.";

/// The union of the codes, in alphabetical order.
pub(super) fn union(document: &Value, methods: &[&Method]) -> Result<String, GenerateError> {
    let mut codes = BTreeSet::new();
    for method in methods {
        let operation = find(document, &method.operation)?;
        let responses = operation.get("responses").and_then(Value::as_object);
        for (_, response) in responses.into_iter().flatten() {
            collect(document, response, &mut codes);
        }
    }
    let codes: Vec<String> = codes.into_iter().map(types::quoted).collect();
    if codes.is_empty() {
        return Ok(String::new());
    }
    let doc = comment::doc(DESCRIPTION, &[], 0);
    Ok(format!("\n{doc}{}", types::print_alias("export type ApiErrorCode", &codes)))
}

/// Collects the codes of a response. Operations that share a response refer to it.
fn collect<'a>(document: &'a Value, value: &'a Value, codes: &mut BTreeSet<&'a str>) {
    let shared =
        text(value, "$ref").and_then(|to| to.strip_prefix('#')).filter(|to| to.contains("/responses/"));
    if let Some(response) = shared.and_then(|pointer| document.pointer(pointer)) {
        return collect(document, response, codes);
    }
    let code = value.get("properties").and_then(|properties| properties.get("code"));
    codes.extend(code.and_then(|code| list(code, "enum")).into_iter().flatten().filter_map(Value::as_str));
    match value {
        Value::Object(fields) => fields.values().for_each(|field| collect(document, field, codes)),
        Value::Array(items) => items.iter().for_each(|item| collect(document, item, codes)),
        _ => {}
    }
}

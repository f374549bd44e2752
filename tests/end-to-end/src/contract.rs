//! Validation of requests and responses against the OpenAPI documents.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use api_contract::Router;
use http::Method;
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};
use test_support::{Error, Result};

use crate::wire::Message;

/// The committed document for customers.
pub(crate) const CUSTOMERS: &str = include_str!("../../../docs/openapi.json");

/// The committed document for operators.
const OPERATORS: &str = include_str!("../../../docs/openapi-operators.json");

/// The result of a check; the error describes the mismatch.
type Checked<T = ()> = std::result::Result<T, String>;

/// Both OpenAPI documents, merged. Records which responses have been checked.
pub(crate) struct Contract {
    document: Value,
    /// Components in which objects must not have undocumented fields.
    strict_components: Value,
    router: Router,
    validators: Mutex<BTreeMap<String, Arc<Validator>>>,
    checked: Mutex<BTreeSet<(String, u16)>>,
}

impl Contract {
    /// Parses the committed documents.
    pub(crate) fn read() -> Result<Self> {
        let parse = |name: &str, text: &str| {
            serde_json::from_str(text).map_err(|error| Error::Unexpected(format!("{name}: {error}")))
        };
        let mut document: Value = parse("openapi.json", CUSTOMERS)?;
        merge(&mut document, parse("openapi-operators.json", OPERATORS)?);
        let mut strict_components = document["components"].clone();
        if let Some(schemas) = strict_components["schemas"].as_object_mut() {
            for schema in schemas.values_mut() {
                if schema.get("properties").is_some() && schema.get("additionalProperties").is_none() {
                    schema["additionalProperties"] = false.into();
                }
            }
        }
        Ok(Self {
            document,
            strict_components,
            router: Router::default(),
            validators: Mutex::default(),
            checked: Mutex::default(),
        })
    }

    /// Validates a response, and the request if the response is a success.
    pub(crate) fn check(
        &self,
        method: &str,
        target: &str,
        request_body: &[u8],
        response: &Message,
    ) -> Checked {
        let describe = || format!("{method} {target} → {} {}", response.status(), response.text());
        // HEAD responds like GET without a body.
        if method == "HEAD" {
            return Ok(());
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let Ok(parsed) = Method::from_bytes(method.as_bytes()) else { return Ok(()) };
        let pattern = match self.router.find(&parsed, path) {
            Ok(found) => found.route.path,
            // The document has no such route. Outside the API it can be a page of the dashboard.
            Err(error) => {
                let is_api_path = path.starts_with("/v1/") || path.starts_with("/webhooks/");
                return if is_api_path {
                    let problem = json!({ "$ref": "#/components/schemas/Problem" });
                    let has_status = response.status() == error.status().as_u16();
                    self.validate("problem", &problem, &response.body)
                        .and(if has_status {
                            Ok(())
                        } else {
                            Err(format!("the status is not {}", error.status()))
                        })
                        .map_err(|error| format!("{}: {error}", describe()))
                } else {
                    Ok(())
                };
            }
        };
        let name = format!("{} {}", parsed.as_str().to_ascii_lowercase(), pattern);
        let operation = &self.document["paths"][pattern][parsed.as_str().to_ascii_lowercase()];
        self.check_response(&name, operation, response)
            .map_err(|error| format!("{}: {error}", describe()))?;
        if response.status() < 300 {
            let accepted = without_refused_emails(&name, request_body, response);
            self.check_request(&name, operation, query, &accepted).map_err(|error| {
                format!("{}, request {}: {error}", describe(), String::from_utf8_lossy(request_body))
            })?;
        }
        lock(&self.checked).insert((name, response.status()));
        Ok(())
    }

    fn check_response(&self, name: &str, operation: &Value, response: &Message) -> Checked {
        let status = response.status();
        let documented = self.resolve(&operation["responses"][status.to_string()]);
        let documented =
            documented.as_object().ok_or_else(|| format!("{name} has no response with status {status}"))?;
        if let Some(headers) = documented["headers"].as_object() {
            let mut required = headers.iter().filter(|(_, header)| self.resolve(header)["required"] != false);
            let missing = required.find(|(header, _)| response.header(header).is_none());
            if let Some((header, _)) = missing {
                return Err(format!("the header \"{header}\" is missing"));
            }
        }
        let content_type = response.header("content-type").unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default();
        match documented.get("content").and_then(Value::as_object) {
            None if response.body.is_empty() => Ok(()),
            None => Err("the document has no body".to_owned()),
            Some(content) => {
                let media =
                    content.get(essence).ok_or_else(|| format!("the document has no type {essence:?}"))?;
                if essence.ends_with("json") {
                    self.validate(&format!("{name} {status}"), &media["schema"], &response.body)
                } else {
                    Ok(())
                }
            }
        }
    }

    fn check_request(&self, name: &str, operation: &Value, query: &str, body: &[u8]) -> Checked {
        let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        for (given, _) in form_urlencoded::parse(query.as_bytes()) {
            // The stack adds parameters to the webhook's URL.
            let is_known = parameters.iter().any(|known| known["name"] == *given && known["in"] == "query");
            if !is_known && !name.contains("/webhooks/") {
                return Err(format!("the document has no parameter \"{given}\""));
            }
        }
        let Some(content) = operation["requestBody"]["content"].as_object() else { return Ok(()) };
        content
            .iter()
            .filter(|(media_type, _)| *media_type != "text/csv")
            .try_for_each(|(_, media)| self.validate(&format!("{name} request"), &media["schema"], body))
    }

    /// Validates all examples in the document and returns their number.
    pub(crate) fn check_examples(&self) -> Checked<usize> {
        let mut count = 0;
        for (path, operations) in self.document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in operations.as_object().into_iter().flatten() {
                let bodies = operation["responses"].as_object().into_iter().flatten().map(|(_, body)| body);
                for body in bodies.chain([&operation["requestBody"]]) {
                    for media in body["content"].as_object().into_iter().flatten().map(|(_, media)| media) {
                        let examples = media["examples"].as_object().into_iter().flatten();
                        let examples = examples.map(|(_, example)| &example["value"]);
                        for example in examples.chain(media.get("example")) {
                            let validator = self.validator(&media["schema"])?;
                            validator
                                .validate(example)
                                .map_err(|error| format!("{method} {path}: {error} in {example}"))?;
                            count += 1;
                        }
                    }
                }
            }
        }
        Ok(count)
    }

    /// Returns the operations for which no successful response has been checked.
    pub(crate) fn operations_without_success(&self) -> Vec<String> {
        let checked = lock(&self.checked);
        let mut missing = Vec::new();
        for (path, operations) in self.document["paths"].as_object().into_iter().flatten() {
            for method in operations.as_object().into_iter().flatten().map(|(method, _)| method) {
                let name = format!("{method} {path}");
                if !checked.iter().any(|(known, status)| *known == name && *status < 300) {
                    missing.push(name);
                }
            }
        }
        missing
    }

    /// Follows a `$ref`.
    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let pointer = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        pointer.map_or(value, |pointer| self.document.pointer(pointer).unwrap_or(&Value::Null))
    }

    /// Validates a JSON body. Caches the validator under `name`.
    fn validate(&self, name: &str, schema: &Value, body: &[u8]) -> Checked {
        let cached = lock(&self.validators).get(name).cloned();
        let validator = if let Some(cached) = cached {
            cached
        } else {
            let validator = Arc::new(self.validator(schema)?);
            lock(&self.validators).insert(name.to_owned(), Arc::clone(&validator));
            validator
        };
        let body: Value = serde_json::from_slice(body).map_err(|error| format!("not JSON: {error}"))?;
        validator.validate(&body).map_err(|error| format!("{error} at {}", error.instance_path()))
    }

    fn validator(&self, schema: &Value) -> Checked<Validator> {
        let mut schema = schema.clone();
        schema["components"] = self.strict_components.clone();
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema)
            .map_err(|error| format!("the schema {schema}: {error}"))
    }
}

/// Returns a request body without the emails that a batch has refused. They don't have to match the schema.
fn without_refused_emails<'a>(name: &str, request_body: &'a [u8], response: &Message) -> Cow<'a, [u8]> {
    if name != "post /v1/emails/batch" {
        return request_body.into();
    }
    let parse = |body: &[u8]| serde_json::from_slice::<Value>(body).unwrap_or_default();
    let (mut request, results) = (parse(request_body), parse(&response.body));
    if let Some(emails) = request["emails"].as_array_mut() {
        let mut results = results["data"].as_array().into_iter().flatten();
        emails.retain(|_| results.next().is_none_or(|result| result.get("error").is_none()));
    }
    request.to_string().into_bytes().into()
}

/// Adds the members and array items of `other` that `into` does not have, at every level.
fn merge(into: &mut Value, other: Value) {
    match (into, other) {
        (Value::Object(into), Value::Object(other)) => {
            for (name, value) in other {
                match into.get_mut(&name) {
                    Some(known) => merge(known, value),
                    None => drop(into.insert(name, value)),
                }
            }
        }
        // Each document lists the error codes of its own routes.
        (Value::Array(into), Value::Array(other)) => {
            for value in other {
                if !into.contains(&value) {
                    into.push(value);
                }
            }
        }
        _ => {}
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! The OpenAPI document that the Worker serves, to hold its answers against.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use http::Method;
use jsonschema::{Draft, Validator};
use kraiter_core::api::Routes;
use serde_json::{Value, json};
use test_support::{Error, Result};

use crate::wire::Message;

/// The document as it is committed.
pub(crate) const TEXT: &str = include_str!("../../../docs/openapi.json");

/// A document, with what was seen to be as it says.
pub(crate) struct Contract {
    document: Value,
    /// The document's components, where an object has no field that it isn't said to have.
    components: Value,
    routes: Routes,
    validators: Mutex<BTreeMap<String, Arc<Validator>>>,
    seen: Mutex<BTreeSet<(String, u16)>>,
}

impl Contract {
    /// Reads the committed document.
    pub(crate) fn read() -> Result<Self> {
        let document: Value = serde_json::from_str(TEXT)
            .map_err(|error| Error::Unexpected(format!("openapi.json: {error}")))?;
        let mut components = document["components"].clone();
        if let Some(schemas) = components["schemas"].as_object_mut() {
            for schema in schemas.values_mut() {
                if schema.get("properties").is_some() && schema.get("additionalProperties").is_none() {
                    schema["additionalProperties"] = false.into();
                }
            }
        }
        Ok(Self {
            document,
            components,
            routes: Routes::default(),
            validators: Mutex::default(),
            seen: Mutex::default(),
        })
    }

    /// Holds an exchange against the document: the answer always, what was asked where it was taken.
    pub(crate) fn check(
        &self,
        method: &str,
        target: &str,
        asked: &[u8],
        answer: &Message,
    ) -> std::result::Result<(), String> {
        let shown = || format!("{method} {target} → {} {}", answer.status(), answer.text());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let Ok(parsed) = Method::from_bytes(method.as_bytes()) else { return Ok(()) };
        let found = match self.routes.find(&parsed, path) {
            Ok(found) => found,
            // What the table doesn't have, the document doesn't either; the dashboard has pages beside the API.
            Err(error) => {
                let is_apis = path.starts_with("/v1/") || path.starts_with("/webhooks/");
                return if is_apis && method != "HEAD" {
                    let problem = json!({ "$ref": "#/components/schemas/Problem" });
                    let is_so = answer.status() == error.status().as_u16();
                    self.is_valid("problem", &problem, &answer.body)
                        .and(if is_so { Ok(()) } else { Err(format!("the status isn't {}", error.status())) })
                        .map_err(|error| format!("{}: {error}", shown()))
                } else {
                    Ok(())
                };
            }
        };
        let name = format!("{} {}", parsed.as_str().to_ascii_lowercase(), found.pattern);
        let operation = &self.document["paths"][found.pattern][parsed.as_str().to_ascii_lowercase()];
        self.is_answer(&name, operation, answer).map_err(|error| format!("{}: {error}", shown()))?;
        if answer.status() < 300 {
            self.is_asked(&name, operation, query, asked).map_err(|error| {
                format!("{}, asked by {}: {error}", shown(), String::from_utf8_lossy(asked))
            })?;
        }
        lock(&self.seen).insert((name, answer.status()));
        Ok(())
    }

    fn is_answer(&self, name: &str, operation: &Value, answer: &Message) -> std::result::Result<(), String> {
        let status = answer.status();
        let response = self.followed(&operation["responses"][status.to_string()]);
        let response = response.as_object().ok_or_else(|| format!("{name} has no answer {status}"))?;
        if let Some(headers) = response["headers"].as_object() {
            let mut needed = headers.iter().filter(|(_, header)| self.followed(header)["required"] != false);
            let missing = needed.find(|(header, _)| answer.header(header).is_none());
            if let Some((header, _)) = missing {
                return Err(format!("the header {header} is missing"));
            }
        }
        let content_type = answer.header("content-type").unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default();
        match response.get("content").and_then(Value::as_object) {
            None if answer.body.is_empty() => Ok(()),
            None => Err("a body isn't expected".to_owned()),
            Some(content) => {
                let media = content.get(essence).ok_or_else(|| format!("{essence:?} isn't expected"))?;
                if essence.ends_with("json") {
                    self.is_valid(&format!("{name} {status}"), &media["schema"], &answer.body)
                } else {
                    Ok(())
                }
            }
        }
    }

    fn is_asked(
        &self,
        name: &str,
        operation: &Value,
        query: &str,
        asked: &[u8],
    ) -> std::result::Result<(), String> {
        let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        for (given, _) in form_urlencoded::parse(query.as_bytes()) {
            // SNS brings what the stack has written into its address.
            let is_known = parameters.iter().any(|known| known["name"] == *given && known["in"] == "query");
            if !is_known && !name.contains("/webhooks/") {
                return Err(format!("the document has no parameter {given}"));
            }
        }
        let Some(content) = operation["requestBody"]["content"].as_object() else { return Ok(()) };
        content
            .iter()
            .filter(|(kind, _)| *kind != "text/csv")
            .try_for_each(|(_, media)| self.is_valid(&format!("{name} asked"), &media["schema"], asked))
    }

    /// Every example of the document is what its schema says; answers how many there are.
    pub(crate) fn check_examples(&self) -> std::result::Result<usize, String> {
        let mut checked = 0;
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
                            checked += 1;
                        }
                    }
                }
            }
        }
        Ok(checked)
    }

    /// The routes that were not seen to answer with a success.
    pub(crate) fn unseen(&self) -> Vec<String> {
        let seen = lock(&self.seen);
        let mut unseen = Vec::new();
        for (path, operations) in self.document["paths"].as_object().into_iter().flatten() {
            for method in operations.as_object().into_iter().flatten().map(|(method, _)| method) {
                let name = format!("{method} {path}");
                if !seen.iter().any(|(known, status)| *known == name && *status < 300) {
                    unseen.push(name);
                }
            }
        }
        unseen
    }

    /// What a reference leads to.
    fn followed<'a>(&'a self, value: &'a Value) -> &'a Value {
        let pointer = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        pointer.map_or(value, |pointer| self.document.pointer(pointer).unwrap_or(&Value::Null))
    }

    fn is_valid(&self, name: &str, schema: &Value, body: &[u8]) -> std::result::Result<(), String> {
        let known = lock(&self.validators).get(name).cloned();
        let validator = if let Some(known) = known {
            known
        } else {
            let made = Arc::new(self.validator(schema)?);
            lock(&self.validators).insert(name.to_owned(), Arc::clone(&made));
            made
        };
        let body: Value = serde_json::from_slice(body).map_err(|error| format!("not JSON: {error}"))?;
        validator.validate(&body).map_err(|error| format!("{error} at {}", error.instance_path()))
    }

    fn validator(&self, schema: &Value) -> std::result::Result<Validator, String> {
        let mut schema = schema.clone();
        schema["components"] = self.components.clone();
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema)
            .map_err(|error| format!("the schema {schema}: {error}"))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

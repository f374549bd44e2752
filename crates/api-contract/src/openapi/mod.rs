//! The API as an OpenAPI document, made of the contract's own types: the table of routes says which there are and who may use them, the
//! types say what is asked and answered, and `routes` says the rest, one function a route.
//!
//! <https://spec.openapis.org/oas/v3.1.1.html>

mod events;
mod operation;
mod problems;
mod routes;
#[cfg(test)]
mod tests;
mod texts;

use domain::{OrganisationId, RequestId};
use http::Method;
use schemars::{
    Schema, SchemaGenerator,
    generate::{Contract, SchemaSettings},
    transform::RecursiveTransform,
};
use serde_json::{Map, Value, json};

use self::operation::{Answer, Body, Content, Operation, Tag};
use super::{Access, Action, BodyKind, CSRF_HEADER, IDEMPOTENT_REPLAYED, Problem, action};

pub(crate) use self::texts::{DeliveryPolicy, Object};
pub(crate) use domain::schema::{ReasonCode, Timestamp};

const DESCRIPTION: &str = "Kraiter sends email through Amazon SES in its customers' own AWS accounts.

JSON in camelCase, times by RFC 3339. A field that a request doesn't have is refused. Every error is a problem document (RFC 9457) with a \
stable `code`, the `field` that is wrong, and `help`; every answer names the request in `x-request-id`. A path that isn't here is answered \
404 `not_found`, a method that a path doesn't take 405 `method_not_allowed` with the header `allow`.";

/// Makes the document.
#[must_use]
pub fn document() -> Value {
    let mut document = Document::default();
    let mut paths = Map::new();
    for (pattern, method, action) in action::all() {
        let operation = document.operation(pattern, method, action);
        let path = paths.entry(pattern).or_insert_with(|| json!({}));
        path[method.as_str().to_ascii_lowercase()] = operation;
    }
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Kraiter AWS Setup",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Email through Amazon SES in the customer's own AWS account.",
            "description": DESCRIPTION,
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/", "description": "Where this document was read." }],
        "tags": Tag::ALL.map(|tag| json!({ "name": tag.name(), "description": tag.description() })),
        "paths": paths,
        "components": document.components(),
    })
}

/// The document as it is written down in `docs/openapi.json`.
///
/// # Errors
/// Where it can't be written: never, as far as its tests know.
pub fn text() -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(&document())? + "\n")
}

/// What the paths refer to.
struct Document {
    requests: SchemaGenerator,
    answers: SchemaGenerator,
    responses: Map<String, Value>,
}

impl Default for Document {
    fn default() -> Self {
        let generator = |contract| {
            let mut settings = SchemaSettings::draft2020_12();
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
            settings.contract = contract;
            // To generators of clients a field with a default is always there, and nobody could leave it out of a request.
            let without_default = RecursiveTransform(|schema: &mut Schema| drop(schema.remove("default")));
            let settings = settings.with_transform(without_default);
            settings.into_generator()
        };
        let mut answers = generator(Contract::Serialize);
        answers.subschema_for::<Problem>();
        // The organisation of a log line or of a support case; no path has it.
        answers.subschema_for::<OrganisationId>();
        answers.subschema_for::<RequestId>();
        Self { requests: generator(Contract::Deserialize), answers, responses: Map::new() }
    }
}

impl Document {
    fn operation(&mut self, pattern: &str, method: &Method, action: Action) -> Value {
        let mut operation = routes::describe(action);
        operation.problems.add_common(action, method);
        let mut shown = json!({
            "operationId": operation_id(action),
            "tags": [operation.tag.name()],
            "summary": operation.summary,
        });
        if !operation.description.is_empty() {
            shown["description"] = operation.description.into();
        }
        shown["security"] = security(action.access());
        let parameters = self.parameters(&operation, pattern, method, action);
        if !parameters.is_empty() {
            shown["parameters"] = parameters.into();
        }
        if let Some(body) = &operation.body {
            shown["requestBody"] = self.body(body, action.body());
        }
        let mut responses = Map::new();
        for answer in operation.answers {
            let status = answer.status.as_str().to_owned();
            let mut answer = self.answer(answer);
            if action.takes_idempotency_key() {
                answer["headers"][IDEMPOTENT_REPLAYED] =
                    json!({ "$ref": "#/components/headers/IdempotentReplayed" });
            }
            responses.insert(status, answer);
        }
        responses.extend(operation.problems.responses(&mut self.responses));
        shown["responses"] = responses.into();
        shown
    }

    fn parameters(
        &mut self,
        operation: &Operation,
        pattern: &str,
        method: &Method,
        action: Action,
    ) -> Vec<Value> {
        let mut parameters = Vec::new();
        if let (Some((description, schema)), Some((_, rest))) = (operation.path, pattern.split_once('{')) {
            parameters.push(json!({
                "name": rest.split('}').next(),
                "in": "path",
                "required": true,
                "description": description,
                "schema": schema(&mut self.requests),
            }));
        }
        for query in &operation.query {
            parameters.push(json!({
                "name": query.name,
                "in": "query",
                "description": query.description,
                "schema": query.schema,
            }));
        }
        if action.access() == Access::Organisation && method != Method::GET {
            parameters.push(json!({ "$ref": "#/components/parameters/Csrf" }));
        }
        if action.takes_idempotency_key() {
            parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
        }
        parameters
    }

    fn body(&mut self, body: &Body, kind: BodyKind) -> Value {
        let media_type = match kind {
            BodyKind::Sns(_) => "text/plain",
            BodyKind::Csv(_) => "text/csv",
            BodyKind::None | BodyKind::Json(_) | BodyKind::Large(_) => "application/json",
        };
        let examples: Map<String, Value> = (1..)
            .zip(&body.examples)
            .map(|(n, (what, example))| (n.to_string(), json!({ "summary": what, "value": example })))
            .collect();
        let mut content = json!({ "schema": (body.schema)(&mut self.requests) });
        if !examples.is_empty() {
            content["examples"] = examples.into();
        }
        json!({ "required": true, "content": { media_type: content } })
    }

    fn answer(&mut self, answer: Answer) -> Value {
        let mut headers = json!({ "x-request-id": { "$ref": "#/components/headers/RequestId" } });
        for (name, what) in answer.headers {
            headers[name] = json!({ "description": what, "schema": { "type": "string" } });
        }
        let mut shown = json!({ "description": answer.description, "headers": headers });
        match answer.content {
            Content::None => {}
            Content::Text { media_type, example } => {
                shown["content"] =
                    json!({ media_type: { "schema": { "type": "string" }, "example": example } });
            }
            Content::Json { schema, example, .. } => {
                let mut content = json!({ "schema": schema(&mut self.answers) });
                if let Some(example) = example {
                    content["example"] = example;
                }
                shown["content"] = json!({ "application/json": content });
            }
        }
        shown
    }

    fn components(mut self) -> Value {
        let mut schemas = self.answers.take_definitions(true);
        // A type that is asked and answered alike has one schema.
        schemas.extend(self.requests.take_definitions(true));
        schemas.sort_keys();
        self.responses.sort_keys();
        json!({
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "kr_…",
                    "description": "An organisation's API key.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-kraiter",
                    "description": "What `POST /v1/session` gives a browser.",
                },
                "adminToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The setting `ADMIN_TOKEN` of the Worker.",
                },
            },
            "parameters": {
                "Csrf": {
                    "name": CSRF_HEADER,
                    "in": "header",
                    "description": "Any text. Needed with a session, not with a key.",
                    "schema": { "type": "string" },
                },
                "IdempotencyKey": {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "description": "Names this request for 24 hours: a repetition with the same key and the same body is answered as the \
                        first was, and does nothing again.",
                    "schema": { "type": "string", "minLength": 1, "maxLength": 256, "pattern": "^[ -~]+$" },
                },
            },
            "headers": {
                "RequestId": {
                    "description": "The request's id, as logs and problems name it.",
                    "required": true,
                    "schema": { "$ref": "#/components/schemas/RequestId" },
                },
                "IdempotentReplayed": {
                    "description": "There where this was answered before, to the same `Idempotency-Key`.",
                    "required": false,
                    "schema": { "type": "string", "const": "true" },
                },
            },
            "responses": self.responses,
            "schemas": schemas,
        })
    }
}

/// The name of the action, as a function of a client would be called.
fn operation_id(action: Action) -> String {
    let name = format!("{action:?}");
    let (first, rest) = name.split_at(1);
    first.to_ascii_lowercase() + rest
}

fn security(access: Access) -> Value {
    match access {
        Access::Open => json!([]),
        Access::Administrator => json!([{ "adminToken": [] }]),
        Access::Organisation => json!([{ "apiKey": [] }, { "session": [] }]),
    }
}

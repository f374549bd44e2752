//! The API as OpenAPI documents: one for customers, one for operators.
//!
//! They are made of the route table, the contract's types and, for descriptions and examples, `details`.
//!
//! <https://spec.openapis.org/oas/v3.1.1.html>

mod choices;
mod details;
mod events;
mod feed;
mod problems;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::BTreeSet;

use schemars::{
    JsonSchema, Schema, SchemaGenerator,
    generate::{Contract, SchemaSettings},
    transform::RecursiveTransform,
};
use serde_json::{Map, Value, json};

use self::{details::ResponseDetails, problems::Problems};
use crate::{
    Access, CSRF_HEADER, IDEMPOTENT_REPLAYED, Problem, ROUTES, RequestId, Route, Tag, Verb,
    routes::route::{QueryValues, ResponseContent, RouteResponse},
    schema::ApiErrorCode,
};

const DESCRIPTION: &str = "Kraiter sends email through Amazon SES in its customers' own AWS accounts.

Requests and responses are JSON in camelCase; times are RFC 3339. Unknown fields in requests are refused. Every error is a problem document \
(RFC 9457) with a stable `code`, the `field` that is wrong, and `help`; every response has the request's ID in `x-request-id`. An unknown path \
returns 404 `not_found`; an unsupported method returns 405 `method_not_allowed` with the header `allow`.";

/// Who a document is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Customers: everything that an organisation can do.
    Customers,
    /// Operators of Kraiter: organisations, metrics and the Worker itself.
    Operators,
}

impl Audience {
    /// Both audiences.
    pub const ALL: [Self; 2] = [Self::Customers, Self::Operators];

    const fn title(self) -> &'static str {
        match self {
            Self::Customers => "Kraiter AWS Setup",
            Self::Operators => "Kraiter AWS Setup for operators",
        }
    }

    /// Returns the groups of routes in the audience's document.
    #[must_use]
    pub const fn tags(self) -> &'static [Tag] {
        match self {
            Self::Customers => &[
                Tag::Connection,
                Tag::Identities,
                Tag::Templates,
                Tag::Emails,
                Tag::Suppressions,
                Tag::Events,
                Tag::Access,
                Tag::Description,
            ],
            Self::Operators => &[Tag::Organisations, Tag::Worker],
        }
    }

    /// Returns the routes of the audience's document.
    pub fn routes(self) -> impl Iterator<Item = &'static Route> {
        ROUTES.iter().filter(move |route| self.tags().contains(&route.tag()))
    }
}

/// Returns the document.
#[must_use]
pub fn document(audience: Audience) -> Value {
    let mut document = Document::default();
    let mut paths = Map::new();
    for route in audience.routes() {
        let operation = document.operation(route);
        let path = paths.entry(route.path()).or_insert_with(|| json!({}));
        path[route.method().name().to_ascii_lowercase()] = operation;
    }
    let tags: Vec<_> = audience
        .tags()
        .iter()
        .map(|tag| json!({ "name": tag.name(), "description": tag.description() }))
        .collect();
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": audience.title(),
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Email through Amazon SES in the customer's own AWS account.",
            "description": DESCRIPTION,
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/", "description": "The server of this document." }],
        "tags": tags,
        "paths": paths,
        "components": document.components(audience),
    })
}

/// Returns the document as text, as in `docs/`.
///
/// # Errors
/// Fails if it cannot be serialised, which the tests rule out.
pub fn text(audience: Audience) -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(&document(audience))? + "\n")
}

/// The components that operations refer to.
struct Document {
    requests: SchemaGenerator,
    responses: SchemaGenerator,
    problems: Map<String, Value>,
    codes: BTreeSet<&'static str>,
    uses_csrf: bool,
    uses_idempotency: bool,
}

impl Default for Document {
    fn default() -> Self {
        let settings = |contract| {
            let mut settings = SchemaSettings::draft2020_12();
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
            settings.contract = contract;
            // Client generators treat a field with a default as always present, so that callers could not omit it.
            let without_default = RecursiveTransform(|schema: &mut Schema| drop(schema.remove("default")));
            settings.with_transform(without_default)
        };
        let without_nulls = RecursiveTransform(choices::without_absent_nulls);
        let mut responses = settings(Contract::Serialize).with_transform(without_nulls).into_generator();
        responses.subschema_for::<Problem>();
        responses.subschema_for::<RequestId>();
        Self {
            requests: settings(Contract::Deserialize).into_generator(),
            responses,
            problems: Map::new(),
            codes: BTreeSet::new(),
            uses_csrf: false,
            uses_idempotency: false,
        }
    }
}

impl Document {
    fn operation(&mut self, route: &Route) -> Value {
        let details = details::of(route.id);
        let mut operation = json!({
            "operationId": route.operation_id(),
            "tags": [route.tag().name()],
            "summary": route.summary,
        });
        if !details.description.is_empty() {
            operation["description"] = details.description.into();
        }
        operation["security"] = security(route.access());
        let parameters = self.parameters(route);
        if !parameters.is_empty() {
            operation["parameters"] = parameters.into();
        }
        if let Some(request) = &route.spec.request {
            let examples: Map<String, Value> = (1..)
                .zip(&details.requests)
                .map(|(n, (summary, example))| {
                    (n.to_string(), json!({ "summary": summary, "value": example }))
                })
                .collect();
            let mut content = json!({ "schema": (request.schema.schema)(&mut self.requests) });
            if !examples.is_empty() {
                content["examples"] = examples.into();
            }
            operation["requestBody"] =
                json!({ "required": true, "content": { route.body().media_type(): content } });
        }
        let mut responses = Map::new();
        let mut known = details.responses.into_iter();
        for response in route.spec.responses.iter().flatten() {
            let mut described = self.response(response, known.next());
            if route.is_idempotent() {
                described["headers"][IDEMPOTENT_REPLAYED] =
                    json!({ "$ref": "#/components/headers/IdempotentReplayed" });
            }
            responses.insert(response.status.to_string(), described);
        }
        let problems = Problems::of(route);
        self.codes.extend(problems.iter().map(|(_, code)| code));
        responses.extend(problems.responses(&mut self.problems));
        if responses.get("200").is_some_and(|page| page["content"].get("text/html").is_some()) {
            // Browsers get a page if the link is invalid, too.
            let mut not_found = self.problems["not_found"].clone();
            not_found["content"]["text/html"] = json!({ "schema": { "type": "string" } });
            responses.insert("404".to_owned(), not_found);
        }
        operation["responses"] = responses.into();
        operation
    }

    fn parameters(&mut self, route: &Route) -> Vec<Value> {
        let mut parameters = Vec::new();
        if let (Some((description, schema)), Some((_, rest))) =
            (&route.spec.path_parameter, route.path().split_once('{'))
        {
            parameters.push(json!({
                "name": rest.split('}').next(),
                "in": "path",
                "required": true,
                "description": description,
                "schema": (schema.schema)(&mut self.requests),
            }));
        }
        if let Some(pages) = &route.spec.pages {
            let limit = json!({
                "type": "integer",
                "minimum": 1,
                "maximum": 100,
                "default": pages.default_limit,
            });
            parameters.push(query("limit", "The most rows of a page.", &limit));
            let cursor = (pages.cursor.schema)(&mut self.requests);
            parameters.push(query("cursor", "The `nextCursor` of the previous page.", &cursor.to_value()));
        }
        for parameter in route.spec.query {
            let schema = self.query_schema(parameter.values);
            parameters.push(query(parameter.name, parameter.description, &schema));
        }
        if route.access() == Access::Organisation && route.method() != Verb::Get {
            self.uses_csrf = true;
            parameters.push(json!({ "$ref": "#/components/parameters/Csrf" }));
        }
        if route.is_idempotent() {
            self.uses_idempotency = true;
            parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
        }
        parameters
    }

    fn query_schema(&mut self, values: QueryValues) -> Value {
        match values {
            QueryValues::Text(None) => json!({ "type": "string" }),
            QueryValues::Text(Some(max_length)) => json!({ "type": "string", "maxLength": max_length }),
            QueryValues::Time => json!({ "type": "string", "format": "date-time" }),
            QueryValues::Integer => json!({ "type": "integer", "minimum": 0 }),
            QueryValues::PositiveInteger => json!({ "type": "integer", "minimum": 1 }),
            QueryValues::OneOf { values, has_default: false } => json!({ "type": "string", "enum": values }),
            QueryValues::OneOf { values, has_default: true } => {
                json!({ "type": "string", "enum": values, "default": values[0] })
            }
            QueryValues::Regions => {
                let region = self.requests.subschema_for::<aws_sans_io::Region>();
                json!({ "type": "array", "items": { "anyOf": [region, { "const": "all" }] } })
            }
        }
    }

    fn response(&mut self, response: &RouteResponse, details: Option<ResponseDetails>) -> Value {
        let mut headers = json!({ "x-request-id": { "$ref": "#/components/headers/RequestId" } });
        let (description, example, more) = match details {
            Some(ResponseDetails { description, example, headers }) => (description, example, headers),
            None => ("The response.", None, Vec::new()),
        };
        for (name, description) in more {
            headers[name] = json!({ "description": description, "schema": { "type": "string" } });
        }
        let mut described = json!({ "description": description, "headers": headers });
        let (media_type, schema) = match response.content {
            ResponseContent::None => return described,
            ResponseContent::Text(media_type) => (media_type, json!({ "type": "string" })),
            ResponseContent::Json(kind) => {
                ("application/json", (kind.schema.schema)(&mut self.responses).to_value())
            }
        };
        let mut content = json!({ "schema": schema });
        if let Some(example) = example {
            content["example"] = example;
        }
        described["content"] = json!({ media_type: content });
        described
    }

    fn components(mut self, audience: Audience) -> Value {
        let mut schemas = self.responses.take_definitions(true);
        // A type of both requests and responses has one schema.
        schemas.extend(self.requests.take_definitions(true));
        choices::split(&mut schemas);
        if audience == Audience::Customers {
            self.codes.extend(problems::WITHIN_RESPONSES.concat());
        }
        // Requests that match no route.
        self.codes.extend(["method_not_allowed", "not_found"]);
        schemas[&*ApiErrorCode::schema_name()]["enum"] = json!(self.codes);
        schemas.sort_keys();
        self.problems.sort_keys();
        let mut components = json!({
            "securitySchemes": security_schemes(audience),
            "headers": {
                "RequestId": {
                    "description": "The ID of the request, as in logs and problems.",
                    "required": true,
                    "schema": { "$ref": "#/components/schemas/RequestId" },
                },
            },
            "responses": self.problems,
            "schemas": schemas,
        });
        if self.uses_csrf {
            components["parameters"]["Csrf"] = json!({
                "name": CSRF_HEADER,
                "in": "header",
                "description": "Any text. Required with a session cookie, not with an API key.",
                "schema": { "type": "string" },
            });
        }
        if self.uses_idempotency {
            components["parameters"]["IdempotencyKey"] = json!({
                "name": "Idempotency-Key",
                "in": "header",
                "description": "Identifies the request for 24 hours. A repeated request with the same key and body returns the original \
                    response and has no further effect.",
                "schema": { "type": "string", "minLength": 1, "maxLength": 256, "pattern": "^[ -~]+$" },
            });
            components["headers"]["IdempotentReplayed"] = json!({
                "description": "Present if this is the stored response of an earlier request with the same `Idempotency-Key`.",
                "required": false,
                "schema": { "type": "string", "const": "true" },
            });
        }
        components
    }
}

fn security_schemes(audience: Audience) -> Value {
    match audience {
        Audience::Customers => json!({
            "apiKey": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "kr_key_…",
                "description": "An API key of the organisation.",
            },
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": "__Host-kraiter",
                "description": "The session cookie that `POST /v1/session` sets.",
            },
        }),
        Audience::Operators => json!({
            "adminToken": {
                "type": "http",
                "scheme": "bearer",
                "description": "The Worker's `ADMIN_TOKEN` setting.",
            },
            "metricsToken": {
                "type": "http",
                "scheme": "bearer",
                "description": "The Worker's `METRICS_TOKEN` setting.",
            },
        }),
    }
}

fn query(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

fn security(access: Access) -> Value {
    match access {
        Access::Open => json!([]),
        Access::Administrator => json!([{ "adminToken": [] }]),
        Access::Monitoring => json!([{ "metricsToken": [] }, { "adminToken": [] }]),
        Access::Organisation => json!([{ "apiKey": [] }, { "session": [] }]),
    }
}

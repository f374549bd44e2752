//! Which problems a route may answer.

use std::collections::{BTreeMap, BTreeSet};

use domain::connection::Reason;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::{Access, Action, ApiError, BodyKind};

/// Codes by status.
#[derive(Clone, Debug, Default)]
pub(super) struct Problems(BTreeMap<u16, BTreeSet<&'static str>>);

impl Problems {
    pub(super) fn add(&mut self, status: StatusCode, code: &'static str) {
        self.0.entry(status.as_u16()).or_default().insert(code);
    }

    fn add_errors(&mut self, errors: &[ApiError]) {
        for error in errors {
            self.add(error.status(), error.code());
        }
    }

    /// Each code with its status.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (u16, &'static str)> {
        self.0.iter().flat_map(|(status, codes)| codes.iter().map(|code| (*status, *code)))
    }

    /// What stands between an organisation and its AWS account.
    pub(super) fn add_connection(&mut self) {
        for code in Reason::CODES {
            self.add(StatusCode::CONFLICT, code);
        }
        let text = String::new;
        self.add_errors(&[
            ApiError::NotConnected,
            ApiError::Aws { code: text(), message: text(), request_id: None },
            ApiError::AwsThrottled { code: text(), message: text() },
            ApiError::AwsUnreachable,
        ]);
    }

    /// What comes of who may ask, of the method and of the body, whatever the route is.
    pub(super) fn add_common(&mut self, action: Action, method: &Method) {
        self.add_errors(&[
            ApiError::Internal,
            ApiError::Misconfigured { setting: "", message: String::new() },
        ]);
        if action.access() != Access::Open {
            self.add_errors(&[ApiError::Unauthorized]);
        }
        if action.access() == Access::Organisation && method != Method::GET {
            self.add_errors(&[ApiError::CrossSite]);
        }
        if action.takes_idempotency_key() {
            self.add_errors(&[ApiError::IdempotencyKeyReused, ApiError::IdempotencyInProgress]);
            self.add(StatusCode::UNPROCESSABLE_ENTITY, "invalid_idempotency_key");
        }
        match action.body() {
            BodyKind::None => {}
            BodyKind::Sns(limit) => self.add_errors(&[ApiError::BodyTooLarge { limit }]),
            BodyKind::Csv(limit) => {
                self.add_errors(&[ApiError::CsvNeeded, ApiError::BodyTooLarge { limit }]);
            }
            BodyKind::Json(limit) | BodyKind::Large(limit) => {
                if matches!(action.body(), BodyKind::Large(_)) {
                    self.add_errors(&[ApiError::Busy]);
                }
                self.add_errors(&[
                    ApiError::MalformedJson { detail: String::new() },
                    ApiError::UnsupportedMediaType,
                    ApiError::BodyTooLarge { limit },
                ]);
                for code in ["missing_field", "unknown_field", "duplicate_field", "invalid_type"] {
                    self.add(StatusCode::UNPROCESSABLE_ENTITY, code);
                }
            }
        }
    }

    /// The OpenAPI responses, by status. What several routes may have is put into `shared` once.
    pub(super) fn responses(&self, shared: &mut Map<String, Value>) -> Map<String, Value> {
        let responses = self.0.iter().map(|(status, codes)| {
            let name = StatusCode::from_u16(*status).ok().and_then(|status| status.canonical_reason());
            let name = name.unwrap_or("Problem");
            let response = response(*status, name, codes);
            // Answers with several codes differ from route to route; all routes can fail alike.
            let is_shared = codes.len() == 1 || *status == StatusCode::INTERNAL_SERVER_ERROR.as_u16();
            let Some(code) = codes.first().filter(|_| is_shared) else {
                return (status.to_string(), response);
            };
            shared.insert((*code).to_owned(), response);
            (status.to_string(), json!({ "$ref": format!("#/components/responses/{code}") }))
        });
        responses.collect()
    }
}

fn response(status: u16, name: &str, codes: &BTreeSet<&'static str>) -> Value {
    let mut headers = json!({ "x-request-id": { "$ref": "#/components/headers/RequestId" } });
    if status == StatusCode::UNAUTHORIZED.as_u16() {
        headers["www-authenticate"] =
            json!({ "description": "How to be let in.", "schema": { "type": "string", "const": "Bearer" } });
    }
    if codes.contains(ApiError::IdempotencyInProgress.code()) {
        headers["retry-after"] = json!({
            "description": "After how many seconds to repeat it, where it is `idempotency_in_progress`.",
            "required": false,
            "schema": { "type": "string" },
        });
    }
    json!({
        "description": name,
        "headers": headers,
        "content": {
            "application/problem+json": {
                "schema": {
                    "allOf": [
                        { "$ref": "#/components/schemas/Problem" },
                        {
                            "type": "object",
                            "properties": { "status": { "const": status }, "code": { "enum": codes } },
                        },
                    ],
                },
            },
        },
    })
}

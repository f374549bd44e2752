//! The problems that a route can respond with.

use std::collections::{BTreeMap, BTreeSet};

use domain::{api_key::RequiredScope, connection::Reason};
use email_message::template::TemplateError;
use http::StatusCode;
use serde_json::{Map, Value, json};
use sns_verify::Rejection;

use crate::{Access, BodyKind, LIST_PROBLEMS, OpenRoute, OrganisationRoute, Route, RouteId, Verb, error};

/// Every reason to refuse an SNS message. Which field a rejection names makes no difference here.
const REJECTIONS: [Rejection; 20] = [
    Rejection::NotJson,
    Rejection::EnvelopeMissing,
    Rejection::FieldMissing { field: "" },
    Rejection::FieldInvalid { field: "" },
    Rejection::FieldRepeated { field: "" },
    Rejection::TypeUnknown,
    Rejection::SignatureVersionUnknown,
    Rejection::RegionUnexpected,
    Rejection::AccountUnexpected,
    Rejection::TopicUnexpected,
    Rejection::TooOld,
    Rejection::FromTheFuture,
    Rejection::CertificateUrlRefused,
    Rejection::CertificateUnavailable,
    Rejection::CertificateUnreadable,
    Rejection::CertificateNotSns,
    Rejection::CertificateNotValidNow,
    Rejection::KeyLength,
    Rejection::CertificateMismatch,
    Rejection::SignatureWrong,
];

/// Codes of problems that only occur within a successful response: in a batch, or in a list of identities.
pub(super) const WITHIN_RESPONSES: [&[&str]; 2] =
    [&[TemplateError::BatchBudgetExceeded.code()], &LIST_PROBLEMS];

/// Codes by HTTP status.
#[derive(Clone, Debug, Default)]
pub(super) struct Problems(BTreeMap<u16, BTreeSet<&'static str>>);

impl Problems {
    /// Collects the problems of a route.
    pub(super) fn of(route: &Route) -> Self {
        let mut problems = Self::default();
        problems.add_common(route);
        problems.add(route.spec.problems.iter().copied().flatten().copied());
        for code in route.spec.field_problems {
            problems.insert(StatusCode::UNPROCESSABLE_ENTITY.as_u16(), code);
        }
        if route.spec.calls_aws {
            problems.add_connection();
        }
        if route.id == RouteId::Open(OpenRoute::ReceiveSns) {
            for rejection in REJECTIONS {
                problems.insert(rejection.status().as_u16(), rejection.code());
            }
        }
        problems
    }

    fn insert(&mut self, status: u16, code: &'static str) {
        self.0.entry(status).or_default().insert(code);
    }

    fn add(&mut self, codes: impl IntoIterator<Item = &'static str>) {
        for code in codes {
            self.insert(error::status_of(code), code);
        }
    }

    /// Adds everything that can be wrong with the connection to AWS.
    fn add_connection(&mut self) {
        for code in Reason::CODES {
            self.insert(StatusCode::CONFLICT.as_u16(), code);
        }
        self.add(["not_connected", "aws_refused", "aws_throttled", "aws_unreachable"]);
    }

    /// Adds what follows from access, method, path, query and body.
    fn add_common(&mut self, route: &Route) {
        self.add(["internal_error", "misconfigured"]);
        if route.access() != Access::Open {
            self.add(["unauthorized"]);
        }
        if route.access() == Access::Organisation && route.method() != Verb::Get {
            self.add(["csrf"]);
            if route.id != RouteId::Organisation(OrganisationRoute::EndSession) {
                self.add(["organisation_suspended"]);
            }
        }
        if let Some(scope) = route.spec.scope {
            self.add(["api_key_expired"]);
            if scope != RequiredScope::Any {
                self.add(["insufficient_scope"]);
            }
        }
        if route.spec.path_parameter.is_some() {
            self.add(["not_found"]);
        }
        if route.has_query() {
            self.add(["unknown_field"]);
        }
        if route.spec.pages.is_some() {
            self.add(["invalid_limit", "invalid_cursor"]);
        }
        if route.can_be_rate_limited() {
            self.add(["rate_limited"]);
        }
        if route.is_idempotent() {
            self.add(["idempotency_key_reused", "idempotency_in_progress", "invalid_idempotency_key"]);
        }
        if route.body() != BodyKind::None {
            self.add(["body_too_large", "body_timeout", "body_incomplete", "busy"]);
        }
        match route.body() {
            BodyKind::None => {}
            BodyKind::Sns(_) => self.add_json(),
            BodyKind::Csv(_) => self.add(["unsupported_media_type"]),
            BodyKind::Json(_) | BodyKind::Large(_) => {
                self.add(["unsupported_media_type"]);
                self.add_json();
            }
        }
    }

    fn add_json(&mut self) {
        self.add(["malformed_json", "missing_field", "unknown_field", "duplicate_field", "invalid_type"]);
    }

    /// Returns the OpenAPI responses by status. Responses that several routes have alike go into `shared`, once.
    pub(super) fn responses(&self, shared: &mut Map<String, Value>) -> Map<String, Value> {
        let responses = self.0.iter().map(|(status, codes)| {
            let name = StatusCode::from_u16(*status).ok().and_then(|status| status.canonical_reason());
            let response = response(*status, name.unwrap_or("Problem"), codes);
            let is_shared = codes.len() == 1 || *status == StatusCode::INTERNAL_SERVER_ERROR.as_u16();
            let Some(code) = codes.first().filter(|_| is_shared) else {
                return (status.to_string(), response);
            };
            shared.insert((*code).to_owned(), response);
            (status.to_string(), json!({ "$ref": format!("#/components/responses/{code}") }))
        });
        responses.collect()
    }

    /// Returns each code with its status.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u16, &'static str)> {
        self.0.iter().flat_map(|(status, codes)| codes.iter().map(|code| (*status, *code)))
    }
}

fn response(status: u16, name: &str, codes: &BTreeSet<&'static str>) -> Value {
    let mut headers = json!({ "x-request-id": { "$ref": "#/components/headers/RequestId" } });
    if status == StatusCode::UNAUTHORIZED.as_u16() {
        headers["www-authenticate"] = json!({ "description": "How to authenticate.", "schema": { "type": "string", "const": "Bearer" } });
    }
    if codes.contains("rate_limited") {
        for (name, description) in [
            ("ratelimit-policy", "The limit: its name, the requests (`q`) and the seconds (`w`)."),
            (
                "ratelimit",
                "What is left: the limit's name, the requests (`r`) and the seconds until they are renewed (`t`).",
            ),
        ] {
            headers[name] =
                json!({ "description": description, "required": false, "schema": { "type": "string" } });
        }
    }
    if codes.contains("idempotency_in_progress") || codes.contains("busy") || codes.contains("rate_limited") {
        headers["retry-after"] = json!({
            "description": "Seconds after which to retry, if the problem is temporary.",
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

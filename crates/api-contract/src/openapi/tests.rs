use std::collections::BTreeSet;

use domain::delivery::EmailStatus;

use super::*;
use crate::{ApiError, BodyKind, Router, error::status_of};

fn audiences() -> impl Iterator<Item = (Audience, Value)> {
    Audience::ALL.into_iter().map(|audience| (audience, document(audience)))
}

#[test]
fn every_route_is_in_exactly_one_document() {
    let mut documented = BTreeSet::new();
    for (_, document) in audiences() {
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let router = Router::default();
                let sample = path.replace(['{', '}'], "");
                let method = http::Method::from_bytes(method.to_ascii_uppercase().as_bytes()).unwrap();
                let id = router.find(&method, &sample).unwrap().route.id;
                let route = ROUTES.iter().find(|route| route.id == id).unwrap();
                assert_eq!(operation["operationId"], route.operation_id());
                assert!(documented.insert(route.name), "{} is documented twice", route.name);
            }
        }
    }
    assert_eq!(documented.len(), ROUTES.len());
}

#[test]
fn every_example_of_a_request_is_accepted_by_its_route() {
    for route in ROUTES {
        let details = details::of(route.id);
        let Some(request) = &route.spec.request else { continue };
        assert!(!details.requests.is_empty(), "{} has no example", route.name);
        for (summary, example) in &details.requests {
            assert_eq!((request.parse)(example), Ok(()), "{}: {summary}", route.name);
            if let Some(accepts) = &details.accepts {
                assert_eq!(accepts(example), Ok(()), "{}: {summary}", route.name);
            }
        }
    }
}

#[test]
fn every_example_of_a_response_has_its_type() {
    for route in ROUTES {
        let details = details::of(route.id);
        for (response, details) in route.spec.responses.iter().flatten().zip(details.responses) {
            if let (ResponseContent::Json(kind), Some(example)) = (response.content, details.example) {
                let again = (kind.round_trip)(&example).map_err(|error| error.to_string());
                assert_eq!(again, Ok(example), "{}", route.name);
            }
        }
    }
}

#[test]
fn every_described_response_belongs_to_one_of_the_table() {
    for route in ROUTES {
        let described = details::of(route.id).responses.len();
        assert!(described <= route.spec.responses.iter().flatten().count(), "{}", route.name);
        assert_eq!(
            route.body() != BodyKind::None,
            !details::of(route.id).requests.is_empty(),
            "{}",
            route.name
        );
    }
}

#[test]
fn every_code_has_the_form_of_a_code_and_a_status_of_an_error() {
    for route in ROUTES {
        for (status, code) in Problems::of(route).iter() {
            assert!((400..600).contains(&status), "{}: {status}", route.name);
            let is_code =
                !code.is_empty() && code.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
            assert!(is_code, "{}: {code:?}", route.name);
        }
    }
}

#[test]
fn the_documented_status_of_a_code_is_that_of_its_error() {
    let status = EmailStatus::Delivered;
    for error in [
        ApiError::EmailNotCancellable { status },
        ApiError::EmailNotScheduled { status },
        ApiError::OrganisationSuspended,
        ApiError::ApiKeyExpired,
        ApiError::CrossSite,
        ApiError::NotFound { what: "email" },
        ApiError::BodyTimeout,
        ApiError::NotConnected,
        ApiError::IdentityExists,
        ApiError::NotADomain,
        ApiError::TemplateNameTaken,
        ApiError::IdempotencyKeyReused,
        ApiError::IdempotencyInProgress,
        ApiError::TooManySeries,
        ApiError::TooManyApiKeys,
        ApiError::LastApiKey,
        ApiError::FeedOff,
        ApiError::TooManyWebhooks,
        ApiError::WebhookDisabled,
        ApiError::UnsupportedMediaType,
        ApiError::AwsUnreachable,
        ApiError::Busy,
        ApiError::Internal,
    ] {
        assert_eq!(status_of(error.code()), error.status().as_u16(), "{}", error.code());
    }
}

#[test]
fn descriptions_do_not_refer_to_the_source() {
    fn search(value: &Value) {
        match value {
            Value::Object(fields) => {
                let text = fields.get("description").and_then(Value::as_str).unwrap_or_default();
                assert!(!text.contains("[`") && !text.contains("::"), "{text}");
                fields.values().for_each(search);
            }
            Value::Array(list) => list.iter().for_each(search),
            _ => {}
        }
    }
    audiences().for_each(|(_, document)| search(&document));
}

#[test]
fn every_reference_resolves_and_every_component_is_used() {
    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    for (audience, document) in audiences() {
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        for reference in &found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{audience:?}: {reference} does not resolve");
        }
        for (kind, components) in document["components"].as_object().unwrap() {
            for name in components.as_object().unwrap().keys().filter(|_| kind != "securitySchemes") {
                let reference = format!("#/components/{kind}/{name}");
                assert!(found.contains(reference.as_str()), "{audience:?}: {reference} is not used");
            }
        }
    }
}

#[test]
fn a_type_has_the_same_schema_in_requests_and_responses() {
    for audience in Audience::ALL {
        let mut document = Document::default();
        for route in audience.routes() {
            document.operation(route);
        }
        let requests = document.requests.take_definitions(true);
        for (name, response) in document.responses.take_definitions(true) {
            if let Some(request) = requests.get(&name) {
                assert_eq!(*request, response, "{name}");
            }
        }
    }
}

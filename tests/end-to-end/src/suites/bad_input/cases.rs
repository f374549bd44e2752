//! The invalid requests of each route and their expected responses.

mod access;
mod api_keys;
mod aws_binding;
mod aws_calls;
mod bodies;
mod emails;
mod events;
mod identities;
mod metrics;
mod organisations;
mod paths;
mod requests;
pub(in crate::suites) mod routes;
mod suppressions;
mod templates;
mod webhooks;

use super::request::Case;

pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for request in routes::json_requests() {
        let invalid = bodies::all(&request);
        cases.extend(invalid.into_iter().map(|case| with_key(case, request.key)));
    }
    cases.extend(paths::methods());
    cases.extend(access::keys());
    cases.extend(access::idempotency_keys());
    cases.extend(paths::routes());
    cases.extend(organisations::all().into_iter().map(|case| with_key(case, "{admin}")));
    cases.extend(access::sessions());
    cases.extend(api_keys::all());
    cases.extend(aws_binding::connect());
    cases.extend(aws_binding::register());
    cases.extend(aws_binding::events());
    cases.extend(aws_binding::settings());
    cases.extend(identities::all());
    cases.extend(templates::all());
    cases.extend(emails::all());
    cases.extend(suppressions::all());
    cases.extend(events::all());
    cases.extend(metrics::all());
    cases.extend(aws_calls::all());
    cases.extend(requests::all());
    cases.extend(webhooks::all());
    cases
}

/// Sets the key of a case, or the CSRF header if `key` is empty.
fn with_key(case: Case, key: &str) -> Case {
    if key.is_empty() {
        case.with_header("authorization", None).with_header("x-kraiter-csrf", Some("1"))
    } else {
        case.with_header("authorization", Some(&format!("Bearer {key}")))
    }
}

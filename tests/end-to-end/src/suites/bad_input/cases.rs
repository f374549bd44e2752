//! The invalid requests of each route and their expected responses.

mod access;
mod api_keys;
mod aws_binding;
mod bodies;
mod emails;
mod identities;
mod organisations;
mod paths;
mod suppressions;
mod templates;

use super::request::Case;

/// A route that requires the dashboard's CSRF header instead of a key.
const SESSION: &str = "/v1/session";

/// Method, path, key and a valid body of every JSON route except `/v1/emails`.
const JSON_ROUTES: [(&str, &str, &str, &str); 13] = [
    ("POST", "/v1/organisations", "{admin}", r#"{"name":"Shop"}"#),
    ("POST", "/v1/api-keys", "{key}", r#"{"name":"Shop"}"#),
    ("POST", SESSION, "", r#"{"apiKey":"{key}"}"#),
    ("POST", "/v1/aws-binding/connect", "{key}", r#"{"region":"eu-west-1"}"#),
    ("POST", "/v1/aws-binding/events", "{key}", r#"{"region":"eu-west-1"}"#),
    (
        "POST",
        "/v1/aws-binding",
        "{key}",
        r#"{"awsAccountId":"{account}","roleArn":"{role}","externalId":"{external id}","stackRegion":"eu-west-1"}"#,
    ),
    ("POST", "/v1/identities", "{key}", r#"{"identity":"mail.example"}"#),
    ("PUT", "/v1/identities/{domain}/dkim", "{key}", r#"{"keyLength":1024}"#),
    ("POST", "/v1/templates", "{key}", r#"{"name":"Other","subject":"s","text":"t"}"#),
    ("PUT", "/v1/templates/{template}", "{key}", r#"{"name":"Other","subject":"s","text":"t"}"#),
    ("POST", "/v1/templates/preview", "{key}", r#"{"subject":"s","text":"t"}"#),
    ("POST", "/v1/suppressions", "{key}", r#"{"address":"eve@example.org"}"#),
    ("POST", "/v1/templates/{template}/preview", "{key}", r#"{"variables":{"name":"Ada"}}"#),
];

/// Method, path, key and a valid body of the route that sends emails.
const EMAILS: (&str, &str, &str, &str) = ("POST", "/v1/emails", "{key}", emails::VALID_EMAIL);

/// Path of every route and its `allow` header.
const ROUTES: [(&str, &str); 35] = [
    ("/v1/organisations", "POST"),
    ("/v1/organisations/{organisation}", "DELETE"),
    ("/v1/organisations/{organisation}/backup", "GET"),
    ("/v1/organisations/{organisation}/restore", "POST"),
    ("/metrics", "GET"),
    ("/v1/api-keys", "GET, POST"),
    ("/v1/api-keys/key_019ab0c5d0007000800000000000000a", "DELETE"),
    (SESSION, "GET, POST, DELETE"),
    ("/v1/aws-binding", "GET, POST, DELETE"),
    ("/v1/aws-binding/connect", "POST"),
    ("/v1/aws-binding/events", "POST"),
    ("/v1/aws-binding/verify", "POST"),
    ("/v1/aws-binding/audit", "POST"),
    ("/v1/identities", "GET, POST"),
    ("/v1/identities/{domain}", "GET, DELETE"),
    ("/v1/identities/{domain}/dkim", "PUT"),
    ("/v1/identities/{domain}/check-dns", "POST"),
    ("/v1/identities/{domain}/zone", "GET"),
    ("/v1/templates", "GET, POST"),
    ("/v1/templates/preview", "POST"),
    ("/v1/templates/{template}", "GET, PUT, DELETE"),
    ("/v1/templates/{template}/preview", "POST"),
    ("/v1/emails", "GET, POST"),
    ("/v1/emails/batch", "POST"),
    ("/v1/emails/{email}/cancel", "POST"),
    ("/v1/emails/{email}", "GET"),
    ("/v1/reputation", "GET"),
    ("/v1/suppressions", "GET, POST"),
    ("/v1/suppressions/import", "POST"),
    ("/v1/suppressions/export", "GET"),
    ("/v1/suppressions/ada%40example.org", "GET, DELETE"),
    ("/unsubscribe/token", "GET, POST"),
    ("/webhooks/sns/token", "POST"),
    ("/healthz", "GET"),
    ("/v1/emails/", ""),
];

pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    let batch = format!(r#"{{"emails":[{}]}}"#, emails::VALID_EMAIL);
    let batch = ("POST", "/v1/emails/batch", "{key}", batch.as_str());
    for (method, path, key, valid_body) in JSON_ROUTES.into_iter().chain([EMAILS, batch]) {
        cases.extend(bodies::all(method, path, valid_body).into_iter().map(|case| with_key(case, key)));
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
    cases.extend(identities::all());
    cases.extend(templates::all());
    cases.extend(emails::all());
    cases.extend(suppressions::all());
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

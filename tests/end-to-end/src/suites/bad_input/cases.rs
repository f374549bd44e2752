//! The table: route by route, what is wrong and what must be answered.

mod access;
mod aws_binding;
mod bodies;
mod emails;
mod paths;
mod resources;
mod templates;

use super::request::Case;

/// The route that needs no key, but a page of ours.
const SESSION: &str = "/v1/session";

/// Every route that takes JSON, with a body that it would take.
const JSON_ROUTES: [(&str, &str, &str); 8] = [
    ("/v1/organisations", "{admin}", r#"{"name":"Shop"}"#),
    (SESSION, "", r#"{"apiKey":"{key}"}"#),
    ("/v1/aws-binding/connect", "{key}", r#"{"region":"eu-west-1"}"#),
    ("/v1/aws-binding/events", "{key}", r#"{"region":"eu-west-1"}"#),
    (
        "/v1/aws-binding",
        "{key}",
        r#"{"awsAccountId":"{account}","roleArn":"{role}","externalId":"{external id}","stackRegion":"eu-west-1"}"#,
    ),
    ("/v1/identities", "{key}", r#"{"identity":"mail.example"}"#),
    ("/v1/templates", "{key}", r#"{"name":"Bad input","subject":"s","text":"t"}"#),
    ("/v1/templates/preview", "{key}", r#"{"subject":"s","text":"t"}"#),
];

/// Every route and the methods that it takes.
const ROUTES: [(&str, &str); 17] = [
    ("/v1/organisations", "POST"),
    (SESSION, "GET, POST, DELETE"),
    ("/v1/aws-binding", "GET, POST, DELETE"),
    ("/v1/aws-binding/connect", "POST"),
    ("/v1/aws-binding/events", "POST"),
    ("/v1/aws-binding/verify", "POST"),
    ("/v1/identities", "GET, POST"),
    ("/v1/identities/idn_01hzzzzzzzzzzzzzzzzzzzzzzz", "GET"),
    ("/v1/templates", "GET, POST"),
    ("/v1/templates/preview", "POST"),
    ("/v1/templates/tpl_019ab0c5d0007000800000000000000a", "GET, PUT, DELETE"),
    ("/v1/templates/tpl_019ab0c5d0007000800000000000000a/preview", "POST"),
    ("/v1/emails", "GET, POST"),
    ("/v1/emails/{email}", "GET"),
    ("/webhooks/sns/token", "POST"),
    ("/healthz", "GET"),
    ("/v1/emails/", ""),
];

pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for (path, key, right) in JSON_ROUTES.into_iter().chain([("/v1/emails", "{key}", emails::RIGHT)]) {
        cases.extend(bodies::bodies(path, right).into_iter().map(|case| with_key(case, key)));
    }
    cases.extend(paths::methods());
    cases.extend(access::keys());
    cases.extend(paths::routes());
    cases.extend(resources::organisations().into_iter().map(|case| with_key(case, "{admin}")));
    cases.extend(access::sessions());
    cases.extend(aws_binding::connect());
    cases.extend(aws_binding::register());
    cases.extend(aws_binding::events());
    cases.extend(resources::identities());
    cases.extend(templates::all());
    cases.extend(emails::all());
    cases
}

/// The same with this key; without one it comes from a page of ours.
fn with_key(case: Case, key: &str) -> Case {
    if key.is_empty() {
        case.with_header("authorization", None).with_header("x-kraiter-csrf", Some("1"))
    } else {
        case.with_header("authorization", Some(&format!("Bearer {key}")))
    }
}

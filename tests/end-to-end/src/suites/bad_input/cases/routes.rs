//! The API's route table as requests.

use std::collections::BTreeMap;

use api_contract::{Access, BodyKind, MAX_BODY_BYTES, ROUTES, Route, Verb};

use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use super::emails::VALID_EMAIL;

/// A route that requires the dashboard's CSRF header instead of a key.
pub(super) const SESSION: &str = "/v1/session";

/// A request that its route accepts.
pub(super) struct ValidRequest {
    pub(super) method: &'static str,
    pub(super) path: String,
    /// The key, or an empty text for the CSRF header.
    pub(super) key: &'static str,
    pub(super) body: String,
    pub(super) is_idempotent: bool,
    /// The most bytes of JSON outside of long strings.
    pub(super) limit: usize,
}

/// Returns a valid request for every route with a JSON body, except backups.
pub(super) fn json_requests() -> Vec<ValidRequest> {
    let is_json = |route: &&Route| {
        matches!(route.body(), BodyKind::Json(_)) || matches!(route.name, "SendEmail" | "SendBatch")
    };
    let request = |route: &Route| ValidRequest {
        method: route.method().name(),
        path: sample_path(route),
        key: match route.access() {
            Access::Open => "",
            Access::Administrator | Access::Monitoring => "{admin}",
            Access::Organisation => "{key}",
        },
        body: valid_body(route.name),
        is_idempotent: route.is_idempotent(),
        limit: route.body().limit().min(MAX_BODY_BYTES),
    };
    ROUTES.iter().filter(is_json).map(request).collect()
}

/// Returns method and path of every route that requires authentication.
pub(super) fn authenticated() -> impl Iterator<Item = (&'static str, String)> {
    let routes = ROUTES.iter().filter(|route| route.access() != Access::Open);
    routes.map(|route| (route.method().name(), sample_path(route)))
}

/// Returns the methods of every path, in the order of the `allow` header.
pub(super) fn allowed_methods() -> BTreeMap<String, Vec<&'static str>> {
    let mut paths: BTreeMap<String, Vec<Verb>> = BTreeMap::new();
    for route in ROUTES {
        paths.entry(sample_path(route)).or_default().push(route.method());
    }
    let names = |mut verbs: Vec<Verb>| {
        verbs.sort();
        verbs
            .into_iter()
            .flat_map(|verb| if verb == Verb::Get { vec!["GET", "HEAD"] } else { vec![verb.name()] })
            .collect()
    };
    paths.into_iter().map(|(path, verbs)| (path, names(verbs))).collect()
}

/// Fills in the variable part of a path.
fn sample_path(route: &Route) -> String {
    let path = route.path();
    let Some((resource, rest)) = path.split_once('{') else { return path.to_owned() };
    let parameter = match resource {
        "/v1/organisations/" => "{organisation}",
        "/v1/api-keys/" => "key_019ab0c5d0007000800000000000000a",
        "/v1/identities/" => "{domain}",
        "/v1/templates/" => "{template}",
        "/v1/emails/" => "{email}",
        "/v1/webhooks/" => "whk_019ab0c5d0007000800000000000000a",
        "/v1/suppressions/" => "ada%40example.org",
        "/unsubscribe/" | "/webhooks/sns/" => "token",
        other => panic!("the fixture has nothing for {other}: add a placeholder"),
    };
    let suffix = rest.split_once('}').map_or("", |(_, suffix)| suffix);
    format!("{resource}{parameter}{suffix}")
}

fn next_week() -> String {
    let time = OffsetDateTime::now_utc() + Duration::WEEK;
    time.format(&Rfc3339).unwrap_or_default()
}

/// Returns a valid body of a route by its name. A new route with a JSON body needs one here.
pub(in crate::suites) fn valid_body(route: &str) -> String {
    match route {
        "CreateOrganisation" | "UpdateOrganisation" | "CreateOrganisationApiKey" | "CreateApiKey" => r#"{"name":"Shop"}"#,
        "CreateSession" => r#"{"apiKey":"{key}"}"#,
        "ConnectAws" | "SetUpEvents" => r#"{"region":"eu-west-1"}"#,
        "CreateAwsBinding" => {
            r#"{"awsAccountId":"{account}","roleArn":"{role}","externalId":"{external id}","stackRegion":"eu-west-1"}"#
        }
        "CreateIdentity" => r#"{"identity":"mail.example"}"#,
        "SetIdentityDkim" => r#"{"keyLength":1024}"#,
        "CreateTemplate" | "UpdateTemplate" => r#"{"name":"Other","subject":"s","text":"t"}"#,
        "PreviewDraft" => r#"{"subject":"s","text":"t"}"#,
        "PreviewTemplate" => r#"{"variables":{"name":"Ada"}}"#,
        "UpdateSettings" => r#"{"tracking":true}"#,
        "CreateSuppression" => r#"{"address":"eve@example.org"}"#,
        "CreateWebhook" => r#"{"url":"https://example.com/hook"}"#,
        "UpdateWebhook" => r#"{"enabled":false}"#,
        "ReplayWebhook" => r#"{"number":1}"#,
        "SendEmail" | "DryRunEmail" => VALID_EMAIL,
        "SendBatch" => return format!(r#"{{"emails":[{VALID_EMAIL}]}}"#),
        "UpdateEmail" => return format!(r#"{{"scheduledAt":"{}"}}"#, next_week()),
        other => panic!("add a valid body of {other}"),
    }
    .to_owned()
}

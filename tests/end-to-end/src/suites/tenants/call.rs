//! A random call of a route.

use api_contract::{Access, BodyKind, Route, Verb};
use fastrand::Rng;
use http::Method;
use libtest_mimic::Failed;
use serde_json::json;
use test_support::{
    api::ApiResponse,
    sns_signer::{SnsMessage, ses_event},
};
use time::OffsetDateTime;

use super::tenant::{CSRF_HEADER, Tenant};
use crate::{
    harness::Harness,
    suites::bad_input::cases::routes,
    test_email::{SENDER, SUCCESS},
};

/// What the status of a response must be, unless the call is rate-limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expectation {
    /// Something of the other organisation doesn't exist.
    NotFound,
    /// The caller isn't known, or isn't the administrator.
    Unauthorised,
    /// Any error.
    Refused,
    Any,
}

pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<(&'static str, String)>,
    pub(super) expectation: Expectation,
    /// Whether it names something of the other organisation.
    pub(super) is_foreign: bool,
}

impl Call {
    /// Creates a call of `route` by `caller`, mostly with something of `other`.
    pub(super) fn new(
        route: &Route,
        caller: &Tenant,
        other: &Tenant,
        random: &mut Rng,
    ) -> Result<Self, Failed> {
        let (path, owner) = path(route, caller, other, random)?;
        let (headers, is_authorised) = credentials(route, caller, random);
        let mut call = Self {
            method: Method::from_bytes(route.method().name().as_bytes())?,
            path,
            headers,
            body: None,
            expectation: Expectation::Any,
            is_foreign: owner == Owner::Other,
        };
        call.expectation = match route.access() {
            Access::Open => Expectation::Any,
            _ if !is_authorised => Expectation::Unauthorised,
            _ if owner == Owner::Other => Expectation::NotFound,
            _ => Expectation::Any,
        };
        call.add_query(route, other, random);
        call.add_body(route, caller, other, random)?;
        if route.is_idempotent() && random.bool() {
            call.headers.push(("idempotency-key", other.idempotency_key.clone()));
            call.is_foreign = true;
        }
        if route.name == "ReceiveSns" && owner == Owner::Other {
            call.expectation = Expectation::Refused;
        }
        Ok(call)
    }

    fn add_query(&mut self, route: &Route, other: &Tenant, random: &mut Rng) {
        if route.has_query() && !route.path().contains('{') && random.bool() {
            self.path = format!("{}?cursor={}", self.path, other.random_cursor(random));
            self.is_foreign = true;
        }
    }

    fn add_body(
        &mut self,
        route: &Route,
        caller: &Tenant,
        other: &Tenant,
        random: &mut Rng,
    ) -> Result<(), Failed> {
        let body = match route.body() {
            BodyKind::None => return Ok(()),
            BodyKind::Csv(_) => "address\neve@example.org\n".to_owned(),
            BodyKind::Sns(_) => sns_message(caller, other)?,
            BodyKind::Large(_) if route.name == "RestoreOrganisation" => "{}".to_owned(),
            BodyKind::Large(_) | BodyKind::Json(_) => match route.name {
                "SendEmail" if random.bool() => with_template("{template}"),
                "SendBatch" if random.bool() => format!(r#"{{"emails":[{}]}}"#, with_template("{template}")),
                name => routes::valid_body(name),
            },
        };
        let (body, is_foreign) = fill(&body, caller, other, random);
        self.is_foreign |= is_foreign;
        self.body = Some((route.body().media_type(), body));
        Ok(())
    }

    /// Returns whether the request itself contains a text.
    pub(super) fn contains(&self, text: &str) -> bool {
        self.path.contains(text)
            || self.headers.iter().any(|(_, value)| value.contains(text))
            || self.body.as_ref().is_some_and(|(_, body)| body.contains(text))
    }

    pub(super) fn send(&self, harness: &Harness) -> test_support::Result<ApiResponse> {
        let body = self.body.as_ref().map(|(kind, body)| (*kind, body.clone().into()));
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        harness.api().send(self.method.clone(), &self.path, body, &headers)
    }
}

/// The owner of what a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    Caller,
    Other,
    Nobody,
}

/// Returns the path, and the owner of what its variable part names.
fn path(route: &Route, caller: &Tenant, other: &Tenant, random: &mut Rng) -> Result<(String, Owner), Failed> {
    let path = route.path();
    let Some((resource, rest)) = path.split_once('{') else { return Ok((path.to_owned(), Owner::Nobody)) };
    let placeholder = match resource {
        "/v1/organisations/" => "{organisation}",
        "/v1/api-keys/" => "{key id}",
        "/v1/identities/" => "{domain}",
        "/v1/templates/" => "{template}",
        "/v1/emails/" => random.choice(["{email}", "{scheduled}"]).unwrap_or("{email}"),
        "/v1/suppressions/" => "{suppressed}",
        "/v1/webhooks/" => "{webhook}",
        "/webhooks/sns/" => "{token}",
        // Its token belongs to the recipient of an email, who isn't an organisation.
        "/unsubscribe/" => "",
        unknown => return Err(format!("nothing is known for {unknown}: add it to `Tenant`").into()),
    };
    let owner = match random.u8(..10) {
        0 => Owner::Nobody,
        1..=2 => Owner::Caller,
        _ => Owner::Other,
    };
    let value = match owner {
        Owner::Caller => caller.value(placeholder),
        Owner::Other => other.value(placeholder),
        Owner::Nobody => None,
    };
    let suffix = rest.split_once('}').map_or("", |(_, suffix)| suffix);
    let owner = if value.is_some() { owner } else { Owner::Nobody };
    Ok((format!("{resource}{}{suffix}", value.unwrap_or("x_019ab0c5d0007000800000000000000a")), owner))
}

/// Returns headers that identify the caller, and whether they suffice for the route.
fn credentials(route: &Route, caller: &Tenant, random: &mut Rng) -> (Vec<(&'static str, String)>, bool) {
    let csrf = (CSRF_HEADER.0, CSRF_HEADER.1.to_owned());
    let key = caller.value("{key}").unwrap_or_default();
    // These end the caller's own access. They are called at the end.
    let ends_access = route.method() == Verb::Delete && !route.path().contains('{');
    let is_sufficient = route.access() == Access::Organisation;
    match random.u8(..10) {
        0 => (vec![csrf], false),
        1 => (vec![("authorization", format!("Bearer {key}x"))], false),
        _ if ends_access => (vec![("authorization", format!("Bearer {key}x"))], false),
        2..=5 => (vec![("cookie", caller.cookie.clone()), csrf], is_sufficient),
        // Both: the key takes precedence.
        6 => (
            vec![("authorization", format!("Bearer {key}")), ("cookie", caller.cookie.clone())],
            is_sufficient,
        ),
        _ => (vec![("authorization", format!("Bearer {key}")), csrf], is_sufficient),
    }
}

/// Replaces placeholders by values of either organisation, the first by one of the other, and returns whether there was one. A key
/// is always the caller's, because its owner may do everything.
fn fill(text: &str, caller: &Tenant, other: &Tenant, random: &mut Rng) -> (String, bool) {
    let mut is_foreign = false;
    let mut filled = text.replace("{key}", caller.value("{key}").unwrap_or_default());
    for name in ["{external id}", "{role}", "{account}", "{template}", "{email}", "{topic}"] {
        if filled.contains(name) {
            let owner = if is_foreign && random.bool() { caller } else { other };
            filled = filled.replace(name, owner.value(name).unwrap_or_default());
            is_foreign = true;
        }
    }
    (filled, is_foreign)
}

fn with_template(id: &str) -> String {
    json!({ "from": SENDER, "to": SUCCESS, "template": { "id": id, "variables": { "name": "Ada" } } })
        .to_string()
}

/// Returns a rightly signed message of the caller's topic about an email of the other organisation.
fn sns_message(caller: &Tenant, other: &Tenant) -> test_support::Result<String> {
    let email = other.value("{email}").unwrap_or_default();
    let details = json!({ "complainedRecipients": [{ "emailAddress": SUCCESS }] });
    let event = ses_event(email, "Complaint", &[SUCCESS], &details, OffsetDateTime::now_utc());
    let topic = caller.value("{topic}").unwrap_or_default();
    let message = SnsMessage::new("Notification", topic, &caller.aws);
    Ok(message.with("Message", event).sign()?.to_string())
}

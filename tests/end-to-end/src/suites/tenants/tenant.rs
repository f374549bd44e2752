//! An organisation with one of everything.

use std::collections::BTreeMap;

use fastrand::Rng;
use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use test_support::{Result, api::Api, sns_signer::message_id};

use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, string_at},
    test_email::{SUCCESS, email_to, scheduled_tomorrow},
};

/// Header that the dashboard sends with every change.
pub(super) const CSRF_HEADER: (&str, &str) = ("x-kraiter-csrf", "1");

/// The lists and settings of an organisation. They show everything that a call could change.
const STATE: [&str; 11] = [
    "/v1/aws-binding",
    "/v1/settings",
    "/v1/api-keys",
    "/v1/emails?limit=100",
    "/v1/templates?limit=100",
    "/v1/suppressions?limit=100",
    "/v1/identities?limit=100",
    "/v1/reputation",
    // Other calls are made in the background.
    "/v1/aws-calls?limit=100&action=SendEmail&since=2026-01-01T00:00:00Z&until=2100-01-01T00:00:00Z",
    "/v1/webhooks",
    "/v1/session",
];

pub(super) struct Tenant {
    connected: ConnectedOrganisation,
    /// Name and value of the session's cookie.
    pub(super) cookie: String,
    /// Values of the placeholders in paths and bodies.
    values: BTreeMap<&'static str, String>,
    /// The idempotency key of an email.
    pub(super) idempotency_key: String,
    /// Cursors of its lists.
    cursors: Vec<String>,
    /// A text in everything that the organisation created.
    mark: String,
    /// Where the certificate of SNS is.
    pub(super) aws: String,
}

impl Tenant {
    /// Connects an organisation and creates one of everything.
    pub(super) fn create(harness: &Harness) -> Result<Self> {
        let connected = harness.connect_organisation()?;
        let api = &connected.organisation.api;
        let mark = format!("mark{}", message_id().replace('-', ""));
        let create = |path: &str, body: &Value, pointer: &str| {
            string_at(&api.post(path, body)?.expect_status(StatusCode::CREATED)?, pointer)
        };
        let mut email = email_to(SUCCESS);
        email["subject"] = json!(mark);
        email["text"] = json!(mark);
        let idempotency_key = format!("{mark}-idempotency");
        let body = ("application/json", email.to_string().into());
        let headers = [("idempotency-key", idempotency_key.as_str())];
        let sent = api.send(Method::POST, "/v1/emails", Some(body), &headers)?;
        let email_id = string_at(&sent.expect_status(StatusCode::ACCEPTED)?, "/id")?;
        connected.wait_for_delivery(&email_id)?;
        let scheduled = connected.send(&scheduled_tomorrow(email), "scheduled")?;
        let template = json!({ "name": mark, "subject": mark, "text": "{{ name }}" });
        let suppressed = format!("{mark}@example.org");
        create("/v1/suppressions", &json!({ "address": suppressed }), "/address")?;

        let webhook = connected.webhook_target()?;
        let token = webhook.split('?').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        let values = BTreeMap::from([
            ("{key}", connected.organisation.api_key.clone()),
            ("{key id}", create("/v1/api-keys", &json!({ "name": mark }), "/id")?),
            ("{organisation}", connected.organisation.id.clone()),
            ("{account}", connected.customer.account().to_string()),
            ("{role}", connected.role_arn.clone()),
            ("{topic}", connected.topic_arn.clone()),
            ("{external id}", string_at(&connected.binding()?, "/externalId")?),
            ("{email}", email_id),
            ("{scheduled}", scheduled),
            ("{template}", create("/v1/templates", &template, "/id")?),
            ("{domain}", create("/v1/identities", &json!({ "identity": format!("{mark}.example") }), "/id")?),
            ("{suppressed}", suppressed),
            ("{token}", token.to_owned()),
            (
                "{webhook}",
                create("/v1/webhooks", &json!({ "url": format!("https://{mark}.example/") }), "/id")?,
            ),
        ]);
        let mut cursors = vec![values["{email}"].clone(), values["{template}"].clone()];
        for path in ["/v1/emails?limit=1", "/v1/suppressions?limit=1"] {
            cursors.extend(string_at(&api.get(path)?.body, "/nextCursor").ok());
        }
        let cookie = sign_in(&harness.api(), &connected.organisation.api_key)?;
        Ok(Self {
            connected,
            cookie,
            values,
            idempotency_key,
            cursors,
            mark,
            aws: harness.aws_proxy.origin(),
        })
    }

    /// Returns the value of a placeholder.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    pub(super) fn random_cursor(&self, random: &mut Rng) -> &str {
        random.choice(&self.cursors).map(String::as_str).unwrap_or_default()
    }

    /// Returns texts that only the organisation's own responses may contain.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.values.values().chain([&self.mark, &self.cookie]).map(String::as_str)
    }

    /// Returns everything that the organisation sees of itself, except times of use and checks.
    pub(super) fn state(&self) -> Result<BTreeMap<&'static str, Value>> {
        let api = &self.connected.organisation.api;
        let mut state = BTreeMap::new();
        for path in STATE {
            let mut body = api.get(path)?.expect_status(StatusCode::OK)?;
            remove_times(&mut body);
            state.insert(path, body);
        }
        let deliveries = api.get(&format!("/v1/webhooks/{}/deliveries", self.values["{webhook}"]))?;
        state.insert("{webhook}", deliveries.expect_status(StatusCode::OK)?);
        for name in ["{email}", "{scheduled}"] {
            let email = api.get(&format!("/v1/emails/{}", self.values[name]))?;
            state.insert(name, email.expect_status(StatusCode::OK)?);
        }
        let template = api.get(&format!("/v1/templates/{}", self.values["{template}"]))?;
        state.insert("{template}", template.expect_status(StatusCode::OK)?);
        Ok(state)
    }

    /// Disconnects the account and signs out.
    pub(super) fn leave(&self) -> Result<()> {
        let api = &self.connected.organisation.api;
        api.delete("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
        let cookie = [("cookie", self.cookie.as_str()), CSRF_HEADER];
        let anonymous = Api::new(api.origin());
        anonymous
            .send(Method::DELETE, "/v1/session", None, &cookie)?
            .expect_status(StatusCode::NO_CONTENT)?;
        Ok(())
    }
}

/// Returns the name and value of a new session's cookie.
fn sign_in(api: &Api, key: &str) -> Result<String> {
    let body = ("application/json", json!({ "apiKey": key }).to_string().into());
    let response = api.send(Method::POST, "/v1/session", Some(body), &[CSRF_HEADER])?;
    let cookie = response.headers.get(header::SET_COOKIE).and_then(|value| value.to_str().ok());
    Ok(cookie.and_then(|cookie| cookie.split(';').next()).unwrap_or_default().to_owned())
}

/// Removes the times of use and checks, which the organisation's own calls and background checks change.
fn remove_times(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let is_time =
                |name: &str| matches!(name, "lastUsedAt" | "checkedAt" | "lastEventAt" | "completeSince");
            fields.retain(|name, _| !is_time(name.as_str()));
            fields.values_mut().for_each(remove_times);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_times),
        _ => {}
    }
}

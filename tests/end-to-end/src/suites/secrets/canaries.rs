//! Secrets in places where they fail: unknown, revoked, misplaced and malformed ones. The cases that run last search for them.

use http::{Method, StatusCode, header};
use serde_json::json;
use test_support::{Result, sns_signer::SnsMessage, test_env::ADMIN_TOKEN};

use super::{TestResult, assert_that, secret_index::Secret};
use crate::{
    harness::{Harness, IRELAND, open_quick_create, string_at},
    test_email::{SUCCESS, email_to},
};

/// Header that the dashboard sends with every change.
const CSRF_HEADER: (&str, &str) = ("x-kraiter-csrf", "1");

const UNKNOWN: &str = "kr_key_canary0unknown0secret0which0nobody0ever0issued";
const FIELD: &str = "canary0field0name0into0which0somebody0pasted0a0secret";
const IDEMPOTENCY_KEY: &str = "canary0idempotency0key0which0is0only0stored0as0a0digest";
const SUBSCRIPTION_TOKEN: &str = "ca11ab1e00000000000000000000000000000000000000000000000000000000";

/// Method, path, headers and body.
type FailingRequest<'a> = (&'a str, String, Vec<(&'a str, &'a str)>, String);

/// Returns the secrets that [`use_all`] uses and that nothing else contains.
pub(super) fn all() -> Vec<Secret> {
    [
        ("an unknown key", UNKNOWN),
        ("an idempotency key", IDEMPOTENCY_KEY),
        ("a subscription's token", SUBSCRIPTION_TOKEN),
    ]
    .map(|(kind, secret)| (kind, secret.to_owned()))
    .into()
}

/// Returns what only the response to its sender may contain.
pub(super) fn field_name() -> Secret {
    ("a field's name", FIELD.to_owned())
}

pub(super) fn use_all(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let organisation = &connected.organisation;
    let created = organisation.api.post("/v1/api-keys", &json!({ "name": "Revoked" }))?;
    let created = created.expect_status(StatusCode::CREATED)?;
    let (id, revoked) = (string_at(&created, "/id")?, string_at(&created, "/apiKey")?);
    let sign_in =
        send(harness, "POST", "/v1/session", &[CSRF_HEADER], &json!({ "apiKey": revoked }).to_string())?;
    let cookie = sign_in.headers.get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok());
    let cookie = cookie.and_then(|cookie| cookie.split(';').next()).unwrap_or_default().to_owned();
    organisation.api.delete(&format!("/v1/api-keys/{id}"))?.expect_status(StatusCode::NO_CONTENT)?;
    let session = cookie.split_once('=').map_or("", |(_, session)| session);

    let email = email_to(SUCCESS);
    let key = ("idempotency-key", IDEMPOTENCY_KEY);
    for (text, expected) in [("Hello!", 202), ("Hello!", 202), ("Bye!", 409)] {
        let mut email = email.clone();
        email["text"] = json!(text);
        let body = Some(("application/json", email.to_string().into()));
        let status = organisation.api.send(Method::POST, "/v1/emails", body, &[key])?.status;
        assert_that(status == expected, format!("{status} with an idempotency key"))?;
    }

    let secrets = [UNKNOWN, revoked.as_str(), session, ADMIN_TOKEN];
    for secret in secrets {
        fail_with(harness, secret)?;
    }
    let awaiting = harness.create_organisation()?;
    let webhook =
        open_quick_create(&awaiting, IRELAND)?.parameter("WebhookUrl").unwrap_or_default().to_owned();
    let target = webhook.replace(&harness.webhook_proxy.origin(), "");
    for message_type in ["SubscriptionConfirmation", "UnsubscribeConfirmation"] {
        let message = SnsMessage::new(message_type, &connected.topic_arn, &harness.aws_proxy.origin())
            .with("Token", SUBSCRIPTION_TOKEN);
        let refused = harness.post_to_webhook(&target, message.sign()?.to_string())?;
        assert_that(refused.status.is_client_error(), format!("{} for a token of SNS", refused.status))?;
    }
    Ok(())
}

/// Presents a secret in every place where it isn't valid.
fn fail_with(harness: &Harness, secret: &str) -> TestResult {
    let bearer = format!("Bearer {secret}");
    let basic = format!("Basic {secret}");
    let cookie = format!("kraiter={secret}");
    let in_value = json!({ "apiKey": format!("{secret}x") }).to_string();
    let requests: Vec<FailingRequest<'_>> = vec![
        ("GET", "/v1/emails".into(), vec![("authorization", &bearer)], String::new()),
        ("GET", "/v1/emails".into(), vec![("authorization", &basic)], String::new()),
        ("GET", "/v1/emails".into(), vec![("authorization", secret)], String::new()),
        ("GET", "/v1/emails".into(), vec![("cookie", &cookie)], String::new()),
        ("GET", format!("/v1/emails?apiKey={secret}"), vec![], String::new()),
        ("GET", format!("/v1/emails/{secret}"), vec![], String::new()),
        ("GET", format!("/v1/{secret}"), vec![], String::new()),
        ("POST", "/v1/session".into(), vec![CSRF_HEADER], in_value),
        ("POST", "/v1/session".into(), vec![CSRF_HEADER], json!({ "apiKey": [secret] }).to_string()),
        ("POST", "/v1/session".into(), vec![CSRF_HEADER], format!(r#"{{"apiKey":"{secret}"#)),
        ("POST", "/v1/session".into(), vec![CSRF_HEADER], json!(secret).to_string()),
        ("POST", "/v1/session".into(), vec![CSRF_HEADER], json!({ FIELD: 1 }).to_string()),
        ("POST", format!("/webhooks/sns/{secret}"), vec![], "{}".into()),
        ("POST", format!("/webhooks/sns/{secret}?token={secret}"), vec![], secret.into()),
    ];
    for (method, path, headers, body) in requests {
        let status = send(harness, method, &path, &headers, &body)?.status;
        assert_that(status.is_client_error(), format!("{method} {path} with a secret: {status}"))?;
    }
    // Pages for people, whatever the token.
    for method in ["GET", "POST"] {
        let status = send(harness, method, &format!("/unsubscribe/{secret}"), &[], "")?.status;
        assert_that(!status.is_server_error(), format!("{method} /unsubscribe with a secret: {status}"))?;
    }
    Ok(())
}

fn send(
    harness: &Harness,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<test_support::api::ApiResponse> {
    let body = (!body.is_empty()).then(|| ("application/json", body.to_owned().into()));
    let method = if method == "GET" { Method::GET } else { Method::POST };
    harness.api().send(method, path, body, headers)
}

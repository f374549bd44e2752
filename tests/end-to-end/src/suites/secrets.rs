//! After all other cases: no secret is stored, logged or returned where it must not be.

mod canaries;
mod secret_index;

use std::{collections::BTreeSet, fs, path::Path, sync::Weak};

use self::secret_index::{Secret, SecretIndex};
use super::{TestResult, assert_that, identities, trial};
use crate::{harness::Harness, http_proxy::Exchange};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

/// Uses secrets in ways that fail.
pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    vec![trial("secrets::unknown, revoked and misplaced ones are refused", harness, canaries::use_all)]
}

/// Searches for all secrets of the run.
pub(crate) fn final_trials(harness: &Weak<Harness>) -> Vec<Trial> {
    vec![
        trial("secrets::the Worker's log contains no secret", harness, log_has_no_secrets),
        trial(
            "secrets::responses contain no secret except the one that issues it",
            harness,
            responses_have_no_secrets,
        ),
        trial("secrets::the Worker's storage contains no secret", harness, storage_has_no_secrets),
        trial(
            "secrets::the dashboard, the npm package and the published template contain no secret",
            harness,
            published_files_have_no_secrets,
        ),
    ]
}

/// The kind of secrets that Kraiter signs webhooks with, so that it has to store them.
const SIGNING_SECRET: &str = "a webhook endpoint's signing secret";

/// Returns all secrets of the run.
fn secrets(harness: &Harness) -> Result<Vec<Secret>, Failed> {
    // A new setting is covered by its name.
    let is_secret = |name: &str| ["SECRET", "TOKEN", "KEYS"].iter().any(|part| name.contains(part));
    let settings = harness.settings().iter().filter(|(name, _)| is_secret(name));
    let mut secrets: Vec<Secret> = settings.map(|(name, value)| (*name, value.clone())).collect();
    secrets.extend(canaries::all());
    secrets.extend(
        harness.aws_proxy.session_secrets().into_iter().map(|secret| ("a role's credentials", secret)),
    );
    for exchange in harness.webhook_proxy.exchanges() {
        secrets.extend(issued_secret(&exchange));
        secrets.extend(subscription_token(&exchange));
    }
    // A PEM file has line breaks and the request to SES has none, so single lines are searched. The first lines are
    // public.
    let lines = identities::KEYS.iter().flat_map(|key| key.lines().skip(8)).filter(|line| line.len() == 64);
    secrets.extend(lines.map(|line| ("a customer's signing key", line.to_owned())));
    let kinds: BTreeSet<_> = secrets.iter().map(|(kind, _)| *kind).collect();
    // A partial run may lack some kinds.
    assert_that(
        kinds.len() >= 3 && secrets.iter().all(|(_, secret)| secret.len() >= 16),
        format!("too few or too short secrets: {kinds:?}"),
    )?;
    Ok(secrets)
}

/// Returns the secret that a response is supposed to contain.
fn issued_secret(exchange: &Exchange) -> Option<Secret> {
    let response = exchange.response.as_ref()?;
    if exchange.request.target() == "/v1/session" {
        let cookie = response.header("set-cookie")?.split(';').next()?.split_once('=')?.1;
        return (!cookie.is_empty()).then(|| ("a session's cookie", secret_part(cookie)));
    }
    let body: Value = serde_json::from_slice(&response.body).ok()?;
    match exchange.request.target() {
        "/v1/organisations" | "/v1/api-keys" => Some(("an API key", secret_part(body["apiKey"].as_str()?))),
        path if path.starts_with("/v1/webhooks") => {
            Some((SIGNING_SECRET, body["secret"].as_str()?.to_owned()))
        }
        "/v1/aws-binding/connect" => {
            let (_, rest) = body["quickCreateUrl"].as_str()?.split_once("%2Fwebhooks%2Fsns%2F")?;
            Some(("a webhook's token", secret_part(rest)))
        }
        "/v1/aws-binding/events" => {
            Some(("a webhook's token", secret_part(body["webhookUrl"].as_str()?.rsplit('/').next()?)))
        }
        _ => None,
    }
}

/// Returns the token with which a subscription is confirmed.
fn subscription_token(exchange: &Exchange) -> Option<Secret> {
    let is_webhook = exchange.request.target().starts_with("/webhooks/");
    let body: Value = is_webhook.then(|| serde_json::from_slice(&exchange.request.body).ok())??;
    let token = body["Token"].as_str().filter(|token| token.len() >= 16)?;
    Some(("a subscription's token", token.to_owned()))
}

/// Returns most of the secret of the token at the start of a text: its last 40 characters. The part before them isn't secret.
fn secret_part(text: &str) -> String {
    let is_token = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let token = &text[..text.find(|character| !is_token(character)).unwrap_or(text.len())];
    token[token.len().saturating_sub(40)..].to_owned()
}

fn assert_no_secret(place: &str, text: &[u8], secrets: &SecretIndex) -> TestResult {
    let found = secrets.find(text);
    assert_that(found.is_none(), format!("{place} contains {}", found.unwrap_or_default()))
}

fn log_has_no_secrets(harness: &Harness) -> TestResult {
    let worker_lines = harness.worker_log_without_wrangler();
    assert_that(worker_lines.contains("requestId"), "the Worker has logged nothing")?;
    assert_no_secret("the log", worker_lines.as_bytes(), &SecretIndex::new(secrets(harness)?))?;
    // People paste secrets into the wrong place, so names that aren't ours are responded with, but not logged.
    assert_no_secret("the log", worker_lines.as_bytes(), &SecretIndex::new(vec![canaries::field_name()]))
}

fn responses_have_no_secrets(harness: &Harness) -> TestResult {
    let secrets = SecretIndex::new(secrets(harness)?);
    for exchange in harness.webhook_proxy.exchanges() {
        let Some(response) = &exchange.response else { continue };
        let mut text = format!("{:?} {}", response.headers, response.text());
        if let Some((_, issued)) = issued_secret(&exchange) {
            text = text.replacen(&issued, "", 1);
        }
        assert_no_secret(&exchange.request.start, text.as_bytes(), &secrets)?;
    }
    Ok(())
}

fn storage_has_no_secrets(harness: &Harness) -> TestResult {
    let mut files = Vec::new();
    collect(harness.state_dir(), &mut files)?;
    // Control: an organisation's id, which is stored in plain text, is found the same way.
    for exchange in harness.webhook_proxy.exchanges().iter().rev() {
        if let (Some((kind, _)), Some(response)) = (issued_secret(exchange), &exchange.response)
            && kind == "an API key"
        {
            let body: Value = serde_json::from_slice(&response.body)?;
            let id = body["id"].as_str().unwrap_or_default().to_owned();
            let control = SecretIndex::new(vec![("an organisation", id)]);
            let is_found = files.iter().any(|(_, bytes)| control.find(bytes).is_some());
            assert_that(is_found, "the storage doesn't contain an organisation that must be there")?;
            break;
        }
    }
    let stored = secrets(harness)?.into_iter().filter(|(kind, _)| *kind != SIGNING_SECRET);
    let secrets = SecretIndex::new(stored.collect());
    files.iter().try_for_each(|(path, bytes)| assert_no_secret(path, bytes, &secrets))
}

/// The dashboard and the package are built before the tests run. The template is in a bucket that everybody can read.
fn published_files_have_no_secrets(harness: &Harness) -> TestResult {
    let root = harness.tools.root();
    let mut files = Vec::new();
    for directory in ["www/dist", "pkg/dist", "pkg/lib"] {
        collect(&root.join(directory), &mut files)?;
    }
    let template = harness.published_template()?;
    files.push(("the template".to_owned(), template.clone()));
    // Control: a public text is found the same way.
    let control = SecretIndex::new(vec![("a type of the template", "AWS::IAM::Role".to_owned())]);
    assert_that(control.find(&template).is_some(), "the template has no role")?;
    let secrets = SecretIndex::new(secrets(harness)?);
    files.iter().try_for_each(|(path, bytes)| assert_no_secret(path, bytes, &secrets))
}

/// Collects all files below a directory, except the settings written by the tests and wrangler's own request traces.
fn collect(directory: &Path, files: &mut Vec<(String, Vec<u8>)>) -> TestResult {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.ends_with("settings.env") || path.ends_with("observability") {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push((path.display().to_string(), fs::read(&path)?));
        }
    }
    Ok(())
}

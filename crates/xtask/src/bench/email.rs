//! The emails of the benchmark: 1.5 KB of HTML to one recipient.

use serde_json::{Value, json};
use test_support::{Error, Result};

use super::{
    contender::Contender,
    load::{self, Connection},
};

/// The simulator's address that accepts every email.
pub(super) const TO: &str = "success@simulator.amazonses.com";

/// Events of an email, in SES's order.
pub(super) const EVENTS: [&str; 3] = ["Send", "Delivery", "Open"];

/// Returns the JSON of an email.
fn body() -> String {
    let html = "<p>Hello</p>".repeat(125);
    json!({ "from": "sender@simulator.amazonses.com", "to": TO, "subject": "Hello", "html": html }).to_string()
}

/// Returns a request that sends an email without an idempotency key.
pub(super) fn unkeyed(contender: &Contender) -> Vec<u8> {
    with_headers(contender, &[])
}

/// Returns a request that sends an email once per `key`.
pub(super) fn keyed(contender: &Contender, key: &str) -> Vec<u8> {
    with_headers(contender, &[("idempotency-key", key)])
}

fn with_headers(contender: &Contender, headers: &[(&str, &str)]) -> Vec<u8> {
    let authorization = format!("Bearer {}", contender.api_key);
    let mut all = vec![("authorization", authorization.as_str()), ("content-type", "application/json")];
    all.extend(headers);
    load::request("POST", "/v1/emails", &all, body().as_bytes())
}

/// Sends an email and returns its ID.
pub(super) fn send(connection: &mut Connection, request: &[u8]) -> Result<String> {
    let (status, body) = connection.exchange(request)?;
    let json: Value = serde_json::from_slice(&body).unwrap_or_default();
    match json["id"].as_str() {
        Some(id) if status == 202 => Ok(id.to_owned()),
        _ => Err(Error::Unexpected(format!("the Worker responded with {status}: {}", String::from_utf8_lossy(&body)))),
    }
}

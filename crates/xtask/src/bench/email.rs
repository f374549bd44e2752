//! The emails of the benchmark: 1.5 KB of HTML to one recipient.

use std::thread;

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

/// The status of an accepted email.
pub(super) const ACCEPTED: u16 = 202;

/// Returns the JSON of an email.
fn body(to: &str) -> String {
    let html = "<p>Hello</p>".repeat(125);
    json!({ "from": "sender@simulator.amazonses.com", "to": to, "subject": "Hello", "html": html })
        .to_string()
}

/// Returns a request that sends an email without an idempotency key.
pub(super) fn unkeyed(contender: &Contender) -> Vec<u8> {
    with_headers(contender, TO, &[])
}

/// Returns a request that sends an email to an address.
pub(super) fn to(contender: &Contender, address: &str) -> Vec<u8> {
    with_headers(contender, address, &[])
}

/// Returns a request that sends an email once per `key`.
pub(super) fn keyed(contender: &Contender, key: &str) -> Vec<u8> {
    with_headers(contender, TO, &[("idempotency-key", key)])
}

fn with_headers(contender: &Contender, to: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let authorization = format!("Bearer {}", contender.api_key);
    let mut all = vec![("authorization", authorization.as_str()), ("content-type", "application/json")];
    all.extend(headers);
    load::request("POST", "/v1/emails", &all, body(to).as_bytes())
}

/// Sends an email and returns its ID.
pub(super) fn send(connection: &mut Connection, request: &[u8]) -> Result<String> {
    let body = connection.expect(ACCEPTED, request)?;
    let json: Value = serde_json::from_slice(&body).unwrap_or_default();
    let id = json["id"].as_str().map(str::to_owned);
    id.ok_or_else(|| Error::Unexpected(format!("the response has no \"id\": {json}")))
}

/// Sends emails without idempotency keys over several connections and returns their IDs.
pub(super) fn send_many(contender: &Contender, emails: u64) -> Result<Vec<String>> {
    let connections = 10;
    let send_some = || {
        let mut connection = Connection::open(contender.server.address)?;
        (0..emails.div_ceil(connections)).map(|_| send(&mut connection, &unkeyed(contender))).collect()
    };
    let ids = thread::scope(|scope| {
        let senders: Vec<_> = (0..connections).map(|_| scope.spawn(send_some)).collect();
        let join = |sender: thread::ScopedJoinHandle<'_, Result<Vec<String>>>| {
            sender.join().unwrap_or_else(|_| Err(Error::Unexpected("sending panicked".into())))
        };
        senders.into_iter().map(join).collect::<Result<Vec<_>>>()
    })?;
    Ok(ids.concat())
}

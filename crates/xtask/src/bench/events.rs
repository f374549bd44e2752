//! Ingesting SES's events, which arrive as signed messages of SNS.

use std::thread;

use serde_json::{Value, json};
use test_support::{
    Error, Result,
    sns_signer::{SnsMessage, ses_event},
};
use time::OffsetDateTime;

use super::{
    Bench,
    contender::Contender,
    email,
    fake_aws::FakeAws,
    line::{Line, of_rounds},
    load::{self, End, Load},
    organisation::TOPIC_ARN,
    rounds::{self, Rounds, with_cpu_time},
};

const CONNECTIONS: usize = 20;

/// The status that a webhook responds with.
pub(super) const STATUS: u16 = 200;

/// Threads that sign messages: as many as the machine can use while nothing is measured.
const SIGNERS: usize = 2;

/// Signed messages with three events of each of some emails. Every message is posted once.
pub(super) struct Messages(Vec<String>);

impl Messages {
    /// Signs the messages, all Send events first, then all Delivery events, then all Open events.
    pub(super) fn sign(emails: &[String], aws: &FakeAws) -> Result<Self> {
        let origin = aws.origin();
        let events: Vec<String> = email::EVENTS
            .into_iter()
            .flat_map(|kind| {
                emails.iter().map(move |id| {
                    let now = OffsetDateTime::now_utc();
                    ses_event(id, kind, &[email::TO], &details(kind), now)
                })
            })
            .collect();
        let sign = |event: &String| {
            let message = SnsMessage::new("Notification", TOPIC_ARN, &origin).with("Message", event.as_str());
            message.sign().map(|message| message.to_string())
        };
        let chunks = thread::scope(|scope| {
            let signers: Vec<_> = events
                .chunks(events.len().div_ceil(SIGNERS).max(1))
                .map(|chunk| scope.spawn(|| chunk.iter().map(sign).collect::<Result<Vec<_>>>()))
                .collect();
            let join = |signer: thread::ScopedJoinHandle<'_, _>| {
                signer.join().unwrap_or_else(|_| Err(Error::Unexpected("signing panicked".into())))
            };
            signers.into_iter().map(join).collect::<Result<Vec<_>>>()
        })?;
        Ok(Self(chunks.concat()))
    }

    /// Posts all messages.
    pub(super) fn post(&self, contender: &Contender) -> Result<load::Outcome> {
        load::run(&Load {
            address: contender.server.address,
            connections: CONNECTIONS,
            end: End::Requests(self.len()),
            request: &|number| self.request(contender, number),
            status: STATUS,
        })
    }

    pub(super) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// Returns the request that posts the message with this number.
    pub(super) fn request(&self, contender: &Contender, number: u64) -> Vec<u8> {
        let message = usize::try_from(number).ok().and_then(|number| self.0.get(number));
        let body = message.map(String::as_bytes).unwrap_or_default();
        let webhook = contender.webhook.as_deref().unwrap_or_default();
        load::request("POST", webhook, &[("content-type", "text/plain; charset=UTF-8")], body)
    }
}

/// Returns what SES reports about an event of this type.
fn details(kind: &str) -> Value {
    match kind {
        "Delivery" => json!({
            "processingTimeMillis": 546,
            "recipients": [email::TO],
            "smtpResponse": "250 2.6.0 Message received",
            "reportingMTA": "a8-70.smtp-out.amazonses.com",
        }),
        "Open" => json!({
            "ipAddress": "192.0.2.1",
            "userAgent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
        }),
        _ => json!({}),
    }
}

/// Measures Kraiter beside a JavaScript Worker that verifies with `WebCrypto` and stores in two D1 statements.
pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Line>> {
    let contenders: Vec<_> =
        bench.contenders()?.iter().filter(|contender| contender.webhook.is_some()).collect();
    let mut results: Vec<Rounds> = contenders.iter().map(|_| Rounds::default()).collect();
    for contender in &contenders {
        post(bench, contender)?;
    }
    for round in 0..bench.effort().rounds {
        for index in rounds::order(contenders.len(), round) {
            let (outcome, cpu) = post(bench, contenders[index])?;
            results[index].add(&outcome, cpu);
        }
    }
    let Some((ours, others)) = results.split_first() else { return Ok(Vec::new()) };
    let others = contenders.iter().skip(1).zip(others);
    Ok(others
        .flat_map(|(contender, theirs)| {
            // The library isn't used for events.
            let name =
                if contender.name.starts_with("aws4fetch") { "WebCrypto and D1" } else { &contender.name };
            of_rounds("event", ours, name, theirs)
        })
        .collect())
}

/// Sends emails, which isn't measured, and posts their events.
fn post(bench: &Bench<'_>, contender: &Contender) -> Result<(load::Outcome, std::time::Duration)> {
    let ids = email::send_many(contender, bench.events_per_round() / 3)?;
    let messages = Messages::sign(&ids, &bench.aws)?;
    with_cpu_time(&contender.server, || messages.post(contender))
}

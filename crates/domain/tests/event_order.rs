//! SES's events lead to the same state in whatever order and however often they arrive.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a helper fails the test")]

use std::collections::{BTreeMap, BTreeSet};

use aws_sans_io::ses::event::{Event, Notification};
use domain::{
    delivery::{
        AddedEvent, EmailStatus, EventLog, EventRecipients, ReputationCounts, StoredEvent, event_source,
    },
    suppression::{
        AddressFacts, AddressKey, Fact, FactKind, Suppression, SuppressionReason, SuppressionSignal,
        message_source, suppressible_addresses,
    },
};
use fastrand::Rng;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, macros::datetime};

const EVENTS: usize = 10_000;
const EMAILS: usize = 400;
const ADDRESSES: usize = 100;
const START: OffsetDateTime = datetime!(2026-11-01 0:00 UTC);

/// The time between two events. All of them span a month, several times as long as soft bounces count.
const INTERVAL: Duration = Duration::seconds(260);

/// A message of SNS about an email.
#[derive(Clone, Debug)]
struct Message {
    id: String,
    email: usize,
    event: Event,
}

/// What the organisation's object stores of events.
#[derive(Default)]
struct State {
    emails: BTreeMap<usize, Email>,
    facts: BTreeMap<AddressKey, BTreeMap<(u8, [u8; 16]), Fact>>,
    delivered_at: BTreeMap<AddressKey, OffsetDateTime>,
    reputation: ReputationCounts,
}

#[derive(Default)]
struct Email {
    status: Option<EmailStatus>,
    log: EventLog,
    /// The events that the log has no room for.
    more: BTreeMap<String, StoredEvent>,
}

/// What customers see.
#[derive(Debug, PartialEq)]
struct Visible {
    /// The status and the events of each email.
    emails: BTreeMap<usize, (Option<EmailStatus>, BTreeSet<String>)>,
    suppressions: Vec<Suppression>,
    reputation: ReputationCounts,
}

impl State {
    /// Applies a message as the organisation's object does in a transaction.
    fn apply(&mut self, message: &Message) {
        let Message { id, email: number, event } = message;
        let email = self.emails.entry(*number).or_default();
        let sent_to = recipients_of(*number);
        let recipients = EventRecipients::find(event, &sent_to);
        let stored = StoredEvent::new(id, event, &recipients, &sent_to);
        match email.log.add(stored.clone()).unwrap() {
            AddedEvent::Added(_) => {}
            AddedEvent::Full if !email.more.contains_key(stored.message_key()) => {
                email.more.insert(stored.message_key().to_owned(), stored);
            }
            AddedEvent::Full | AddedEvent::Duplicate => return,
        }
        let status = email.status.unwrap_or(EmailStatus::Sending);
        email.status = Some(status.after_event(&event.event_type, event.is_transient_bounce()));
        if let Some(counts) = ReputationCounts::from_event(event) {
            self.reputation += counts;
        }
        if let EventRecipients::Matched(recipients) = recipients {
            self.record(message, &recipients);
        }
    }

    fn record(&mut self, message: &Message, recipients: &[String]) {
        let Some(signal) = SuppressionSignal::from_event(&message.event) else { return };
        for address in suppressible_addresses(recipients) {
            let at = message.event.at;
            let kind = match signal {
                SuppressionSignal::Delivered => {
                    let last = self.delivered_at.entry(address).or_insert(at);
                    *last = at.max(*last);
                    continue;
                }
                SuppressionSignal::Suppress(reason) => FactKind::Suppressed(reason),
                SuppressionSignal::SoftBounce => FactKind::SoftBounce,
            };
            let source = message_source(&event_source(&message.event, &message.id));
            let email_id = Some(domain::EmailId::new(START, message.email as u128));
            let fact = Fact { kind, email_id, since: at, observed_at: at };
            self.facts.entry(address).or_default().entry((kind.number(), source)).or_insert(fact);
        }
    }

    fn visible(&self) -> Visible {
        let keys = |email: &Email| {
            let stored = email.log.events().iter().chain(email.more.values());
            stored.map(|event| event.message_key().to_owned()).collect()
        };
        let suppressions = self.facts.iter().filter_map(|(address, facts)| {
            let delivered_at = self.delivered_at.get(address).copied();
            let facts = AddressFacts { facts: facts.values().copied().collect(), delivered_at };
            facts.suppression(address.clone())
        });
        Visible {
            emails: self
                .emails
                .iter()
                .map(|(number, email)| (*number, (email.status, keys(email))))
                .collect(),
            suppressions: suppressions.collect(),
            reputation: self.reputation,
        }
    }
}

fn address(number: usize) -> String {
    format!("user{}@example.com", number % ADDRESSES)
}

/// Returns the one to three recipients of an email.
fn recipients_of(email: usize) -> Vec<String> {
    (0..=email % 3).map(|index| address(email + 7 * index)).collect()
}

/// Returns the text of a random event about an email. Soft bounces and deliveries are the most frequent: only they depend on time.
fn random_event(random: &mut Rng, number: usize, email: usize) -> Value {
    let to = recipients_of(email);
    let about = &to[random.usize(..to.len())];
    let at = (START + INTERVAL * i32::try_from(number).unwrap())
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    let bounce = |kind: &str| json!({ "bounceType": kind, "feedbackId": format!("b{number}"), "bouncedRecipients": [{ "emailAddress": about }] });
    // In the second half, nothing is delivered to some addresses, so that their soft bounces add up.
    let is_full = about.ends_with("0@example.com") && number > EVENTS / 2;
    let (kind, mut detail) = match random.u16(..1_000) {
        0..=199 => ("Send", json!({})),
        200..=499 if !is_full => ("Delivery", json!({ "recipients": [about] })),
        200..=799 => ("Bounce", bounce("Transient")),
        800..=802 => ("Bounce", bounce("Permanent")),
        803..=804 => (
            "Complaint",
            json!({ "feedbackId": format!("c{number}"), "complainedRecipients": [{ "emailAddress": about }] }),
        ),
        805..=849 => ("DeliveryDelay", json!({ "delayedRecipients": [{ "emailAddress": about }] })),
        850..=899 => ("Open", json!({})),
        900..=949 => ("Click", json!({ "link": "https://example.com" })),
        _ => ("Reject", json!({ "reason": "Bad content" })),
    };
    detail["timestamp"] = json!(at);
    let member = format!("{}{}", kind[..1].to_lowercase(), &kind[1..]);
    let mut event =
        json!({ "eventType": kind, "mail": { "timestamp": at, "messageId": "0102", "destination": to } });
    event[member] = detail;
    event
}

fn messages(random: &mut Rng) -> Vec<Message> {
    let message = |number| {
        let email = random.usize(..EMAILS);
        let text = random_event(random, number, email).to_string();
        match Notification::parse(&text, "id", START) {
            Ok(Notification::Event(event)) => Message { id: format!("m{number}"), email, event: *event },
            other => panic!("{other:?}"),
        }
    };
    (0..EVENTS).map(message).collect()
}

/// Returns every message once or several times, most of them late, some by days. A bounce or complaint is sometimes reported by
/// another message about the same feedback.
fn disturbed(messages: &[Message], random: &mut Rng) -> Vec<Message> {
    let mut arrivals = Vec::new();
    for (number, message) in messages.iter().enumerate() {
        for copy in 0..=random.usize(..3) {
            let delay = if random.u8(..10) == 0 { random.usize(..EVENTS) } else { random.usize(..50) };
            let mut message = message.clone();
            if copy > 0 && message.event.feedback_id.is_some() && random.bool() {
                message.id = format!("{}-again", message.id);
            }
            arrivals.push((number + delay, random.u32(..), message));
        }
    }
    arrivals.sort_by_key(|(arrival, order, _)| (*arrival, *order));
    arrivals.into_iter().map(|(_, _, message)| message).collect()
}

#[test]
fn ten_thousand_events_shuffled_doubled_and_delayed_lead_to_the_state_of_in_order_once() {
    let mut random = Rng::with_seed(16);
    let messages = messages(&mut random);
    let state_after = |messages: &[Message]| {
        let mut state = State::default();
        for message in messages {
            state.apply(message);
        }
        state.visible()
    };
    let expected = state_after(&messages);
    // Otherwise the comparison would show little.
    for reason in [SuppressionReason::Bounce, SuppressionReason::Complaint, SuppressionReason::SoftBounces] {
        let count = expected.suppressions.iter().filter(|suppression| suppression.reason == reason).count();
        assert!((5..ADDRESSES / 2).contains(&count), "{count} for {}", reason.name());
    }
    for _ in 0..2 {
        let disturbed = disturbed(&messages, &mut random);
        assert!(disturbed.len() > EVENTS * 3 / 2);
        assert_eq!(state_after(&disturbed), expected);
    }
}

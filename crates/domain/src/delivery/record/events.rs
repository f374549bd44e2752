//! SES's events in an email's row.

use aws_sans_io::{
    json,
    ses::{EventType, event::Event},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::delivery::EventRecipients;

/// The largest number of events in an email's row. Further ones are stored in rows of their own.
pub const MAX_LOGGED_EVENTS: usize = 32;

/// The largest size of the events in an email's row, in bytes.
pub const MAX_LOGGED_BYTES: usize = 8 * 1024;

/// An event as it is stored: type, time in milliseconds since 1970, key of the SNS message, recipients, details.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredEvent(EventType, i64, String, Option<Vec<String>>, Value);

impl StoredEvent {
    /// Creates the stored form of an event of the SNS message `message_id` about an email to `sent_to`.
    #[must_use]
    pub fn new(message_id: &str, event: &Event, recipients: &EventRecipients, sent_to: &[String]) -> Self {
        let at = i64::try_from(event.at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX);
        let named = match recipients {
            EventRecipients::Matched(matched) => (matched != sent_to).then(|| matched.clone()),
            // What SES names, so that it can be seen.
            EventRecipients::Unmatched => Some(event.recipients.clone()),
        };
        let detail = serde_json::to_value(&event.detail).unwrap_or_default();
        Self(event.event_type.clone(), at, message_key(&event_source(event, message_id)), named, detail)
    }

    /// Returns the type.
    #[must_use]
    pub const fn kind(&self) -> &EventType {
        &self.0
    }

    /// Returns the time of the event, by SES's clock.
    #[must_use]
    pub fn at(&self) -> OffsetDateTime {
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.1) * 1_000_000);
        at.unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Returns the key of the event, which is the same whenever it is reported again.
    #[must_use]
    pub fn message_key(&self) -> &str {
        &self.2
    }

    /// Returns the recipients that the event is about. `all` are those of the email.
    #[must_use]
    pub fn recipients(&self, all: &[String]) -> Vec<String> {
        self.3.clone().unwrap_or_else(|| all.to_vec())
    }

    /// Returns the details.
    #[must_use]
    pub const fn detail(&self) -> &Value {
        &self.4
    }
}

/// Returns what identifies an event: the feedback ID of a bounce or complaint, which SES may report in both of its formats, or the id of
/// its SNS message, which is the same in every attempt to deliver it.
#[must_use]
pub fn event_source(event: &Event, message_id: &str) -> String {
    match &event.feedback_id {
        Some(feedback_id) => format!("{} {feedback_id}", event.event_type),
        None => message_id.to_owned(),
    }
}

/// Returns 96 bits of the source's digest: enough to tell the events of one email apart.
fn message_key(source: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(source.as_bytes())[..12])
}

/// The events in an email's row, in the order in which they arrived.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventLog(Vec<StoredEvent>);

/// What became of an event that arrived.
#[derive(Clone, Debug, PartialEq)]
pub enum AddedEvent {
    /// The same message arrived before.
    Duplicate,
    /// It was added. This is the log's new stored form.
    Added(String),
    /// The log is full: the event needs a row of its own.
    Full,
}

impl EventLog {
    /// Parses the stored form.
    ///
    /// # Errors
    /// Fails if the text isn't the stored form of a log.
    pub fn from_stored(text: Option<&str>) -> Result<Self, json::Error> {
        text.map_or_else(|| Ok(Self::default()), |text| json::parse(text.as_bytes()))
    }

    /// Returns the events.
    #[must_use]
    pub fn events(&self) -> &[StoredEvent] {
        &self.0
    }

    /// Adds an event, however often it is reported.
    ///
    /// # Errors
    /// Fails if the event can't be written as JSON.
    pub fn add(&mut self, event: StoredEvent) -> Result<AddedEvent, serde_json::Error> {
        if self.0.iter().any(|known| known.message_key() == event.message_key()) {
            return Ok(AddedEvent::Duplicate);
        }
        if self.0.len() == MAX_LOGGED_EVENTS {
            return Ok(AddedEvent::Full);
        }
        self.0.push(event);
        let text = serde_json::to_string(self)?;
        if text.len() > MAX_LOGGED_BYTES {
            self.0.pop();
            return Ok(AddedEvent::Full);
        }
        Ok(AddedEvent::Added(text))
    }
}

#[cfg(test)]
mod tests {
    use aws_sans_io::ses::event::Notification;

    use super::*;

    fn event(kind: &str, recipient: &str) -> Event {
        let text = serde_json::json!({
            "eventType": kind,
            "delivery": { "timestamp": "2026-11-28T12:00:01.500Z", "recipients": [recipient], "smtpResponse": "250 ok" },
            "send": {},
            "mail": {
                "timestamp": "2026-11-28T12:00:00Z", "messageId": "0102",
                "destination": ["ada@example.com", "bob@example.com"], "tags": { "id": ["eml_1"] },
            },
        });
        match Notification::parse(&text.to_string(), "id", OffsetDateTime::UNIX_EPOCH).unwrap() {
            Notification::Event(event) => *event,
            other => panic!("{other:?}"),
        }
    }

    fn stored(message_id: &str, event: &Event) -> StoredEvent {
        StoredEvent::new(message_id, event, &EventRecipients::find(event, &all()), &all())
    }

    fn all() -> Vec<String> {
        vec!["ada@example.com".into(), "bob@example.com".into()]
    }

    #[test]
    fn an_event_is_restored_from_its_stored_form() {
        let delivery = event("Delivery", "bob@example.com");
        let mut log = EventLog::default();
        let AddedEvent::Added(_) = log.add(stored("m1", &event("Send", ""))).unwrap() else { panic!() };
        let AddedEvent::Added(text) = log.add(stored("m2", &delivery)).unwrap() else { panic!() };
        let restored = EventLog::from_stored(Some(&text)).unwrap();
        assert_eq!(restored, log);
        let [send, delivered] = restored.events() else { panic!() };
        assert_eq!(send.recipients(&all()), all());
        assert_eq!(delivered.kind(), &EventType::Delivery);
        assert_eq!(delivered.at(), delivery.at);
        assert_eq!(delivered.recipients(&all()), ["bob@example.com"]);
        assert_eq!(delivered.detail()["smtpResponse"], "250 ok");
    }

    #[test]
    fn an_unmatched_event_shows_what_ses_names() {
        let stored = stored("m", &event("Delivery", "target@other.example"));
        assert_eq!(stored.recipients(&all()), ["target@other.example"]);
    }

    #[test]
    fn a_bounce_or_complaint_is_added_once_however_often_it_is_reported() {
        let mut complaint = event("Complaint", "");
        complaint.feedback_id = Some("0102".into());
        let mut log = EventLog::default();
        assert!(matches!(log.add(stored("m1", &complaint)).unwrap(), AddedEvent::Added(_)));
        assert_eq!(log.add(stored("m2", &complaint)).unwrap(), AddedEvent::Duplicate);
        complaint.feedback_id = Some("0103".into());
        assert!(matches!(log.add(stored("m2", &complaint)).unwrap(), AddedEvent::Added(_)));
    }

    #[test]
    fn a_message_is_added_once_and_a_full_log_says_so() {
        let mut log = EventLog::default();
        let send = event("Send", "");
        for number in 0..MAX_LOGGED_EVENTS {
            let added = log.add(stored(&number.to_string(), &send)).unwrap();
            assert!(matches!(added, AddedEvent::Added(_)));
        }
        assert_eq!(log.add(stored("3", &send)).unwrap(), AddedEvent::Duplicate);
        assert_eq!(log.add(stored("new", &send)).unwrap(), AddedEvent::Full);
    }

    #[test]
    fn the_log_of_a_row_has_at_most_8_kb() {
        let mut log = EventLog::default();
        let unmatched = event("Delivery", &"x".repeat(2048));
        let mut add = |id: &str| log.add(stored(id, &unmatched)).unwrap();
        assert!(matches!(add("1"), AddedEvent::Added(_)));
        assert!(matches!(add("2"), AddedEvent::Added(_)));
        assert!(matches!(add("3"), AddedEvent::Added(_)));
        assert_eq!(add("4"), AddedEvent::Full);
    }
}

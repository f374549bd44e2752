//! SES's events in an email's row.

use aws_sans_io::{
    json,
    ses::{EventType, event::Event},
};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

/// The largest number of events in an email's row. Further ones are stored in rows of their own.
pub const MAX_LOGGED_EVENTS: usize = 32;

/// The largest size of the events in an email's row, in bytes.
pub const MAX_LOGGED_BYTES: usize = 8 * 1024;

/// An event as it is stored: type, time in milliseconds since 1970, key of the SNS message, recipients, details.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredEvent(EventType, i64, String, Option<Vec<String>>, Value);

impl StoredEvent {
    /// Creates the stored form of an event of the SNS message `message_id`. `recipients` are those of the email.
    #[must_use]
    pub fn new(message_id: &str, event: &Event, recipients: &[String]) -> Self {
        let at = i64::try_from(event.at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX);
        let named = (event.recipients != recipients).then(|| event.recipients.clone());
        let detail = serde_json::to_value(&event.detail).unwrap_or_default();
        Self(event.event_type.clone(), at, message_key(message_id), named, detail)
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

    /// Returns the key of the SNS message, which is the same in every attempt to deliver it.
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

/// Returns 96 bits of the message id's digest: enough to tell the messages of one email apart.
fn message_key(message_id: &str) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(message_id.as_bytes())[..12])
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

    /// Adds an event, once per SNS message.
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
        match Notification::parse(&text.to_string(), "id").unwrap() {
            Notification::Event(event) => *event,
            other => panic!("{other:?}"),
        }
    }

    fn all() -> Vec<String> {
        vec!["ada@example.com".into(), "bob@example.com".into()]
    }

    #[test]
    fn an_event_is_restored_from_its_stored_form() {
        let delivery = event("Delivery", "bob@example.com");
        let mut log = EventLog::default();
        let AddedEvent::Added(_) = log.add(StoredEvent::new("m1", &event("Send", ""), &all())).unwrap()
        else {
            panic!()
        };
        let AddedEvent::Added(text) = log.add(StoredEvent::new("m2", &delivery, &all())).unwrap() else {
            panic!()
        };
        let restored = EventLog::from_stored(Some(&text)).unwrap();
        assert_eq!(restored, log);
        let [send, stored] = restored.events() else { panic!() };
        assert_eq!(send.recipients(&all()), all());
        assert_eq!(stored.kind(), &EventType::Delivery);
        assert_eq!(stored.at(), delivery.at);
        assert_eq!(stored.recipients(&all()), ["bob@example.com"]);
        assert_eq!(stored.detail()["smtpResponse"], "250 ok");
    }

    #[test]
    fn a_message_is_added_once_and_a_full_log_says_so() {
        let mut log = EventLog::default();
        let send = event("Send", "");
        for number in 0..MAX_LOGGED_EVENTS {
            let added = log.add(StoredEvent::new(&number.to_string(), &send, &all())).unwrap();
            assert!(matches!(added, AddedEvent::Added(_)));
        }
        assert_eq!(log.add(StoredEvent::new("3", &send, &all())).unwrap(), AddedEvent::Duplicate);
        assert_eq!(log.add(StoredEvent::new("new", &send, &all())).unwrap(), AddedEvent::Full);
    }

    #[test]
    fn the_log_of_a_row_has_at_most_8_kb() {
        let mut log = EventLog::default();
        let mut send = event("Send", "");
        send.recipients = vec!["x".repeat(3000)];
        let mut add = |id: &str| log.add(StoredEvent::new(id, &send, &all())).unwrap();
        assert!(matches!(add("1"), AddedEvent::Added(_)));
        assert!(matches!(add("2"), AddedEvent::Added(_)));
        assert_eq!(add("3"), AddedEvent::Full);
    }
}

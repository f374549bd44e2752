//! Deliveries to an address, found in the events of emails.

use aws_sans_io::ses::EventType;
use time::OffsetDateTime;

use super::{EmailHead, StoredEvent};
use crate::suppression::AddressKey;

/// Returns when an email with these events was last delivered to the address.
#[must_use]
pub fn last_delivery(
    address: &AddressKey,
    email: &EmailHead,
    events: &[StoredEvent],
) -> Option<OffsetDateTime> {
    let recipients = email.recipients();
    let includes = |recipients: &[String]| {
        recipients.iter().filter_map(|text| text.parse::<AddressKey>().ok()).any(|key| key == *address)
    };
    if !includes(&recipients) {
        return None;
    }
    let is_to_address = |event: &&StoredEvent| includes(&event.recipients(&recipients));
    let deliveries = events.iter().filter(|event| *event.kind() == EventType::Delivery).filter(is_to_address);
    deliveries.map(StoredEvent::at).max()
}

#[cfg(test)]
mod tests {
    use aws_sans_io::ses::event::{Event, Notification};
    use time::macros::datetime;

    use super::*;
    use crate::delivery::EventRecipients;

    fn event(kind: &str, second: u8, recipients: &[&str]) -> Event {
        let mut text = serde_json::json!({
            "eventType": kind,
            "mail": { "timestamp": "2026-11-28T12:00:00Z", "messageId": "0102", "destination": recipients },
        });
        text[kind.to_lowercase()] = serde_json::json!({
            "timestamp": format!("2026-11-28T12:00:{second:02}Z"),
            "recipients": recipients,
            "bounceType": "Transient",
            "bouncedRecipients": [],
        });
        match Notification::parse(&text.to_string(), "id", OffsetDateTime::UNIX_EPOCH).unwrap() {
            Notification::Event(event) => *event,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_last_delivery_to_the_address_is_found() {
        let email: EmailHead = serde_json::from_str(
            r#"{"f":"info@example.com","t":["Ada <Ada@example.com>","bob@example.com"],"s":"s"}"#,
        )
        .unwrap();
        let all = email.recipients();
        let events: Vec<_> = [
            event("Delivery", 1, &["Ada@example.com", "bob@example.com"]),
            event("Delivery", 3, &["ada@example.com"]),
            event("Bounce", 9, &["ada@example.com"]),
            event("Delivery", 2, &["carol@example.com"]),
        ]
        .iter()
        .map(|event| StoredEvent::new("m", event, &EventRecipients::find(event, &all), &all))
        .collect();
        let last = |address: &str| last_delivery(&address.parse().unwrap(), &email, &events);
        assert_eq!(last("ada@example.com"), Some(datetime!(2026-11-28 12:00:03 UTC)));
        assert_eq!(last("bob@example.com"), Some(datetime!(2026-11-28 12:00:01 UTC)));
        // An event names the address, but the email wasn't sent to it.
        assert_eq!(last("carol@example.com"), None);
    }
}

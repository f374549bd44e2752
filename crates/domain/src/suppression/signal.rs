//! The meaning of an SES event for the suppression of its addresses.

use aws_sans_io::ses::{
    EventType,
    event::{Detail, Event},
};
use time::Duration;

use super::{AddressKey, SuppressionReason};
use crate::simulator::without_simulator;

/// The number of soft bounces within [`SOFT_BOUNCE_WINDOW`], without a later delivery, that suppress an address.
pub const MAX_SOFT_BOUNCES: u32 = 3;

/// The time for which a soft bounce counts.
pub const SOFT_BOUNCE_WINDOW: Duration = Duration::days(7);

/// Bounce subtypes that concern the email and not the recipient.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html#event-publishing-retrieving-sns-contents-bounce-types>
const EMAIL_PROBLEMS: [&str; 3] = ["MessageTooLarge", "ContentRejected", "AttachmentRejected"];

/// The meaning of an event for its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SuppressionSignal {
    /// The addresses must be suppressed.
    Suppress(SuppressionReason, Vec<AddressKey>),
    /// An email to the addresses bounced temporarily.
    SoftBounce(Vec<AddressKey>),
    /// An email to the addresses was delivered.
    Delivered(Vec<AddressKey>),
}

impl SuppressionSignal {
    /// Returns the signal of an event; `None` if the event has none or names no address.
    ///
    /// Only `Permanent` bounces are hard bounces; `Undetermined` ones count as soft, since SES doesn't know the cause. A complaint applies
    /// to all addresses that SES names: most providers don't say which recipient complained.
    #[must_use]
    pub fn from_event(event: &Event) -> Option<Self> {
        let signal = match (&event.event_type, &event.detail) {
            (EventType::Bounce, Detail::Bounce { bounce_type, bounce_sub_type, bounced_recipients }) => {
                // Only the bounced recipients: the other copies may have arrived.
                let named = bounced_recipients.iter().map(|recipient| recipient.email_address.as_str());
                if bounce_type.as_deref() == Some("Permanent") {
                    Self::Suppress(SuppressionReason::Bounce, keys(named))
                } else if bounce_sub_type.as_deref().is_some_and(|kind| EMAIL_PROBLEMS.contains(&kind)) {
                    return None;
                } else {
                    Self::SoftBounce(keys(named))
                }
            }
            (EventType::Complaint, Detail::Complaint { complaint_feedback_type, .. }) => {
                if complaint_feedback_type.as_deref() == Some("not-spam") {
                    return None;
                }
                Self::Suppress(SuppressionReason::Complaint, keys(names(event)))
            }
            (EventType::Delivery, _) => Self::Delivered(keys(names(event))),
            _ => return None,
        };
        (!signal.addresses().is_empty()).then_some(signal)
    }

    /// Returns the addresses that the event refers to.
    #[must_use]
    pub fn addresses(&self) -> &[AddressKey] {
        match self {
            Self::Suppress(_, addresses) | Self::SoftBounce(addresses) | Self::Delivered(addresses) => {
                addresses
            }
        }
    }
}

fn names(event: &Event) -> impl Iterator<Item = &str> {
    event.recipients.iter().map(String::as_str)
}

/// Returns the distinct addresses, without those of the mailbox simulator, which are never suppressed.
fn keys<'a>(addresses: impl Iterator<Item = &'a str>) -> Vec<AddressKey> {
    let mut keys: Vec<_> = without_simulator(addresses).map(|mailbox| AddressKey::from(&mailbox)).collect();
    keys.sort();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use aws_sans_io::ses::event::Notification;
    use serde_json::{Value, json};

    use super::*;

    fn signal(kind: &str, member: &str, details: &Value) -> Option<SuppressionSignal> {
        let mut event = json!({
            "eventType": kind,
            "mail": {
                "timestamp": "2026-11-24T11:59:00.000Z",
                "messageId": "m",
                "destination": ["ada@example.com", "bob@example.com"],
            },
        });
        event[member] = details.clone();
        match Notification::parse(&event.to_string(), "id") {
            Ok(Notification::Event(event)) => SuppressionSignal::from_event(&event),
            other => panic!("{other:?}"),
        }
    }

    fn bounce(kind: &str, sub_type: &str, recipients: &[&str]) -> Option<SuppressionSignal> {
        let recipients: Vec<_> = recipients.iter().map(|text| json!({ "emailAddress": text })).collect();
        let details =
            json!({ "bounceType": kind, "bounceSubType": sub_type, "bouncedRecipients": recipients });
        signal("Bounce", "bounce", &details)
    }

    fn key(text: &str) -> AddressKey {
        text.parse().unwrap()
    }

    #[test]
    fn only_a_permanent_bounce_suppresses_the_address() {
        let ada = || vec![key("ada@example.com")];
        let hard = Some(SuppressionSignal::Suppress(SuppressionReason::Bounce, ada()));
        let soft = Some(SuppressionSignal::SoftBounce(ada()));
        for (kind, sub_type, expected) in [
            ("Permanent", "General", &hard),
            ("Permanent", "NoEmail", &hard),
            ("Permanent", "OnAccountSuppressionList", &hard),
            ("Transient", "MailboxFull", &soft),
            ("Transient", "General", &soft),
            ("Undetermined", "Undetermined", &soft),
            ("Transient", "MessageTooLarge", &None),
            ("Transient", "ContentRejected", &None),
            ("Transient", "AttachmentRejected", &None),
        ] {
            assert_eq!(bounce(kind, sub_type, &["Ada <ADA@example.com>"]), *expected, "{kind} {sub_type}");
        }
    }

    #[test]
    fn a_bounce_concerns_only_the_bounced_recipients() {
        assert_eq!(bounce("Permanent", "General", &[]), None);
        assert_eq!(bounce("Permanent", "General", &["not an address"]), None);
        assert_eq!(bounce("Permanent", "General", &["bounce+1@simulator.amazonses.com"]), None);
        let both = bounce("Permanent", "General", &["bob@example.com", "ada@example.com", "BOB@example.com"]);
        assert_eq!(both.unwrap().addresses(), [key("ada@example.com"), key("bob@example.com")]);
    }

    #[test]
    fn a_complaint_suppresses_and_a_not_spam_report_does_not() {
        let complaint = |kind: &str| {
            let named = json!([{ "emailAddress": "bob@example.com" }]);
            let details = json!({ "complainedRecipients": named, "complaintFeedbackType": kind });
            signal("Complaint", "complaint", &details)
        };
        let suppress =
            SuppressionSignal::Suppress(SuppressionReason::Complaint, vec![key("bob@example.com")]);
        assert_eq!(complaint("abuse"), Some(suppress));
        assert_eq!(complaint("not-spam"), None);
    }

    #[test]
    fn a_delivery_names_its_recipients_and_other_events_are_ignored() {
        let delivery = signal("Delivery", "delivery", &json!({ "recipients": ["ada@example.com"] }));
        assert_eq!(delivery, Some(SuppressionSignal::Delivered(vec![key("ada@example.com")])));
        for (kind, member) in [("Send", "send"), ("Open", "open"), ("DeliveryDelay", "deliveryDelay")] {
            assert_eq!(signal(kind, member, &json!({})), None);
        }
    }
}

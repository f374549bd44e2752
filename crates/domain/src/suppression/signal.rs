//! The meaning of an SES event for the suppression of its recipients.

use aws_sans_io::ses::{
    EventType,
    event::{Detail, Event},
};
use email_message::Mailbox;
use time::Duration;

use super::{AddressKey, SuppressionReason};
use crate::simulator::is_simulator;

/// The number of soft bounces within [`SOFT_BOUNCE_WINDOW`], without a later delivery, that suppress an address.
pub const MAX_SOFT_BOUNCES: u32 = 3;

/// The time for which a soft bounce counts.
pub const SOFT_BOUNCE_WINDOW: Duration = Duration::days(7);

/// Bounce subtypes that concern the email and not the recipient.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html#event-publishing-retrieving-sns-contents-bounce-types>
const EMAIL_PROBLEMS: [&str; 3] = ["MessageTooLarge", "ContentRejected", "AttachmentRejected"];

/// The meaning of an event for its recipients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuppressionSignal {
    /// The addresses must be suppressed.
    Suppress(SuppressionReason),
    /// An email to the addresses bounced temporarily.
    SoftBounce,
    /// An email to the addresses was delivered.
    Delivered,
}

impl SuppressionSignal {
    /// Returns the signal of an event; `None` if it has none.
    ///
    /// Only `Permanent` bounces are hard bounces; `Undetermined` ones count as soft, since SES doesn't know the cause.
    #[must_use]
    pub fn from_event(event: &Event) -> Option<Self> {
        match (&event.event_type, &event.detail) {
            (EventType::Bounce, Detail::Bounce { bounce_type, bounce_sub_type, .. }) => {
                if bounce_type.as_deref() == Some("Permanent") {
                    Some(Self::Suppress(SuppressionReason::Bounce))
                } else if bounce_sub_type.as_deref().is_some_and(|kind| EMAIL_PROBLEMS.contains(&kind)) {
                    None
                } else {
                    Some(Self::SoftBounce)
                }
            }
            (EventType::Complaint, Detail::Complaint { complaint_feedback_type, .. }) => {
                let is_retracted = complaint_feedback_type.as_deref() == Some("not-spam");
                (!is_retracted).then_some(Self::Suppress(SuppressionReason::Complaint))
            }
            (EventType::Delivery, _) => Some(Self::Delivered),
            _ => None,
        }
    }
}

/// Returns the distinct addresses of recipients, without those of the mailbox simulator, which are never suppressed.
#[must_use]
pub fn suppressible_addresses(recipients: &[String]) -> Vec<AddressKey> {
    let recipients = recipients.iter().filter(|recipient| !is_simulator(recipient));
    let mailboxes = recipients.filter_map(|recipient| recipient.parse::<Mailbox>().ok());
    let mut keys: Vec<_> = mailboxes.map(|mailbox| AddressKey::from(&mailbox)).collect();
    keys.sort();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use aws_sans_io::ses::event::Notification;
    use serde_json::{Value, json};
    use time::OffsetDateTime;

    use super::*;

    fn signal(kind: &str, member: &str, details: &Value) -> Option<SuppressionSignal> {
        let mut event = json!({ "eventType": kind, "mail": { "messageId": "m" } });
        event[member] = details.clone();
        match Notification::parse(&event.to_string(), "id", OffsetDateTime::UNIX_EPOCH) {
            Ok(Notification::Event(event)) => SuppressionSignal::from_event(&event),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_a_permanent_bounce_suppresses_the_address() {
        let hard = Some(SuppressionSignal::Suppress(SuppressionReason::Bounce));
        let soft = Some(SuppressionSignal::SoftBounce);
        for (kind, sub_type, expected) in [
            ("Permanent", "General", hard),
            ("Permanent", "NoEmail", hard),
            ("Permanent", "OnAccountSuppressionList", hard),
            ("Transient", "MailboxFull", soft),
            ("Transient", "General", soft),
            ("Undetermined", "Undetermined", soft),
            ("Transient", "MessageTooLarge", None),
            ("Transient", "ContentRejected", None),
            ("Transient", "AttachmentRejected", None),
        ] {
            let details = json!({ "bounceType": kind, "bounceSubType": sub_type });
            assert_eq!(signal("Bounce", "bounce", &details), expected, "{kind} {sub_type}");
        }
    }

    #[test]
    fn the_addresses_are_distinct_and_not_the_simulators() {
        let recipients = [
            "bob@example.com",
            "Ada <ADA@example.com>",
            "BOB@example.com",
            "bounce+1@simulator.amazonses.com",
        ];
        let keys = suppressible_addresses(&recipients.map(str::to_owned));
        assert_eq!(
            keys.iter().map(AddressKey::as_str).collect::<Vec<_>>(),
            ["ada@example.com", "bob@example.com"]
        );
    }

    #[test]
    fn a_complaint_suppresses_and_a_not_spam_report_does_not() {
        let complaint =
            |kind: &str| signal("Complaint", "complaint", &json!({ "complaintFeedbackType": kind }));
        assert_eq!(complaint("abuse"), Some(SuppressionSignal::Suppress(SuppressionReason::Complaint)));
        assert_eq!(complaint("not-spam"), None);
    }

    #[test]
    fn a_delivery_is_a_signal_and_other_events_are_ignored() {
        assert_eq!(signal("Delivery", "delivery", &json!({})), Some(SuppressionSignal::Delivered));
        for (kind, member) in [("Send", "send"), ("Open", "open"), ("DeliveryDelay", "deliveryDelay")] {
            assert_eq!(signal(kind, member, &json!({})), None);
        }
    }
}

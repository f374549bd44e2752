//! What an event of SES says of the addresses that it names.

use aws_sans_io::ses::{
    EventType,
    event::{Detail, Event},
};
use email_message::Mailbox;
use time::Duration;

use super::{AddressKey, SuppressionReason};
use crate::delivery::sandbox::SIMULATOR;

/// So many mails to an address have to come back softly until it is suppressed…
pub const SOFT_BOUNCES: u32 = 3;

/// …within this time, without one that was delivered after any of them.
pub const SOFT_BOUNCE_WINDOW: Duration = Duration::days(7);

/// A soft bounce, by its name in storage: one alone suppresses nobody.
pub const SOFT_BOUNCE: &str = "soft_bounce";

/// Bounces that are about the mail and not about the recipient.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html#event-publishing-retrieving-sns-contents-bounce-types>
const ABOUT_THE_MAIL: [&str; 3] = ["MessageTooLarge", "ContentRejected", "AttachmentRejected"];

/// What an event says of addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// No mail should go to them any more.
    Against(SuppressionReason, Vec<AddressKey>),
    /// A mail to them came back for a reason that may pass.
    SoftBounced(Vec<AddressKey>),
    /// A mail to them was delivered.
    Delivered(Vec<AddressKey>),
}

impl Told {
    /// What an event says; `None` where it is nothing of this kind, or names nobody.
    ///
    /// A bounce that SES calls `Permanent` is a hard one. `Undetermined` isn't: SES doesn't know why, so it counts as a soft one.
    /// A complaint counts against all whom SES names: most providers don't tell who of them it was.
    #[must_use]
    pub fn by(event: &Event) -> Option<Self> {
        let told = match (&event.event_type, &event.detail) {
            (EventType::Bounce, Detail::Bounce { bounce_type, bounce_sub_type, bounced_recipients }) => {
                // Those who are named, and not all recipients: the others' copies may have arrived.
                let named = bounced_recipients.iter().map(|recipient| recipient.email_address.as_str());
                if bounce_type.as_deref() == Some("Permanent") {
                    Self::Against(SuppressionReason::Bounce, keys(named))
                } else if bounce_sub_type.as_deref().is_some_and(|kind| ABOUT_THE_MAIL.contains(&kind)) {
                    return None;
                } else {
                    Self::SoftBounced(keys(named))
                }
            }
            (EventType::Complaint, Detail::Complaint { complaint_feedback_type, .. }) => {
                if complaint_feedback_type.as_deref() == Some("not-spam") {
                    return None;
                }
                Self::Against(SuppressionReason::Complaint, keys(names(event)))
            }
            (EventType::Delivery, _) => Self::Delivered(keys(names(event))),
            _ => return None,
        };
        (!told.addresses().is_empty()).then_some(told)
    }

    /// Of whom.
    #[must_use]
    pub fn addresses(&self) -> &[AddressKey] {
        match self {
            Self::Against(_, addresses) | Self::SoftBounced(addresses) | Self::Delivered(addresses) => {
                addresses
            }
        }
    }
}

fn names(event: &Event) -> impl Iterator<Item = &str> {
    event.recipients.iter().map(String::as_str)
}

/// The addresses, each once. SES names them as they stood in the mail, with a display name or without. The mailbox simulator's are there to
/// be sent to again and again, whatever comes back.
fn keys<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<AddressKey> {
    let mailboxes =
        texts.filter_map(|text| text.parse::<Mailbox>().ok()).filter(|mailbox| mailbox.domain() != SIMULATOR);
    let mut keys: Vec<_> = mailboxes.map(|mailbox| AddressKey::from(&mailbox)).collect();
    keys.sort();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use aws_sans_io::ses::event::Published;
    use serde_json::{Value, json};

    use super::*;
    use crate::email::MESSAGE_ID_TAG;

    fn told(kind: &str, member: &str, details: &Value) -> Option<Told> {
        let mut event = json!({
            "eventType": kind,
            "mail": {
                "timestamp": "2026-11-24T11:59:00.000Z",
                "messageId": "m",
                "destination": ["ada@example.com", "bob@example.com"],
            },
        });
        event[member] = details.clone();
        match Published::parse(&event.to_string(), MESSAGE_ID_TAG) {
            Ok(Published::Event(event)) => Told::by(&event),
            other => panic!("{other:?}"),
        }
    }

    fn bounce(kind: &str, sub_type: &str, recipients: &[&str]) -> Option<Told> {
        let recipients: Vec<_> = recipients.iter().map(|text| json!({ "emailAddress": text })).collect();
        let details =
            json!({ "bounceType": kind, "bounceSubType": sub_type, "bouncedRecipients": recipients });
        told("Bounce", "bounce", &details)
    }

    fn key(text: &str) -> AddressKey {
        text.parse().unwrap()
    }

    #[test]
    fn a_hard_bounce_is_told_from_one_that_may_pass() {
        let ada = || vec![key("ada@example.com")];
        let hard = Some(Told::Against(SuppressionReason::Bounce, ada()));
        let soft = Some(Told::SoftBounced(ada()));
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
    fn only_those_who_are_named_have_bounced() {
        assert_eq!(bounce("Permanent", "General", &[]), None);
        assert_eq!(bounce("Permanent", "General", &["not an address"]), None);
        assert_eq!(bounce("Permanent", "General", &["bounce+1@simulator.amazonses.com"]), None);
        let both = bounce("Permanent", "General", &["bob@example.com", "ada@example.com", "BOB@example.com"]);
        assert_eq!(both.unwrap().addresses(), [key("ada@example.com"), key("bob@example.com")]);
    }

    #[test]
    fn a_complaint_counts_and_its_opposite_does_not() {
        let complaint = |kind: &str| {
            let named = json!([{ "emailAddress": "bob@example.com" }]);
            let details = json!({ "complainedRecipients": named, "complaintFeedbackType": kind });
            told("Complaint", "complaint", &details)
        };
        let against = Told::Against(SuppressionReason::Complaint, vec![key("bob@example.com")]);
        assert_eq!(complaint("abuse"), Some(against));
        assert_eq!(complaint("not-spam"), None);
    }

    #[test]
    fn a_delivery_is_told_of_those_who_got_it_and_the_rest_tells_nothing() {
        let delivery = told("Delivery", "delivery", &json!({ "recipients": ["ada@example.com"] }));
        assert_eq!(delivery, Some(Told::Delivered(vec![key("ada@example.com")])));
        for (kind, member) in [("Send", "send"), ("Open", "open"), ("DeliveryDelay", "deliveryDelay")] {
            assert_eq!(told(kind, member, &json!({})), None);
        }
    }
}

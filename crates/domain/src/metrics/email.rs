//! What an email adds to the counts.

use aws_sans_io::{Region, ses::EventType};
use serde_json::Value;

use super::EmailCounts;
use crate::{
    delivery::{EmailHead, EmailStatus, StoredEvent},
    simulator::is_simulator,
};

/// The status from which on an email's events are needed to count it: it hides what happened before.
pub const EVENTS_FROM: EmailStatus = EmailStatus::Bounced;

/// The columns of an email that are counted.
#[derive(Clone, Debug)]
pub struct CountedEmail {
    pub status: EmailStatus,
    pub region: Region,
    pub head: EmailHead,
    /// The events, if the status is [`EVENTS_FROM`] or above.
    pub events: Vec<StoredEvent>,
}

impl CountedEmail {
    /// Returns what the email adds.
    #[must_use]
    pub fn counts(&self) -> EmailCounts {
        use EmailStatus::{Bounced, Clicked, Complained, Delivered, Failed, Opened, Rejected, Sent};
        let status = self.status;
        let has_event = |kinds: &[EventType]| self.events.iter().any(|event| kinds.contains(event.kind()));
        let clicked = status == Clicked || has_event(&[EventType::Click]);
        let opened = clicked || status == Opened || has_event(&[EventType::Open]);
        let is_sent = status >= Sent;
        let recipients = if is_sent { count(&self.recipients()) } else { 0 };
        let mut counts = EmailCounts {
            accepted: 1,
            sent: is_sent.into(),
            failed: matches!(status, Failed | Rejected).into(),
            delivered: (opened || status == Delivered || has_event(&[EventType::Delivery])).into(),
            bounced: (status == Bounced || self.events.iter().any(is_permanent_or_undetermined)).into(),
            complained: (status == Complained).into(),
            opened: opened.into(),
            clicked: clicked.into(),
            recipients,
            ..EmailCounts::default()
        };
        for event in &self.events {
            self.count_as_aws(event, &mut counts);
        }
        counts
    }

    /// Counts a bounce or complaint as [`crate::delivery::ReputationCounts`] does when it arrives.
    fn count_as_aws(&self, event: &StoredEvent, counts: &mut EmailCounts) {
        let all = self.recipients();
        let named = event.recipients(&all);
        let detail = |name| event.detail().get(name).and_then(Value::as_str);
        match event.kind() {
            EventType::Bounce
                if detail("bounceType") == Some("Permanent")
                    && detail("bounceSubType") != Some("OnAccountSuppressionList") =>
            {
                let bounced = if named.is_empty() { count(&all).min(1) } else { count(&named) };
                counts.recipient_bounces = counts.recipient_bounces.saturating_add(bounced);
            }
            EventType::Complaint if detail("complaintFeedbackType") != Some("not-spam") => {
                let is_real = count(if named.is_empty() { &all } else { &named }) > 0;
                counts.complaints = counts.complaints.saturating_add(is_real.into());
            }
            _ => {}
        }
    }

    fn recipients(&self) -> Vec<String> {
        let EmailHead { to, cc, bcc, .. } = &self.head;
        to.iter().chain(cc).chain(bcc).cloned().collect()
    }

    /// Returns the sender's domain in lower case.
    #[must_use]
    pub fn domain(&self) -> String {
        let domain = self.head.from.rsplit('@').next().unwrap_or_default();
        domain.trim_end_matches('>').to_ascii_lowercase()
    }
}

fn is_permanent_or_undetermined(event: &StoredEvent) -> bool {
    let bounce_type = event.detail().get("bounceType").and_then(Value::as_str);
    *event.kind() == EventType::Bounce && bounce_type != Some("Transient")
}

/// Returns the number of mailboxes that are not the simulator's.
fn count(mailboxes: &[String]) -> u32 {
    let real = mailboxes.iter().filter(|mailbox| !is_simulator(mailbox));
    u32::try_from(real.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn email(status: EmailStatus, to: &[&str], events: &[Value]) -> CountedEmail {
        let head = json!({ "f": "Shop <info@Example.com>", "t": to, "s": "Hi" });
        let stored = |(number, event): (usize, &Value)| {
            serde_json::from_value(json!([event[0], 0, number.to_string(), event[1], event[2]])).unwrap()
        };
        CountedEmail {
            status,
            region: "eu-west-1".parse().unwrap(),
            head: serde_json::from_value(head).unwrap(),
            events: events.iter().enumerate().map(stored).collect(),
        }
    }

    #[test]
    fn each_status_counts_what_it_proves() {
        use EmailStatus::{
            Cancelled, Clicked, Delivered, DeliveryDelayed, Failed, Opened, Queued, Rejected, Scheduled,
            Sending, Sent, SoftBounced, Unconfirmed,
        };
        let numbers = |status| {
            let counts = email(status, &["ada@example.com", "bob@example.com"], &[]).counts();
            let EmailCounts { accepted, sent, failed, delivered, opened, clicked, recipients, .. } = counts;
            [accepted, sent, failed, delivered, opened, clicked, recipients]
        };
        for status in [Scheduled, Queued, Sending, Unconfirmed, Cancelled] {
            assert_eq!(numbers(status), [1, 0, 0, 0, 0, 0, 0], "{status}");
        }
        for status in [Sent, DeliveryDelayed, SoftBounced] {
            assert_eq!(numbers(status), [1, 1, 0, 0, 0, 0, 2], "{status}");
        }
        assert_eq!(numbers(Failed), [1, 0, 1, 0, 0, 0, 0]);
        assert_eq!(numbers(Rejected), [1, 1, 1, 0, 0, 0, 2]);
        assert_eq!(numbers(Delivered), [1, 1, 0, 1, 0, 0, 2]);
        assert_eq!(numbers(Opened), [1, 1, 0, 1, 1, 0, 2]);
        assert_eq!(numbers(Clicked), [1, 1, 0, 1, 1, 1, 2]);
    }

    #[test]
    fn a_bounce_or_complaint_does_not_hide_what_happened_before() {
        let bounce = json!(["bounce", null, { "bounceType": "Permanent", "bounceSubType": "General" }]);
        let complaint = json!(["complaint", null, { "complaintFeedbackType": "abuse" }]);
        let events = [json!(["delivery", null, {}]), json!(["click", null, {}]), bounce, complaint];
        let counts = email(EmailStatus::Complained, &["ada@example.com"], &events).counts();
        let all = EmailCounts {
            accepted: 1,
            sent: 1,
            failed: 0,
            delivered: 1,
            bounced: 1,
            complained: 1,
            opened: 1,
            clicked: 1,
            recipients: 1,
            recipient_bounces: 1,
            complaints: 1,
        };
        assert_eq!(counts, all);
        let counts = email(EmailStatus::Bounced, &["ada@example.com"], &events[2..3]).counts();
        assert_eq!((counts.delivered, counts.opened, counts.bounced), (0, 0, 1));
    }

    #[test]
    fn rates_count_recipients_and_ignore_what_aws_ignores() {
        let to = ["Ada <ada@example.com>", "bob@example.com", "bounce@simulator.amazonses.com"];
        let as_aws = |recipients: Value, detail: Value| {
            let kind = if detail.get("bounceType").is_some() { "bounce" } else { "complaint" };
            let status = if kind == "bounce" { EmailStatus::Bounced } else { EmailStatus::Complained };
            let counts = email(status, &to, &[json!([kind, recipients, detail])]).counts();
            (counts.recipients, counts.recipient_bounces, counts.complaints)
        };
        let permanent = json!({ "bounceType": "Permanent" });
        assert_eq!(as_aws(Value::Null, permanent.clone()), (2, 2, 0));
        assert_eq!(as_aws(json!(["bob@example.com"]), permanent.clone()), (2, 1, 0));
        assert_eq!(as_aws(json!([]), permanent), (2, 1, 0));
        assert_eq!(as_aws(Value::Null, json!({ "bounceType": "Undetermined" })), (2, 0, 0));
        let listed = json!({ "bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList" });
        assert_eq!(as_aws(Value::Null, listed), (2, 0, 0));
        assert_eq!(as_aws(Value::Null, json!({ "complaintFeedbackType": "abuse" })), (2, 0, 1));
        assert_eq!(as_aws(Value::Null, json!({ "complaintFeedbackType": "not-spam" })), (2, 0, 0));
        assert_eq!(as_aws(json!(["bounce@simulator.amazonses.com"]), json!({})), (2, 0, 0));
    }

    #[test]
    fn the_domain_is_that_of_the_sender_in_lower_case() {
        assert_eq!(email(EmailStatus::Sent, &["ada@example.com"], &[]).domain(), "example.com");
    }
}

//! Events to append to the feed, and their stored form.

use aws_sans_io::{
    Region,
    ses::{EventType, event::Event},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::FeedEventType;
use crate::{
    EmailId, IdentityId,
    connection::{ConnectionState, Reason},
    delivery::{DeliveryResult, EmailStatus, RateLevel, ReputationMetric},
    onboarding::{Stack, TemplateVersion},
    suppression::{AddressKey, SuppressedRecipient},
    webhooks::WebhookEndpoint,
};

/// What an event stores of its own. The rest is read from the email's row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StoredFeedData {
    /// The recipients that the event is about. `None` if it is about all.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub recipients: Option<Vec<String>>,
    /// When it happened, in milliseconds since 1970. `None` if that is when it was recorded.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    at: Option<i64>,
    /// The details, by type.
    #[serde(rename = "d", default, skip_serializing_if = "Value::is_null")]
    pub detail: Value,
}

impl StoredFeedData {
    /// Returns when an event happened that was recorded at `recorded_at`.
    #[must_use]
    pub fn happened_at(&self, recorded_at: OffsetDateTime) -> OffsetDateTime {
        let at = self.at.map(|at| OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000_000));
        at.and_then(Result::ok).unwrap_or(recorded_at)
    }
}

/// An event to append to the feed.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedEntry {
    pub kind: FeedEventType,
    /// The email, unless the event is about the connection.
    pub email: Option<EmailId>,
    pub recorded_at: OffsetDateTime,
    pub data: StoredFeedData,
}

impl FeedEntry {
    fn new(
        kind: FeedEventType,
        email: Option<EmailId>,
        now: OffsetDateTime,
        recipients: Option<Vec<String>>,
        detail: Value,
    ) -> Self {
        Self { kind, email, recorded_at: now, data: StoredFeedData { recipients, at: None, detail } }
    }

    fn of_email(kind: FeedEventType, email: EmailId, now: OffsetDateTime, detail: Value) -> Self {
        Self::new(kind, Some(email), now, None, detail)
    }

    /// Returns the events of an accepted email. `suppressed` are the recipients that were removed from it.
    pub fn accepted(
        email: EmailId,
        suppressed: &[SuppressedRecipient],
        now: OffsetDateTime,
    ) -> impl Iterator<Item = Self> {
        let accepted = Self::of_email(FeedEventType::EmailAccepted, email, now, Value::Null);
        [accepted].into_iter().chain(Self::suppressed(email, suppressed, now))
    }

    /// Returns the event of recipients that were removed from an email, or `None` if there are none.
    #[must_use]
    pub fn suppressed(email: EmailId, removed: &[SuppressedRecipient], now: OffsetDateTime) -> Option<Self> {
        if removed.is_empty() {
            return None;
        }
        let detail = json!({ "suppressed": removed });
        let recipients = removed.iter().map(|recipient| recipient.address.clone()).collect();
        Some(Self::new(FeedEventType::EmailSuppressed, Some(email), now, Some(recipients), detail))
    }

    /// Returns the event of an email that SES has accepted.
    #[must_use]
    pub fn sent(email: EmailId, ses_message_id: Option<&str>, now: OffsetDateTime) -> Self {
        let detail = json!({ "sesMessageId": ses_message_id });
        Self::of_email(FeedEventType::EmailSent, email, now, detail)
    }

    /// Returns the event of an email that is finished, or `None` if the feed doesn't contain its result: a cancellation isn't news, and
    /// whether an unconfirmed email was sent is unknown.
    #[must_use]
    pub fn finished(email: EmailId, result: &DeliveryResult, now: OffsetDateTime) -> Option<Self> {
        match result.status {
            EmailStatus::Sent => Some(Self::sent(email, result.ses_message_id.as_deref(), now)),
            EmailStatus::Failed => {
                let error = result.error.as_ref();
                let detail = json!({
                    "code": error.map_or("failed", |error| &error.code),
                    "message": error.map(|error| &error.message),
                });
                Some(Self::of_email(FeedEventType::EmailFailed, email, now, detail))
            }
            _ => None,
        }
    }

    /// Returns the event of SES's event about `recipients` of an email. Its time is SES's, but not in the future.
    #[must_use]
    pub fn from_ses(
        email: EmailId,
        event: &Event,
        recipients: &[String],
        now: OffsetDateTime,
    ) -> Option<Self> {
        let kind = FeedEventType::from_ses(&event.event_type)?;
        let detail = serde_json::to_value(&event.detail).unwrap_or_default();
        let detail = match event.event_type {
            EventType::Reject => json!({ "code": "rejected", "message": detail["reason"] }),
            EventType::RenderingFailure => {
                json!({ "code": "rendering_failure", "message": detail["errorMessage"] })
            }
            _ => detail,
        };
        let mut entry = Self::new(kind, Some(email), now, Some(recipients.to_vec()), detail);
        if event.at < now {
            entry.data.at = i64::try_from(event.at.unix_timestamp_nanos() / 1_000_000).ok();
        }
        Some(entry)
    }

    /// Returns the event of a recipient who unsubscribed by the link in an email.
    #[must_use]
    pub fn unsubscribed(email: EmailId, address: &AddressKey, now: OffsetDateTime) -> Self {
        let recipients = Some(vec![address.to_string()]);
        Self::new(FeedEventType::EmailUnsubscribed, Some(email), now, recipients, Value::Null)
    }

    /// Returns the event of a connection that changed, or `None` if that is no news.
    #[must_use]
    pub fn of_connection(
        before: &ConnectionState,
        after: &ConnectionState,
        now: OffsetDateTime,
    ) -> Option<Self> {
        let code = |state: &ConnectionState| state.reason().map(Reason::code);
        if before.status() == after.status() && code(before) == code(after) {
            return None;
        }
        let kind = FeedEventType::from_connection(after.status())?;
        let reason = after.reason().map(
            |reason| json!({ "code": reason.code(), "message": reason.message(), "help": reason.help() }),
        );
        let detail = json!({ "reason": reason });
        Some(Self::new(kind, None, now, None, detail))
    }

    /// Returns the event of a sender identity that SES verified. `identity` is the domain or address.
    #[must_use]
    pub fn identity_verified(id: IdentityId, identity: &str, region: Region, now: OffsetDateTime) -> Self {
        let detail = json!({ "identityId": id, "identity": identity, "region": region });
        Self::new(FeedEventType::IdentityVerified, None, now, None, detail)
    }

    /// Returns the event of a stack with another template than the published one.
    #[must_use]
    pub fn stack_outdated(stack: &Stack, published: &TemplateVersion, now: OffsetDateTime) -> Self {
        let detail = json!({
            "stackId": stack.id,
            "templateVersion": stack.template_version,
            "publishedVersion": published,
        });
        Self::new(FeedEventType::StackOutdated, None, now, None, detail)
    }

    /// Returns the event of a rate that has risen to a level at which AWS may act. `rate` is from 0 to 1.
    #[must_use]
    pub fn reputation_warning(
        region: Region,
        metric: ReputationMetric,
        level: RateLevel,
        rate: f64,
        now: OffsetDateTime,
    ) -> Self {
        let detail = json!({ "region": region, "metric": metric, "level": level, "rate": rate });
        Self::new(FeedEventType::ReputationWarning, None, now, None, detail)
    }

    /// Returns the event of an endpoint that was disabled without a request of the organisation. It doesn't contain the URL, which may
    /// contain a secret.
    #[must_use]
    pub fn webhook_disabled(endpoint: &WebhookEndpoint, now: OffsetDateTime) -> Self {
        let detail = json!({ "webhookId": endpoint.id, "reason": endpoint.disabled });
        Self::new(FeedEventType::WebhookDisabled, None, now, None, detail)
    }
}

#[cfg(test)]
mod tests {
    use aws_sans_io::ses::event::Notification;
    use time::{Duration, macros::datetime};

    use super::*;
    use crate::delivery::{EmailError, History};

    const NOW: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);

    fn email() -> EmailId {
        EmailId::new(NOW, 1)
    }

    fn ses_event(kind: &str, detail: &Value) -> Event {
        let mut text = json!({
            "eventType": kind,
            "mail": { "timestamp": "2026-11-28T11:59:00Z", "messageId": "0102", "destination": ["ada@example.com"] },
        });
        text[kind.to_lowercase()] = detail.clone();
        match Notification::parse(&text.to_string(), "id", NOW).unwrap() {
            Notification::Event(event) => *event,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_accepted_email_has_a_second_event_if_recipients_were_removed() {
        let removed = SuppressedRecipient {
            field: "to[1]".into(),
            address: "bob@example.com".into(),
            reason: crate::suppression::SuppressionReason::Bounce,
            since: NOW,
        };
        assert_eq!(FeedEntry::accepted(email(), &[], NOW).count(), 1);
        let events: Vec<_> = FeedEntry::accepted(email(), &[removed], NOW).collect();
        let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
        assert_eq!(kinds, [FeedEventType::EmailAccepted, FeedEventType::EmailSuppressed]);
        assert_eq!(events[1].data.recipients.as_deref(), Some(&["bob@example.com".to_owned()][..]));
    }

    #[test]
    fn a_rejection_is_a_failure_and_no_event_is_in_the_future() {
        let recipients = ["ada@example.com".to_owned()];
        let delivery = ses_event("Delivery", &json!({ "timestamp": "2099-01-01T00:00:00Z" }));
        let delivered = FeedEntry::from_ses(email(), &delivery, &recipients, NOW).unwrap();
        assert_eq!(delivered.kind, FeedEventType::EmailDelivered);
        assert_eq!(delivered.data.happened_at(NOW), NOW);
        let earlier = ses_event("Delivery", &json!({ "timestamp": "2026-11-28T11:59:30.500Z" }));
        let delivered = FeedEntry::from_ses(email(), &earlier, &recipients, NOW).unwrap();
        assert_eq!(delivered.recorded_at, NOW);
        assert_eq!(delivered.data.happened_at(NOW), datetime!(2026-11-28 11:59:30.5 UTC));
        let reject = ses_event("Reject", &json!({ "reason": "Bad content" }));
        let failed = FeedEntry::from_ses(email(), &reject, &recipients, NOW).unwrap();
        assert_eq!(failed.kind, FeedEventType::EmailFailed);
        assert_eq!(failed.data.detail, json!({ "code": "rejected", "message": "Bad content" }));
        assert_eq!(FeedEntry::from_ses(email(), &ses_event("Send", &json!({})), &recipients, NOW), None);
    }

    #[test]
    fn only_emails_that_were_sent_or_failed_are_news_when_they_finish() {
        let result = |status| DeliveryResult {
            ses_message_id: Some("0102".into()),
            error: Some(EmailError { code: "MessageRejected".into(), message: "no".into() }),
            ..DeliveryResult::new(status, History::default())
        };
        let finished = |status| FeedEntry::finished(email(), &result(status), NOW);
        assert_eq!(finished(EmailStatus::Sent).unwrap().data.detail, json!({ "sesMessageId": "0102" }));
        let failed = finished(EmailStatus::Failed).unwrap();
        assert_eq!(failed.data.detail, json!({ "code": "MessageRejected", "message": "no" }));
        for status in [EmailStatus::Cancelled, EmailStatus::Unconfirmed] {
            assert_eq!(finished(status), None);
        }
    }

    #[test]
    fn a_connection_is_news_only_if_its_status_or_reason_changed() {
        let later = NOW + Duration::MINUTE;
        let none = ConnectionState::NotConnected;
        assert_eq!(FeedEntry::of_connection(&none, &none, NOW), None);
        let disconnected = ConnectionState::Disconnected { since: NOW };
        assert_eq!(FeedEntry::of_connection(&none, &disconnected, later), None);
    }

    #[test]
    fn the_notice_of_a_disabled_endpoint_does_not_contain_its_url() {
        let url = crate::webhooks::WebhookUrl::parse("https://example.com/?token=secret", false).unwrap();
        let secret = crate::webhooks::WebhookSecret::from_random([1; 32]);
        let id = crate::WebhookId::new(NOW, 1);
        let endpoint = WebhookEndpoint::new(id, url, [].into_iter().collect(), secret);
        let gone = endpoint.after(crate::webhooks::DeliveryOutcome::Gone, NOW);
        let notice = FeedEntry::webhook_disabled(&gone, NOW);
        assert_eq!(notice.data.detail, json!({ "webhookId": id, "reason": "gone" }));
    }

    #[test]
    fn the_stored_form_omits_what_is_the_default() {
        let data = StoredFeedData::default();
        assert_eq!(serde_json::to_string(&data).unwrap(), "{}");
        assert_eq!(serde_json::from_str::<StoredFeedData>("{}").unwrap(), data);
    }
}

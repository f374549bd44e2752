//! Endpoints: what they want, their secrets and their health.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{DeliveryOutcome, WebhookSecret, WebhookUrl};
use crate::{WebhookId, feed::FeedEventType};

/// The most endpoints of an organisation.
pub const MAX_ENDPOINTS: usize = 10;

/// How long the old secret signs as well after a rotation.
const ROTATION: Duration = Duration::hours(24);

/// How long every delivery may fail before the endpoint is disabled.
const MAX_FAILING: Duration = Duration::days(3);

/// The types of events that an endpoint wants, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EndpointEvents(u32);

impl EndpointEvents {
    /// Returns whether the endpoint wants events of a type.
    #[must_use]
    pub const fn contains(self, kind: FeedEventType) -> bool {
        self.0 & (1 << kind.number()) != 0
    }

    /// Returns the types in their order.
    pub fn iter(self) -> impl Iterator<Item = FeedEventType> {
        FeedEventType::ALL.into_iter().filter(move |kind| self.contains(*kind))
    }

    /// Returns the bits. The bit of a type is its number.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }
}

impl FromIterator<FeedEventType> for EndpointEvents {
    fn from_iter<I: IntoIterator<Item = FeedEventType>>(kinds: I) -> Self {
        Self(kinds.into_iter().fold(0, |bits, kind| bits | (1 << kind.number())))
    }
}

/// Why nothing is delivered to an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DisabledReason {
    /// The organisation disabled it.
    Manual,
    /// Every delivery failed for three days.
    Failing,
    /// It responded with 410.
    Gone,
}

/// An endpoint of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookEndpoint {
    pub id: WebhookId,
    pub url: WebhookUrl,
    pub events: EndpointEvents,
    pub secret: WebhookSecret,
    /// The secret before, and until when it signs as well.
    #[serde(default)]
    previous: Option<(WebhookSecret, i64)>,
    #[serde(default)]
    pub disabled: Option<DisabledReason>,
    /// When deliveries began to fail, in seconds since 1970. `None` since one succeeded.
    #[serde(default)]
    failing_since: Option<i64>,
}

impl WebhookEndpoint {
    /// Creates an endpoint.
    #[must_use]
    pub const fn new(id: WebhookId, url: WebhookUrl, events: EndpointEvents, secret: WebhookSecret) -> Self {
        Self { id, url, events, secret, previous: None, disabled: None, failing_since: None }
    }

    /// Returns the secrets that sign at `now`, the newest first.
    pub fn secrets(&self, now: OffsetDateTime) -> impl Iterator<Item = &WebhookSecret> {
        let now = now.unix_timestamp();
        let previous = self.previous.as_ref().filter(|(_, until)| *until > now).map(|(secret, _)| secret);
        [&self.secret].into_iter().chain(previous)
    }

    /// Replaces the secret. The former one signs as well for 24 hours.
    #[must_use]
    pub fn rotated(mut self, secret: WebhookSecret, now: OffsetDateTime) -> Self {
        let former = std::mem::replace(&mut self.secret, secret);
        self.previous = Some((former, (now + ROTATION).unix_timestamp()));
        self
    }

    /// Returns since when every delivery has failed.
    #[must_use]
    pub fn failing_since(&self) -> Option<OffsetDateTime> {
        self.failing_since.and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok())
    }

    /// Enables the endpoint, or disables it by hand. An endpoint that is enabled again starts without failures.
    #[must_use]
    pub const fn switched(mut self, enabled: bool) -> Self {
        if enabled {
            if self.disabled.is_some() {
                self.failing_since = None;
            }
            self.disabled = None;
        } else if self.disabled.is_none() {
            self.disabled = Some(DisabledReason::Manual);
        }
        self
    }

    /// Returns the endpoint after a delivery.
    #[must_use]
    pub fn after(mut self, outcome: DeliveryOutcome, now: OffsetDateTime) -> Self {
        match outcome {
            DeliveryOutcome::Delivered => self.failing_since = None,
            DeliveryOutcome::Gone => self.disabled = self.disabled.or(Some(DisabledReason::Gone)),
            DeliveryOutcome::Failed => {
                let since = *self.failing_since.get_or_insert(now.unix_timestamp());
                if now.unix_timestamp() - since >= MAX_FAILING.whole_seconds() {
                    self.disabled = self.disabled.or(Some(DisabledReason::Failing));
                }
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);

    fn endpoint() -> WebhookEndpoint {
        let url = WebhookUrl::parse("https://example.com/", false).unwrap();
        let events = FeedEventType::ALL.into_iter().collect();
        WebhookEndpoint::new(WebhookId::new(NOW, 1), url, events, WebhookSecret::from_random([1; 32]))
    }

    #[test]
    fn an_endpoint_wants_exactly_the_chosen_types() {
        let chosen = [FeedEventType::EmailBounced, FeedEventType::ConnectionInsecure];
        let events: EndpointEvents = chosen.into_iter().collect();
        assert_eq!(events.iter().collect::<Vec<_>>(), chosen);
        assert!(!events.contains(FeedEventType::EmailSent));
    }

    #[test]
    fn after_a_rotation_both_secrets_sign_for_24_hours() {
        let new = WebhookSecret::from_random([2; 32]);
        let rotated = endpoint().rotated(new.clone(), NOW);
        let signing = |at| rotated.secrets(at).cloned().collect::<Vec<_>>();
        assert_eq!(signing(NOW + Duration::hours(23)), [new.clone(), endpoint().secret]);
        assert_eq!(signing(NOW + Duration::hours(24)), [new]);
    }

    #[test]
    fn an_endpoint_is_disabled_after_three_days_of_failures_only() {
        let failing = endpoint().after(DeliveryOutcome::Failed, NOW);
        let later = |days| NOW + Duration::days(days);
        assert_eq!(failing.clone().after(DeliveryOutcome::Failed, later(2)).disabled, None);
        let disabled = failing.clone().after(DeliveryOutcome::Failed, later(3));
        assert_eq!(disabled.disabled, Some(DisabledReason::Failing));
        let recovered = failing.after(DeliveryOutcome::Delivered, later(2));
        assert_eq!(recovered.failing_since(), None);
        assert_eq!(recovered.after(DeliveryOutcome::Failed, later(4)).disabled, None);
        let enabled = disabled.switched(true);
        assert_eq!((enabled.disabled, enabled.failing_since()), (None, None));
    }

    #[test]
    fn a_receiver_that_is_gone_is_disabled_at_once() {
        let gone = endpoint().after(DeliveryOutcome::Gone, NOW);
        assert_eq!(gone.disabled, Some(DisabledReason::Gone));
        assert_eq!(gone.switched(false).disabled, Some(DisabledReason::Gone));
        assert_eq!(endpoint().switched(false).disabled, Some(DisabledReason::Manual));
    }

    #[test]
    fn an_endpoint_is_restored_from_its_stored_form() {
        let endpoint =
            endpoint().rotated(WebhookSecret::from_random([2; 32]), NOW).after(DeliveryOutcome::Failed, NOW);
        let text = serde_json::to_string(&endpoint).unwrap();
        assert_eq!(serde_json::from_str::<WebhookEndpoint>(&text).unwrap(), endpoint);
    }
}

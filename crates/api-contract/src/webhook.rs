//! Webhook endpoints: `/v1/webhooks`.

use domain::{
    WebhookId,
    feed::FeedEventType,
    webhooks::{DisabledReason, EndpointEvents, WebhookEndpoint, WebhookUrl, WebhookUrlError},
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

#[cfg(feature = "openapi")]
use super::schema::Timestamp;
use super::{FeedEvent, FieldError};

/// An endpoint to create.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateWebhook {
    /// The URL that events are posted to: `https` on a public host.
    pub url: String,
    /// The types of events. Defaults to all.
    pub events: Option<Vec<FeedEventType>>,
}

/// A change of an endpoint. Omitted fields stay as they are.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateWebhook {
    /// The URL that events are posted to.
    pub url: Option<String>,
    /// The types of events.
    pub events: Option<Vec<FeedEventType>>,
    /// Whether events are delivered. An endpoint that is enabled again gets the events from then on.
    pub enabled: Option<bool>,
}

impl CreateWebhook {
    /// Validates the fields. `on_loopback` is whether the Worker's own settings point to loopback.
    ///
    /// # Errors
    /// Fails with a [`FieldError`] for `url` or `events`.
    pub fn parse(self, on_loopback: bool) -> Result<(WebhookUrl, EndpointEvents), FieldError> {
        if self.url.is_empty() {
            return Err(FieldError::missing("url"));
        }
        let events =
            self.events.map_or_else(|| Ok(FeedEventType::ALL.into_iter().collect()), parse_events)?;
        Ok((parse_url(&self.url, on_loopback)?, events))
    }
}

impl UpdateWebhook {
    /// Applies the change.
    ///
    /// # Errors
    /// As [`CreateWebhook::parse`].
    pub fn apply(
        self,
        mut endpoint: WebhookEndpoint,
        on_loopback: bool,
    ) -> Result<WebhookEndpoint, FieldError> {
        if let Some(url) = self.url {
            endpoint.url = parse_url(&url, on_loopback)?;
        }
        if let Some(events) = self.events {
            endpoint.events = parse_events(events)?;
        }
        Ok(match self.enabled {
            Some(enabled) => endpoint.switched(enabled),
            None => endpoint,
        })
    }
}

fn parse_url(url: &str, on_loopback: bool) -> Result<WebhookUrl, FieldError> {
    WebhookUrl::parse(url, on_loopback).map_err(|error| {
        let code = match error {
            WebhookUrlError::Invalid => "invalid_webhook_url",
            WebhookUrlError::NotPublic => "webhook_url_not_public",
        };
        FieldError::new("url", code, format!("\"url\" can't be used: {error}"))
    })
}

fn parse_events(events: Vec<FeedEventType>) -> Result<EndpointEvents, FieldError> {
    if events.is_empty() {
        return Err(FieldError::missing("events"));
    }
    Ok(events.into_iter().collect())
}

/// A webhook endpoint, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// The endpoint's id.
    pub id: WebhookId,
    /// The URL that events are posted to.
    pub url: String,
    /// The types of events.
    pub events: Vec<FeedEventType>,
    /// Why nothing is delivered; `null` if the endpoint is enabled.
    pub disabled: Option<DisabledReason>,
    /// Since when every delivery has failed; `null` if the last one succeeded. After three days the endpoint is disabled.
    #[serde(with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Timestamp>"))]
    pub failing_since: Option<OffsetDateTime>,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub created_at: OffsetDateTime,
}

impl From<&WebhookEndpoint> for Webhook {
    fn from(endpoint: &WebhookEndpoint) -> Self {
        Self {
            id: endpoint.id,
            url: endpoint.url.to_string(),
            events: endpoint.events.iter().collect(),
            disabled: endpoint.disabled,
            failing_since: endpoint.failing_since(),
            created_at: endpoint.id.created_at(),
        }
    }
}

/// A new endpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewWebhook {
    /// The endpoint.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// The secret that signs its webhooks: `whsec_…`.
    pub secret: String,
}

/// A new secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RotatedSecret {
    /// The new secret. The former one signs as well for 24 hours.
    pub secret: String,
}

/// The organisation's endpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WebhookList {
    /// The endpoints, oldest first. At most 10.
    pub data: Vec<Webhook>,
}

/// How far a delivery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is retried, or waits for an earlier event of the same email.
    Pending,
    /// The endpoint accepted it.
    Delivered,
    /// It was given up.
    Failed,
}

/// The delivery of an event to an endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WebhookDelivery {
    /// The number of the event.
    pub number: u64,
    /// How far it has come.
    pub state: DeliveryState,
    /// The number of attempts.
    pub attempts: u32,
    /// The HTTP status of the last response; `null` if there was none.
    pub response_status: Option<u16>,
    /// Why there was no response.
    pub error: Option<String>,
    /// The duration of the last attempt in milliseconds.
    pub duration_ms: Option<u32>,
    /// Time of the last attempt; `null` if there was none.
    #[serde(with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Timestamp>"))]
    pub attempted_at: Option<OffsetDateTime>,
    /// Time of the next attempt; `null` if none is planned.
    #[serde(with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Timestamp>"))]
    pub next_attempt_at: Option<OffsetDateTime>,
    /// The body of the request; `null` once the event has expired.
    pub event: Option<FeedEvent>,
}

/// A page of deliveries, newest event first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WebhookDeliveryPage {
    /// The deliveries.
    pub data: Vec<WebhookDelivery>,
    /// The `cursor` of the next page; `null` on the last page.
    pub next_cursor: Option<String>,
}

/// The result of a test event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WebhookTest {
    /// Whether the endpoint accepted it.
    pub delivered: bool,
    /// The HTTP status of the response; `null` if there was none.
    pub response_status: Option<u16>,
    /// Why there was no response.
    pub error: Option<String>,
    /// The duration in milliseconds.
    pub duration_ms: u32,
}

/// Which events to deliver again: one by its number, or those recorded in a time range.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct WebhookReplay {
    /// The number of an event.
    pub number: Option<u64>,
    /// The start of the range.
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Timestamp>"))]
    pub since: Option<OffsetDateTime>,
    /// The end of the range. Defaults to now.
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Timestamp>"))]
    pub until: Option<OffsetDateTime>,
}

/// A validated [`WebhookReplay`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayRange {
    /// One event.
    Number(u64),
    /// The events recorded from the first time until before the second.
    Time(OffsetDateTime, OffsetDateTime),
}

impl WebhookReplay {
    /// Validates the fields.
    ///
    /// # Errors
    /// Fails with a [`FieldError`] if they are missing or don't belong together.
    pub fn parse(self, now: OffsetDateTime) -> Result<ReplayRange, FieldError> {
        match (self.number, self.since, self.until) {
            (Some(number), None, None) => Ok(ReplayRange::Number(number)),
            (None, Some(since), until) if since <= until.unwrap_or(now) => {
                Ok(ReplayRange::Time(since, until.unwrap_or(now)))
            }
            (None, Some(_), _) => {
                Err(FieldError::new("until", "invalid_replay", "\"until\" must not be before \"since\""))
            }
            (Some(_), ..) => Err(FieldError::new(
                "number",
                "conflicting_field",
                "\"number\" can't be combined with a time range",
            )),
            (None, None, _) => Err(FieldError::missing("number")),
        }
    }
}

/// The result of a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WebhookReplayed {
    /// The number of events that will be delivered again.
    pub replayed: u32,
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;
    use crate::parse_json;

    fn create(body: &str) -> Result<(WebhookUrl, EndpointEvents), crate::ApiError> {
        Ok(parse_json::<CreateWebhook>(body.as_bytes())?.parse(false)?)
    }

    #[test]
    fn an_endpoint_gets_all_types_unless_some_are_chosen() {
        let (url, events) = create(r#"{"url":"https://example.com/hook"}"#).unwrap();
        assert_eq!(
            (url.as_str(), events.iter().count()),
            ("https://example.com/hook", FeedEventType::ALL.len())
        );
        let (_, events) = create(r#"{"url":"https://example.com/","events":["email.bounced"]}"#).unwrap();
        assert_eq!(events.iter().collect::<Vec<_>>(), [FeedEventType::EmailBounced]);
        for (body, field, code) in [
            (r#"{"url":""}"#, "url", "missing_field"),
            (r#"{"url":"http://example.com/"}"#, "url", "invalid_webhook_url"),
            (r#"{"url":"https://10.0.0.1/"}"#, "url", "webhook_url_not_public"),
            (r#"{"url":"https://example.com/","events":[]}"#, "events", "missing_field"),
            (r#"{"url":"https://example.com/","events":["email.read"]}"#, "events[0]", "invalid_type"),
        ] {
            let error = create(body).unwrap_err();
            assert_eq!((error.field(), error.code()), (Some(field), code), "{body}");
        }
    }

    #[test]
    fn a_replay_is_of_one_event_or_of_a_time_range() {
        let now = datetime!(2026-11-28 12:00 UTC);
        let replay = |number, since, until| WebhookReplay { number, since, until }.parse(now);
        let earlier = now - Duration::HOUR;
        assert_eq!(replay(Some(7), None, None), Ok(ReplayRange::Number(7)));
        assert_eq!(replay(None, Some(earlier), None), Ok(ReplayRange::Time(earlier, now)));
        assert_eq!(replay(None, Some(earlier), Some(earlier)), Ok(ReplayRange::Time(earlier, earlier)));
        for (wrong, field) in [
            (replay(None, None, None), "number"),
            (replay(None, None, Some(now)), "number"),
            (replay(Some(7), Some(now), None), "number"),
            (replay(None, Some(now), Some(earlier)), "until"),
        ] {
            assert_eq!(wrong.unwrap_err().field, field);
        }
    }
}

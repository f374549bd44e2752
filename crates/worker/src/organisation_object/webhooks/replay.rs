//! Delivering events again, and test events.

use api_contract::{ApiError, FieldError, ReplayRange, WebhookTest};
use domain::{
    FeedEventId, WebhookId,
    webhooks::{DeliveryOutcome, WebhookEndpoint},
};
use serde_json::json;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Webhooks, key, take::signed};
use crate::{
    clock,
    http::Error,
    organisation_object::{feed::number, sql},
    random, sender_object,
};

const HAS_MORE: &str = "SELECT number FROM feed WHERE number BETWEEN ? AND ? AND (? >> type) & 1 ORDER BY number LIMIT 1 OFFSET ?";
const COUNT: &str = "SELECT count(*) FROM feed WHERE number BETWEEN ? AND ? AND (? >> type) & 1";
const QUEUE: &str = "INSERT INTO webhook_deliveries (endpoint, number, email, state, attempts) \
     SELECT ?1, number, coalesce(email, x''), 0, 0 FROM feed WHERE number BETWEEN ?2 AND ?3 AND (?4 >> type) & 1 \
     ON CONFLICT (endpoint, number) DO UPDATE SET state = 0, attempts = 0, first_at = NULL, due_at = NULL";
const RELEASE: &str = "UPDATE webhook_deliveries SET due_at = ?1 WHERE endpoint = ?2 AND number BETWEEN ?3 AND ?4 AND state = 0 \
     AND number = (SELECT min(o.number) FROM webhook_deliveries o WHERE o.endpoint = ?2 AND o.email = webhook_deliveries.email AND o.state = 0)";

/// The most events of a replay.
const MAX_EVENTS: u32 = 10_000;

impl Webhooks {
    /// Delivers events again that were recorded before. Returns their number.
    ///
    /// # Errors
    /// Fails if the endpoint is disabled or there are too many events.
    pub(crate) async fn replay(&self, id: WebhookId, range: ReplayRange) -> Result<u32, Error> {
        let endpoint = self.get(id)?;
        if endpoint.disabled.is_some() {
            return Err(ApiError::WebhookDisabled.into());
        }
        // Later events are delivered anyway.
        let position = self.position(id)?;
        let (first, last) = match range {
            ReplayRange::Number(number) if self.feed.event(number)?.is_some() => (number, number),
            ReplayRange::Number(_) => return Err(ApiError::NotFound { what: "event" }.into()),
            ReplayRange::Time(since, until) => {
                (self.feed.first_at_or_after(since)?, self.feed.first_at_or_after(until)?.saturating_sub(1))
            }
        };
        let last = last.min(position);
        let wanted = match range {
            // One that was chosen by its number is delivered, whatever its type.
            ReplayRange::Number(_) => u32::MAX,
            ReplayRange::Time(..) => endpoint.events.bits(),
        };
        let values = [number(first), number(last), wanted.into(), MAX_EVENTS.into()];
        if self.context.sql.row(HAS_MORE, values)?.is_some() {
            let message = format!("there are more than {MAX_EVENTS} events in this range");
            return Err(FieldError {
                help: "Replay a shorter range first.",
                ..FieldError::new("since", "invalid_replay", message)
            }
            .into());
        }
        let row = self.context.sql.row(COUNT, [number(first), number(last), wanted.into()])?;
        let count: u32 = row.map_or(Ok(0), |row| row.integer(0))?;
        let now = clock::now();
        self.context.sql.transaction(|| {
            self.context.sql.run(QUEUE, [key(id), number(first), number(last), wanted.into()])?;
            self.context.sql.run(RELEASE, [sql::time(now), key(id), number(first), number(last)])
        })?;
        // The result of a delivery that is in progress must not count as that of the replay.
        self.in_flight
            .borrow_mut()
            .retain(|(endpoint, event), _| *endpoint != id || !(first..=last).contains(event));
        self.context.alarm.ring_by(now).await?;
        Ok(count)
    }

    /// Delivers a test event, once, and returns what came of it. It isn't in the feed.
    ///
    /// # Errors
    /// [`ApiError::NotFound`], or if the lane can't be reached.
    pub(crate) async fn test(&self, id: WebhookId) -> Result<WebhookTest, Error> {
        let (endpoint, now) = (self.get(id)?, clock::now());
        let request = {
            let event = FeedEventId::new(now, random::u128()).to_string();
            let body = test_event(&endpoint, &event, now);
            signed(&endpoint, 0, 0, &event, body, now)
        };
        let organisation = self.context.organisation()?.id;
        let result = sender_object::deliver(&self.context.env, organisation, &request).await?;
        let (response_status, error) = match result.response {
            Ok((status, _)) => (Some(status), None),
            Err(error) => (None, Some(error)),
        };
        let delivered = DeliveryOutcome::from_status(response_status) == DeliveryOutcome::Delivered;
        Ok(WebhookTest { delivered, response_status, error, duration_ms: result.duration })
    }
}

fn test_event(endpoint: &WebhookEndpoint, id: &str, now: OffsetDateTime) -> String {
    let timestamp = now.format(&Rfc3339).unwrap_or_default();
    json!({
        "id": id,
        "number": 0,
        "type": "webhook.test",
        "timestamp": timestamp,
        "data": { "webhookId": endpoint.id },
    })
    .to_string()
}

//! What became of a delivery.

use domain::{
    WebhookId,
    feed::FeedEntry,
    webhooks::{DeliveryOutcome, WebhookEndpoint, next_attempt, retry_after},
};
use serde_json::json;
use wasm_bindgen::JsValue;

use super::{InFlight, WebhookResult, Webhooks, email_key, key};
use crate::{
    clock,
    http::Error,
    log,
    organisation_object::{
        feed::number,
        sql::{self, optional},
    },
    random,
};

const FIRST_AT: &str = "SELECT first_at FROM webhook_deliveries WHERE endpoint = ? AND number = ?";
const RECORD: &str = "INSERT INTO webhook_deliveries (endpoint, number, email, state, attempts, first_at, last_at, due_at, status, error, \
     duration) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (endpoint, number) DO UPDATE SET state = excluded.state, \
     attempts = excluded.attempts, first_at = excluded.first_at, last_at = excluded.last_at, due_at = excluded.due_at, \
     status = excluded.status, error = excluded.error, duration = excluded.duration";
const RELEASE: &str = "UPDATE webhook_deliveries SET due_at = ?1 WHERE endpoint = ?2 AND due_at IS NULL AND number = \
     (SELECT min(number) FROM webhook_deliveries WHERE endpoint = ?2 AND email = ?3 AND state = 0)";
const GIVE_UP: &str =
    "UPDATE webhook_deliveries SET state = 2, due_at = NULL, error = ? WHERE endpoint = ? AND state = 0";
const EXPIRE: &str = "UPDATE webhook_deliveries SET state = 2, due_at = NULL, error = 'expired' WHERE endpoint = ? AND number = ?";

/// The states of a row.
pub(super) const PENDING: u8 = 0;
pub(super) const DELIVERED: u8 = 1;
pub(super) const FAILED: u8 = 2;

impl Webhooks {
    /// Records a result, and releases the next event of the same email once this one is finished.
    pub(super) fn record(&self, result: WebhookResult) -> Result<(), Error> {
        let WebhookResult { endpoint: id, number: event, attempt, response, duration } = result;
        let delivery = self.in_flight.borrow().get(&(id, event)).copied();
        // The lane was lost, or the endpoint was deleted.
        let Some(InFlight { email, began_at, .. }) = delivery.filter(|delivery| delivery.attempt == attempt)
        else {
            return Ok(());
        };
        let Some(before) = self.find(id)? else { return Ok(()) };
        let now = clock::now();
        let (status, error, wait) = match response {
            Ok((status, header)) => (Some(status), None, header.and_then(|header| retry_after(&header, now))),
            Err(error) => (None, Some(error), None),
        };
        let outcome = DeliveryOutcome::from_status(status);
        let first_at = self.context.sql.row(FIRST_AT, [key(id), number(event)])?;
        let first_at = first_at.map_or(Ok(None), |row| row.optional_time(0))?.unwrap_or(began_at);
        let next = match outcome {
            DeliveryOutcome::Failed => next_attempt(attempt, first_at, now, wait, jitter()?),
            DeliveryOutcome::Delivered | DeliveryOutcome::Gone => None,
        };
        let state = match (outcome, next) {
            (DeliveryOutcome::Delivered, _) => DELIVERED,
            (_, Some(_)) => PENDING,
            (_, None) => FAILED,
        };
        let after = before.clone().after(outcome, now);
        let is_newly_disabled = before.disabled.is_none() && after.disabled.is_some();
        let values: [JsValue; 11] = [
            key(id),
            number(event),
            email_key(email),
            state.into(),
            attempt.into(),
            sql::time(first_at),
            sql::time(now),
            optional(next.map(sql::time)),
            optional(status),
            optional(error),
            duration.into(),
        ];
        self.context.sql.transaction(|| {
            self.context.sql.run(RECORD, values)?;
            if state != PENDING {
                self.context.sql.run(RELEASE, [sql::time(now), key(id), email_key(email)])?;
            }
            if after.disabled.is_some() {
                self.give_up(id, "disabled")?;
            }
            if after != before {
                self.replace(after.clone())?;
            }
            if is_newly_disabled {
                self.feed.append([FeedEntry::webhook_disabled(&after, now)])?;
            }
            Ok(())
        })?;
        self.in_flight.borrow_mut().remove(&(id, event));
        if is_newly_disabled {
            self.notice_disabled(&after)?;
        }
        Ok(())
    }

    /// Gives up everything that waits to be retried at an endpoint.
    pub(super) fn give_up(&self, id: WebhookId, reason: &str) -> Result<(), Error> {
        self.context.sql.run(GIVE_UP, [reason.into(), key(id)]).map(drop)
    }

    /// Gives up the delivery of an expired event.
    pub(super) fn expire(&self, id: WebhookId, event: u64) -> Result<(), Error> {
        self.context.sql.run(EXPIRE, [key(id), number(event)]).map(drop)
    }

    fn notice_disabled(&self, endpoint: &WebhookEndpoint) -> Result<(), Error> {
        log::info(
            "webhook_disabled",
            json!({
                "organisationId": self.context.organisation()?.id,
                "webhookId": endpoint.id,
                "reason": endpoint.disabled,
            }),
        );
        Ok(())
    }
}

/// Returns a random number from 0 to 1.
fn jitter() -> Result<f64, Error> {
    Ok(f64::from(u32::from_le_bytes(random::bytes()?)) / f64::from(u32::MAX))
}

//! Pages of the delivery log.

use api_contract::{DeliveryState, PageQuery, WebhookDelivery, WebhookDeliveryPage};
use domain::WebhookId;

use super::{
    Webhooks, key,
    record::{DELIVERED, PENDING},
};
use crate::{
    http::Error,
    organisation_object::{feed::number, sql::Row},
};

const LIST: &str = "SELECT number, state, attempts, status, error, duration, last_at, due_at FROM webhook_deliveries \
     WHERE endpoint = ? AND number < ? ORDER BY number DESC LIMIT ?";
const DELETE_BEFORE: &str = "DELETE FROM webhook_deliveries WHERE endpoint = ? AND number < ?";

impl Webhooks {
    /// Returns a page of an endpoint's deliveries, newest event first. `before` is the number of the last event of the previous page.
    ///
    /// # Errors
    /// [`api_contract::ApiError::NotFound`].
    pub(crate) fn deliveries(
        &self,
        id: WebhookId,
        query: &PageQuery,
        before: Option<u64>,
    ) -> Result<WebhookDeliveryPage, Error> {
        self.get(id)?;
        let before = number(before.unwrap_or(1 << 53));
        let limit = query.limit.saturating_add(1);
        let rows = self.context.sql.rows(LIST, [key(id), before, limit.into()])?;
        let shown = rows.len().min(query.limit as usize);
        let data = rows[..shown].iter().map(|row| self.delivery(row)).collect::<Result<Vec<_>, _>>()?;
        let next_cursor = data.last().filter(|_| rows.len() > shown).map(|last| last.number.to_string());
        Ok(WebhookDeliveryPage { data, next_cursor })
    }

    fn delivery(&self, row: &Row) -> Result<WebhookDelivery, Error> {
        let number: u64 = row.integer(0)?;
        let state = match row.integer::<u8>(1)? {
            PENDING => DeliveryState::Pending,
            DELIVERED => DeliveryState::Delivered,
            _ => DeliveryState::Failed,
        };
        Ok(WebhookDelivery {
            number,
            state,
            attempts: row.integer(2)?,
            response_status: row.optional_integer(3)?,
            error: row.optional_text(4),
            duration_ms: row.optional_integer(5)?,
            attempted_at: row.optional_time(6)?,
            next_attempt_at: row.optional_time(7)?,
            event: self.feed.event(number)?,
        })
    }

    /// Deletes the log of events that have expired.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn delete_expired(&self) -> Result<(), Error> {
        let endpoints = self.all()?;
        if endpoints.is_empty() {
            return Ok(());
        }
        let Some(oldest) = self.feed.oldest_number()? else { return Ok(()) };
        for endpoint in endpoints.iter() {
            self.context.sql.run(DELETE_BEFORE, [key(endpoint.id), number(oldest)])?;
        }
        Ok(())
    }
}

//! Creating, changing and deleting endpoints.

use api_contract::{ApiError, UpdateWebhook, Webhook, WebhookList};
use domain::{
    WebhookId,
    webhooks::{MAX_ENDPOINTS, WebhookEndpoint, WebhookSecret},
};
use time::OffsetDateTime;

use super::{Webhooks, key};
use crate::http::Error;

const DELETE: &str = "DELETE FROM webhook_deliveries WHERE endpoint = ?";

pub(super) const NOT_FOUND: ApiError = ApiError::NotFound { what: "webhook endpoint" };

impl Webhooks {
    /// Returns all endpoints.
    pub(crate) fn list(&self) -> Result<WebhookList, Error> {
        Ok(WebhookList { data: self.all()?.iter().map(Webhook::from).collect() })
    }

    /// Returns an endpoint.
    ///
    /// # Errors
    /// [`ApiError::NotFound`].
    pub(crate) fn get(&self, id: WebhookId) -> Result<WebhookEndpoint, Error> {
        Ok(self.find(id)?.ok_or(NOT_FOUND)?)
    }

    /// Adds an endpoint, which gets the events from now on. Switches the feed on. An endpoint with this id that exists stays as it is.
    ///
    /// # Errors
    /// [`ApiError::TooManyWebhooks`].
    pub(crate) fn insert(&self, endpoint: WebhookEndpoint) -> Result<WebhookEndpoint, Error> {
        let mut endpoints = (*self.all()?).clone();
        if let Some(known) = endpoints.iter().find(|known| known.id == endpoint.id) {
            return Ok(known.clone());
        }
        if endpoints.len() >= MAX_ENDPOINTS {
            return Err(ApiError::TooManyWebhooks.into());
        }
        endpoints.push(endpoint.clone());
        self.context.sql.transaction(|| {
            self.feed.switch(true)?;
            self.set_position(endpoint.id, Some(self.feed.newest()?))?;
            self.endpoints.set(&self.context.sql, Some(endpoints))
        })?;
        Ok(endpoint)
    }

    /// Changes an endpoint. One that is enabled again gets the events from now on.
    ///
    /// # Errors
    /// [`ApiError::NotFound`], or the error of the change.
    pub(crate) fn update(
        &self,
        id: WebhookId,
        change: UpdateWebhook,
        on_loopback: bool,
    ) -> Result<WebhookEndpoint, Error> {
        let before = self.get(id)?;
        let after = change.apply(before.clone(), on_loopback)?;
        self.context.sql.transaction(|| {
            if before.disabled.is_some() && after.disabled.is_none() {
                self.set_position(id, Some(self.feed.newest()?))?;
            }
            if after.disabled.is_some() {
                self.give_up(id, "disabled")?;
            }
            self.replace(after.clone())
        })?;
        Ok(after)
    }

    /// Replaces the secret.
    ///
    /// # Errors
    /// [`ApiError::NotFound`].
    pub(crate) fn rotate(
        &self,
        id: WebhookId,
        secret: WebhookSecret,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        self.replace(self.get(id)?.rotated(secret, now))
    }

    /// Deletes an endpoint with its delivery log.
    ///
    /// # Errors
    /// [`ApiError::NotFound`].
    pub(crate) fn delete(&self, id: WebhookId) -> Result<(), Error> {
        self.get(id)?;
        let mut endpoints = (*self.all()?).clone();
        endpoints.retain(|endpoint| endpoint.id != id);
        self.context.sql.transaction(|| {
            self.context.sql.run(DELETE, [key(id)])?;
            self.set_position(id, None)?;
            self.endpoints.set(&self.context.sql, Some(endpoints))
        })?;
        self.in_flight.borrow_mut().retain(|(endpoint, _), _| *endpoint != id);
        Ok(())
    }

    /// Returns whether there is an endpoint, so that the feed is needed.
    pub(crate) fn needs_feed(&self) -> Result<bool, Error> {
        Ok(!self.all()?.is_empty())
    }

    pub(super) fn replace(&self, endpoint: WebhookEndpoint) -> Result<(), Error> {
        let mut endpoints = (*self.all()?).clone();
        if let Some(known) = endpoints.iter_mut().find(|known| known.id == endpoint.id) {
            *known = endpoint;
        }
        self.endpoints.set(&self.context.sql, Some(endpoints))
    }
}

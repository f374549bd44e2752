//! The event feed: rows that are only appended, so their numbers have no gaps.
//!
//! An event is appended in the transaction of what it reports: neither exists without the other. SQLite gives a row the number after the
//! highest one. A transaction that is rolled back gives it back, and the newest row is never deleted.
//!
//! An email with three events costs four rows here, so the feed is off until the organisation switches it on.

mod list;
mod retention;

use std::{cell::OnceCell, rc::Rc};

use domain::{OrganisationId, feed::FeedEntry};
use time::Duration;
use wasm_bindgen::JsValue;

pub(crate) use self::list::number;
use super::{
    context::Context,
    sql::{blob, optional, time},
    stored::Stored,
};
use crate::{clock, http::Error};

pub(crate) const SCHEMA: &[&str] = &[
    "CREATE TABLE feed (number INTEGER PRIMARY KEY, type INTEGER NOT NULL, at INTEGER NOT NULL, email BLOB, data TEXT NOT NULL) STRICT",
];

/// The time from switching the feed on to the alarm.
const SWITCHED_ON: Duration = Duration::minutes(1);

const APPEND: &str = "INSERT INTO feed (type, at, email, data) VALUES (?, ?, ?, ?)";

/// The organisation's event feed.
pub(crate) struct Feed {
    context: Rc<Context>,
    is_on: Stored<bool>,
    on_append: OnceCell<Box<dyn Fn()>>,
}

impl Feed {
    pub(crate) fn new(context: Rc<Context>) -> Self {
        Self { context, is_on: Stored::new("feed"), on_append: OnceCell::new() }
    }

    /// Returns whether events are recorded.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn is_on(&self) -> Result<bool, Error> {
        Ok(self.is_on.get(&self.context.sql)?.is_some_and(|is_on| *is_on))
    }

    /// Switches recording on or off. The alarm rings soon after it is switched on, for what only becomes due then.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn switch(&self, on: bool) -> Result<(), Error> {
        self.is_on.set(&self.context.sql, Some(on))?;
        if on {
            self.context.start_ring_by(clock::now() + SWITCHED_ON);
        }
        Ok(())
    }

    /// Appends events if the feed is on. Call it in the transaction of what they report.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn append(&self, entries: impl IntoIterator<Item = FeedEntry>) -> Result<(), Error> {
        if !self.is_on()? {
            return Ok(());
        }
        let mut is_appended = false;
        for FeedEntry { kind, email, recorded_at, data } in entries {
            let email = optional(email.map(|id| blob(&id.to_bytes())));
            let values: [JsValue; 4] =
                [kind.number().into(), time(recorded_at), email, serde_json::to_string(&data)?.into()];
            self.context.sql.run(APPEND, values)?;
            is_appended = true;
        }
        if is_appended && let Some(on_append) = self.on_append.get() {
            on_append();
        }
        Ok(())
    }

    /// Sets what is called after events were appended, within their transaction.
    pub(crate) fn on_append(&self, listener: impl Fn() + 'static) {
        // There is one listener, set when the object starts.
        let _ = self.on_append.set(Box::new(listener));
    }

    fn organisation(&self) -> Result<OrganisationId, Error> {
        Ok(self.context.organisation()?.id)
    }
}

fn unreadable(what: &str) -> Error {
    Error::internal(format!("the storage holds an unreadable {what} of an event"))
}

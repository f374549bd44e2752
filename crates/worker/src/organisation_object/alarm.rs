//! The object's alarm. There is one per object, so each component says when it needs it, and the earliest time counts.

use std::cell::Cell;

use time::OffsetDateTime;
use worker::{ScheduledTime, State, Storage};

use crate::{clock, http::Error};

/// The alarm, with the time at which it rings.
pub(crate) struct Alarm {
    storage: Storage,
    /// The time in milliseconds since 1970, once it is known: `Some(None)` if no alarm is set.
    rings_at: Cell<Option<Option<i64>>>,
}

impl Alarm {
    pub(crate) fn new(state: &State) -> Self {
        Self { storage: state.storage(), rings_at: Cell::default() }
    }

    /// Sets the alarm to `at`, unless it rings earlier anyway.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) async fn ring_by(&self, at: OffsetDateTime) -> Result<(), Error> {
        let at = clock::to_milliseconds(at);
        let rings_at = match self.rings_at.get() {
            Some(known) => known,
            None => self.storage.get_alarm().await?,
        };
        // An alarm in the past may be running now, and is gone when it ends.
        let now = clock::to_milliseconds(clock::now());
        if rings_at.is_some_and(|rings_at| rings_at <= at && rings_at > now) {
            self.rings_at.set(Some(rings_at));
            return Ok(());
        }
        self.set(at).await
    }

    /// Sets the alarm to `at`, whenever it would have rung.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) async fn ring_at(&self, at: OffsetDateTime) -> Result<(), Error> {
        self.set(clock::to_milliseconds(at)).await
    }

    /// Removes the alarm.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) async fn cancel(&self) -> Result<(), Error> {
        self.rings_at.set(Some(None));
        Ok(self.storage.delete_alarm().await?)
    }

    async fn set(&self, at: i64) -> Result<(), Error> {
        // Before the await, so that no other request sets it to a later time meanwhile.
        self.rings_at.set(Some(Some(at)));
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit into 53 bits")]
        let date = js_sys::Date::new(&(at as f64).into());
        let set = self.storage.set_alarm(ScheduledTime::new(date)).await;
        if set.is_err() {
            self.rings_at.set(None);
        }
        Ok(set?)
    }
}

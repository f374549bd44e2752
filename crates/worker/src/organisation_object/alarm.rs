//! The object's alarm. There is one per object, so each component says when it needs it, and the earliest time counts.

use std::cell::Cell;

use time::{Duration, OffsetDateTime};
use worker::{ScheduledTime, State, Storage};

use crate::{clock, http::Error};

/// An alarm that is later than this counts as lost.
const LOST_AFTER: Duration = Duration::minutes(1);

/// The alarm, with the time at which it rings.
pub(crate) struct Alarm {
    storage: Storage,
    rings_at: Cell<RingsAt>,
}

/// When the alarm rings, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default)]
enum RingsAt {
    /// The instance hasn't read it yet.
    #[default]
    Unknown,
    /// No alarm is set.
    Never,
    At(i64),
}

impl RingsAt {
    const fn of(stored: Option<i64>) -> Self {
        match stored {
            Some(at) => Self::At(at),
            None => Self::Never,
        }
    }
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
        if let RingsAt::Unknown = self.rings_at.get() {
            let stored = self.storage.get_alarm().await?;
            // Another request may have set it meanwhile.
            if let RingsAt::Unknown = self.rings_at.get() {
                self.rings_at.set(RingsAt::of(stored));
            }
        }
        let RingsAt::At(rings_at) = self.rings_at.get() else { return self.set(at).await };
        if rings_at > at {
            return self.set(at).await;
        }
        // While the alarm runs, it is set to a later time. So one in the past is about to ring: a later time would delay what it is for.
        let now = clock::now();
        if rings_at > clock::to_milliseconds(now - LOST_AFTER) {
            return Ok(());
        }
        self.set(clock::to_milliseconds(now)).await
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
        self.rings_at.set(RingsAt::Never);
        Ok(self.storage.delete_alarm().await?)
    }

    async fn set(&self, at: i64) -> Result<(), Error> {
        // While an alarm is running, one at the same time could count as this one.
        let at = at.max(clock::to_milliseconds(clock::now()) + 1);
        // Before the await, so that no other request sets it to a later time meanwhile.
        self.rings_at.set(RingsAt::At(at));
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit into 53 bits")]
        let date = js_sys::Date::new(&(at as f64).into());
        let set = self.storage.set_alarm(ScheduledTime::new(date)).await;
        if set.is_err() {
            self.rings_at.set(RingsAt::Unknown);
        }
        Ok(set?)
    }
}

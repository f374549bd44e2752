//! When the lane is started.

use time::{Duration, OffsetDateTime};

use super::Webhooks;
use crate::{clock, http::Error, log, sender_object};

/// After this time without an exchange, a lane that was started counts as lost.
const START_PATIENCE: Duration = Duration::seconds(30);

/// If the instance ends before the lane has begun, the alarm starts it after this time.
const WATCH: Duration = Duration::seconds(60);

impl Webhooks {
    /// Starts the lane for an event that was just appended, unless it is running or nobody wants events.
    pub(super) fn wake(&self) {
        let is_wanted =
            self.all().is_ok_and(|endpoints| endpoints.iter().any(|endpoint| endpoint.disabled.is_none()));
        if !is_wanted || self.is_lane_running(clock::now()) || self.is_waking.replace(true) {
            return;
        }
        let Some(this) = self.this.upgrade() else { return };
        // The transaction with the event is not finished yet.
        self.context.run_in_background(async move {
            this.is_waking.set(false);
            this.context.try_ring_by(clock::now() + WATCH).await;
            this.start_lane().await;
        });
    }

    /// Starts the lane if there is something to deliver.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) async fn do_due(&self) -> Result<(), Error> {
        let now = clock::now();
        if !self.is_lane_running(now) && self.next_work(now)?.is_some_and(|at| at <= now) {
            self.start_lane().await;
        }
        Ok(())
    }

    /// Returns when there is something to deliver next, or when to look whether the lane was lost.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn next_due(&self) -> Result<Option<OffsetDateTime>, Error> {
        let now = clock::now();
        match self.lane_until.get().filter(|until| *until > now) {
            Some(until) => Ok(Some(until)),
            None => self.next_work(now),
        }
    }

    fn next_work(&self, now: OffsetDateTime) -> Result<Option<OffsetDateTime>, Error> {
        let endpoints = self.all()?;
        let mut enabled = endpoints.iter().filter(|endpoint| endpoint.disabled.is_none()).peekable();
        if enabled.peek().is_none() {
            return Ok(None);
        }
        let newest = self.feed.newest()?;
        for endpoint in enabled {
            if self.position(endpoint.id)? < newest {
                return Ok(Some(now));
            }
        }
        self.next_retry()
    }

    fn is_lane_running(&self, now: OffsetDateTime) -> bool {
        self.lane_until.get().is_some_and(|until| until > now)
    }

    async fn start_lane(&self) {
        self.lane_until.set(Some(clock::now() + START_PATIENCE));
        let started = match self.context.organisation() {
            Ok(organisation) => sender_object::start_webhooks(&self.context.env, organisation.id).await,
            Err(error) => Err(error),
        };
        if let Err(error) = started {
            // The alarm tries again when the lane counts as lost.
            log::error("webhook_lane_not_started", serde_json::json!({ "error": format!("{error:?}") }));
        }
    }
}

//! What is due by time: the connection's next look, a check, the outbox, keys that expire.

use domain::connection::ConnectionEvent;
use serde_json::json;
use time::Duration;
use worker::ScheduledTime;

use super::AwsConnection;
use crate::{clock, http::Error, log};

/// When what failed for a reason of ours is tried again.
const AFTER_FAULT: Duration = Duration::seconds(30);

impl AwsConnection {
    /// Does what is due. A fault ends nothing: what wasn't done is still due, and is tried again.
    pub(super) async fn ring(&self) {
        if self.is_kept().is_err() {
            return;
        }
        if let Err(failure) = self.do_what_is_due().await {
            log::error("alarm_failed", json!({ "error": format!("{failure:?}") }));
            let later = clock::to_milliseconds(clock::now() + AFTER_FAULT);
            // If even that fails, the runtime tries the alarm again by itself.
            if let Err(error) = self.set_alarm(later).await {
                log::error("alarm_not_set", json!({ "error": error.to_string() }));
            }
        }
    }

    async fn do_what_is_due(&self) -> Result<(), Error> {
        let now = clock::now();
        self.purge_keys(now)?;
        // The keys of the administrator's requests are of no organisation.
        let Some(organisation) = self.organisation()? else { return self.schedule().await };
        if self.storage()?.wake_at()?.is_some_and(|at| at <= now) {
            self.storage()?.set_wake_at(None)?;
            self.happen(&organisation, ConnectionEvent::TimerFired).await?;
            self.audit_with_this_look()?;
        }
        if self.storage()?.audit_at()?.is_some_and(|at| at <= now) {
            self.audit_now(&organisation).await?;
        }
        if self.storage()?.check_at()?.is_some_and(|at| at <= now) {
            self.check(&organisation).await?;
        }
        self.drain(&organisation).await?;
        // It holds nothing up: it is told the next time.
        if let Err(failure) = self.settle(&[]).await {
            log::error("queue_depth_not_reported", json!({ "error": format!("{failure:?}") }));
        }
        self.schedule().await
    }

    /// Sets the alarm for what is due next.
    pub(super) async fn schedule(&self) -> Result<(), Error> {
        let storage = self.storage()?;
        let due = [
            storage.wake_at()?,
            storage.check_at()?,
            storage.audit_at()?,
            storage.purge_at()?,
            self.outbox()?.next_due()?,
        ];
        match due.into_iter().flatten().min() {
            Some(at) => self.set_alarm(clock::to_milliseconds(at)).await?,
            None => self.state.storage().delete_alarm().await?,
        }
        Ok(())
    }

    async fn set_alarm(&self, milliseconds: i64) -> worker::Result<()> {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit into 53 bits")]
        let date = js_sys::Date::new(&(milliseconds as f64).into());
        self.state.storage().set_alarm(ScheduledTime::new(date)).await
    }
}

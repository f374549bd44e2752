//! The alarm: everything that is due by time.

use time::{Duration, OffsetDateTime};

use super::OrganisationObject;
use crate::{clock, http::Error, log};

/// The alarm is set first to this time ahead, so that it rings again even if the instance ends.
const SAFETY: Duration = Duration::minutes(1);

/// The delay after a failure of Kraiter's own.
const AFTER_FAILURE: Duration = Duration::seconds(30);

impl OrganisationObject {
    /// Does what is due, and sets the alarm for what is due next.
    pub(super) async fn ring(&self) {
        let done = async {
            self.context.alarm.ring_at(clock::now() + SAFETY).await?;
            self.do_due().await
        };
        let next = match done.await {
            Ok(()) => self.next_due(),
            Err(error) => {
                log::error("alarm_failed", serde_json::json!({ "error": format!("{error:?}") }));
                Ok(Some(clock::now() + AFTER_FAILURE))
            }
        };
        let set = match next {
            Ok(Some(at)) => self.context.alarm.ring_at(at).await,
            Ok(None) => self.context.alarm.cancel().await,
            Err(error) => Err(error),
        };
        if let Err(error) = set {
            // The alarm that was set first rings.
            log::error("alarm_not_set", serde_json::json!({ "error": format!("{error:?}") }));
        }
    }

    async fn do_due(&self) -> Result<(), Error> {
        let now = clock::now();
        self.idempotency.delete_expired(now)?;
        self.connection.do_due(now).await?;
        self.delivery.do_due().await?;
        self.reputation.flush()?;
        self.delete_expired(now)?;
        self.totals.report(|| self.emails.depths(), clock::now()).await
    }

    fn next_due(&self) -> Result<Option<OffsetDateTime>, Error> {
        let due = [
            self.idempotency.next_due()?,
            self.connection.next_due()?,
            self.delivery.next_due()?,
            self.retention_due()?,
            self.totals.next_due()?,
        ];
        Ok(due.into_iter().flatten().min())
    }
}

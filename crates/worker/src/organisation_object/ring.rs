//! The alarm: everything that is due by time.

use time::{Duration, OffsetDateTime};

use super::{OrganisationObject, delivery::WATCH};
use crate::{clock, http::Error, log};

/// The alarm isn't set again for what is due so soon after it: Cloudflare bills each time as a row.
const TOLERANCE: Duration = Duration::seconds(5);

/// The delay after a failure of Kraiter's own.
const AFTER_FAILURE: Duration = Duration::seconds(30);

impl OrganisationObject {
    /// Does what is due, and sets the alarm for what is due next.
    pub(super) async fn ring(&self) {
        let now = clock::now();
        let done = async {
            let first = first_alarm(self.next_due()?, now);
            self.context.alarm.ring_at(first).await?;
            self.do_due().await?;
            Ok::<_, Error>(first)
        };
        let next = match done.await {
            Ok(first) => match self.next_due() {
                Ok(Some(next)) if is_covered(next, first) => return,
                next => next,
            },
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
        self.webhooks.do_due().await?;
        self.identities.do_due(now).await?;
        self.reputation.flush()?;
        self.delete_expired(now)?;
        self.emails.summarise(now).await?;
        self.totals.report(|| self.emails.depths(), clock::now()).await
    }

    fn next_due(&self) -> Result<Option<OffsetDateTime>, Error> {
        let due = [
            self.idempotency.next_due()?,
            self.connection.next_due()?,
            self.delivery.next_due()?,
            self.webhooks.next_due()?,
            self.identities.next_due()?,
            self.retention_due()?,
            self.emails.summary_due(clock::now()),
            self.totals.next_due()?,
        ];
        Ok(due.into_iter().flatten().min())
    }
}

/// Returns when the alarm rings if the instance ends while it does what is due at `now`: after [`WATCH`] at the latest.
fn first_alarm(next_due: Option<OffsetDateTime>, now: OffsetDateTime) -> OffsetDateTime {
    let latest = now + WATCH;
    next_due.filter(|at| *at > now).map_or(latest, |at| at.min(latest))
}

/// Returns whether an alarm at `alarm` is soon enough before `next_due`.
fn is_covered(next_due: OffsetDateTime, alarm: OffsetDateTime) -> bool {
    (Duration::ZERO..=TOLERANCE).contains(&(next_due - alarm))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    #[test]
    fn the_first_alarm_rings_when_something_else_is_due_and_never_late() {
        let at = |seconds| NOW + Duration::seconds(seconds);
        for (next_due, expected) in [
            (None, 90),
            // That is what the alarm rings for.
            (Some(at(-1)), 90),
            (Some(at(0)), 90),
            (Some(at(20)), 20),
            (Some(at(90)), 90),
            (Some(at(3_600)), 90),
        ] {
            assert_eq!(first_alarm(next_due, NOW), at(expected), "{next_due:?}");
        }
    }

    #[test]
    fn an_alarm_a_moment_early_is_kept_and_a_late_one_is_not() {
        for (milliseconds, expected) in [(-1, false), (0, true), (20, true), (5_000, true), (5_001, false)] {
            let next_due = NOW + Duration::milliseconds(milliseconds);
            assert_eq!(is_covered(next_due, NOW), expected, "{milliseconds}");
        }
    }
}

//! Notices that no events arrive from a region. AWS doesn't report that the owner deleted a topic, a subscription or a stack.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::onboarding::SNS_RETRY_TIME;

/// The time within which an event of a sent email must arrive. SES publishes within seconds.
const EVENT_TIMEOUT: Duration = Duration::minutes(15);

/// The time of a region's last event is stored this often, so it is at most this much too early.
pub const LAST_EVENT_PRECISION: Duration = Duration::minutes(1);

/// What is known of a region with an active event source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventWatch {
    /// The number of emails sent from the region that were considered.
    sent: u64,
    /// When the event source became active.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    since: OffsetDateTime,
    /// An email of which no event has arrived.
    unheard: Option<Unheard>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Unheard {
    #[serde(with = "time::serde::timestamp::milliseconds")]
    accepted_at: OffsetDateTime,
    /// It was sent before this time.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    noticed_at: OffsetDateTime,
}

impl EventWatch {
    /// Starts to watch a region from which `sent` emails have been sent so far.
    #[must_use]
    pub const fn new(sent: u64, now: OffsetDateTime) -> Self {
        Self { sent, since: now, unheard: None }
    }

    /// Returns the time from which to look for the first email that was accepted and sent; `None` if no email has been sent since the last
    /// time.
    #[must_use]
    pub fn look_from(&self, sent: u64, last_event_at: Option<OffsetDateTime>) -> Option<OffsetDateTime> {
        let from = last_event_at.map_or(self.since, |at| self.since.max(at + LAST_EVENT_PRECISION));
        (sent != self.sent && self.unheard_after(last_event_at).is_none()).then_some(from)
    }

    /// Returns the watch after looking. `found` is when the email that was found was accepted.
    #[must_use]
    pub fn looked(
        self,
        sent: u64,
        last_event_at: Option<OffsetDateTime>,
        found: Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> Self {
        let new = found.map(|accepted_at| Unheard { accepted_at, noticed_at: now });
        Self { sent, unheard: self.unheard_after(last_event_at).or(new), ..self }
    }

    /// Returns when the region counts as silent, unless an event arrives before. If Kraiter's webhook has failed since the email was accepted,
    /// SNS may still retry the event.
    #[must_use]
    pub fn silent_at(&self, webhook_failed_at: Option<OffsetDateTime>) -> Option<OffsetDateTime> {
        self.unheard.map(|unheard| {
            let is_retried = webhook_failed_at.is_some_and(|at| at >= unheard.accepted_at);
            let retries = if is_retried { SNS_RETRY_TIME } else { Duration::ZERO };
            unheard.noticed_at + EVENT_TIMEOUT + retries
        })
    }

    fn unheard_after(&self, last_event_at: Option<OffsetDateTime>) -> Option<Unheard> {
        self.unheard.filter(|unheard| last_event_at.is_none_or(|at| at < unheard.accepted_at))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn at(minutes: i64) -> OffsetDateTime {
        NOON + Duration::minutes(minutes)
    }

    #[test]
    fn an_email_without_an_event_makes_its_region_silent_after_fifteen_minutes() {
        let watch = EventWatch::new(7, NOON);
        assert_eq!(watch.look_from(7, None), None);
        assert_eq!(watch.look_from(8, None), Some(NOON));
        let watch = watch.looked(8, None, Some(at(3)), at(4));
        assert_eq!(watch.silent_at(None), Some(at(19)));
        // Later emails don't put it off.
        assert_eq!(watch.look_from(9, None), None);
        for found in [None, Some(at(9))] {
            assert_eq!(watch.looked(9, None, found, at(10)).silent_at(None), Some(at(19)));
        }
    }

    #[test]
    fn an_email_is_not_looked_for_until_another_one_has_been_sent() {
        let watch = EventWatch::new(7, NOON).looked(8, None, None, at(4));
        assert_eq!(watch.look_from(8, None), None);
        assert_eq!(watch.look_from(9, None), Some(NOON));
    }

    #[test]
    fn an_event_after_the_email_shows_that_events_arrive() {
        let watch = EventWatch::new(0, NOON).looked(1, None, Some(at(3)), at(4));
        assert_eq!(watch.looked(1, Some(at(2)), None, at(5)).silent_at(None), Some(at(19)));
        let received = watch.looked(1, Some(at(3)), None, at(5));
        assert_eq!(received.silent_at(None), None);
        // The next email is looked for after the last event.
        assert_eq!(received.look_from(2, Some(at(3))), Some(at(4)));
    }

    #[test]
    fn an_event_that_the_webhook_refused_is_awaited_while_sns_retries_it() {
        let watch = EventWatch::new(0, NOON).looked(1, None, Some(at(3)), at(4));
        assert_eq!(watch.silent_at(Some(at(2))), Some(at(19)));
        assert_eq!(watch.silent_at(Some(at(3))), Some(at(19) + SNS_RETRY_TIME));
    }

    #[test]
    fn emails_from_before_the_source_was_active_are_not_looked_for() {
        assert_eq!(EventWatch::new(5, NOON).look_from(6, Some(at(-60))), Some(NOON));
    }
}

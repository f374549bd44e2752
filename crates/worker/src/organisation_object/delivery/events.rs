//! SES's events.

use std::collections::HashMap;

use aws_sans_io::{Region, ses::event::Event};
use domain::{
    EmailId,
    delivery::{EmailStatus, EmailStepKind, History},
};
use time::{Duration, OffsetDateTime};

use super::{Delivery, Step};
use crate::{clock, http::Error, organisation_object::emails::EventResult};

/// The time of a region's last event is written this often.
const LAST_EVENT_PRECISION: Duration = Duration::minutes(1);

/// An event to store.
pub(crate) struct StoreEvent<'a> {
    pub(crate) email: EmailId,
    /// The id of the SNS message, the same in every attempt to deliver it.
    pub(crate) message_id: &'a str,
    pub(crate) event: &'a Event,
    /// The region of the topic.
    pub(crate) region: Region,
}

impl Delivery {
    /// Stores an event once, with everything that follows from it, in one transaction.
    ///
    /// # Errors
    /// Fails if the storage fails; then nothing is stored.
    pub(crate) fn store_event(&self, store: &StoreEvent<'_>) -> Result<(), Error> {
        let StoreEvent { email, message_id, event, region } = *store;
        let now = clock::now();
        let confirmed_history = |stored: Option<&str>| -> Result<Option<String>, Error> {
            let mut history = History::from_stored(stored)?;
            history.add(now, EmailStepKind::Confirmed, None);
            Ok(history.to_stored())
        };
        let cutoff = self.context.settings()?.retention.email_cutoff(now);
        let result = self.context.sql.transaction(|| {
            let result = self.emails.store_event(email, message_id, event, confirmed_history)?;
            match result {
                EventResult::Stored { region, .. } => {
                    self.suppression.record_event(email, event, message_id)?;
                    self.reputation.record(region, event, now)?;
                }
                // The email may have been deleted: a complaint may come after months. An event of an email that never existed counts for
                // nothing.
                EventResult::UnknownEmail if email.created_at() < cutoff => {
                    self.suppression.record_event(email, event, message_id)?;
                }
                EventResult::UnknownEmail | EventResult::Duplicate => {}
            }
            Ok(result)
        })?;
        if let EventResult::Stored { region: sent_from, confirmed } = result {
            self.note_last_event(region, now)?;
            if confirmed {
                self.waiters.notify(email, Ok(EmailStatus::Sent));
                self.record_step(&Step::new(email, sent_from, EmailStepKind::Confirmed, None))?;
            }
        }
        Ok(())
    }

    fn note_last_event(&self, region: Region, now: OffsetDateTime) -> Result<(), Error> {
        if self.last_event_at(region)?.is_some_and(|last| now - last < LAST_EVENT_PRECISION) {
            return Ok(());
        }
        let known = self.last_events.get(&self.context.sql)?;
        let mut times: HashMap<Region, i64> = known.map(|known| (*known).clone()).unwrap_or_default();
        times.insert(region, clock::to_milliseconds(now));
        self.last_events.set(&self.context.sql, Some(times))
    }

    /// Returns when an event last arrived from a region, to the minute.
    pub(super) fn last_event_at(&self, region: Region) -> Result<Option<OffsetDateTime>, Error> {
        let known = self.last_events.get(&self.context.sql)?;
        Ok(known.and_then(|known| known.get(&region).copied()).map(clock::from_milliseconds))
    }
}

//! SES's events.

use std::collections::HashMap;

use aws_sans_io::{
    Region,
    ses::{EventType, event::Event},
};
use domain::{
    EmailId,
    delivery::{EmailStatus, EmailStepKind, EventRecipients, LAST_EVENT_PRECISION},
    feed::FeedEntry,
};
use time::OffsetDateTime;

use super::{Delivery, Step};
use crate::{
    clock,
    http::Error,
    organisation_object::{emails::EventResult, stored::Stored},
};

/// A time for each region, in milliseconds since 1970.
pub(super) type RegionTimes = Stored<HashMap<Region, i64>>;

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
        let cutoff = self.context.settings()?.retention.email_cutoff(now);
        let result = self.context.sql.transaction(|| {
            let result = self.emails.store_event(email, message_id, event, now)?;
            match &result {
                EventResult::Stored { region, recipients, first_proof, .. } => {
                    if *first_proof {
                        self.feed.append([FeedEntry::sent(email, Some(&event.ses_message_id), now)])?;
                    }
                    self.feed.append(FeedEntry::from_ses(email, event, recipients, now))?;
                    self.suppression.record_event(email, event, recipients, message_id)?;
                    self.reputation.record(*region, event, now)?;
                }
                // The email may have been deleted: a complaint may come after months. An event of an email that never existed counts for
                // nothing.
                EventResult::UnknownEmail if email.created_at() < cutoff => {
                    if let EventRecipients::Matched(recipients) =
                        EventRecipients::find(event, &event.destination)
                    {
                        self.suppression.record_event(email, event, &recipients, message_id)?;
                    }
                }
                EventResult::UnknownEmail | EventResult::Duplicate => {}
            }
            Ok(result)
        })?;
        if let EventResult::Stored { region: sent_from, confirmed, .. } = result {
            self.note_last_event(region, now)?;
            self.end_silence(region)?;
            if confirmed {
                self.waiters.notify(email, Ok(EmailStatus::Sent));
                self.record_step(&Step::new(email, sent_from, EmailStepKind::Confirmed, None))?;
            }
        }
        Ok(())
    }

    /// Finds the email of an event without our tag, by SES's message ID. Only feedback can lack the tag: SES sometimes reports it in its older
    /// format. Any other event is about an email that wasn't sent through Kraiter.
    pub(crate) fn find_email_of(&self, event: &Event) -> Result<Option<EmailId>, Error> {
        match event.event_type {
            EventType::Bounce | EventType::Complaint | EventType::Delivery => {
                self.emails.find_by_ses_message_id(&event.ses_message_id, event.sent_at)
            }
            _ => Ok(None),
        }
    }

    fn note_last_event(&self, region: Region, now: OffsetDateTime) -> Result<(), Error> {
        self.note_time(&self.last_events, region, now)
    }

    /// Notes that a message from the region's topic got a response after which SNS retries it.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn note_webhook_failure(&self, region: Region) -> Result<(), Error> {
        self.note_time(&self.webhook_failures, region, clock::now())
    }

    fn note_time(&self, times: &RegionTimes, region: Region, now: OffsetDateTime) -> Result<(), Error> {
        if self.noted_time(times, region)?.is_some_and(|last| now - last < LAST_EVENT_PRECISION) {
            return Ok(());
        }
        let mut known = times.get(&self.context.sql)?.map(|known| (*known).clone()).unwrap_or_default();
        known.insert(region, clock::to_milliseconds(now));
        times.set(&self.context.sql, Some(known))
    }

    fn noted_time(&self, times: &RegionTimes, region: Region) -> Result<Option<OffsetDateTime>, Error> {
        let known = times.get(&self.context.sql)?;
        Ok(known.and_then(|known| known.get(&region).copied()).map(clock::from_milliseconds))
    }

    /// Returns when an event last arrived from a region, to the minute.
    pub(super) fn last_event_at(&self, region: Region) -> Result<Option<OffsetDateTime>, Error> {
        self.noted_time(&self.last_events, region)
    }

    /// Returns the latest time at which the webhook may have failed for a region's topic.
    pub(super) fn webhook_failed_at(&self, region: Region) -> Result<Option<OffsetDateTime>, Error> {
        let noted = self.noted_time(&self.webhook_failures, region)?;
        Ok(noted.map(|at| at + LAST_EVENT_PRECISION))
    }
}

//! Accepting the emails of a batch independently.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use api_contract::{ApiError, BatchItem};
use aws_sans_io::Region;
use domain::{
    EmailId,
    connection::CallTarget,
    delivery::{Counter, EmailStatus, EmailStepKind},
    email::{Email, EncodedMessage},
    feed::FeedEntry,
};
use time::Duration;

use super::{
    Delivery,
    accept::{OUTCOME_PATIENCE, new_outgoing},
};
use crate::{
    clock,
    http::Error,
    organisation_object::{
        connection::Recipients,
        emails::{NewEmail, Outgoing, Start},
    },
};

/// An email of a batch.
pub(crate) struct BatchEmail {
    pub(crate) id: EmailId,
    pub(crate) message: EncodedMessage,
}

/// What a batch has found out, so that it calls AWS once for all of its emails.
#[derive(Default)]
struct Known {
    recipients: Recipients,
    /// Why emails of a region can't be tracked.
    untracked: RefCell<HashMap<Region, ApiError>>,
}

impl Delivery {
    /// Accepts the emails that can be sent. They join the queue beside those of other batches; the results of those that are sent soon are
    /// returned.
    ///
    /// # Errors
    /// Fails if no email can be accepted at all; then none is stored.
    pub(crate) async fn send_batch(
        &self,
        emails: Vec<BatchEmail>,
        before: &dyn Fn() -> Result<(), Error>,
    ) -> Result<Vec<BatchItem>, Error> {
        self.connection.call_target(None)?;
        let (known, now) = (Known::default(), clock::now());
        let mut items = Vec::with_capacity(emails.len());
        let mut accepted = Vec::new();
        let mut messages = Vec::new();
        for BatchEmail { id, message: EncodedMessage { email, chunks } } in emails {
            let target = self.connection.call_target(email.region())?;
            items.push(match self.check(&target, &email, &known).await {
                Ok(()) => {
                    accepted.push(new_outgoing(id, email, target.region));
                    messages.push(chunks);
                    None
                }
                Err(Error::Api(error)) => Some(BatchItem::from(&error)),
                Err(error) => return Err(error),
            });
        }
        if accepted.is_empty() {
            return Ok(items.into_iter().flatten().collect());
        }
        // Behind a queue, results would take too long.
        let queued: HashSet<Region> = self.emails.queued_regions()?.into_iter().collect();
        let waiting: Vec<_> =
            accepted.iter().map(|outgoing| (outgoing.id, self.waiters.register(outgoing.id))).collect();
        let starts = self.insert_batch(&mut accepted, &messages, before)?;
        // The storage has them now.
        drop(messages);
        let scheduled = starts.iter().filter_map(|start| match start {
            Start::Scheduled(at) => Some(*at),
            Start::Queued(_) | Start::Sending => None,
        });
        if let Some(at) = scheduled.min() {
            self.context.alarm.ring_by(at).await?;
        }
        if starts.iter().any(|start| matches!(start, Start::Queued(_))) {
            self.queue_at(now).await?;
        }
        let deadline = now + OUTCOME_PATIENCE;
        let mut results = Vec::with_capacity(accepted.len());
        for ((outgoing, start), (id, outcome)) in accepted.iter().zip(starts).zip(waiting) {
            if let Start::Scheduled(_) = start {
                results.push(BatchItem::accepted(id, EmailStatus::Scheduled));
                continue;
            }
            let hold = self.hold(outgoing.region, clock::now());
            let is_long =
                queued.contains(&outgoing.region) || hold.is_some_and(|hold| hold.retry_at > deadline);
            let is_in_flight = self.in_flight.borrow().contains(&id);
            let patience = if is_long && !is_in_flight { Duration::ZERO } else { deadline - clock::now() };
            results.push(match self.waiters.wait(id, outcome, patience).await {
                Some(Ok(status)) => BatchItem::Accepted(self.sent_email(id, outgoing.region, status)),
                Some(Err(error)) => BatchItem::from(&error),
                None => BatchItem::Accepted(self.sent_email(id, outgoing.region, EmailStatus::Queued)),
            });
        }
        let mut results = results.into_iter();
        Ok(items.into_iter().filter_map(|item| item.or_else(|| results.next())).collect())
    }

    /// Fails if the email can't be accepted.
    async fn check(&self, target: &CallTarget, email: &Email, known: &Known) -> Result<(), Error> {
        self.connection.check_sandbox_recipients(target, email, &known.recipients).await?;
        let refused = known.untracked.borrow().get(&target.region).cloned();
        match refused.filter(|_| !email.tracking().is_none()) {
            Some(error) => Err(error.into()),
            None => self.connection.prepare_tracking(target, email.tracking()).await.inspect_err(|error| {
                if let Error::Api(error) = error {
                    known.untracked.borrow_mut().insert(target.region, error.clone());
                }
            }),
        }
    }

    /// Stores all emails, or none. Returns how each begins.
    fn insert_batch(
        &self,
        accepted: &mut [Outgoing],
        messages: &[Vec<Vec<u8>>],
        before: &dyn Fn() -> Result<(), Error>,
    ) -> Result<Vec<Start>, Error> {
        let now = clock::now();
        let starts = self.context.sql.transaction(|| {
            before()?;
            self.context.check_size(now)?;
            let mut starts = Vec::with_capacity(accepted.len());
            // The first position of the batch in each region, and the next place.
            let mut regions = HashMap::<Region, (i64, u32)>::new();
            for (outgoing, chunks) in accepted.iter_mut().zip(messages) {
                let region = outgoing.region;
                let (first, place) = match regions.get(&region) {
                    Some(known) => *known,
                    None => (self.emails.batch_position(region)?, 0),
                };
                regions.insert(region, (first, place + 1));
                let start = if let Some(at) = outgoing.email.scheduled_after(outgoing.id.created_at()) {
                    Start::Scheduled(at)
                } else {
                    outgoing.history.add(now, EmailStepKind::Queued, None);
                    Start::Queued(first + i64::from(place))
                };
                let place = Some(place);
                self.emails.insert(&NewEmail { outgoing, start, place, chunks, response: None })?;
                self.feed.append(FeedEntry::accepted(outgoing.id, outgoing.email.suppressed(), now))?;
                starts.push(start);
            }
            Ok(starts)
        })?;
        for outgoing in accepted {
            self.totals.count(outgoing.region, Counter::Accepted, 1);
        }
        Ok(starts)
    }
}

//! Emails that are due, and recovery after a restart.

use aws_sans_io::Error as AwsError;
use domain::delivery::{EmailStatus, Outcome, Phase, SesCall};
use time::{Duration, OffsetDateTime};

use super::{Delivery, accept::WATCH, attempt::Caller, longest_call};
use crate::{
    clock,
    http::Error,
    organisation_object::emails::{Due, SINGLE},
};

/// Emails that are looked at in one statement.
const SLICE: u32 = 100;

/// Emails get their id a moment before they are accepted.
const ID_AGE: Duration = Duration::minutes(1);

impl Delivery {
    /// Does what is due: recovers, releases scheduled emails, reconciles unconfirmed ones, and sends the queue.
    ///
    /// # Errors
    /// Fails if the storage fails. What was not done stays due.
    pub(crate) async fn do_due(&self) -> Result<(), Error> {
        self.recover().await?;
        self.watch_events().await?;
        self.handle_due().await?;
        self.send_queued().await?;
        // Sending may have taken a while.
        self.handle_due().await
    }

    /// Returns when something is due next.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn next_due(&self) -> Result<Option<OffsetDateTime>, Error> {
        let now = clock::now();
        let is_sending = !self.in_flight.borrow().is_empty() || !self.is_recovered.get();
        let watch = is_sending.then(|| now + WATCH);
        let has_queue = self.has_queue.get() && !self.emails.queued_regions()?.is_empty();
        let queue = has_queue.then(|| match self.next_queue_run.get() {
            _ if self.is_sending_queue.get() => now + WATCH,
            at => at.unwrap_or(now),
        });
        Ok([self.emails.next_due()?, watch, queue, self.silence_due()?].into_iter().flatten().min())
    }

    /// Gives a deadline to emails that a request of an earlier instance was sending. That call may still be running, so it isn't cut short.
    /// Call it before an email is accepted: accepting moves the mark from which such emails are looked for.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) async fn recover(&self) -> Result<(), Error> {
        if self.is_recovered.get() {
            return Ok(());
        }
        if let Some(mark) = self.mark.get(&self.context.sql)? {
            let since = clock::from_milliseconds(mark.since) - ID_AGE;
            for id in self.emails.started_in_requests(since)? {
                if !self.in_flight.borrow().contains(&id) {
                    // When the call began is unknown, but it wasn't after now.
                    let deadline = clock::now() + longest_call(self.emails.count_chunks(id)? > 0);
                    self.emails.set_deadline(id, deadline)?;
                }
            }
        }
        self.is_recovered.set(true);
        // The alarm of an earlier instance may be lost.
        match self.next_due()? {
            Some(at) => self.context.alarm.ring_by(at).await,
            None => Ok(()),
        }
    }

    async fn handle_due(&self) -> Result<(), Error> {
        loop {
            let due = self.emails.due(clock::now(), SLICE)?;
            if due.is_empty() {
                return Ok(());
            }
            for due in due {
                self.handle_one(due).await?;
            }
        }
    }

    async fn handle_one(&self, Due { id, phase, region, place }: Due) -> Result<(), Error> {
        if self.in_flight.borrow().contains(&id) {
            // The call takes longer than it may: its response still counts.
            return self.emails.set_due(id, clock::now() + longest_call(false));
        }
        match phase {
            Phase::Scheduled | Phase::Queued => {
                // Emails of a batch join beside the batches that wait, as if they were accepted now.
                let position = match place {
                    Some(place) => self.emails.batch_position(region)? + i64::from(place),
                    None => SINGLE,
                };
                self.emails.release(id, position)?;
                self.queue_at(clock::now()).await
            }
            Phase::Sending => {
                let Some(mut outgoing) = self.emails.find_outgoing(id)? else { return Ok(()) };
                let interrupted =
                    Outcome::Unconfirmed(AwsError::Unreachable("the call was interrupted".into()));
                let call = Some(SesCall::LOST);
                self.store_outcome(&mut outgoing, &interrupted, call, Caller::Queue, &|_| None).await
            }
            Phase::Unconfirmed => {
                let Some(mut outgoing) = self.emails.find_outgoing(id)? else { return Ok(()) };
                let status = self.emails.status(id)?.unwrap_or(EmailStatus::Unconfirmed);
                self.reconcile(&mut outgoing, status, None).await
            }
            Phase::Finished => Ok(()),
        }
    }
}

//! Accepting one email.

use std::rc::Rc;

use api_contract::{ApiError, Hold as HoldView, SentEmail};
use aws_sans_io::Region;
use domain::{
    EmailId,
    connection::CallTarget,
    delivery::{Attempts, Counter, EmailStatus, EmailStepKind, History, Phase},
    email::Email,
    feed::FeedEntry,
    rate_limit::{Hold, Take},
};
use futures_util::future::{Either, select};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::{
    Delivery, Mark,
    attempt::{Caller, response_to},
    permits::Permit,
};
use crate::{
    clock,
    http::Error,
    log,
    organisation_object::{
        connection::Recipients,
        emails::{NewEmail, Outgoing, SINGLE, Start},
    },
};

/// How long an email waits for a free connection before it is queued.
const CONNECTION_PATIENCE: Duration = Duration::milliseconds(100);

/// How long an email waits for its time in the request that accepts it.
const PACE_PATIENCE: Duration = Duration::SECOND;

/// How long a request waits for the outcome of an email that was queued.
pub(super) const OUTCOME_PATIENCE: Duration = Duration::seconds(2);

/// While requests send emails, the time from which they are looked for after a restart moves this often.
const MARK_INTERVAL: Duration = Duration::minutes(1);

/// While emails are being sent, the alarm rings at the latest after this time, so that none is forgotten.
pub(crate) const WATCH: Duration = Duration::seconds(90);

/// An email to accept.
pub(crate) struct Accepted<'a> {
    pub(crate) id: EmailId,
    pub(crate) email: Email,
    /// The message, if it is MIME.
    pub(crate) chunks: Vec<Vec<u8>>,
    /// Runs in the transaction that accepts the email, before anything is written: it claims the idempotency key.
    pub(crate) before: &'a dyn Fn() -> Result<(), Error>,
    /// Returns the response to store with the email, or `None` if a retry must not get the same one.
    pub(crate) write_response: &'a WriteResponse<'a>,
}

/// Writes the response of a request with an idempotency key.
pub(crate) type WriteResponse<'a> = dyn Fn(Result<&SentEmail, &ApiError>) -> Option<String> + 'a;

/// Whether an email can be sent now.
enum Slot {
    /// At this time, by this call.
    At(OffsetDateTime, Permit),
    /// Later.
    Queue(Option<Hold>),
}

impl Delivery {
    /// Accepts an email, and sends it if it has its turn now. It is stored before SES is called.
    ///
    /// # Errors
    /// If the email isn't accepted, nothing is stored. [`ApiError`]s of AWS tell that it was accepted and has failed.
    pub(crate) async fn send(&self, accepted: Accepted<'_>) -> Result<SentEmail, Error> {
        let Accepted { id, email, chunks, before, write_response } = accepted;
        let target = self.connection.call_target(email.region())?;
        self.connection.check_sandbox_recipients(&target, &email, &Recipients::default()).await?;
        self.connection.prepare_tracking(&target, email.tracking()).await?;
        let mut outgoing = new_outgoing(id, email, target.region);
        if let Some(at) = outgoing.email.scheduled_after(id.created_at()) {
            let sent = SentEmail::new(id, EmailStatus::Scheduled);
            if let Some(known) = self.insert(
                &outgoing,
                Start::Scheduled(at),
                &chunks,
                write_response(Ok(&sent)).as_deref(),
                before,
            )? {
                return Ok(known);
            }
            self.context.alarm.ring_by(at).await?;
            return Ok(sent);
        }
        match self.slot(&target, outgoing.email.recipient_count()).await? {
            Slot::At(at, permit) => {
                let now = clock::now();
                outgoing.attempts = Attempts::default().next(now).with_call(now);
                if let Some(known) = self.insert(&outgoing, Start::Sending, &chunks, None, before)? {
                    return Ok(known);
                }
                // The storage has it now.
                drop(chunks);
                self.in_flight.borrow_mut().insert(id);
                let result = self.send_at(at, &outgoing, &target, permit, write_response).await;
                self.in_flight.borrow_mut().remove(&id);
                result
            }
            Slot::Queue(hold) => {
                outgoing.history.add(
                    clock::now(),
                    EmailStepKind::Queued,
                    hold.map(HoldView::from).map(|hold| hold.reason.name()),
                );
                let outcome = self.waiters.register(id);
                if let Some(known) = self.insert(&outgoing, Start::Queued(SINGLE), &chunks, None, before)? {
                    return Ok(known);
                }
                let now = clock::now();
                self.queue_at(hold.map_or(now, |hold| hold.retry_at)).await?;
                let is_long = hold.is_some_and(|hold| hold.retry_at > now + OUTCOME_PATIENCE);
                let patience = if is_long { Duration::ZERO } else { OUTCOME_PATIENCE };
                let response = self.waiters.wait(id, outcome, patience).await;
                let sent =
                    SentEmail { hold: hold.map(HoldView::from), ..SentEmail::new(id, EmailStatus::Queued) };
                let result = match response {
                    Some(response) => response.map(|status| self.sent_email(id, target.region, status)),
                    None => Ok(sent),
                };
                if let Some(text) = write_response(result.as_ref()) {
                    self.emails.set_response(id, &text)?;
                }
                Ok(result?)
            }
        }
    }

    async fn send_at(
        &self,
        at: OffsetDateTime,
        outgoing: &Outgoing,
        target: &CallTarget,
        permit: Permit,
        write_response: &WriteResponse<'_>,
    ) -> Result<SentEmail, Error> {
        let attempt = async {
            self.watch_requests().await?;
            clock::sleep(at - clock::now()).await;
            self.attempt(outgoing, target, Caller::Request, write_response).await
        };
        // Without an outcome, only a recovery finds the email: it is neither queued nor due.
        let outcome = attempt.await.inspect_err(|_| self.is_recovered.set(false))?;
        drop(permit);
        let status = response_to(outgoing, &outcome)?;
        Ok(self.sent_email(outgoing.id, outgoing.region, status))
    }

    /// Stores an email with everything that belongs to it, or nothing. Returns its state if the Worker repeats a call and it was stored before.
    pub(super) fn insert(
        &self,
        outgoing: &Outgoing,
        start: Start,
        chunks: &[Vec<u8>],
        response: Option<&str>,
        before: &dyn Fn() -> Result<(), Error>,
    ) -> Result<Option<SentEmail>, Error> {
        let inserted = self.context.sql.transaction(|| {
            before()?;
            self.context.check_size(clock::now())?;
            self.emails.insert(&NewEmail { outgoing, start, place: None, chunks, response })?;
            self.feed.append(FeedEntry::accepted(outgoing.id, outgoing.email.suppressed(), clock::now()))?;
            if start == Start::Sending { self.move_mark() } else { Ok(()) }
        });
        match inserted {
            Ok(()) => {
                self.totals.count(outgoing.region, Counter::Accepted, 1);
                Ok(None)
            }
            Err(Error::Internal(text)) => match self.emails.sent_email(outgoing.id)? {
                Some(known) => Ok(Some(known)),
                None => Err(Error::Internal(text)),
            },
            Err(error) => Err(error),
        }
    }

    /// Moves the mark from which emails that requests are sending are looked for after a restart.
    pub(super) fn move_mark(&self) -> Result<(), Error> {
        let now = clock::now();
        let mark = self.mark.get(&self.context.sql)?;
        let is_recent = |mark: &Mark| now - clock::from_milliseconds(mark.since) < MARK_INTERVAL;
        // A recovery that is due looks for emails from the present mark on.
        if mark.as_ref().is_some_and(|mark| is_recent(mark) || !self.is_recovered.get()) {
            return Ok(());
        }
        let in_flight = self.in_flight.borrow();
        let oldest = in_flight.iter().map(|id| id.created_at()).min().map_or(now, |oldest| oldest.min(now));
        let epoch = mark.map_or(0, |mark| mark.epoch) + 1;
        self.mark.set(&self.context.sql, Some(Mark { since: clock::to_milliseconds(oldest), epoch }))
    }

    /// Sees to it that the alarm looks for emails that requests are sending.
    async fn watch_requests(&self) -> Result<(), Error> {
        self.context.alarm.ring_by(clock::now() + WATCH).await
    }

    /// Finds out when an email can be sent: behind queued emails, at the account's rate, and by a free connection.
    async fn slot(&self, target: &CallTarget, recipients: u32) -> Result<Slot, Error> {
        let region = target.region;
        if let Some(hold) = self.refusal(region, clock::now()) {
            return Ok(Slot::Queue(Some(hold)));
        }
        if self.has_queue.get() && self.emails.has_queue(region, false)? {
            return Ok(Slot::Queue(self.hold(region, clock::now())));
        }
        let Some(permit) = self.permit_within(CONNECTION_PATIENCE).await else {
            return Ok(Slot::Queue(None));
        };
        match self.take_slot(target, recipients, PACE_PATIENCE).await {
            Ok(Take::At(at)) => Ok(Slot::At(at, permit)),
            Ok(Take::Later(at)) => Ok(Slot::Queue(Some(Hold::for_rate(at)))),
            Ok(Take::Hold(hold)) => Ok(Slot::Queue(Some(hold))),
            Ok(Take::AskFirst) => Ok(Slot::Queue(None)),
            // The email can be accepted: the alarm asks again.
            Err(error) => {
                log::error("rate_limiter_unavailable", json!({ "error": format!("{error:?}") }));
                Ok(Slot::Queue(None))
            }
        }
    }

    async fn permit_within(&self, patience: Duration) -> Option<Permit> {
        if let Some(permit) = self.permits.try_acquire() {
            return Some(permit);
        }
        let acquired = std::pin::pin!(self.permits.acquire());
        match select(acquired, std::pin::pin!(clock::sleep(patience))).await {
            Either::Left((permit, _)) => Some(permit),
            Either::Right(((), _)) => None,
        }
    }
}

/// Returns an email that is accepted now.
pub(super) fn new_outgoing(id: EmailId, email: Email, region: Region) -> Outgoing {
    Outgoing {
        id,
        email: Rc::new(email),
        phase: Phase::Queued,
        region,
        attempts: Attempts::default(),
        history: History::default(),
    }
}

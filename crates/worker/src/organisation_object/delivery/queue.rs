//! Sending queued emails.

use std::{pin::pin, rc::Rc};

use aws_sans_io::{Error as AwsError, Region};
use domain::{
    EmailId,
    connection::{CallTarget, ConnectionError},
    delivery::{Outcome, RETRY_WINDOW, RemainingRecipients},
    feed::FeedEntry,
    rate_limit::{Hold, Take},
    suppression::AddressKey,
};
use futures_util::{
    StreamExt,
    future::{Either, join_all, select},
    stream::FuturesUnordered,
};
use time::{Duration, OffsetDateTime};

use super::{Delivery, Step, accept::WATCH, attempt::Caller, longest_call};
use crate::{
    clock,
    http::Error,
    log,
    organisation_object::emails::{Outgoing, Queued},
};

/// How long emails are taken from the queue in one run. The next run continues.
const RUN: Duration = Duration::seconds(30);

/// The emails that one run sends: well below the limit of 1,000 subrequests.
///
/// <https://developers.cloudflare.com/workers/platform/limits/#subrequests>
const MAX_PER_RUN: usize = 400;

/// How far ahead slots are taken.
const AHEAD: Duration = Duration::milliseconds(250);

/// How long a run itself waits for the next slot.
const PATIENCE: Duration = Duration::seconds(2);

/// How often lanes are started while a queue is sent.
const LANE_INTERVAL: Duration = Duration::seconds(2);

/// The delay after a failure of Kraiter's own.
const AFTER_FAILURE: Duration = Duration::seconds(30);

/// Waits for `work` while calls make progress: they hold permits that it may wait for.
async fn drive<T>(
    calls: &mut FuturesUnordered<impl Future<Output = ()>>,
    work: impl Future<Output = T>,
) -> T {
    let mut work = pin!(work);
    while !calls.is_empty() {
        if let Either::Left((done, _)) = select(work.as_mut(), calls.next()).await {
            return done;
        }
    }
    work.await
}

/// An email that was taken from the queue.
pub(super) struct Taken {
    pub(super) outgoing: Outgoing,
    pub(super) target: CallTarget,
    /// When to send it.
    pub(super) at: OffsetDateTime,
}

/// What the queue of a region has.
pub(super) enum Next {
    /// An email to send.
    Email(Box<Taken>),
    /// An email that came to its end without a call to SES.
    Ended,
    /// Nothing before this time; `None` if the queue is empty.
    Wait(Option<OffsetDateTime>),
}

impl Delivery {
    /// Lets queued emails be sent at `at`: now in the background, later by the alarm.
    pub(super) async fn queue_at(&self, at: OffsetDateTime) -> Result<(), Error> {
        self.has_queue.set(true);
        if at > clock::now() {
            self.next_queue_run.set(Some(self.next_queue_run.get().map_or(at, |known| known.min(at))));
            return self.context.alarm.ring_by(at).await;
        }
        // If the instance ends, the alarm continues.
        self.next_queue_run.set(Some(at));
        self.context.alarm.ring_by(at + WATCH).await?;
        if let Some(this) = self.this.upgrade().filter(|_| !self.is_sending_queue.get()) {
            self.context.run_in_background(async move {
                if let Err(error) = this.send_queued().await {
                    // The alarm tries again.
                    log::error("queue_not_sent", serde_json::json!({ "error": format!("{error:?}") }));
                }
            });
        }
        Ok(())
    }

    /// Sends queued emails, unless that is being done.
    pub(super) async fn send_queued(&self) -> Result<(), Error> {
        if self.is_sending_queue.replace(true) {
            return Ok(());
        }
        let sent = self.send_regions().await;
        self.is_sending_queue.set(false);
        self.next_queue_run.set(None);
        match sent? {
            // Boxed, because the continuation sends, too.
            Some(at) => Box::pin(self.queue_at(at)).await,
            None => Ok(()),
        }
    }

    /// Sends queued emails of every region. Returns when to continue, or `None` if no queue is left.
    async fn send_regions(&self) -> Result<Option<OffsetDateTime>, Error> {
        let regions = self.emails.queued_regions()?;
        if regions.is_empty() {
            self.has_queue.set(false);
            return Ok(None);
        }
        let runs = join_all(regions.into_iter().map(|region| self.send_region(region))).await;
        let times = runs.into_iter().collect::<Result<Vec<_>, _>>()?;
        let next = times.into_iter().flatten().min();
        // Another region may have got a queue meanwhile.
        let is_empty = next.is_some() || self.emails.queued_regions()?.is_empty();
        Ok(if is_empty { next } else { Some(clock::now()) })
    }

    async fn send_region(&self, region: Region) -> Result<Option<OffsetDateTime>, Error> {
        let (began_at, mut room) = (clock::now(), MAX_PER_RUN);
        let mut lanes_at = began_at;
        let mut calls = FuturesUnordered::new();
        let mut continue_at = loop {
            if room == 0 || clock::now() - began_at >= RUN {
                break Some(clock::now());
            }
            // The permit comes first, so that a time isn't missed while the email waits for a connection.
            let permit = drive(&mut calls, self.permits.acquire()).await;
            match drive(&mut calls, self.next(region)).await {
                Ok(Next::Email(taken)) => {
                    room -= 1;
                    if clock::now() >= lanes_at && self.emails.has_queue(region, true)? {
                        lanes_at = clock::now() + LANE_INTERVAL;
                        self.start_lanes(region)?;
                    }
                    calls.push(async move {
                        self.send_taken(*taken).await;
                        drop(permit);
                    });
                }
                Ok(Next::Ended) => room -= 1,
                Ok(Next::Wait(Some(at))) if at - clock::now() <= PATIENCE => {
                    drop(permit);
                    drive(&mut calls, clock::sleep(at - clock::now())).await;
                }
                Ok(Next::Wait(at)) => break at,
                Err(error) => {
                    // Calls in progress are finished first.
                    log::error(
                        "queue_failed",
                        serde_json::json!({ "region": region, "error": format!("{error:?}") }),
                    );
                    break Some(clock::now() + AFTER_FAILURE);
                }
            }
        };
        while calls.next().await.is_some() {}
        if continue_at.is_none() && self.emails.has_queue(region, true)? {
            continue_at = Some(clock::now());
        }
        Ok(continue_at)
    }

    /// Takes the next email from a region's queue, if there is a slot for it.
    pub(super) async fn next(&self, region: Region) -> Result<Next, Error> {
        let Some(Queued { id, recipients }) = self.emails.next_queued(region, 1)?.into_iter().next() else {
            return Ok(Next::Wait(None));
        };
        let state = self.connection.state()?;
        let target = match CallTarget::new(&state, Some(region)) {
            Ok(target) => target,
            Err(error) => return self.without_connection(region, &error).await,
        };
        self.set_hold(region, None);
        if let Some(hold) = self.refusal(region, clock::now()) {
            return Ok(Next::Wait(Some(hold.retry_at)));
        }
        match self.take_slot(&target, recipients, AHEAD).await? {
            Take::At(at) => {
                let taken = self.take(id, &target, at, recipients)?;
                self.renew_lease_for_queue(&target).await?;
                Ok(taken)
            }
            Take::Later(at) => Ok(Next::Wait(Some(at))),
            Take::Hold(hold) => Ok(Next::Wait(Some(hold.retry_at))),
            Take::AskFirst => Ok(Next::Wait(Some(clock::now() + Duration::milliseconds(100)))),
        }
    }

    async fn renew_lease_for_queue(&self, target: &CallTarget) -> Result<(), Error> {
        let queued = self.queue_length(target.region)?;
        self.renew_lease(target, queued).await
    }

    /// Returns the length of a region's queue, counted at most once a second.
    pub(super) fn queue_length(&self, region: Region) -> Result<u32, Error> {
        let now = clock::now();
        let known = self.queue_lengths.borrow().get(&region).copied();
        if let Some((_, length)) = known.filter(|(at, _)| now - *at < Duration::SECOND) {
            return Ok(length);
        }
        let length = self.emails.queue_length(region)?;
        self.queue_lengths.borrow_mut().insert(region, (now, length));
        Ok(length)
    }

    /// Takes one email from the queue: removes recipients that are suppressed by now, and records that SES is called.
    fn take(
        &self,
        id: EmailId,
        target: &CallTarget,
        at: OffsetDateTime,
        recipients: u32,
    ) -> Result<Next, Error> {
        // Reading the slot may have taken a while: the email may have been cancelled.
        let Some(mut outgoing) = self.emails.find_outgoing(id)? else {
            self.return_slot(target.region, recipients)?;
            return Ok(Next::Ended);
        };
        let addresses: Vec<_> = outgoing.email.recipients().map(AddressKey::from).collect();
        let suppressed = self.suppression.find_suppressed(&addresses)?;
        let now = clock::now();
        match RemainingRecipients::new(&outgoing.email, &outgoing.history, &suppressed, now) {
            RemainingRecipients::All => {}
            RemainingRecipients::Some(email) => {
                let removed = email.suppressed().get(outgoing.email.suppressed().len()..).unwrap_or_default();
                self.context.sql.transaction(|| {
                    self.emails.set_recipients(id, &email)?;
                    self.feed.append(FeedEntry::suppressed(id, removed, now))
                })?;
                self.return_slot(target.region, recipients.saturating_sub(email.recipient_count()))?;
                outgoing.email = Rc::new(*email);
            }
            RemainingRecipients::None(result) => {
                self.return_slot(target.region, recipients)?;
                self.finish(id, &result, None, outgoing.email.is_mime())?;
                self.waiters.notify(id, Ok(result.status));
                if let Some(last) = result.history.0.last() {
                    self.record_step(&Step::new(id, target.region, last.step, last.code.as_deref()))?;
                }
                return Ok(Next::Ended);
            }
        }
        outgoing.attempts = outgoing.attempts.next(now).with_call(now);
        let deadline = at.max(now) + longest_call(outgoing.email.is_mime());
        let started = self.context.sql.transaction(|| {
            let started = self.emails.start(id, &outgoing.attempts, deadline)?;
            // The epoch rises with every minute in which emails are sent.
            if started {
                self.move_mark()?;
            }
            Ok(started)
        })?;
        if !started {
            self.return_slot(target.region, recipients)?;
            return Ok(Next::Ended);
        }
        self.in_flight.borrow_mut().insert(id);
        Ok(Next::Email(Box::new(Taken { outgoing, target: target.clone(), at })))
    }

    async fn send_taken(&self, taken: Taken) {
        let Taken { outgoing, target, at } = taken;
        clock::sleep(at - clock::now()).await;
        let result = self.attempt(&outgoing, &target, Caller::Queue, &|_| None).await;
        self.in_flight.borrow_mut().remove(&outgoing.id);
        if let Err(error) = result {
            // The email stays `sending`, and its response counts as lost after the deadline.
            log::email_error("email_send_failed", outgoing.id, &error);
        }
    }

    /// Handles the queue of a region that can't be sent from: a broken connection may be fixed within a day, a removed one may not.
    async fn without_connection(&self, region: Region, reason: &ConnectionError) -> Result<Next, Error> {
        let now = clock::now();
        let queued = self.emails.next_queued(region, 1)?;
        let Some(first) = queued.first() else { return Ok(Next::Wait(None)) };
        let Some(mut outgoing) = self.emails.find_outgoing(first.id)? else { return Ok(Next::Ended) };
        let first_at = outgoing.attempts.first_at.unwrap_or_else(|| outgoing.accepted_at());
        if let ConnectionError::Unusable(reason) = reason
            && now - first_at < RETRY_WINDOW
        {
            let hold = Hold::until_next_attempt(reason.into(), now);
            self.set_hold(region, Some(hold));
            return Ok(Next::Wait(Some(hold.retry_at)));
        }
        let (code, message) = (reason.code().to_owned(), reason.to_string());
        let error = AwsError::service(http::StatusCode::CONFLICT, Some(code), Some(message), None);
        let outcome = Outcome::not_sent(error, outgoing.attempts.count.saturating_add(1), first_at, now);
        outgoing.attempts = outgoing.attempts.next(now);
        self.store_outcome(&mut outgoing, &outcome, None, Caller::Queue, &|_| None).await?;
        Ok(Next::Ended)
    }
}

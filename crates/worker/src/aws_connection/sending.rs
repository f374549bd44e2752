//! Handing mails to SES, each once.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
};

use api_contract::{ApiError, Hold, HoldReason, SentEmail};
use aws_sans_io::{
    Credentials, Endpoint, Error as AwsError, Region, Retry,
    ses::{self, BodyDigest, RawBody, SendEmail, SendRawEmail},
};
use domain::{
    EmailId,
    connection::{CallTarget, ConnectionEvent},
    delivery::{Counter, DeliveryResult, EmailStatus, EmailStepKind, History, Outcome},
    email::Email,
    onboarding::SessionPurpose,
    rate_limit,
};
use time::Duration;

use super::{
    AwsConnection,
    incoming::Incoming,
    keys::IdempotencyToken,
    outbox::{Outbox, Outgoing},
    sandbox::Recipients,
    steps::Made,
};
use crate::{
    aws, clock,
    database::{self, emails::Accepted, organisations::Organisation},
    http::Error,
    log,
};

/// When a mail is looked at again whose sending should long have ended: more than both calls to AWS can take.
pub(super) const OVERDUE: Duration = Duration::minutes(1);

/// The same for a message of many pieces, whose way to AWS may be slow.
const OVERDUE_PIECES: Duration = Duration::minutes(5);

impl AwsConnection {
    /// Accepts a mail, and hands it to SES if there is room for it now; under an idempotency key once, whoever else does so meanwhile.
    pub(super) async fn send(
        &self,
        organisation: &Organisation,
        id: EmailId,
        email: Email,
        incoming: Option<Incoming>,
        key: Option<&IdempotencyToken>,
    ) -> Result<SentEmail, Error> {
        if let Some(key) = key
            && self.keys()?.has_taken_in(key, id)?
        {
            return self.accepted_before(organisation, id).await;
        }
        // Two attempts under one key have one id: their messages must not be mixed.
        let claim = Claim::on(&self.in_flight, id).ok_or(ApiError::Busy)?;
        // What can't be sent at all isn't accepted.
        let route = CallTarget::new(&self.storage()?.state()?, email.region())?;
        self.allow_recipients(organisation, &route, &email, &Recipients::default()).await?;
        if let Some(incoming) = incoming {
            self.outbox()?.delete_pieces(id)?;
            incoming.keep(&self.outbox()?, id).await?;
        }
        let outgoing = Outgoing::new(id, email, route.region, clock::now(), None);
        // Asked before the mail itself is one that waits.
        let has_queue = self.outbox()?.has_queue(route.region, false, clock::now())?;
        drop(claim);
        self.take_in(organisation, std::slice::from_ref(&outgoing), key).await?;
        if outgoing.is_for_later() {
            self.keep_for_later(&outgoing)?;
            self.schedule().await?;
            return Ok(SentEmail::new(id, EmailStatus::Scheduled));
        }
        let sent = self.send_if_there_is_room(organisation, &route, &outgoing, has_queue).await;
        self.in_flight.borrow_mut().remove(&id);
        sent
    }

    async fn send_if_there_is_room(
        &self,
        organisation: &Organisation,
        route: &CallTarget,
        outgoing: &Outgoing,
        has_queue: bool,
    ) -> Result<SentEmail, Error> {
        if has_queue {
            let gate = self.outbox()?.gate(route.region)?;
            return self.leave(outgoing, gate).await;
        }
        let asked = self.moments(organisation, route, vec![outgoing.email.recipient_count()]).await;
        let granted = match asked {
            Ok(granted) => granted,
            // It was accepted: the alarm asks again.
            Err(failure) => {
                log::email_error("rate_limiter_unavailable", outgoing.id, &failure);
                return self.leave(outgoing, None).await;
            }
        };
        let Some(pause) = granted.delays().next() else {
            self.outbox()?.set_gate(route.region, granted.hold.as_ref())?;
            return self.leave(outgoing, granted.hold).await;
        };
        clock::sleep(pause).await;
        let outcome = self.hand_over(organisation, outgoing, Unusable::Ends).await?;
        self.tell(outgoing.id).await;
        self.schedule().await?;
        Ok(SentEmail::new(outgoing.id, outcome.response()?))
    }

    /// What became of each mail that was accepted under this idempotency key.
    pub(super) async fn all_accepted(
        &self,
        organisation: &Organisation,
        ids: &[EmailId],
        key: &IdempotencyToken,
    ) -> Result<Vec<Option<SentEmail>>, Error> {
        let mut accepted = Vec::with_capacity(ids.len());
        for id in ids {
            let is_there = self.keys()?.has_taken_in(key, *id)?;
            accepted.push(if is_there { Some(self.accepted_before(organisation, *id).await?) } else { None });
        }
        Ok(accepted)
    }

    pub(super) async fn accepted_before(
        &self,
        organisation: &Organisation,
        id: EmailId,
    ) -> Result<SentEmail, Error> {
        // The outbox may have it while D1 hasn't.
        let shown = database::emails::find(&self.database()?, &organisation.id, id).await?;
        if let Some(email) = shown {
            let sent = SentEmail::new(id, email.summary.status);
            return Ok(SentEmail { suppressed: email.suppressed, ..sent });
        }
        let kept = self.outbox()?.kept(id)?;
        let at = kept.and_then(|(_, mail)| mail.email.scheduled_after(clock::now()));
        Ok(SentEmail::new(id, if at.is_some() { EmailStatus::Scheduled } else { EmailStatus::Queued }))
    }

    /// Leaves a mail to the alarm.
    pub(super) async fn leave(
        &self,
        outgoing: &Outgoing,
        wait: Option<rate_limit::Hold>,
    ) -> Result<SentEmail, Error> {
        let (wait, now) = (wait.map(Hold::from), clock::now());
        let mut history = outgoing.history.clone();
        let reason = wait.as_ref().map(|wait| wait.reason.name());
        history.add(now, EmailStepKind::Queued, reason);
        self.outbox()?.waiting(outgoing.id, now, &history)?;
        self.schedule().await?;
        if wait.as_ref().is_some_and(|wait| wait.reason == HoldReason::DailyQuota) {
            // It will wait for long, and whoever looks should see why.
            self.tell_of(outgoing.id, &DeliveryResult::new(EmailStatus::Queued, history)).await;
        }
        Ok(SentEmail { hold: wait, ..SentEmail::new(outgoing.id, EmailStatus::Queued) })
    }

    /// Keeps all of these mails and shows them, or does neither.
    pub(super) async fn take_in(
        &self,
        organisation: &Organisation,
        accepted: &[Outgoing],
        key: Option<&IdempotencyToken>,
    ) -> Result<(), Error> {
        if let Some(key) = key {
            let ids: Vec<_> = accepted.iter().map(|outgoing| outgoing.id).collect();
            self.keys()?.take_in(key, &ids)?;
        }
        let mut places = HashMap::<Region, usize>::new();
        for outgoing in accepted {
            let place = match places.get(&outgoing.region) {
                Some(place) => place + 1,
                None if outgoing.batch.is_some() && !outgoing.is_for_later() => {
                    self.outbox()?.current_turn(outgoing.region)?
                }
                None => 0,
            };
            places.insert(outgoing.region, place);
            self.outbox()?.insert(outgoing, place, outgoing.since + OVERDUE)?;
            self.in_flight.borrow_mut().insert(outgoing.id);
            self.count(outgoing.region, Counter::Accepted, 1);
        }
        let shown = async {
            self.schedule().await?;
            let database = self.database()?;
            let insert = async |counts| {
                let emails = accepted.iter().map(Outgoing::accepted);
                database::emails::insert_all(&database, &organisation.id, emails, counts).await
            };
            self.with_counts(insert).await
        };
        if let Err(failure) = shown.await {
            // Nobody was told that they are accepted, and SES wasn't asked.
            for outgoing in accepted {
                self.uncount(outgoing.region, Counter::Accepted);
                self.in_flight.borrow_mut().remove(&outgoing.id);
                self.outbox()?.delete(outgoing.id)?;
                if let Some(key) = key {
                    self.keys()?.let_go(key, outgoing.id)?;
                }
            }
            return Err(failure);
        }
        Ok(())
    }

    /// One attempt, and what is kept of it here; D1 has still to be told.
    pub(super) async fn hand_over(
        &self,
        organisation: &Organisation,
        outgoing: &Outgoing,
        unusable: Unusable,
    ) -> Result<Outcome, Error> {
        let now = clock::now();
        let tried = Outgoing {
            attempts: outgoing.attempts.saturating_add(1),
            tried_at: Some(outgoing.tried_at.unwrap_or(now)),
            ..outgoing.clone()
        };
        let asked = match CallTarget::new(&self.storage()?.state()?, Some(outgoing.region)) {
            Ok(route) => self.ask_ses(organisation, &tried, &route).await?,
            Err(why) => {
                let (code, detail) = (why.code().to_owned(), why.to_string());
                Asked::NotAsked(AwsError::service(http::StatusCode::CONFLICT, Some(code), Some(detail), None))
            }
        };
        let is_connected = self.storage()?.state()?.binding().is_some();
        let (attempts, since) = (tried.attempts, tried.tried_at.unwrap_or(now));
        let (tried, outcome) = match asked {
            Asked::Answered(answer) => {
                if answer.as_ref().is_err_and(AwsError::is_access_denied) {
                    self.audit_soon().await?;
                }
                let now = clock::now();
                let calls = tried.calls.saturating_add(1);
                let asked = Outgoing { calls, asked_at: Some(now), ..tried };
                (asked, Outcome::from_response(answer, attempts, since, now))
            }
            Asked::NotAsked(error) if unusable == Unusable::Waits && is_connected => {
                (tried, Outcome::not_connected(error, attempts, since, clock::now()))
            }
            Asked::NotAsked(error) => (tried, Outcome::not_sent(error, attempts, since, clock::now())),
        };
        self.report(outgoing.region, outcome.report(outgoing.email.recipient_count()));
        self.keep(organisation, &tried, &outcome).await?;
        Ok(outcome)
    }

    /// Asks SES to send it; once more with new credentials where it takes the old ones no longer.
    async fn ask_ses(
        &self,
        organisation: &Organisation,
        outgoing: &Outgoing,
        route: &CallTarget,
    ) -> Result<Asked, Error> {
        let settings = self.settings()?;
        let (role, region, purpose) = (&route.binding.role_arn, route.region, SessionPurpose::Send);
        let ask = Ask::of(outgoing, route, &self.outbox()?)?;
        let overdue = if outgoing.email.is_mime() { OVERDUE_PIECES } else { OVERDUE };
        let mut renewed = false;
        loop {
            let credentials = match self.sessions.get(&settings, organisation, role, region, purpose).await {
                Ok(credentials) => credentials,
                Err(error) => {
                    // The role can't be assumed: the connection has to know.
                    if error.retry() == Retry::Never {
                        self.happen(organisation, ConnectionEvent::CheckRequested).await?;
                    }
                    return Ok(Asked::NotAsked(error));
                }
            };
            let now = clock::now();
            self.outbox()?.sending(outgoing, now, now + overdue)?;
            match ask.perform(&settings.endpoint, region, &credentials).await {
                Err(error) if error.rejects_credentials() && !renewed => {
                    self.sessions.forget(role, purpose, &credentials).await;
                    renewed = true;
                }
                answer => return Ok(Asked::Answered(answer)),
            }
        }
    }

    /// Keeps what came of an attempt, so that it isn't lost.
    pub(super) async fn keep(
        &self,
        organisation: &Organisation,
        outgoing: &Outgoing,
        outcome: &Outcome,
    ) -> Result<(), Error> {
        let (step, code) = outcome.step();
        self.made(
            organisation,
            &Made {
                attempt: Some(outgoing.attempts),
                throttled: outcome.report(0).throttled,
                ..Made::new(outgoing.id, outgoing.region, step, code.as_deref())
            },
        );
        let mut history = outgoing.history.clone();
        let is_news = history.add(clock::now(), step, code.as_deref());
        match outcome {
            Outcome::Requeued { until, .. } => self.outbox()?.postponed(outgoing, *until, &history)?,
            Outcome::Unconfirmed(_) => {
                self.outbox()?.unconfirmed(outgoing.id, clock::now(), &history)?;
                let doubtful = Outgoing { history: history.clone(), ..outgoing.clone() };
                self.resolve(organisation, &doubtful, EmailStatus::Unconfirmed, false)?;
            }
            Outcome::Sent { .. } | Outcome::Failed(_) => {
                self.outbox()?.settled(outgoing.id, &outcome.to_result(history.clone()), clock::now())?;
            }
        }
        // What isn't over is told too, so that a customer sees why.
        if is_news && matches!(outcome, Outcome::Requeued { .. } | Outcome::Unconfirmed(_)) {
            self.tell_of(outgoing.id, &outcome.to_result(history)).await;
        }
        Ok(())
    }
}

impl Outgoing {
    /// A mail that is accepted now.
    pub(super) fn new(
        id: EmailId,
        email: Email,
        region: Region,
        since: time::OffsetDateTime,
        batch: Option<String>,
    ) -> Self {
        Self {
            id,
            email: Rc::new(email),
            region,
            since,
            attempts: 0,
            calls: 0,
            tried_at: None,
            asked_at: None,
            batch,
            history: History::default(),
        }
    }

    /// Whether it was accepted for later, and not to be sent at once.
    pub(super) fn is_for_later(&self) -> bool {
        self.email.scheduled_after(self.since).is_some()
    }

    /// What is shown of it.
    pub(super) fn accepted(&self) -> Accepted<'_> {
        Accepted { id: self.id, email: &self.email, region: self.region, created_at: self.since }
    }
}

/// What SES is asked.
enum Ask {
    /// To write a mail from its parts.
    Simple(SendEmail),
    /// To send a message as it is.
    Raw { send: SendRawEmail, body: RawBody, digest: BodyDigest, outbox: Outbox, id: EmailId },
}

impl Ask {
    fn of(outgoing: &Outgoing, route: &CallTarget, outbox: &Outbox) -> Result<Self, Error> {
        let (id, email, set) = (outgoing.id, &outgoing.email, route.configuration_set());
        if !email.is_mime() {
            return Ok(Self::Simple(email.send_email(set, &id.to_string())));
        }
        let send = email.send_raw_email(set, &id.to_string());
        let body = send.body().map_err(|error| Error::internal(error.to_string()))?;
        // The signature covers the body, which is too large to be held: it is read once for its hash and once more to be sent.
        let digest = body.digest(outbox.pieces(id))?;
        Ok(Self::Raw { send, body, digest, outbox: outbox.clone(), id })
    }

    async fn perform(
        &self,
        endpoint: &Endpoint,
        region: Region,
        credentials: &Credentials,
    ) -> Result<ses::SentEmail, AwsError> {
        match self {
            Self::Simple(send) => aws::call(send, endpoint, region, credentials).await,
            Self::Raw { send, body, digest, outbox, id } => {
                let (body, digest) = (body.clone(), digest.clone());
                aws::send_raw(send, body, digest, outbox.pieces(*id), endpoint, region, credentials).await
            }
        }
    }
}

/// A mail that is being taken in; others may have it when this is dropped.
struct Claim<'a> {
    in_flight: &'a RefCell<HashSet<EmailId>>,
    id: EmailId,
}

impl<'a> Claim<'a> {
    fn on(in_flight: &'a RefCell<HashSet<EmailId>>, id: EmailId) -> Option<Self> {
        in_flight.borrow_mut().insert(id).then_some(Self { in_flight, id })
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.in_flight.borrow_mut().remove(&self.id);
    }
}

/// What becomes of a mail that SES can't be asked to take, since the connection doesn't work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// It ends, and whoever sends it in this very request is told why.
    Ends,
    /// It waits: it was accepted earlier, nobody is there to be told, and what is wrong may be mended.
    Waits,
}

/// How far asking SES came.
enum Asked {
    /// To SES, which answered or didn't.
    Answered(Result<ses::SentEmail, AwsError>),
    /// Not to SES: the role could not be assumed.
    NotAsked(AwsError),
}

//! Handing mails to SES, each once.

use std::{cell::RefCell, collections::HashSet};

use kraiter_core::{
    api::{ApiError, EmailId, SentView},
    aws::{Credentials, Endpoint, Error, Region, Retry},
    connection::{Event, Route},
    mail::{Email, EmailStatus, Outcome},
    ses::{BodyDigest, RawBody, SendEmail, SendRawEmail, SentEmail},
    setup::SessionPurpose,
};
use serde_json::json;
use time::Duration;

use super::{
    AwsConnection,
    incoming::Incoming,
    keys::UnderKey,
    outbox::{Due, Outbox, Outgoing, Phase},
    sandbox::Recipients,
};
use crate::{
    aws, clock,
    database::{self, emails::Accepted, organisations::Organisation},
    failure::Failure,
    log,
};

/// When a mail is looked at again whose sending should long have ended: more than both calls to AWS can take.
pub(super) const OVERDUE: Duration = Duration::minutes(1);

/// The same for a message of many pieces, whose way to AWS may be slow.
const OVERDUE_PIECES: Duration = Duration::minutes(5);

/// How many mails one alarm hands over.
const BATCH: i64 = 25;

impl AwsConnection {
    /// Accepts a mail and hands it to SES; under an idempotency key once, whoever else does so meanwhile.
    pub(super) async fn send(
        &self,
        organisation: &Organisation,
        id: EmailId,
        email: Email,
        incoming: Option<Incoming>,
        key: Option<&UnderKey>,
    ) -> Result<SentView, Failure> {
        if let Some(key) = key
            && self.keys()?.has_taken_in(key, id)?
        {
            return self.accepted_before(organisation, id).await;
        }
        // Two attempts under one key have one id: their messages must not be mixed.
        let claim = Claim::on(&self.in_flight, id).ok_or(ApiError::Busy)?;
        // What can't be sent at all isn't accepted.
        let route = Route::of(&self.storage()?.state()?, email.region())?;
        let region = route.region;
        self.allow_recipients(organisation, &route, &email, &Recipients::default()).await?;
        if let Some(incoming) = incoming {
            self.outbox()?.delete_pieces(id)?;
            incoming.keep(&self.outbox()?, id).await?;
        }
        let now = clock::now();
        drop(claim);
        if let Some(key) = key {
            self.keys()?.take_in(key, &[id])?;
        }
        let outgoing = Outgoing { id, email, since: now, attempts: 0, batch: None };
        self.outbox()?.insert(&outgoing, now + OVERDUE)?;
        self.in_flight.borrow_mut().insert(id);
        let outcome = self.accepted(organisation, &outgoing, region, key).await;
        self.in_flight.borrow_mut().remove(&id);
        let status = outcome?.answer()?;
        Ok(SentView::new(id, status))
    }

    async fn accepted(
        &self,
        organisation: &Organisation,
        outgoing: &Outgoing,
        region: Region,
        key: Option<&UnderKey>,
    ) -> Result<Outcome, Failure> {
        let (id, email, since) = (outgoing.id, &outgoing.email, outgoing.since);
        let shown = async {
            self.schedule().await?;
            let accepted = Accepted { id, email, region, created_at: since };
            database::emails::insert(&self.database()?, &organisation.id, accepted).await
        };
        if let Err(failure) = shown.await {
            // Nobody was told that it is accepted, and SES wasn't asked.
            self.outbox()?.delete(id)?;
            if let Some(key) = key {
                self.keys()?.let_go(key, id)?;
            }
            return Err(failure);
        }
        self.hand_over(organisation, outgoing).await
    }

    /// What became of each mail that was accepted under this idempotency key.
    pub(super) async fn all_accepted(
        &self,
        organisation: &Organisation,
        ids: &[EmailId],
        key: &UnderKey,
    ) -> Result<Vec<Option<SentView>>, Failure> {
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
    ) -> Result<SentView, Failure> {
        // The outbox may have it while D1 hasn't.
        let shown = database::emails::by_id(&self.database()?, &organisation.id, id).await?;
        Ok(match shown {
            Some(email) => {
                SentView { suppressed: email.suppressed, ..SentView::new(id, email.summary.status) }
            }
            None => SentView::new(id, EmailStatus::Queued),
        })
    }

    /// Sends what is due, and notes what came of what an earlier instance had begun. For the alarm.
    pub(super) async fn drain(&self, organisation: &Organisation) -> Result<(), Failure> {
        for Due { id, attempts, phase } in self.outbox()?.due(clock::now(), BATCH)? {
            if !self.in_flight.borrow_mut().insert(id) {
                continue;
            }
            let done = match phase {
                Phase::Waiting(outgoing) => self.resume(organisation, &outgoing).await,
                Phase::Sending => {
                    let stopped = Error::Unreachable("the call was interrupted".into());
                    let outcome = Outcome::Unconfirmed(stopped);
                    self.settle(organisation, id, attempts, &outcome).await.map(|()| true)
                }
                Phase::Settled(settlement) => {
                    let told = database::emails::settle(&self.database()?, id, &settlement).await;
                    told.and_then(|()| self.outbox()?.delete(id)).map(|()| true)
                }
            };
            self.in_flight.borrow_mut().remove(&id);
            // Where SES asks for a lower rate, the others wait too.
            if !done? {
                break;
            }
        }
        Ok(())
    }

    /// Sends a mail that has waited; answers whether others may follow at once.
    async fn resume(&self, organisation: &Organisation, outgoing: &Outgoing) -> Result<bool, Failure> {
        let state = self.storage()?.state()?;
        let region = Route::of(&state, outgoing.email.region()).map(|route| route.region);
        // It may be that the instance ended before the mail was shown.
        if let Ok(region) = region {
            let (id, email, since) = (outgoing.id, &outgoing.email, outgoing.since);
            let accepted = Accepted { id, email, region, created_at: since };
            database::emails::insert(&self.database()?, &organisation.id, accepted).await?;
        }
        let outcome = self.hand_over(organisation, outgoing).await?;
        Ok(!matches!(outcome, Outcome::Postponed { .. }))
    }

    /// One attempt, and what is kept of it.
    pub(super) async fn hand_over(
        &self,
        organisation: &Organisation,
        outgoing: &Outgoing,
    ) -> Result<Outcome, Failure> {
        let attempts = outgoing.attempts.saturating_add(1);
        let route = match Route::of(&self.storage()?.state()?, outgoing.email.region()) {
            Ok(route) => route,
            Err(unusable) => {
                let error = Error::service(
                    http::StatusCode::CONFLICT,
                    Some(unusable.code().to_owned()),
                    Some(unusable.detail()),
                    None,
                );
                let outcome = Outcome::not_taken(error, attempts, outgoing.since, clock::now());
                self.settle(organisation, outgoing.id, attempts, &outcome).await?;
                return Ok(outcome);
            }
        };
        let outcome = match self.ask_ses(organisation, outgoing, &route, attempts).await? {
            Asked::Answered(answer) => Outcome::of(answer, attempts, outgoing.since, clock::now()),
            Asked::NotAsked(error) => {
                // The role can't be assumed: the connection has to know.
                if error.retry() == Retry::Never {
                    self.happen(organisation, Event::CheckAsked).await?;
                }
                Outcome::not_taken(error, attempts, outgoing.since, clock::now())
            }
        };
        self.settle(organisation, outgoing.id, attempts, &outcome).await?;
        Ok(outcome)
    }

    /// Asks SES to send it; once more with new credentials where it takes the old ones no longer.
    async fn ask_ses(
        &self,
        organisation: &Organisation,
        outgoing: &Outgoing,
        route: &Route,
        attempts: u32,
    ) -> Result<Asked, Failure> {
        let settings = self.settings()?;
        let (role, region, purpose) = (&route.binding.role_arn, route.region, SessionPurpose::Send);
        let ask = Ask::of(outgoing, route, &self.outbox()?)?;
        let overdue = if outgoing.email.is_mime() { OVERDUE_PIECES } else { OVERDUE };
        let mut renewed = false;
        loop {
            let credentials = match self.sessions.get(&settings, organisation, role, region, purpose).await {
                Ok(credentials) => credentials,
                Err(error) => return Ok(Asked::NotAsked(error)),
            };
            self.outbox()?.sending(outgoing.id, attempts, clock::now() + overdue)?;
            match ask.perform(&settings.endpoint, region, &credentials).await {
                Err(error) if error.rejects_credentials() && !renewed => {
                    self.sessions.forget(role, purpose, &credentials).await;
                    renewed = true;
                }
                answer => return Ok(Asked::Answered(answer)),
            }
        }
    }

    /// Keeps what came of an attempt: here first, so that it isn't lost, then in D1.
    async fn settle(
        &self,
        organisation: &Organisation,
        id: EmailId,
        attempts: u32,
        outcome: &Outcome,
    ) -> Result<(), Failure> {
        let settlement = outcome.settlement();
        log::note(
            "email",
            json!({
                "organisationId": organisation.id,
                "emailId": id,
                "status": settlement.status,
                "attempt": attempts,
                "code": settlement.error.as_ref().map(|error| &error.code),
            }),
        );
        if let Outcome::Postponed { until, .. } = outcome {
            self.outbox()?.waiting(id, attempts, *until)?;
        } else {
            self.outbox()?.settled(id, &settlement, clock::now())?;
        }
        self.schedule().await?;
        match database::emails::settle(&self.database()?, id, &settlement).await {
            Ok(()) if matches!(outcome, Outcome::Postponed { .. }) => Ok(()),
            Ok(()) => self.outbox()?.delete(id),
            // The outbox has it; the alarm tells D1 later.
            Err(failure) => {
                log::fault("email_not_settled", json!({ "emailId": id, "fault": format!("{failure:?}") }));
                Ok(())
            }
        }
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
    fn of(outgoing: &Outgoing, route: &Route, outbox: &Outbox) -> Result<Self, Failure> {
        let (id, email, set) = (outgoing.id, &outgoing.email, route.configuration_set());
        if !email.is_mime() {
            return Ok(Self::Simple(email.send_email(set, &id.to_string())));
        }
        let send = email.send_raw_email(set, &id.to_string());
        let body = send.body().map_err(|error| Failure::internal(error.to_string()))?;
        // The signature covers the body, which is too large to be held: it is read once for its hash and once more to be sent.
        let digest = body.digest(outbox.pieces(id))?;
        Ok(Self::Raw { send, body, digest, outbox: outbox.clone(), id })
    }

    async fn perform(
        &self,
        endpoint: &Endpoint,
        region: Region,
        credentials: &Credentials,
    ) -> Result<SentEmail, Error> {
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

/// How far asking SES came.
enum Asked {
    /// To SES, which answered or didn't.
    Answered(Result<SentEmail, Error>),
    /// Not to SES: the role could not be assumed.
    NotAsked(Error),
}

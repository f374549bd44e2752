//! Handing mails to SES, each once.

use kraiter_core::{
    api::{EmailId, SentView},
    aws::{Error, Retry},
    connection::{Event, Route},
    mail::{Email, EmailStatus, Outcome},
    ses::SentEmail,
    setup::SessionPurpose,
};
use serde_json::json;
use time::Duration;

use super::{
    AwsConnection,
    outbox::{Outgoing, Phase},
};
use crate::{
    aws, clock,
    database::{self, organisations::Organisation},
    failure::Failure,
    log,
};

/// When a mail is looked at again whose sending should long have ended: more than both calls to AWS can take.
const OVERDUE: Duration = Duration::minutes(1);

/// How many mails one alarm hands over.
const BATCH: i64 = 25;

impl AwsConnection {
    /// Accepts a mail and hands it to SES; under an idempotency key once, whoever else does so meanwhile.
    pub(super) async fn send(
        &self,
        organisation: &Organisation,
        id: EmailId,
        email: Email,
        key: Option<&str>,
    ) -> Result<SentView, Failure> {
        // What can't be sent at all isn't accepted.
        let route = Route::of(&self.storage()?.state()?, email.region())?;
        let region = route.region;
        self.allow_recipients(organisation, &route, &email).await?;
        let now = clock::now();
        let outgoing = Outgoing { id, email, since: now, attempts: 0 };
        if let Some(key) = key
            && !self.keys()?.take_in(key, id)?
        {
            return self.accepted_before(organisation, id).await;
        }
        self.outbox()?.insert(&outgoing, now + OVERDUE)?;
        self.in_flight.borrow_mut().insert(id);
        let outcome = self.accepted(organisation, &outgoing, region, key).await;
        self.in_flight.borrow_mut().remove(&id);
        let status = outcome?.answer()?;
        Ok(SentView { id, status })
    }

    async fn accepted(
        &self,
        organisation: &Organisation,
        outgoing: &Outgoing,
        region: kraiter_core::aws::Region,
        key: Option<&str>,
    ) -> Result<Outcome, Failure> {
        let (id, email, since) = (outgoing.id, &outgoing.email, outgoing.since);
        let shown = async {
            self.schedule().await?;
            database::emails::insert(&self.database()?, id, &organisation.id, email, region, since).await
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

    /// What became of a mail, where it was accepted under this idempotency key.
    pub(super) async fn has_accepted(
        &self,
        organisation: &Organisation,
        id: EmailId,
        key: &str,
    ) -> Result<Option<SentView>, Failure> {
        if self.keys()?.has_taken_in(key, id)? {
            self.accepted_before(organisation, id).await.map(Some)
        } else {
            Ok(None)
        }
    }

    async fn accepted_before(&self, organisation: &Organisation, id: EmailId) -> Result<SentView, Failure> {
        let shown = database::emails::by_id(&self.database()?, &organisation.id, id).await?;
        // The outbox may have it while D1 hasn't.
        let status = shown.map_or(EmailStatus::Queued, |email| email.summary.status);
        Ok(SentView { id, status })
    }

    /// Sends what is due, and notes what came of what an earlier instance had begun. For the alarm.
    pub(super) async fn drain(&self, organisation: &Organisation) -> Result<(), Failure> {
        for (outgoing, phase) in self.outbox()?.due(clock::now(), BATCH)? {
            let id = outgoing.id;
            if !self.in_flight.borrow_mut().insert(id) {
                continue;
            }
            let done = match phase {
                Phase::Waiting => self.resume(organisation, &outgoing).await,
                Phase::Sending => {
                    let stopped = Error::Unreachable("the call was interrupted".into());
                    self.settle(organisation, &outgoing, &Outcome::Unconfirmed(stopped)).await.map(|()| true)
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
            database::emails::insert(&self.database()?, id, &organisation.id, email, region, since).await?;
        }
        let outcome = self.hand_over(organisation, outgoing).await?;
        Ok(!matches!(outcome, Outcome::Postponed { .. }))
    }

    /// One attempt, and what is kept of it.
    async fn hand_over(&self, organisation: &Organisation, outgoing: &Outgoing) -> Result<Outcome, Failure> {
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
                self.settle(organisation, outgoing, &outcome).await?;
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
        let outgoing = Outgoing { attempts, ..outgoing.clone() };
        self.settle(organisation, &outgoing, &outcome).await?;
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
        let send = outgoing.email.send_email(route.configuration_set(), &outgoing.id.to_string());
        let mut renewed = false;
        loop {
            let credentials = match self.sessions.get(&settings, organisation, role, region, purpose).await {
                Ok(credentials) => credentials,
                Err(error) => return Ok(Asked::NotAsked(error)),
            };
            self.outbox()?.sending(outgoing.id, attempts, clock::now() + OVERDUE)?;
            let answer = aws::call(&send, &settings.endpoint, region, &credentials).await;
            match answer {
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
        outgoing: &Outgoing,
        outcome: &Outcome,
    ) -> Result<(), Failure> {
        let id = outgoing.id;
        let settlement = outcome.settlement();
        log::note(
            "email",
            json!({
                "organisationId": organisation.id,
                "emailId": id,
                "status": settlement.status,
                "attempt": outgoing.attempts,
                "code": settlement.error.as_ref().map(|error| &error.code),
            }),
        );
        if let Outcome::Postponed { until, .. } = outcome {
            self.outbox()?.waiting(id, outgoing.attempts, *until)?;
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

/// How far asking SES came.
enum Asked {
    /// To SES, which answered or didn't.
    Answered(Result<SentEmail, Error>),
    /// Not to SES: the role could not be assumed.
    NotAsked(Error),
}

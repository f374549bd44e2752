//! Calling SES, and what becomes of the email.

use api_contract::ApiError;
use aws_sans_io::{
    Credentials, Endpoint, Error as AwsError, Region, Retry,
    ses::{self, BodyDigest, RawBody, SendEmail, SendRawEmail},
};
use domain::{
    aws_calls::{AwsCallRecord, SEND_EMAIL},
    connection::{CallTarget, ConnectionEvent},
    delivery::{AccountRefusal, EmailError, EmailStatus, Outcome, SesCall},
    email::SendOptions,
    onboarding::SessionLimits,
};

use super::{Delivery, Step, accept::WriteResponse};
use crate::{
    aws, clock,
    http::Error,
    log,
    organisation_object::emails::{Chunks, Outgoing},
};

/// Who makes an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// The request that accepted the email. If the connection doesn't work, the email fails, and the response says why. The attempt is in the
    /// request's log line.
    Request,
    /// The queue. If the connection doesn't work, the email waits: the connection may be fixed.
    Queue,
}

/// How far an attempt got.
pub(super) enum Called {
    /// SES was called.
    Ses(Result<ses::SentEmail, AwsError>),
    /// SES was not called: the role couldn't be assumed.
    Nobody(AwsError),
}

impl Delivery {
    /// Makes one attempt to send an email, and stores the outcome. The email's row must say that SES is being called.
    pub(super) async fn attempt(
        &self,
        outgoing: &Outgoing,
        target: &CallTarget,
        caller: Caller,
        write_response: &WriteResponse<'_>,
    ) -> Result<Outcome, Error> {
        let began_at = clock::now();
        let response = self.call_ses(outgoing, target).await?;
        self.record_duration(clock::now() - began_at);
        self.end_attempt(outgoing, response, caller, write_response).await
    }

    /// Stores the outcome of an attempt.
    pub(super) async fn end_attempt(
        &self,
        outgoing: &Outgoing,
        call: Called,
        caller: Caller,
        write_response: &WriteResponse<'_>,
    ) -> Result<Outcome, Error> {
        let now = clock::now();
        let (count, first_at) = (outgoing.attempts.count, outgoing.attempts.first_at.unwrap_or(now));
        let mut outgoing = outgoing.clone();
        let ses_call = match &call {
            Called::Ses(response) => Some(SesCall::new(response)),
            Called::Nobody(_) => None,
        };
        let outcome = match call {
            Called::Ses(response) => {
                self.record_permission(&outgoing, &response).await?;
                match response
                    .as_ref()
                    .err()
                    .and_then(|error| Some((error, AccountRefusal::from_error(error)?)))
                {
                    Some((error, refusal)) => {
                        // SES hasn't looked at the email, so it can still be cancelled.
                        outgoing.attempts.calls = outgoing.attempts.calls.saturating_sub(1);
                        self.hold_after_refusal(outgoing.region, refusal, error).await?;
                    }
                    None => outgoing.attempts.last_call_at = Some(now),
                }
                match response {
                    // Nobody waits for the error, and the customer may fix the policy.
                    Err(error) if caller == Caller::Queue && error.is_access_denied() => {
                        Outcome::denied(error, first_at, now)
                    }
                    response => Outcome::from_response(response, count, first_at, now),
                }
            }
            Called::Nobody(error) => {
                outgoing.attempts.calls = outgoing.attempts.calls.saturating_sub(1);
                if caller == Caller::Queue && self.connection.state()?.binding().is_some() {
                    Outcome::not_connected(error, count, first_at, now)
                } else {
                    Outcome::not_sent(error, count, first_at, now)
                }
            }
        };
        self.report(outgoing.region, outcome.report(outgoing.email.recipient_count()))?;
        match self.store_outcome(&mut outgoing, &outcome, ses_call, caller, write_response).await {
            Ok(()) => Ok(outcome),
            Err(error) => {
                // Without its result in storage, SES's response counts as lost. The alarm finds the email.
                log::email_error("email_result_not_stored", outgoing.id, &error);
                self.is_recovered.set(false);
                Ok(Outcome::Unconfirmed(AwsError::Unreachable("the result was not stored".into())))
            }
        }
    }

    /// Records whether the role may send. Several refusals in a row degrade the connection, until SES accepts an email. A refusal of a
    /// restricted email says nothing about the role.
    async fn record_permission(
        &self,
        outgoing: &Outgoing,
        response: &Result<ses::SentEmail, AwsError>,
    ) -> Result<(), Error> {
        let region = outgoing.region;
        match response {
            Ok(_) => {
                self.denied.borrow_mut().remove(&region);
                self.connection.sends_accepted().await
            }
            Err(error) if error.is_access_denied() && outgoing.email.restriction().is_empty() => {
                let (concerns_others, is_first) = {
                    let mut denied = self.denied.borrow_mut();
                    let denied = denied.entry(region).or_default();
                    (denied.record(error), denied.is_first())
                };
                if concerns_others {
                    self.connection.sends_denied(error).await?;
                }
                if is_first { self.connection.audit_soon().await } else { Ok(()) }
            }
            Err(_) => Ok(()),
        }
    }

    /// Holds the other emails of a region and requests a check, because SES refused an email because of the account.
    async fn hold_after_refusal(
        &self,
        region: Region,
        refusal: AccountRefusal,
        error: &AwsError,
    ) -> Result<(), Error> {
        // The next attempt does without the set.
        if refusal == AccountRefusal::ConfigurationSetMissing
            && self.connection.drop_configuration_set(region, error).await?
        {
            return Ok(());
        }
        // Only tracked emails use the other set of a region.
        if refusal == AccountRefusal::ConfigurationSetDenied
            && !self.connection.is_set_of_region(region, error)?
        {
            return Ok(());
        }
        let now = clock::now();
        let is_known = self
            .refusals
            .borrow_mut()
            .insert(region, refusal.hold(now))
            .is_some_and(|hold| hold.retry_at > now);
        if is_known {
            return Ok(());
        }
        self.connection.happen(ConnectionEvent::CheckRequested).await.map(drop)
    }

    /// Calls SES, once more with new credentials if it rejects the old ones.
    async fn call_ses(&self, outgoing: &Outgoing, target: &CallTarget) -> Result<Called, Error> {
        let settings = self.context.settings()?;
        let mut options = self.connection.send_options(target, outgoing.email.tracking())?;
        let mut request = SesRequest::new(outgoing, &options, self.emails.chunks(outgoing.id)).await?;
        let limits = SessionLimits::sending(outgoing.email.restriction());
        let mut renewed = false;
        loop {
            let credentials = match self.connection.credentials(target, &limits).await? {
                Ok(credentials) => credentials,
                Err(error) => {
                    if error.retry() == Retry::Never {
                        self.connection.happen(ConnectionEvent::CheckRequested).await?;
                    }
                    return Ok(Called::Nobody(error));
                }
            };
            match request.call(&settings.endpoint, target.region, &credentials).await {
                Err(error) if error.rejects_credentials() && !renewed => {
                    self.record_repeated_send(target.region, &error);
                    self.connection.forget(target, &limits, &credentials).await;
                    renewed = true;
                }
                Err(error) if error.rejects_configuration_overrides() && options.tracking.is_some() => {
                    self.record_repeated_send(target.region, &error);
                    self.connection.record_refused_overrides(target.region)?;
                    options = self.connection.send_options(target, outgoing.email.tracking())?;
                    request = SesRequest::new(outgoing, &options, self.emails.chunks(outgoing.id)).await?;
                }
                response => return Ok(Called::Ses(response)),
            }
        }
    }

    /// Records a call that AWS refused before it looked at the email, and that is repeated at once: the email's history doesn't mention it.
    pub(super) fn record_repeated_send(&self, region: Region, error: &AwsError) {
        let record = AwsCallRecord::lost(clock::now(), SEND_EMAIL, region);
        self.connection.aws_calls.record(record.with_error(error));
    }

    /// Stores the outcome of an attempt, with the response to the request that waits for it. `ses_call` is the call to SES that the outcome
    /// is of.
    pub(super) async fn store_outcome(
        &self,
        outgoing: &mut Outgoing,
        outcome: &Outcome,
        ses_call: Option<SesCall>,
        caller: Caller,
        write_response: &WriteResponse<'_>,
    ) -> Result<(), Error> {
        let (kind, code) = outcome.step();
        outgoing.history.add_with_call(clock::now(), kind, code.as_deref(), ses_call);
        let outcome_response = response_to(outgoing, outcome);
        let response = match &outcome_response {
            Ok(status) => write_response(Ok(&self.sent_email(outgoing.id, outgoing.region, *status))),
            Err(error) => write_response(Err(error)),
        };
        let error = |error: &AwsError| serde_json::to_string(&EmailError::from(error));
        match outcome {
            Outcome::Requeued { error: reason, until } => {
                self.emails.requeue(outgoing, *until, Some(&error(reason)?))?;
                if let Some(response) = response {
                    self.emails.set_response(outgoing.id, &response)?;
                }
                self.context.alarm.ring_by(*until).await?;
            }
            Outcome::Unconfirmed(reason) => {
                if let Some(response) = response {
                    self.emails.set_response(outgoing.id, &response)?;
                }
                // An event may have arrived while SES was being called.
                let status = self.emails.status(outgoing.id)?.unwrap_or(EmailStatus::Unconfirmed);
                self.reconcile(outgoing, status, Some(&error(reason)?)).await?;
            }
            Outcome::Sent { .. } | Outcome::Failed(_) => {
                let result = outcome.to_result(outgoing.history.clone());
                self.finish(outgoing.id, &result, response.as_deref(), outgoing.email.is_mime())?;
            }
        }
        self.waiters.notify(outgoing.id, outcome_response);
        let step = Step {
            attempt: Some(outgoing.attempts.count),
            throttled: outcome.report(0).throttled,
            ..Step::new(outgoing.id, outgoing.region, kind, code.as_deref())
        };
        // The log line of the request says that the email was sent.
        if caller == Caller::Request && matches!(outcome, Outcome::Sent { .. }) {
            self.count_step(&step);
            return Ok(());
        }
        self.record_step(&step)
    }
}

/// Returns the status or the error for the response to the email's sender.
pub(super) fn response_to(outgoing: &Outgoing, outcome: &Outcome) -> Result<EmailStatus, ApiError> {
    let refused = |error| ApiError::refused_email(error, &outgoing.email, outgoing.region);
    outcome.response().map_err(refused)
}

/// The request to SES for an email.
enum SesRequest {
    /// SES builds the message from its parts.
    Simple(SendEmail),
    /// A message that is sent as it is.
    Raw { send: SendRawEmail, body: RawBody, digest: BodyDigest, chunks: Chunks },
}

impl SesRequest {
    async fn new(outgoing: &Outgoing, options: &SendOptions, chunks: Chunks) -> Result<Self, Error> {
        let (id, email) = (outgoing.id.to_string(), &outgoing.email);
        if !email.is_mime() {
            return Ok(Self::Simple(email.send_email(options, &id)));
        }
        let send = email.send_raw_email(options, &id);
        let body = send.body().map_err(|error| Error::internal(error.to_string()))?;
        // The signature covers the body, which is too large to be held: it is read once for its digest and once more to be sent.
        let digest = aws::digest(&body, chunks.iter()).await?;
        Ok(Self::Raw { send, body, digest, chunks })
    }

    async fn call(
        &self,
        endpoint: &Endpoint,
        region: Region,
        credentials: &Credentials,
    ) -> Result<ses::SentEmail, AwsError> {
        match self {
            Self::Simple(send) => aws::send_email(send, endpoint, region, credentials).await,
            Self::Raw { send, body, digest, chunks } => {
                aws::send_raw(send, body, digest, chunks.iter(), endpoint, region, credentials).await
            }
        }
    }
}

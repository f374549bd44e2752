//! Mails that are accepted in one request, each by itself.

use std::cell::Cell;

use futures_util::{StreamExt, stream};
use kraiter_core::{
    api::{ApiError, BatchItem, EmailId},
    aws::Region,
    connection::Route,
    mail::{Email, EmailStatus, Outcome},
};
use time::{Duration, OffsetDateTime};

use super::{AwsConnection, keys::UnderKey, outbox::Outgoing, sandbox::Recipients, sending::OVERDUE};
use crate::{
    clock,
    database::{self, emails::Accepted, organisations::Organisation},
    failure::Failure,
};

/// How many mails are handed to SES side by side: as many connections as the runtime opens for a request.
///
/// <https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections>
const SIDE_BY_SIDE: usize = 6;

/// How long a request waits for its mails to be handed over; the others follow by themselves.
const PATIENCE: Duration = Duration::seconds(20);

impl AwsConnection {
    /// Accepts the mails that can be sent and hands them to SES until it asks for a lower rate, or for as long as people wait. What is left
    /// is sent by the alarm.
    ///
    /// # Errors
    /// Where no mail can be accepted at all.
    pub(super) async fn send_batch(
        &self,
        organisation: &Organisation,
        batch: &str,
        emails: Vec<(EmailId, Email)>,
        key: Option<&UnderKey>,
    ) -> Result<Vec<BatchItem>, Failure> {
        let state = self.storage()?.state()?;
        Route::of(&state, None)?;
        let (known, now) = (Recipients::default(), clock::now());
        let mut items = Vec::with_capacity(emails.len());
        let mut accepted = Vec::new();
        for (id, email) in emails {
            if let Some(key) = key
                && self.keys()?.has_taken_in(key, id)?
            {
                items.push(Some(BatchItem::Accepted(self.accepted_before(organisation, id).await?)));
                continue;
            }
            let route = Route::of(&state, email.region())?;
            items.push(match self.allow_recipients(organisation, &route, &email, &known).await {
                Ok(()) => {
                    let batch = Some(batch.to_owned());
                    accepted.push((Outgoing { id, email, since: now, attempts: 0, batch }, route.region));
                    None
                }
                Err(Failure::Api(error)) => Some(BatchItem::from(&error)),
                Err(failure) => return Err(failure),
            });
        }
        self.take_in(organisation, &accepted, key).await?;
        let handed = self.hand_over_all(organisation, &accepted, now + PATIENCE).await;
        for (outgoing, _) in &accepted {
            self.in_flight.borrow_mut().remove(&outgoing.id);
        }
        self.schedule().await?;
        let mut handed = handed.into_iter();
        Ok(items.into_iter().filter_map(|item| item.or_else(|| handed.next())).collect())
    }

    /// Keeps all of them, or none.
    async fn take_in(
        &self,
        organisation: &Organisation,
        accepted: &[(Outgoing, Region)],
        key: Option<&UnderKey>,
    ) -> Result<(), Failure> {
        if let Some(key) = key {
            let ids: Vec<_> = accepted.iter().map(|(outgoing, _)| outgoing.id).collect();
            self.keys()?.take_in(key, &ids)?;
        }
        for (outgoing, _) in accepted {
            self.outbox()?.insert(outgoing, outgoing.since + OVERDUE)?;
            self.in_flight.borrow_mut().insert(outgoing.id);
        }
        let shown = async {
            self.schedule().await?;
            let emails = accepted.iter().map(|(outgoing, region)| Accepted {
                id: outgoing.id,
                email: &outgoing.email,
                region: *region,
                created_at: outgoing.since,
            });
            database::emails::insert_all(&self.database()?, &organisation.id, emails).await
        };
        if let Err(failure) = shown.await {
            // Nobody was told that they are accepted, and SES wasn't asked.
            for (outgoing, _) in accepted {
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

    async fn hand_over_all(
        &self,
        organisation: &Organisation,
        accepted: &[(Outgoing, Region)],
        until: OffsetDateTime,
    ) -> Vec<BatchItem> {
        let slowed_until = Cell::new(None);
        let handing = accepted.iter().map(async |(outgoing, _)| {
            let id = outgoing.id;
            let now = clock::now();
            if slowed_until.get().is_some() || now > until {
                return self.leave(outgoing, slowed_until.get().unwrap_or(now));
            }
            match self.hand_over(organisation, outgoing).await {
                Ok(outcome) => {
                    if let Outcome::Postponed { until, .. } = outcome {
                        slowed_until.set(Some(until));
                    }
                    match outcome.answer() {
                        Ok(status) => BatchItem::accepted(id, status),
                        Err(error) => BatchItem::from(&error),
                    }
                }
                // It is in the outbox, whatever has gone wrong here.
                Err(failure) => {
                    crate::log::fault(
                        "email_not_handed_over",
                        serde_json::json!({ "emailId": id, "fault": format!("{failure:?}") }),
                    );
                    BatchItem::accepted(id, EmailStatus::Queued)
                }
            }
        });
        stream::iter(handing).buffered(SIDE_BY_SIDE).collect().await
    }

    /// Leaves a mail to the alarm.
    fn leave(&self, outgoing: &Outgoing, due_at: OffsetDateTime) -> BatchItem {
        match self.outbox().and_then(|outbox| outbox.waiting(outgoing.id, 0, due_at)) {
            Ok(()) => BatchItem::accepted(outgoing.id, EmailStatus::Queued),
            Err(_) => BatchItem::from(&ApiError::Internal),
        }
    }
}

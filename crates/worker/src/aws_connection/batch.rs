//! Mails that are accepted in one request, each by itself.

use std::collections::HashMap;

use api_contract::{ApiError, BatchItem};
use aws_sans_io::Region;
use domain::{EmailId, connection::CallTarget, delivery::EmailStatus, email::Email};
use futures_util::{StreamExt, stream};
use serde_json::json;
use time::Duration;

use super::{
    AwsConnection, keys::IdempotencyToken, outbox::Outgoing, sandbox::Recipients, sending::Unusable,
};
use crate::{clock, database::organisations::Organisation, http::Error, log};

/// How many mails are handed to SES side by side: as many connections as the runtime opens for a request.
///
/// <https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections>
const SIDE_BY_SIDE: usize = 6;

impl AwsConnection {
    /// Accepts the mails that can be sent, and hands those to SES that there is room for now. What is left is sent by the alarm.
    ///
    /// # Errors
    /// Where no mail can be accepted at all.
    pub(super) async fn send_batch(
        &self,
        organisation: &Organisation,
        batch: &str,
        emails: Vec<(EmailId, Email)>,
        key: Option<&IdempotencyToken>,
    ) -> Result<Vec<BatchItem>, Error> {
        let state = self.storage()?.state()?;
        CallTarget::new(&state, None)?;
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
            let route = CallTarget::new(&state, email.region())?;
            items.push(match self.allow_recipients(organisation, &route, &email, &known).await {
                Ok(()) => {
                    accepted.push(Outgoing::new(id, email, route.region, now, Some(batch.to_owned())));
                    None
                }
                Err(Error::Api(error)) => Some(BatchItem::from(&error)),
                Err(failure) => return Err(failure),
            });
        }
        let handed = self.take_in_and_send(organisation, &accepted, key).await;
        let mut in_flight = self.in_flight.borrow_mut();
        for outgoing in &accepted {
            in_flight.remove(&outgoing.id);
        }
        drop(in_flight);
        let mut handed = handed?.into_iter();
        Ok(items.into_iter().filter_map(|item| item.or_else(|| handed.next())).collect())
    }

    async fn take_in_and_send(
        &self,
        organisation: &Organisation,
        accepted: &[Outgoing],
        key: Option<&IdempotencyToken>,
    ) -> Result<Vec<BatchItem>, Error> {
        let mut by_region = HashMap::<Region, Vec<&Outgoing>>::new();
        for outgoing in accepted.iter().filter(|outgoing| !outgoing.is_for_later()) {
            by_region.entry(outgoing.region).or_default().push(outgoing);
        }
        let mut queues = HashMap::new();
        for region in by_region.keys() {
            queues.insert(*region, self.outbox()?.has_queue(*region, true, clock::now())?);
        }
        self.take_in(organisation, accepted, key).await?;
        // From here on each of them is sent, whatever goes wrong in this request.
        for outgoing in accepted.iter().filter(|outgoing| outgoing.is_for_later()) {
            self.keep_for_later(outgoing)?;
        }
        let mut moments = HashMap::new();
        for (region, outgoing) in by_region {
            if queues.get(&region).is_none_or(|has_queue| !has_queue) {
                moments.extend(self.moments_of(organisation, region, &outgoing).await);
            }
        }
        let handing = accepted.iter().map(async |outgoing| match moments.get(&outgoing.id) {
            _ if outgoing.is_for_later() => BatchItem::accepted(outgoing.id, EmailStatus::Scheduled),
            Some(moment) => self.hand_over_at(organisation, outgoing, *moment).await,
            None => self.left(outgoing).await,
        });
        let handed = stream::iter(handing).buffered(SIDE_BY_SIDE).collect().await;
        self.schedule().await?;
        Ok(handed)
    }

    /// When those mails of a region go that there is room for now.
    async fn moments_of(
        &self,
        organisation: &Organisation,
        region: Region,
        outgoing: &[&Outgoing],
    ) -> Vec<(EmailId, Duration)> {
        let asked = async {
            let route = CallTarget::new(&self.storage()?.state()?, Some(region))?;
            let recipients = outgoing.iter().map(|outgoing| outgoing.email.recipient_count()).collect();
            let granted = self.moments(organisation, &route, recipients).await?;
            self.outbox()?.set_gate(region, granted.hold.as_ref())?;
            Ok::<_, Error>(granted)
        };
        match asked.await {
            Ok(granted) => outgoing.iter().map(|outgoing| outgoing.id).zip(granted.delays()).collect(),
            Err(failure) => {
                log::error(
                    "rate_limiter_unavailable",
                    json!({ "region": region, "error": format!("{failure:?}") }),
                );
                Vec::new()
            }
        }
    }

    async fn hand_over_at(
        &self,
        organisation: &Organisation,
        outgoing: &Outgoing,
        moment: Duration,
    ) -> BatchItem {
        // Its moment is counted from when it was given; those before it may have taken their time.
        clock::sleep(outgoing.since + moment - clock::now()).await;
        match self.hand_over(organisation, outgoing, Unusable::Ends).await {
            Ok(outcome) => {
                self.tell(outgoing.id).await;
                match outcome.response() {
                    Ok(status) => BatchItem::accepted(outgoing.id, status),
                    Err(error) => BatchItem::from(&ApiError::from(error)),
                }
            }
            // It is in the outbox, whatever has gone wrong here.
            Err(failure) => {
                log::email_error("email_send_failed", outgoing.id, &failure);
                BatchItem::accepted(outgoing.id, EmailStatus::Queued)
            }
        }
    }

    async fn left(&self, outgoing: &Outgoing) -> BatchItem {
        let gate = self.outbox().and_then(|outbox| outbox.gate(outgoing.region)).unwrap_or_default();
        match self.leave(outgoing, gate).await {
            Ok(view) => BatchItem::Accepted(view),
            Err(failure) => {
                log::email_error("email_queue_failed", outgoing.id, &failure);
                BatchItem::accepted(outgoing.id, EmailStatus::Queued)
            }
        }
    }
}

//! Emails for which SES's response was lost. The decision is `domain`'s.

use aws_sans_io::json;
use domain::{
    connection::Subscription,
    delivery::{DeliveryResult, EVENT_FLOW_WINDOW, EmailStatus, EmailStepKind, Resolution, UnconfirmedSend},
};

use super::{Delivery, Step};
use crate::{clock, http::Error, organisation_object::emails::Outgoing};

impl Delivery {
    /// Decides how an unconfirmed email goes on. `status` is what its events have shown.
    pub(super) async fn reconcile(
        &self,
        outgoing: &mut Outgoing,
        status: EmailStatus,
        error: Option<&str>,
    ) -> Result<(), Error> {
        let now = clock::now();
        let last_call_at = outgoing.attempts.last_call_at.unwrap_or_else(|| outgoing.accepted_at());
        let events = self.connection.state()?.sending_binding().and_then(|binding| {
            binding
                .events_in(outgoing.region)
                .map(|source| matches!(source.subscription, Subscription::Active | Subscription::Silent))
        });
        let last_event_at = self.last_event_at(outgoing.region)?;
        let send = UnconfirmedSend {
            first_call_at: outgoing.attempts.first_at.unwrap_or_else(|| outgoing.accepted_at()),
            last_call_at,
            calls: outgoing.attempts.calls,
            status,
            has_events: events.unwrap_or(false),
            other_events_received: last_event_at.is_some_and(|at| at > last_call_at - EVENT_FLOW_WINDOW),
            webhook_failed_at: self.webhook_failed_at(outgoing.region)?,
            policy: outgoing.email.delivery(),
        };
        let step = match send.resolve(self.context.settings()?.unconfirmed_grace, now) {
            Resolution::CheckAt(until) => {
                self.emails.unconfirm(outgoing, until, error)?;
                return self.context.alarm.ring_by(until).await;
            }
            Resolution::RetryAt(at) => {
                outgoing.history.add(now, EmailStepKind::Retried, None);
                self.emails.requeue(outgoing, at, error)?;
                self.context.alarm.ring_by(at).await?;
                EmailStepKind::Retried
            }
            Resolution::Confirmed => {
                outgoing.history.add(now, EmailStepKind::Confirmed, None);
                self.finish_unconfirmed(outgoing, EmailStatus::Sent, None)?;
                EmailStepKind::Confirmed
            }
            Resolution::GiveUp => {
                outgoing.history.add(now, EmailStepKind::GaveUp, None);
                self.finish_unconfirmed(outgoing, EmailStatus::Unconfirmed, error)?;
                EmailStepKind::GaveUp
            }
        };
        self.record_step(&Step::new(outgoing.id, outgoing.region, step, None))
    }

    fn finish_unconfirmed(
        &self,
        outgoing: &Outgoing,
        status: EmailStatus,
        error: Option<&str>,
    ) -> Result<(), Error> {
        let error = error.map(|text| json::parse(text.as_bytes())).transpose()?;
        let result = DeliveryResult { error, ..DeliveryResult::new(status, outgoing.history.clone()) };
        self.finish(outgoing.id, &result, None, outgoing.email.is_mime())
    }
}

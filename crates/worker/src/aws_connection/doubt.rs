//! Mails whose answer was lost: what to do with them is core's.

use domain::{
    EmailId,
    connection::Subscription,
    delivery::{DeliveryResult, EVENT_FLOW_WINDOW, EmailStatus, EmailStepKind, Resolution, UnconfirmedSend},
};

use super::{AwsConnection, outbox::Outgoing, steps::Made};
use crate::{
    clock,
    database::{self, organisations::Organisation},
    http::Error,
};

impl AwsConnection {
    /// Looks at a mail in doubt soon, since an event of it has come.
    pub(super) async fn note_heard(&self, id: EmailId) -> Result<(), Error> {
        self.outbox()?.heard(id, clock::now())?;
        self.schedule().await
    }

    /// Does what is due with a mail in doubt.
    pub(super) async fn look_at_doubt(
        &self,
        organisation: &Organisation,
        outgoing: &Outgoing,
    ) -> Result<(), Error> {
        let (database, since) = (self.database()?, outgoing.asked_at.unwrap_or(outgoing.since));
        let status = database::emails::status(&database, outgoing.id).await?;
        let others = database::events::any_since(
            &database,
            &organisation.id,
            outgoing.region,
            since - EVENT_FLOW_WINDOW,
        )
        .await?;
        self.resolve(organisation, outgoing, status.unwrap_or(EmailStatus::Unconfirmed), others)
    }

    /// Lets a mail in doubt go on, whose status is this one as far as D1 knows. `others_were_heard` is whether events of other mails have
    /// come lately.
    pub(super) fn resolve(
        &self,
        organisation: &Organisation,
        outgoing: &Outgoing,
        status: EmailStatus,
        others_were_heard: bool,
    ) -> Result<(), Error> {
        let (now, outbox) = (clock::now(), self.outbox()?);
        let events = self.storage()?.state()?.sending_binding().and_then(|binding| {
            binding.events_in(outgoing.region).map(|source| source.subscription == Subscription::Active)
        });
        let send = UnconfirmedSend {
            first_call_at: outgoing.tried_at.unwrap_or(outgoing.since),
            last_call_at: outgoing.asked_at.unwrap_or(outgoing.since),
            calls: outgoing.calls,
            status,
            has_events: events.unwrap_or(false),
            other_events_received: others_were_heard,
            policy: outgoing.email.delivery(),
        };
        let mut history = outgoing.history.clone();
        let step = match send.resolve(self.settings()?.unconfirmed_grace, now) {
            Resolution::CheckAt(until) => return outbox.unconfirmed(outgoing.id, until, &history),
            Resolution::RetryAt(at) => {
                history.add(now, EmailStepKind::Retried, None);
                outbox.waiting(outgoing.id, at, &history)?;
                EmailStepKind::Retried
            }
            Resolution::Confirmed => {
                history.add(now, EmailStepKind::Confirmed, None);
                outbox.settled(outgoing.id, &DeliveryResult::new(EmailStatus::Sent, history), now)?;
                EmailStepKind::Confirmed
            }
            Resolution::GiveUp => {
                history.add(now, EmailStepKind::GaveUp, None);
                outbox.settled(outgoing.id, &DeliveryResult::new(EmailStatus::Unconfirmed, history), now)?;
                EmailStepKind::GaveUp
            }
        };
        self.made(organisation, &Made::new(outgoing.id, outgoing.region, step, None));
        Ok(())
    }
}

//! Taking a mail back that SES was never asked to take.

use api_contract::{ApiError, SentEmail};
use domain::{
    EmailId,
    delivery::{DeliveryResult, EmailStatus, EmailStepKind},
};

use super::{AwsConnection, outbox::Outgoing, steps::Made};
use crate::{
    clock,
    database::{self, organisations::Organisation},
    http::Error,
};

impl AwsConnection {
    /// Takes a mail back.
    ///
    /// # Errors
    /// [`ApiError::EmailNotCancellable`] where it is too late, [`ApiError::NotFound`] where there is no such mail.
    pub(super) async fn cancel(&self, organisation: &Organisation, id: EmailId) -> Result<SentEmail, Error> {
        if let Some(outgoing) = self.cancellable(id)? {
            // It may be that the instance ended before the mail was shown.
            database::emails::insert(&self.database()?, &organisation.id, outgoing.accepted()).await?;
            // It may have had its turn meanwhile.
            if let Some(outgoing) = self.cancellable(id)? {
                self.take_back(organisation, outgoing)?;
                self.tell(id).await;
                self.schedule().await?;
                return Ok(SentEmail::new(id, EmailStatus::Cancelled));
            }
        }
        let settled = self.outbox()?.settlement(id)?.map(|settlement| settlement.status);
        let known = if let Some(status) = settled {
            status
        } else {
            let shown = database::emails::find(&self.database()?, &organisation.id, id).await?;
            shown.ok_or(ApiError::NotFound { what: "email" })?.summary.status
        };
        match known {
            EmailStatus::Cancelled => Ok(SentEmail::new(id, known)),
            // What is in the outbox and can't be taken back is on its way.
            known => {
                Err(ApiError::EmailNotCancellable { status: known.raised_to(EmailStatus::Sending) }.into())
            }
        }
    }

    fn cancellable(&self, id: EmailId) -> Result<Option<Outgoing>, Error> {
        let in_flight = self.in_flight.borrow().contains(&id);
        let kept = self.outbox()?.kept(id)?;
        Ok(kept.filter(|(phase, mail)| phase.can_be_cancelled(mail.calls, in_flight)).map(|(_, mail)| mail))
    }

    fn take_back(&self, organisation: &Organisation, outgoing: Outgoing) -> Result<(), Error> {
        let (now, mut history) = (clock::now(), outgoing.history);
        history.add(now, EmailStepKind::Cancelled, None);
        self.made(organisation, &Made::new(outgoing.id, outgoing.region, EmailStepKind::Cancelled, None));
        self.outbox()?.settled(outgoing.id, &DeliveryResult::new(EmailStatus::Cancelled, history), now)
    }
}

//! Cancellation of emails that SES was never called for.

use api_contract::{ApiError, SentEmail};
use domain::{
    EmailId,
    delivery::{DeliveryResult, EmailStatus, EmailStepKind},
};

use super::{Delivery, Step};
use crate::{clock, http::Error};

impl Delivery {
    /// Cancels an email.
    ///
    /// # Errors
    /// [`ApiError::EmailNotCancellable`] if it is too late, [`ApiError::NotFound`] if there is no such email.
    pub(crate) fn cancel(&self, id: EmailId) -> Result<SentEmail, Error> {
        let is_in_flight = self.in_flight.borrow().contains(&id);
        let outgoing = self.emails.find_outgoing(id)?;
        let cancellable =
            outgoing.filter(|email| email.phase.can_be_cancelled(email.attempts.calls, is_in_flight));
        if let Some(mut outgoing) = cancellable {
            outgoing.history.add(clock::now(), EmailStepKind::Cancelled, None);
            let result = DeliveryResult::new(EmailStatus::Cancelled, outgoing.history);
            self.finish(id, &result, None, outgoing.email.is_mime())?;
            self.waiters.notify(id, Ok(EmailStatus::Cancelled));
            self.record_step(&Step::new(id, outgoing.region, EmailStepKind::Cancelled, None))?;
            return Ok(SentEmail::new(id, EmailStatus::Cancelled));
        }
        match self.emails.status(id)?.ok_or(ApiError::NotFound { what: "email" })? {
            EmailStatus::Cancelled => Ok(SentEmail::new(id, EmailStatus::Cancelled)),
            // An email that has not finished and can't be cancelled is being sent.
            status => {
                Err(ApiError::EmailNotCancellable { status: status.raised_to(EmailStatus::Sending) }.into())
            }
        }
    }
}

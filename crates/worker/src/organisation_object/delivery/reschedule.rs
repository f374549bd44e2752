//! Another time for a scheduled email.

use api_contract::ApiError;
use domain::{
    EmailId,
    delivery::{EmailStatus, EmailStepKind},
};
use time::OffsetDateTime;

use super::Delivery;
use crate::{clock, http::Error};

impl Delivery {
    /// Moves a scheduled email to another time.
    ///
    /// # Errors
    /// [`ApiError::EmailNotScheduled`] if it is too late, [`ApiError::NotFound`] if there is no such email.
    pub(crate) async fn reschedule(&self, id: EmailId, at: OffsetDateTime) -> Result<(), Error> {
        let scheduled = self.emails.find_outgoing(id)?.filter(|email| email.phase.can_be_rescheduled());
        let Some(mut outgoing) = scheduled else {
            let status = self.emails.status(id)?.ok_or(ApiError::NotFound { what: "email" })?;
            // Its time has come, so it is queued, although the row may not say so yet.
            let status = status.raised_to(EmailStatus::Queued);
            return Err(ApiError::EmailNotScheduled { status }.into());
        };
        if outgoing.email.scheduled_after(OffsetDateTime::UNIX_EPOCH) != Some(at) {
            outgoing.history.add(clock::now(), EmailStepKind::Rescheduled, None);
            let email = (*outgoing.email).clone().scheduled_for(at);
            self.emails.reschedule(&outgoing, &email, at)?;
        }
        self.context.alarm.ring_by(at).await
    }
}

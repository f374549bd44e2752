//! The end of all queued emails when the AWS account is disconnected.

use domain::delivery::result_of_disconnect;
use time::OffsetDateTime;

use super::{Delivery, Step};
use crate::{http::Error, organisation_object::emails::Outgoing};

/// Emails that are read at a time.
const SLICE: u32 = 100;

impl Delivery {
    /// Ends every email that has not finished, except those that are being sent: they end with SES's response.
    ///
    /// # Errors
    /// Fails if the storage fails. Calling it again ends the rest.
    pub(crate) fn end_all(&self, now: OffsetDateTime) -> Result<(), Error> {
        let mut after = None;
        loop {
            let slice = self.emails.list_unfinished(after, SLICE)?;
            let Some(last) = slice.last() else { return Ok(()) };
            after = Some(last.id);
            for outgoing in slice {
                self.end(outgoing, now)?;
            }
        }
    }

    fn end(&self, outgoing: Outgoing, now: OffsetDateTime) -> Result<(), Error> {
        let Outgoing { id, phase, region, history, email, .. } = outgoing;
        if self.in_flight.borrow().contains(&id) {
            return Ok(());
        }
        let Some(result) = result_of_disconnect(phase, history, now) else { return Ok(()) };
        self.finish(id, &result, None, email.is_mime())?;
        self.waiters.notify(id, Ok(result.status));
        match result.history.0.last() {
            Some(last) => self.record_step(&Step::new(id, region, last.step, last.code.as_deref())),
            None => Ok(()),
        }
    }
}

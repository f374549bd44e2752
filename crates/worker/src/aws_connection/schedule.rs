//! Mails that are for later: shown, kept until their time, and let into the queue.

use super::{AwsConnection, outbox::Outgoing};
use crate::{
    clock,
    database::{self, organisations::Organisation},
    http::Error,
};

impl AwsConnection {
    /// Lets a mail wait for its time, now that it is shown.
    pub(super) fn keep_for_later(&self, outgoing: &Outgoing) -> Result<(), Error> {
        self.in_flight.borrow_mut().remove(&outgoing.id);
        let at = outgoing.email.scheduled_after(outgoing.since).unwrap_or(outgoing.since);
        self.outbox()?.scheduled(outgoing.id, at)
    }

    /// Shows a mail that an instance took in which ended before it could show it.
    pub(super) async fn show_late(
        &self,
        organisation: &Organisation,
        outgoing: &Outgoing,
    ) -> Result<(), Error> {
        database::emails::insert(&self.database()?, &organisation.id, outgoing.accepted()).await?;
        self.keep_for_later(outgoing)
    }

    /// Lets those into the queue whose time has come. Mails of a batch begin where the waiting batches have come to, as if they were
    /// accepted now.
    pub(super) fn release(&self) -> Result<(), Error> {
        let (outbox, now) = (self.outbox()?, clock::now());
        for region in outbox.regions_to_release(now)? {
            let turn = outbox.current_turn(region)?;
            outbox.release(region, turn, now)?;
        }
        Ok(())
    }
}

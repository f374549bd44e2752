//! The storage was put back to an earlier time.

use domain::delivery::{DeliveryResult, EmailStatus, EmailStepKind, Phase};

use super::{Delivery, Mark};
use crate::{clock, http::Error, log};

/// Emails that are read at a time.
const SLICE: u32 = 100;

impl Delivery {
    /// Returns the storage's epoch, which rises with each mark.
    pub(super) fn epoch(&self) -> Result<u64, Error> {
        Ok(self.mark.get(&self.context.sql)?.map_or(0, |mark| mark.epoch))
    }

    /// Handles a storage that was put back: emails that wait in it may have been sent since, so they stay unconfirmed, and none is sent. `epoch` is the highest one that the rate limiter knows.
    pub(super) async fn roll_back(&self, epoch: u64) -> Result<(), Error> {
        let now = clock::now();
        log::error("storage_put_back", serde_json::json!({ "epoch": epoch }));
        let mut after = None;
        loop {
            let slice = self.emails.list_unfinished(after, SLICE)?;
            let Some(last) = slice.last() else { break };
            after = Some(last.id);
            for mut outgoing in slice {
                let is_future =
                    outgoing.phase == Phase::Scheduled && outgoing.email.scheduled_after(now).is_some();
                if is_future || self.in_flight.borrow().contains(&outgoing.id) {
                    continue;
                }
                outgoing.history.add(now, EmailStepKind::GaveUp, Some("storage_put_back"));
                let result = DeliveryResult::new(EmailStatus::Unconfirmed, outgoing.history);
                self.finish(outgoing.id, &result, None, outgoing.email.is_mime())?;
            }
        }
        self.mark
            .set(&self.context.sql, Some(Mark { since: clock::to_milliseconds(now), epoch: epoch + 1 }))?;
        self.context.alarm.ring_by(now).await
    }
}

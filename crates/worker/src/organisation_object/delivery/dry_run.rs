//! What would happen to an email.

use api_contract::{EmailDryRun, Hold as HoldView};
use domain::{
    delivery::EmailStatus,
    email::{EncodedMessage, is_sandboxed},
    rate_limit::Hold,
};

use super::Delivery;
use crate::{clock, http::Error, organisation_object::connection::Recipients};

impl Delivery {
    /// Returns what would happen to an email that is accepted now. Sends and stores nothing.
    ///
    /// # Errors
    /// Those with which [`Self::send`] would refuse the email. Tracking isn't checked, because that creates a configuration set.
    pub(crate) async fn dry_run(&self, message: &EncodedMessage) -> Result<EmailDryRun, Error> {
        let email = &message.email;
        let target = self.connection.call_target(email.region())?;
        self.connection.check_sandbox_recipients(&target, email, &Recipients::default()).await?;
        let sender_verified = self.connection.is_sender_verified(&target, email.from()).await?;
        let (region, now) = (target.region, clock::now());
        let hold = self.hold(region, now);
        let (status, send_at) = match (email.scheduled_after(now), hold) {
            (Some(at), _) => (EmailStatus::Scheduled, Some(at)),
            (None, Some(hold)) => (EmailStatus::Queued, Some(hold.retry_at)),
            (None, None) if self.has_queue.get() && self.emails.has_queue(region, false)? => {
                (EmailStatus::Queued, None)
            }
            (None, None) => (EmailStatus::Sent, Some(now)),
        };
        let hold = hold.filter(|_| status == EmailStatus::Queued).map(|hold: Hold| HoldView::from(hold));
        Ok(EmailDryRun {
            status,
            send_at,
            hold,
            region,
            sender_verified,
            sandbox: is_sandboxed(self.connection.account_in(region)?.as_ref()),
            suppressed: email.suppressed().to_vec(),
            size: message.size(),
        })
    }
}

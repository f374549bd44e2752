//! Whom a mail leaves out that has waited: the list of suppressed addresses may have grown since it was accepted.

use std::{collections::HashMap, rc::Rc};

use domain::{
    EmailId,
    delivery::RemainingRecipients,
    rate_limit::SendReport,
    suppression::{AddressKey, Suppression},
};
use time::Duration;

use super::{AwsConnection, outbox::Outgoing, steps::Made};
use crate::{
    clock,
    database::{self, organisations::Organisation},
    http::Error,
};

/// Addresses that no mail goes to.
pub(super) type Suppressed = HashMap<AddressKey, Suppression>;

impl AwsConnection {
    /// Who of these mails' recipients gets no mail any more, in one question for all.
    pub(super) async fn suppressed_among(
        &self,
        organisation: &Organisation,
        mails: &[(EmailId, Duration)],
    ) -> Result<Suppressed, Error> {
        if mails.is_empty() {
            return Ok(Suppressed::new());
        }
        let ids: Vec<_> = mails.iter().map(|(id, _)| *id).collect();
        let addresses = self.outbox()?.addresses(&ids)?;
        database::suppressions::find_suppressed(&self.database()?, &organisation.id, &addresses).await
    }

    /// The mail for those who still get it; none where that is nobody, and it has come to its end.
    pub(super) async fn leave_out(
        &self,
        organisation: &Organisation,
        outgoing: Outgoing,
        suppressed: &Suppressed,
    ) -> Result<Option<Outgoing>, Error> {
        let (id, before) = (outgoing.id, outgoing.email.recipient_count());
        let give_back =
            |returned| self.report(outgoing.region, SendReport { unused: returned, ..SendReport::default() });
        match RemainingRecipients::new(&outgoing.email, &outgoing.history, suppressed, clock::now()) {
            RemainingRecipients::All => Ok(Some(outgoing)),
            RemainingRecipients::Some(email) => {
                // D1 first: if the instance ends in between, the same is found again.
                database::emails::leave_out(&self.database()?, id, &email).await?;
                self.outbox()?.leave_out(id, &email)?;
                give_back(before - email.recipient_count());
                Ok(Some(Outgoing { email: Rc::new(*email), ..outgoing }))
            }
            RemainingRecipients::None(settlement) => {
                if let Some(last) = settlement.history.0.last() {
                    let made = Made::new(id, outgoing.region, last.step, last.code.as_deref());
                    self.made(organisation, &made);
                }
                self.outbox()?.settled(id, &settlement, clock::now())?;
                give_back(before);
                Ok(None)
            }
        }
    }
}

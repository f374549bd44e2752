//! Recipients while the account is in the sandbox.

use std::cell::RefCell;

use api_contract::ApiError;
use aws_sans_io::ses::{GetAccount, GetEmailIdentity};
use domain::{
    connection::{CallTarget, ConnectionEvent},
    email::{Email, SandboxLookups, is_sandboxed, recipients_to_verify},
    onboarding::SessionPurpose,
};
use email_message::{Mailbox, SenderIdentity};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::{CONCURRENT_CALLS, ConnectionManager};
use crate::http::Error;

/// What one request has found out about recipients. The emails of a batch share it.
#[derive(Default)]
pub(crate) struct Recipients(RefCell<SandboxLookups>);

impl ConnectionManager {
    /// Fails if the sandbox would refuse recipients of the email. If SES can't say whether one is verified, it is allowed: SES decides when
    /// the email is sent. Outside of the sandbox this makes no call.
    ///
    /// # Errors
    /// [`ApiError::SandboxRecipients`], or [`ApiError::ConnectionUnusable`] if the role can't be assumed.
    pub(crate) async fn check_sandbox_recipients(
        &self,
        target: &CallTarget,
        email: &Email,
        known: &Recipients,
    ) -> Result<(), Error> {
        if !is_sandboxed(self.account_in(target.region)?.as_ref()) {
            return Ok(());
        }
        let checked = stream::iter(recipients_to_verify(email)).map(async |recipient| {
            for identity in [&recipient.address, &recipient.domain] {
                if self.is_verified(target, identity, known).await? {
                    return Ok::<_, Error>(None);
                }
            }
            Ok(Some((recipient.field, recipient.address.to_string())))
        });
        let checked: Vec<_> = checked.buffered(CONCURRENT_CALLS).try_collect().await?;
        let refused: Vec<_> = checked.into_iter().flatten().collect();
        // AWS may have granted production access since the account was last read.
        if refused.is_empty() || self.has_production_access(target, known).await? {
            return Ok(());
        }
        Err(ApiError::SandboxRecipients { region: target.region, recipients: refused }.into())
    }

    /// Returns whether SES has verified the sender's address, its domain or a parent domain; `None` if SES didn't say.
    ///
    /// # Errors
    /// [`ApiError::ConnectionUnusable`] if the role can't be assumed.
    pub(crate) async fn is_sender_verified(
        &self,
        target: &CallTarget,
        sender: &Mailbox,
    ) -> Result<Option<bool>, Error> {
        for identity in sender.identities() {
            let get = GetEmailIdentity { email_identity: identity.to_owned() };
            match self.with_role(target, SessionPurpose::Identities, &get).await? {
                Ok(identity) if identity.verified_for_sending_status => return Ok(Some(true)),
                Ok(_) => {}
                Err(error) if error.code() == Some("NotFoundException") => {}
                Err(_) => return Ok(None),
            }
        }
        Ok(Some(false))
    }

    async fn is_verified(
        &self,
        target: &CallTarget,
        identity: &SenderIdentity,
        known: &Recipients,
    ) -> Result<bool, Error> {
        let is_known = known.0.borrow().is_verified(target.region, identity);
        if let Some(is_verified) = is_known {
            return Ok(is_verified);
        }
        let get = GetEmailIdentity { email_identity: identity.to_string() };
        let response = self.with_role(target, SessionPurpose::Identities, &get).await?;
        Ok(known.0.borrow_mut().record_identity(target.region, identity, response.as_ref()))
    }

    async fn has_production_access(&self, target: &CallTarget, known: &Recipients) -> Result<bool, Error> {
        let is_known = known.0.borrow().has_production_access(target.region);
        if let Some(has_access) = is_known {
            return Ok(has_access);
        }
        let response = self.with_role(target, SessionPurpose::Check, &GetAccount).await?;
        let has_access = known.0.borrow_mut().record_account(target.region, &response);
        if has_access {
            self.happen(ConnectionEvent::CheckRequested).await?;
        }
        Ok(has_access)
    }
}

//! Who may get mail while the account is in the sandbox.

use std::{cell::RefCell, collections::HashMap};

use api_contract::ApiError;
use aws_sans_io::{
    Error as AwsError, Region,
    ses::{GetAccount, GetEmailIdentity},
};
use domain::{
    connection::CallTarget,
    email::{Email, recipients_to_verify},
    onboarding::SessionPurpose,
};
use email_message::SenderIdentity;
use futures_util::future::join_all;

use super::AwsConnection;
use crate::{database::organisations::Organisation, http::Error};

/// How many recipients SES is asked about in one request: its rate for such questions is low. Of others it says itself that it refuses
/// them.
const MOST_ASKED: usize = 100;

/// What is known in one request of recipients and accounts, so that nothing is asked twice.
#[derive(Default)]
pub(super) struct Recipients {
    verified: RefCell<HashMap<(Region, SenderIdentity), bool>>,
    in_production: RefCell<HashMap<Region, bool>>,
}

impl AwsConnection {
    /// Names the recipients that SES would refuse, before it is asked. Where SES can't be asked, nobody is named: it will say so
    /// itself.
    ///
    /// # Errors
    /// [`ApiError::SandboxRecipients`].
    pub(super) async fn allow_recipients(
        &self,
        organisation: &Organisation,
        route: &CallTarget,
        email: &Email,
        known: &Recipients,
    ) -> Result<(), Error> {
        let account = self.storage()?.account_in(route.region)?;
        if account.is_none_or(|account| account.production_access) {
            return Ok(());
        }
        let doubtful = recipients_to_verify(email);
        if doubtful.is_empty() {
            return Ok(());
        }
        let asked = doubtful.iter().map(async |recipient| {
            for identity in [&recipient.address, &recipient.domain] {
                if self.may_be_verified(organisation, route, identity, known).await? {
                    return Ok::<bool, Error>(true);
                }
            }
            Ok(false)
        });
        let mut refused = Vec::new();
        for (recipient, verified) in doubtful.iter().zip(join_all(asked).await) {
            if !verified? {
                refused.push((recipient.field.clone(), recipient.address.to_string()));
            }
        }
        // AWS may have granted production access since the account was last read.
        if refused.is_empty() || self.is_in_production_now(organisation, route, known).await? {
            return Ok(());
        }
        Err(ApiError::SandboxRecipients { region: route.region, recipients: refused }.into())
    }

    async fn may_be_verified(
        &self,
        organisation: &Organisation,
        route: &CallTarget,
        identity: &SenderIdentity,
        known: &Recipients,
    ) -> Result<bool, Error> {
        let key = (route.region, identity.clone());
        let seen = known.verified.borrow().get(&key).copied();
        if let Some(verified) = seen {
            return Ok(verified);
        }
        if known.verified.borrow().len() >= MOST_ASKED {
            return Ok(true);
        }
        let get = GetEmailIdentity { email_identity: identity.to_string() };
        let answer = self.with_role(organisation, route, SessionPurpose::Identities, &get).await?;
        let verified = match answer {
            Ok(seen) => seen.verified_for_sending_status,
            Err(error) => error.code() != Some("NotFoundException"),
        };
        known.verified.borrow_mut().insert(key, verified);
        Ok(verified)
    }

    async fn is_in_production_now(
        &self,
        organisation: &Organisation,
        route: &CallTarget,
        known: &Recipients,
    ) -> Result<bool, Error> {
        let seen = known.in_production.borrow().get(&route.region).copied();
        if let Some(in_production) = seen {
            return Ok(in_production);
        }
        let answer: Result<_, AwsError> =
            self.with_role(organisation, route, SessionPurpose::Check, &GetAccount).await?;
        let in_production = answer.is_ok_and(|account| account.production_access_enabled);
        known.in_production.borrow_mut().insert(route.region, in_production);
        if in_production {
            self.happen(organisation, domain::connection::ConnectionEvent::CheckRequested).await?;
        }
        Ok(in_production)
    }
}

//! The role that the organisation holds. The directory has the claims of all organisations; the object remembers which it may have.
//!
//! Claiming and releasing take time, and the connection may change meanwhile. So they take turns, a role is remembered before it is claimed,
//! and every role that isn't proven is released, by the alarm if the instance ended before.

use aws_sans_io::RoleArn;
use domain::connection::{
    CheckAttempt, CheckResult, ConnectionEvent,
    check::{Readable, Successor},
    retained_claim,
};

use super::{ConnectionManager, check::Stopped};
use crate::{
    clock,
    directory::{self, role_claims},
    http::Error,
};

impl ConnectionManager {
    /// Claims the role that an attempt has proven to be the organisation's, and applies the result.
    pub(super) async fn claim_role(&self, attempt: &CheckAttempt, readable: Readable) -> Result<(), Error> {
        let _turn = self.claiming.lock().await;
        if !self.due()?.is_current(attempt) {
            return Ok(());
        }
        let result = match self.try_to_claim(attempt, readable).await {
            Ok(result) | Err(Stopped::Finished(result)) => result,
            Err(Stopped::Error(error)) => return Err(error),
        };
        let event = ConnectionEvent::CheckFinished { attempt: attempt.number, result };
        let applied = self.apply(event, clock::now())?;
        self.wake(&applied).await?;
        self.release_in_turn().await
    }

    async fn try_to_claim(&self, attempt: &CheckAttempt, readable: Readable) -> Result<CheckResult, Stopped> {
        let role = &attempt.binding.role_arn;
        let organisation = self.context.organisation()?.id;
        let database = directory::open(&self.context.env).map_err(Stopped::Error)?;
        self.remember_claim(role)?;
        let Some(holder) = role_claims::claim(&database, role, organisation).await? else {
            return Ok(readable.claim());
        };
        let response = self.assume(&attempt.binding, Some(holder.external_id.to_string())).await?;
        let successor: Successor = readable.with_holders_external_id(response)?;
        Ok(successor.claim(role_claims::take_over(&database, role, holder.id, organisation).await?))
    }

    fn remember_claim(&self, role: &RoleArn) -> Result<(), Error> {
        let mut claims = self.claims()?;
        if !claims.contains(role) {
            claims.push(role.clone());
        }
        self.claims.set(self.sql(), Some(claims))
    }

    /// Returns whether the organisation may hold a role that it must release.
    pub(super) fn has_unused_claim(&self) -> Result<bool, Error> {
        let state = self.state()?;
        let retained = retained_claim(&state);
        Ok(self.claims()?.iter().any(|role| Some(role) != retained))
    }

    /// Releases every role that isn't proven.
    pub(super) async fn release_unused_claims(&self) -> Result<(), Error> {
        if !self.has_unused_claim()? {
            return Ok(());
        }
        let _turn = self.claiming.lock().await;
        self.release_in_turn().await
    }

    /// As [`Self::release_unused_claims`], while no other role is being claimed.
    async fn release_in_turn(&self) -> Result<(), Error> {
        // The connection may change during the call.
        while self.has_unused_claim()? {
            let retained = retained_claim(&*self.state()?).cloned();
            let database = directory::open(&self.context.env)?;
            let organisation = self.context.organisation()?.id;
            role_claims::release_all_but(&database, retained.as_ref(), organisation).await?;
            self.claims.set(self.sql(), Some(retained.into_iter().collect()))?;
        }
        Ok(())
    }

    fn claims(&self) -> Result<Vec<RoleArn>, Error> {
        Ok(self.claims.get(self.sql())?.map(|claims| (*claims).clone()).unwrap_or_default())
    }
}

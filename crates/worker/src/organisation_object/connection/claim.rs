//! The role that the organisation holds. The directory has the claims of all organisations; the object remembers its own.
//!
//! Every change is made in the directory first. If the instance ends in between, the next check claims the role again, and the next event
//! releases it again.

use aws_sans_io::RoleArn;
use domain::connection::retained_claim;

use super::ConnectionManager;
use crate::{
    directory::{self, role_claims},
    http::Error,
};

impl ConnectionManager {
    /// Returns whether another organisation has claimed the role.
    pub(super) async fn is_claimed_by_another(&self, role: &RoleArn) -> Result<bool, Error> {
        let organisation = self.context.organisation()?;
        let database = directory::open(&self.context.env)?;
        role_claims::is_claimed_by_another(&database, role, organisation.id).await
    }

    /// Claims the role, which a check has proven to be the organisation's. Returns whether the organisation holds it now.
    pub(super) async fn claim_role(&self, role: &RoleArn) -> Result<bool, Error> {
        let organisation = self.context.organisation()?;
        let database = directory::open(&self.context.env)?;
        if !role_claims::claim(&database, role, organisation.id).await? {
            return Ok(false);
        }
        let held = self.claim.get(self.sql())?;
        let retained = retained_claim(&*self.state()?, held.as_deref().into_iter().chain([role])).cloned();
        let is_retained = retained.as_ref() == Some(role);
        self.claim.set(self.sql(), retained)?;
        if !is_retained {
            // The role was replaced during the check.
            self.release_unused_claims(true).await?;
        }
        Ok(true)
    }

    /// Releases every role that the connection no longer uses. `always` also covers claims that the object doesn't know of.
    pub(super) async fn release_unused_claims(&self, always: bool) -> Result<(), Error> {
        let held = self.claim.get(self.sql())?;
        let retained = retained_claim(&*self.state()?, held.as_deref()).cloned();
        if !always && retained.as_ref() == held.as_deref() {
            return Ok(());
        }
        let organisation = self.context.organisation()?;
        let database = directory::open(&self.context.env)?;
        role_claims::release_all_but(&database, retained.as_ref(), organisation.id).await?;
        // A check may have claimed another role meanwhile.
        if self.claim.get(self.sql())? == held {
            self.claim.set(self.sql(), retained)?;
        }
        Ok(())
    }
}

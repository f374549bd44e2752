//! Sender identities, at SES in the customer's account.

use futures_util::future::join_all;
use kraiter_core::{
    api::{ApiError, IdentityId, IdentityView, NewIdentity},
    aws::{Error, Operation, Region},
    connection::{Event, Route, check},
    ses::{CreateEmailIdentity, GetEmailIdentity},
    setup::SessionPurpose,
};

use super::{AwsConnection, IdentityMade};
use crate::{
    aws, clock,
    database::{self, identities::Identity, organisations::Organisation},
    failure::Failure,
    random,
};

/// SES's word for an identity that is there already.
const THERE_ALREADY: &str = "AlreadyExistsException";

impl AwsConnection {
    /// Makes an identity at SES, or takes the one that is there.
    pub(super) async fn create_identity(
        &self,
        organisation: &Organisation,
        identity: NewIdentity,
    ) -> Result<IdentityMade, Failure> {
        let route = Route::of(&self.storage()?.state()?, identity.region)?;
        let create = CreateEmailIdentity { email_identity: identity.name.clone() };
        match self.with_role(organisation, &route, SessionPurpose::Identities, &create).await? {
            Ok(_) => {}
            Err(error) if error.code() == Some(THERE_ALREADY) => {}
            Err(error) => return Err((&error).into()),
        }
        let now = clock::now();
        let wanted = Identity {
            id: IdentityId::new(now, random::u128()),
            name: identity.name.as_str().to_owned(),
            region: route.region,
            created_at: now,
        };
        let (known, is_new) =
            database::identities::insert(&self.database()?, &organisation.id, &wanted).await?;
        Ok(IdentityMade { is_new, view: self.see_identity(organisation, &known).await? })
    }

    /// Asks SES about identities, side by side.
    pub(super) async fn see_identities(
        &self,
        organisation: &Organisation,
        identities: Vec<Identity>,
    ) -> Result<Vec<IdentityView>, Failure> {
        let asked = identities.iter().map(|identity| self.see_identity(organisation, identity));
        join_all(asked).await.into_iter().collect()
    }

    async fn see_identity(
        &self,
        organisation: &Organisation,
        identity: &Identity,
    ) -> Result<IdentityView, Failure> {
        let route = Route::of(&self.storage()?.state()?, Some(identity.region))?;
        let name = identity.sender()?;
        let get = GetEmailIdentity { email_identity: name.clone() };
        match self.with_role(organisation, &route, SessionPurpose::Identities, &get).await? {
            Ok(seen) => {
                Ok(IdentityView::new(identity.id, &name, identity.region, identity.created_at, &seen))
            }
            Err(error) => Err((&error).into()),
        }
    }

    /// Performs an operation with the role, limited to a purpose.
    pub(super) async fn with_role<O: Operation>(
        &self,
        organisation: &Organisation,
        route: &Route,
        purpose: SessionPurpose,
        operation: &O,
    ) -> Result<Result<O::Output, Error>, Failure> {
        let settings = self.settings()?;
        let role = &route.binding.role_arn;
        let call = async |region: Region| {
            let credentials = self.sessions.get(&settings, organisation, role, region, purpose).await?;
            let answer = aws::call(operation, &settings.endpoint, region, &credentials).await;
            if answer.as_ref().is_err_and(Error::rejects_credentials) {
                self.sessions.forget(role, purpose, &credentials).await;
            }
            Ok(answer)
        };
        let borrowed: Result<Result<O::Output, Error>, Error> = match call(route.region).await {
            Ok(Err(error)) if error.rejects_credentials() => call(route.region).await,
            other => other,
        };
        match borrowed {
            Ok(answer) => Ok(answer),
            Err(error) => {
                self.happen(organisation, Event::CheckAsked).await?;
                Err(role_unusable(error, route.region).into())
            }
        }
    }
}

/// What a customer is told whose role could not be assumed.
pub(super) fn role_unusable(error: Error, region: Region) -> ApiError {
    use kraiter_core::connection::Conclusion;
    match check::with_external_id::<()>(Err(error), region) {
        Err(Conclusion::Failed(reason)) => ApiError::ConnectionUnusable(reason),
        _ => ApiError::AwsUnreachable,
    }
}

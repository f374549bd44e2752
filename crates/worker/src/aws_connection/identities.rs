//! Sender identities, at SES in the customer's account.

use api_contract::{ApiError, ByodkimKey, Identity, KnownIdentity, NewIdentity, identity_error};
use aws_sans_io::{
    Error as AwsError, Operation, Region,
    dkim::Signing,
    ses::{
        CreateEmailIdentity, DeleteEmailIdentity, EmailIdentity, GetEmailIdentity,
        PutEmailIdentityDkimSigningAttributes,
    },
};
use domain::{
    IdentityId,
    connection::{CallTarget, ConnectionEvent, check},
    onboarding::SessionPurpose,
};

use super::{AwsConnection, CreatedIdentity, IdentityDetails};
use crate::{
    aws, clock,
    database::{self, organisations::Organisation},
    http::Error,
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
    ) -> Result<CreatedIdentity, Error> {
        let route = CallTarget::new(&self.storage()?.state()?, identity.region)?;
        let NewIdentity { name, signing, .. } = identity;
        let create = CreateEmailIdentity { email_identity: name.to_string(), signing };
        let is_made = match self.with_role(organisation, &route, SessionPurpose::Identities, &create).await? {
            Ok(_) => true,
            Err(error) if error.code() == Some(THERE_ALREADY) => false,
            Err(error) => {
                let error = error.map_message(|text| match &create.signing {
                    Some(signing) => signing.redact(text),
                    None => text.to_owned(),
                });
                return Err(identity_error(&error, route.region).into());
            }
        };
        let signing = create.signing.as_ref();
        let now = clock::now();
        let wanted = KnownIdentity {
            id: IdentityId::new(now, random::u128()),
            name,
            region: route.region,
            created_at: now,
            records_since: is_made.then_some(now),
            byodkim_key: signing.filter(|_| is_made).and_then(ByodkimKey::of),
        };
        let (known, is_new) =
            database::identities::insert(&self.database()?, &organisation.id, &wanted).await?;
        let seen = self.look_at_identity(organisation, &known).await?;
        if !is_made && !signing.is_none_or(|signing| known.is_signed_with(&seen.dkim_attributes, signing)) {
            return Err(ApiError::IdentityExists.into());
        }
        Ok(CreatedIdentity { is_new: is_made || is_new, view: known.to_identity(&seen, clock::now()) })
    }

    /// Asks SES about an identity.
    pub(super) async fn see_identity(
        &self,
        organisation: &Organisation,
        identity: &KnownIdentity,
    ) -> Result<IdentityDetails, Error> {
        let seen = self.look_at_identity(organisation, identity).await?;
        let records = identity.required_records(&seen.dkim_attributes);
        Ok(IdentityDetails { view: identity.to_identity(&seen, clock::now()), records })
    }

    /// Changes the key that a domain's mail is signed with.
    pub(super) async fn set_identity_dkim(
        &self,
        organisation: &Organisation,
        mut identity: KnownIdentity,
        signing: Signing,
    ) -> Result<Identity, Error> {
        let put =
            PutEmailIdentityDkimSigningAttributes { email_identity: identity.name.to_string(), signing };
        let route = CallTarget::new(&self.storage()?.state()?, Some(identity.region))?;
        if let Err(error) = self.with_role(organisation, &route, SessionPurpose::Identities, &put).await? {
            let error = error.map_message(|text| put.signing.redact(text));
            return Err(identity_error(&error, route.region).into());
        }
        let now = clock::now();
        identity.byodkim_key = ByodkimKey::of(&put.signing);
        identity.records_since = Some(now);
        let (database, key) = (self.database()?, identity.byodkim_key.as_ref());
        database::identities::set_key(&database, &organisation.id, identity.id, key, now).await?;
        let seen = self.look_at_identity(organisation, &identity).await?;
        Ok(identity.to_identity(&seen, clock::now()))
    }

    /// Deletes an identity; one that SES no longer has counts as deleted.
    pub(super) async fn delete_identity(
        &self,
        organisation: &Organisation,
        identity: &KnownIdentity,
    ) -> Result<(), Error> {
        let route = CallTarget::new(&self.storage()?.state()?, Some(identity.region))?;
        let delete = DeleteEmailIdentity { email_identity: identity.name.to_string() };
        if let Err(error) = self.with_role(organisation, &route, SessionPurpose::Identities, &delete).await? {
            match identity_error(&error, route.region) {
                ApiError::NotFound { .. } => {}
                other => return Err(other.into()),
            }
        }
        database::identities::delete(&self.database()?, &organisation.id, identity.id).await
    }

    async fn look_at_identity(
        &self,
        organisation: &Organisation,
        identity: &KnownIdentity,
    ) -> Result<EmailIdentity, Error> {
        let route = CallTarget::new(&self.storage()?.state()?, Some(identity.region))?;
        let get = GetEmailIdentity { email_identity: identity.name.to_string() };
        let answer = self.with_role(organisation, &route, SessionPurpose::Identities, &get).await?;
        answer.map_err(|error| identity_error(&error, route.region).into())
    }

    /// Performs an operation with the role, limited to a purpose.
    pub(super) async fn with_role<O: Operation>(
        &self,
        organisation: &Organisation,
        route: &CallTarget,
        purpose: SessionPurpose,
        operation: &O,
    ) -> Result<Result<O::Output, AwsError>, Error> {
        let settings = self.settings()?;
        let role = &route.binding.role_arn;
        let call = async |region: Region| {
            let credentials = self.sessions.get(&settings, organisation, role, region, purpose).await?;
            let answer = aws::call(operation, &settings.endpoint, region, &credentials).await;
            if answer.as_ref().is_err_and(AwsError::rejects_credentials) {
                self.sessions.forget(role, purpose, &credentials).await;
            }
            Ok(answer)
        };
        let borrowed: Result<Result<O::Output, AwsError>, AwsError> = match call(route.region).await {
            Ok(Err(error)) if error.rejects_credentials() => call(route.region).await,
            other => other,
        };
        match borrowed {
            Ok(answer) => Ok(answer),
            Err(error) => {
                self.happen(organisation, ConnectionEvent::CheckRequested).await?;
                Err(role_unusable(error, route.region).into())
            }
        }
    }

    /// Sees to it that there are credentials to list with, so that a role that is refused is told once, not for each region.
    pub(super) async fn borrow_for_identities(
        &self,
        organisation: &Organisation,
        route: &CallTarget,
    ) -> Result<(), Error> {
        let (settings, role) = (self.settings()?, &route.binding.role_arn);
        let purpose = SessionPurpose::Identities;
        match self.sessions.get(&settings, organisation, role, route.region, purpose).await {
            Ok(_) => Ok(()),
            Err(error) => {
                self.happen(organisation, ConnectionEvent::CheckRequested).await?;
                Err(role_unusable(error, route.region).into())
            }
        }
    }
}

/// What a customer is told whose role could not be assumed.
pub(super) fn role_unusable(error: AwsError, region: Region) -> ApiError {
    use domain::connection::CheckResult;
    match check::with_external_id::<()>(Err(error), region) {
        Err(CheckResult::Failed(reason)) => ApiError::ConnectionUnusable(reason),
        _ => ApiError::AwsUnreachable,
    }
}

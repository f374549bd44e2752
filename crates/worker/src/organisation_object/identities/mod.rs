//! Sender identities: domains and email addresses in SES. SES is the source of truth; Kraiter assigns the ids.

mod list;
mod table;
mod watch;

use std::rc::Rc;

use api_contract::{ApiError, ByodkimKey, Identity, KnownIdentity, NewIdentity, identity_error};
use aws_sans_io::{
    dkim::Signing,
    ses::{
        CreateEmailIdentity, DeleteEmailIdentity, EmailIdentity, GetEmailIdentity,
        PutEmailIdentityDkimSigningAttributes,
    },
};
use domain::{IdentityId, Quota, onboarding::SessionPurpose};
use email_dns::RequiredRecord;

use super::{Context, connection::ConnectionManager, feed::Feed};
use crate::{clock, http::Error, random};

pub(crate) use table::SCHEMA;

/// SES's code for an identity that exists.
const ALREADY_EXISTS: &str = "AlreadyExistsException";

/// The organisation's sender identities.
pub(crate) struct Identities {
    context: Rc<Context>,
    connection: Rc<ConnectionManager>,
    feed: Rc<Feed>,
}

/// The result of creating an identity.
pub(crate) struct CreatedIdentity {
    /// Whether this call created the identity, or saw it first.
    pub(crate) is_new: bool,
    pub(crate) view: Identity,
}

/// An identity as SES reports it.
pub(crate) struct IdentityDetails {
    pub(crate) view: Identity,
    /// The DNS records that SES requires.
    pub(crate) records: Vec<RequiredRecord>,
}

impl Identities {
    pub(crate) fn new(context: Rc<Context>, connection: Rc<ConnectionManager>, feed: Rc<Feed>) -> Self {
        Self { context, connection, feed }
    }

    /// Returns the identity with this id.
    ///
    /// # Errors
    /// [`ApiError::NotFound`] if there is none.
    pub(crate) fn find(&self, id: IdentityId) -> Result<KnownIdentity, Error> {
        Ok(table::find(&self.context.sql, id)?.ok_or(ApiError::NotFound { what: "identity" })?)
    }

    /// Creates an identity in SES, or returns the existing one if it has the same DKIM key.
    ///
    /// # Errors
    /// [`ApiError::IdentityExists`] if it exists with another key, a [`Quota`], or the error of SES.
    pub(crate) async fn create(&self, identity: NewIdentity) -> Result<CreatedIdentity, Error> {
        let target = self.connection.call_target(identity.region)?;
        let NewIdentity { name, signing, .. } = identity;
        // Before SES creates it.
        Quota::Identities.check(table::count_in_region(&self.context.sql, target.region)? + 1)?;
        self.context.check_size(clock::now())?;
        let create = CreateEmailIdentity { email_identity: name.to_string(), signing };
        let signing = create.signing.as_ref();
        let response = self.connection.with_role(&target, SessionPurpose::Identities, &create).await?;
        let is_created = match response {
            Ok(_) => true,
            Err(error) if error.code() == Some(ALREADY_EXISTS) => false,
            Err(error) => {
                let error = error.map_message(|text| match signing {
                    Some(signing) => signing.redact(text),
                    None => text.to_owned(),
                });
                return Err(identity_error(&error, target.region).into());
            }
        };
        let now = clock::now();
        let wanted = KnownIdentity {
            id: IdentityId::new(now, random::u128()),
            name,
            region: target.region,
            created_at: now,
            records_since: is_created.then_some(now),
            unverified_since: None,
            byodkim_key: signing.filter(|_| is_created).and_then(ByodkimKey::of),
        };
        let known = table::insert(&self.context.sql, &wanted)?;
        let details = self.read(&known).await?;
        let has_wanted_key =
            signing.is_none_or(|signing| known.is_signed_with(&details.dkim_attributes, signing));
        if !is_created && !has_wanted_key {
            return Err(ApiError::IdentityExists.into());
        }
        let is_new = is_created || known.id == wanted.id;
        Ok(CreatedIdentity { is_new, view: known.to_identity(&details, clock::now()) })
    }

    /// Reads an identity from SES.
    ///
    /// # Errors
    /// [`ApiError::NotFound`] if SES doesn't have it, or the error of SES.
    pub(crate) async fn get(&self, identity: &KnownIdentity) -> Result<IdentityDetails, Error> {
        let details = self.read(identity).await?;
        let records = identity.required_records(&details.dkim_attributes);
        Ok(IdentityDetails { view: identity.to_identity(&details, clock::now()), records })
    }

    /// Changes the key that signs a domain's email.
    ///
    /// # Errors
    /// The error of SES.
    pub(crate) async fn set_dkim(
        &self,
        mut identity: KnownIdentity,
        signing: Signing,
    ) -> Result<Identity, Error> {
        let target = self.connection.call_target(Some(identity.region))?;
        let put =
            PutEmailIdentityDkimSigningAttributes { email_identity: identity.name.to_string(), signing };
        if let Err(error) = self.connection.with_role(&target, SessionPurpose::Identities, &put).await? {
            let error = error.map_message(|text| put.signing.redact(text));
            return Err(identity_error(&error, target.region).into());
        }
        let now = clock::now();
        identity.byodkim_key = ByodkimKey::of(&put.signing);
        identity.records_since = Some(now);
        table::set_key(&self.context.sql, identity.id, identity.byodkim_key.as_ref(), now)?;
        let details = self.read(&identity).await?;
        Ok(identity.to_identity(&details, clock::now()))
    }

    /// Deletes an identity, also if SES no longer has it.
    ///
    /// # Errors
    /// The error of SES.
    pub(crate) async fn delete(&self, identity: &KnownIdentity) -> Result<(), Error> {
        let target = self.connection.call_target(Some(identity.region))?;
        let delete = DeleteEmailIdentity { email_identity: identity.name.to_string() };
        if let Err(error) = self.connection.with_role(&target, SessionPurpose::Identities, &delete).await? {
            match identity_error(&error, target.region) {
                ApiError::NotFound { .. } => {}
                other => return Err(other.into()),
            }
        }
        table::delete(&self.context.sql, identity.id)
    }

    /// Deletes what is known of all identities, because the account is no longer connected. SES keeps them.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn delete_all(&self) -> Result<(), Error> {
        table::delete_all(&self.context.sql)
    }

    async fn read(&self, identity: &KnownIdentity) -> Result<EmailIdentity, Error> {
        let target = self.connection.call_target(Some(identity.region))?;
        let get = GetEmailIdentity { email_identity: identity.name.to_string() };
        let response = self.connection.with_role(&target, SessionPurpose::Identities, &get).await?;
        let details = response.map_err(|error| identity_error(&error, target.region))?;
        self.observe(identity, details.verified_for_sending_status)?;
        Ok(details)
    }
}
